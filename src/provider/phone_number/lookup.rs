//! Finding numbers in the list of an account.

use std::fmt::Write;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::graph::{BusinessAccountId, Error, PhoneNumber};
use crate::provider::connection::Connection;
use crate::provider::failure::Attempt;
use crate::provider::ids::not_an_account;
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

/// All numbers of an account, in the order of the API.
pub(super) async fn every_number(
    connection: &Connection,
    account: &BusinessAccountId,
    stop: &CancellationToken,
) -> Result<Arc<[PhoneNumber]>, Diagnostics> {
    let numbers = connection.directory().numbers(connection.graph()?, account, stop).await;
    numbers.map_err(|error| not_listed(account, &error, connection).into())
}

/// Why an account's numbers could not be listed for a configuration that asked for them.
pub(crate) fn not_listed(
    account: &BusinessAccountId,
    error: &Error,
    connection: &Connection,
) -> Diagnostic {
    listing(account).failed(error, connection.run()).at("business_account_id")
}

/// What a failed list tried.
pub(crate) fn listing(account: &BusinessAccountId) -> Attempt {
    Attempt::list("Listing the phone numbers of", account)
}

/// The one number that people write like this, with its country code. Only digits count: blanks,
/// dashes, brackets and the plus sign are taste, and so is `00` in the place of the plus sign.
pub(super) fn only_match(
    numbers: &[PhoneNumber],
    wanted: &str,
    account: &BusinessAccountId,
) -> Result<PhoneNumber, Diagnostic> {
    let wanted = international(wanted);
    let matching: Vec<_> = numbers.iter().filter(|number| shown_digits(number) == wanted).collect();
    match matching[..] {
        [only] => Ok(only.clone()),
        [] => Err(no_match(numbers, &wanted, account)),
        _ => Err(several_matches(&matching)),
    }
}

/// The digits from the country code on.
fn international(text: &str) -> String {
    let digits = digits(text);
    digits.strip_prefix("00").map(str::to_owned).unwrap_or(digits)
}

fn shown_digits(number: &PhoneNumber) -> String {
    digits(number.display_phone_number.as_deref().unwrap_or_default())
}

fn no_match(numbers: &[PhoneNumber], wanted: &str, account: &BusinessAccountId) -> Diagnostic {
    let mut detail =
        format!("No phone number of business account ID {account} is written like this.");
    let meant = perhaps_meant(numbers, wanted);
    if !meant.is_empty() {
        _ = write!(detail, " Write it with its country code. It may mean:\n{}", shown(&meant));
    } else if numbers.is_empty() {
        detail.push_str(" The account has no phone numbers that this token may see.");
    } else {
        let all: Vec<_> = numbers.iter().collect();
        _ = write!(detail, " The account has:\n{}", shown(&all));
    }
    Diagnostic::error("Phone Number Not Found", detail).at("display_phone_number")
}

/// The numbers that a text without a country code may stand for. They are only named: the same
/// national number exists in many countries, and a PIN for the wrong one locks people out.
fn perhaps_meant<'a>(numbers: &'a [PhoneNumber], wanted: &str) -> Vec<&'a PhoneNumber> {
    let national = wanted.trim_start_matches('0');
    if national.len() < SHORTEST_NATIONAL {
        return Vec::new();
    }
    numbers.iter().filter(|number| shown_digits(number).ends_with(national)).collect()
}

fn several_matches(matching: &[&PhoneNumber]) -> Diagnostic {
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

fn shown(numbers: &[&PhoneNumber]) -> String {
    let line = |number: &&PhoneNumber| {
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

/// Fewer digits than this end too many numbers to be worth a guess.
const SHORTEST_NATIONAL: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digits_from_the_country_code_on_count() {
        for written in ["+49 30 901820", "0049 (30) 90-18-20", "4930901820", "+49.30/901820 "] {
            assert_eq!(international(written), "4930901820", "{written}");
        }
        assert_eq!(international("030 901820"), "030901820", "a national number stays one");
        assert_eq!(international("no digits"), "");
    }
}
