//! Finding numbers in the list of an account.

use tokio_util::sync::CancellationToken;

use crate::graph::{BusinessAccountId, PhoneNumber, PhoneNumberFields};
use crate::provider::connection::Connection;
use crate::provider::failure::Attempt;
use crate::tf_provider::{Diagnostic, Diagnostics, Field};

/// The account to look in: the configured one, or the provider's.
pub(crate) fn account(
    configured: &Field<String>,
    connection: &Connection,
) -> Result<BusinessAccountId, Diagnostics> {
    match configured.known() {
        Some(text) => text.parse().map_err(|error| not_an_account(error).into()),
        None => connection.account(),
    }
}

/// Why a text is no account ID, and what to write.
pub(crate) fn not_an_account(error: crate::graph::ids::ParseIdError) -> Diagnostic {
    Diagnostic::error(
        "Invalid Business Account ID",
        format!(
            "The business account ID {error}. Write the ID of the WhatsApp Business Account, \
             digits only, as WhatsApp Manager shows it."
        ),
    )
    .at("business_account_id")
}

/// All numbers of an account.
pub(super) async fn every_number(
    connection: &Connection,
    account: &BusinessAccountId,
    stop: &CancellationToken,
) -> Result<Vec<PhoneNumber>, Diagnostics> {
    let graph = connection.graph()?;
    let mut pages = graph.phone_numbers(account.clone(), PhoneNumberFields::Details);
    let mut numbers = Vec::new();
    loop {
        match pages.next_page(stop).await {
            Ok(Some(page)) => numbers.extend(page),
            Ok(None) => return Ok(numbers),
            Err(error) => return Err(listing(account).failed(&error).into()),
        }
    }
}

/// What a failed list tried.
pub(crate) fn listing(account: &BusinessAccountId) -> Attempt {
    Attempt::list(format!("Listing the phone numbers of business account ID {account}"))
}

/// The one number that people write like this. Only digits count: blanks, dashes, brackets and the
/// plus sign are taste.
pub(super) fn only_match(
    numbers: Vec<PhoneNumber>,
    wanted: &str,
) -> Result<PhoneNumber, Diagnostic> {
    let is_match = |number: &PhoneNumber| {
        let shown = number.display_phone_number.as_deref().unwrap_or_default();
        digits(shown) == digits(wanted)
    };
    let (mut matching, others): (Vec<_>, Vec<_>) = numbers.into_iter().partition(is_match);
    match (matching.pop(), matching.as_slice()) {
        (Some(only), []) => Ok(only),
        (None, _) => Err(no_match(&others)),
        (Some(last), _) => {
            matching.push(last);
            Err(several_matches(&matching))
        }
    }
}

fn no_match(others: &[PhoneNumber]) -> Diagnostic {
    let found = match others {
        [] => "The account has no phone numbers that this token may see.".to_owned(),
        others => format!("The account has:\n{}", shown(others)),
    };
    Diagnostic::error(
        "Phone Number Not Found",
        format!("No phone number of the account is written like this. {found}"),
    )
    .at("display_phone_number")
}

fn several_matches(matching: &[PhoneNumber]) -> Diagnostic {
    Diagnostic::error(
        "Several Phone Numbers Found",
        format!(
            "More than one phone number of the account is written like this. Use \
             phone_number_id to say which one:\n{}",
            shown(matching)
        ),
    )
    .at("display_phone_number")
}

fn shown(numbers: &[PhoneNumber]) -> String {
    let line = |number: &PhoneNumber| {
        let display = number.display_phone_number.as_deref().unwrap_or("(no display number)");
        format!("  {display}: ID {}", number.id)
    };
    let mut lines: Vec<_> = numbers.iter().take(MOST_SHOWN).map(line).collect();
    if numbers.len() > MOST_SHOWN {
        lines.push(format!("  and {} more", numbers.len() - MOST_SHOWN));
    }
    lines.join("\n")
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// How many numbers a message lists.
const MOST_SHOWN: usize = 20;
