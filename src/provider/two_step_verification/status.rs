//! Whether a number has a PIN: from the account's list where there is one, else by a call of its
//! own.

use crate::graph::{Error, PhoneNumberFields, PhoneNumberId};
use crate::provider::connection::Connection;
use crate::provider::failure::{Attempt, is_about_number};
use crate::provider::fleet::{Fleet, Listed};
use crate::provider::phone_number::listing;
use crate::provider::run::Run;
use crate::tf_provider::{Context, Diagnostic, Diagnostics};

/// What is known, and what the user should know about how it was found.
pub(super) struct PinStatus {
    /// None where the API does not say.
    pub(super) is_pin_enabled: Option<bool>,
    pub(super) warnings: Diagnostics,
}

/// Looks a number up.
pub(super) async fn pin_status(
    context: &Context<Connection>,
    number: &PhoneNumberId,
) -> Result<PinStatus, Diagnostics> {
    let connection = context.client();
    let mut warnings = Diagnostics::new();
    let mut listed = Listed::Nothing;
    if let Some(fleet) = connection.fleet() {
        let looked_up = fleet.look_up(connection.graph()?, number, context.stop()).await;
        let attempt = || listing(fleet.account()).on_behalf_of(number);
        listed = looked_up.map_err(|error| attempt().failed(&error, connection.run()))?;
        warnings.extend(list_warning(fleet, &listed));
    }
    let is_pin_enabled = match listed {
        Listed::Status(status) => status,
        Listed::Nothing | Listed::Failed(_) => own_call(context, number).await?,
    };
    warnings.extend(connection.version_warning());
    Ok(PinStatus { is_pin_enabled, warnings })
}

async fn own_call(
    context: &Context<Connection>,
    number: &PhoneNumberId,
) -> Result<Option<bool>, Diagnostics> {
    let graph = context.client().graph()?;
    let found = graph.phone_number(number, PhoneNumberFields::PinStatus, context.stop()).await;
    let run = context.client().run();
    found.map(|found| found.is_pin_enabled).map_err(|error| failed(number, &error, run))
}

fn failed(number: &PhoneNumberId, error: &Error, run: &Run) -> Diagnostics {
    let failure = Attempt::read("Reading two-step verification of", number).failed(error, run);
    if is_about_number(error) { failure.at("phone_number_id").into() } else { failure.into() }
}

fn list_warning(fleet: &Fleet, listed: &Listed) -> Option<Diagnostic> {
    let Listed::Failed(error) = listed else { return None };
    Some(listing(fleet.account()).warned(error, INSTEAD))
}

const INSTEAD: &str = "Each phone number is read by a call of its own instead.";
