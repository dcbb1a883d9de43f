//! Whether a number has a PIN: from the accounts' lists where there are any, else by a call of its
//! own.

use crate::graph::{Class, PhoneNumberFields, PhoneNumberId};
use crate::provider::connection::Connection;
use crate::provider::failure::{Attempt, is_about_number};
use crate::provider::fleet::Failure;
use crate::provider::phone_number::listing;
use crate::provider::run::Run;
use crate::provider::two_step_verification::whereabouts::{remember, remembered};
use crate::tf_provider::{Context, Diagnostic, Diagnostics};

/// What is known, and what the user should know about how it was found.
pub(super) struct PinStatus {
    pub(super) told: Told,
    pub(super) warnings: Diagnostics,
}

/// What the API says of a number's two-step verification.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Told {
    On,
    Off,
    /// It shows the number and leaves that out.
    Nothing,
    /// It does not show the number, and the user wants to go on all the same.
    Missing,
}

impl From<Option<bool>> for Told {
    fn from(is_pin_enabled: Option<bool>) -> Self {
        match is_pin_enabled {
            Some(true) => Self::On,
            Some(false) => Self::Off,
            None => Self::Nothing,
        }
    }
}

/// Looks a number up.
pub(super) async fn pin_status(
    context: &Context<Connection>,
    number: &PhoneNumberId,
) -> Result<PinStatus, Diagnostics> {
    let (connection, private) = (context.client(), context.private());
    let graph = connection.graph()?;
    let mut warnings = Diagnostics::new();
    let mut listed = None;
    suppose_account(context, number);
    if let Some(fleet) = connection.fleet() {
        let home = graph.account_of(number).or_else(|| remembered(private));
        let looked_up = fleet.look_up(graph, number, home.as_ref(), context.stop()).await;
        let looked_up =
            looked_up.map_err(|failure| not_listed(&failure, number, connection.run()))?;
        warnings.extend(looked_up.failures.iter().map(read_alone_instead));
        listed = looked_up.listed;
    }
    let told = match listed {
        Some(listed) => {
            remember(private, &listed.account);
            listed.is_pin_enabled.into()
        }
        None => {
            let found = own_call(context, number, &mut warnings).await;
            remember_account(context, number);
            // Why it was read alone belongs to why that failed.
            found.map_err(|failure| {
                failure.into_iter().chain(warnings.clone()).collect::<Diagnostics>()
            })?
        }
    };
    warnings.extend(connection.version_warning());
    Ok(PinStatus { told, warnings })
}

/// Remembers the account that the API has named for a number, if it has named one.
pub(super) fn remember_account(context: &Context<Connection>, number: &PhoneNumberId) {
    let account = context.client().graph().ok().and_then(|graph| graph.account_of(number));
    if let Some(account) = account {
        remember(context.private(), &account);
    }
}

/// Tells the client the account that was remembered for a number.
pub(super) fn suppose_account(context: &Context<Connection>, number: &PhoneNumberId) {
    if let (Ok(graph), Some(account)) = (context.client().graph(), remembered(context.private())) {
        graph.suppose_account(number, &account);
    }
}

async fn own_call(
    context: &Context<Connection>,
    number: &PhoneNumberId,
    warnings: &mut Diagnostics,
) -> Result<Told, Diagnostics> {
    let connection = context.client();
    let graph = connection.graph()?;
    let found = graph.phone_number(number, PhoneNumberFields::PinStatus, context.stop()).await;
    let error = match found {
        Ok(found) => return Ok(found.is_pin_enabled.into()),
        Err(error) => error,
    };
    let attempt = Attempt::read("Reading two-step verification of", number);
    // A status alone may come from a proxy; that a number is missing is for Graph to say.
    let is_missing = error.class() == Class::NotFound && error.code().is_some();
    if is_missing && connection.keeps_missing_numbers() {
        warnings.push(attempt.tolerated(&error, KEPT));
        return Ok(Told::Missing);
    }
    let failure = attempt.failed(&error, connection.run());
    Err(if is_about_number(&error) { failure.at("phone_number_id") } else { failure }.into())
}

fn not_listed(failure: &Failure, number: &PhoneNumberId, run: &Run) -> Diagnostic {
    listing(&failure.account).on_behalf_of(number).failed(&failure.error, run)
}

fn read_alone_instead(failure: &Failure) -> Diagnostic {
    listing(&failure.account).warned(&failure.error, INSTEAD)
}

const KEPT: &str = "What is stored of the number is kept, because missing_number is \"warn\". An \
                    apply of a configuration that no longer declares it forgets it.";

const INSTEAD: &str = "Each phone number is read by a call of its own instead.";
