//! Finding numbers in the list of an account.

use std::fmt::Write;

use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::graph::{BusinessAccountId, Error, PhoneNumber};
use crate::provider::connection::Connection;
use crate::provider::failure::Attempt;
use crate::provider::ids::account_id;
use crate::tf_provider::{Diagnostic, Diagnostics, Field};

/// A number and the account in whose list it stands.
pub(super) type Listed = (BusinessAccountId, PhoneNumber);

/// The accounts to look in: the one that is named, or all of the provider's.
pub(crate) fn accounts(
    configured: &Field<String>,
    connection: &Connection,
) -> Result<Vec<BusinessAccountId>, Diagnostics> {
    match configured.known() {
        Some(text) => Ok(vec![account_id(text)?]),
        None => connection.accounts().map(<[_]>::to_vec),
    }
}

/// All numbers of these accounts, in the order of the API, account after account. A part of them
/// would pass for all, so each account that fails is an error.
pub(super) async fn every_number(
    connection: &Connection,
    accounts: &[BusinessAccountId],
    stop: &CancellationToken,
) -> Result<Vec<Listed>, Diagnostics> {
    let (graph, directory) = (connection.graph()?, connection.directory());
    let lists = accounts.iter().map(|account| directory.numbers(graph, account, stop));
    let mut listed = Vec::new();
    let mut failures = Diagnostics::new();
    for (account, list) in accounts.iter().zip(join_all(lists).await) {
        match list {
            Ok(numbers) => {
                listed.extend(numbers.iter().map(|number| (account.clone(), number.clone())));
            }
            Err(error) => failures.push(not_listed(account, &error, connection)),
        }
    }
    if failures.has_errors() { Err(failures) } else { Ok(listed) }
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
    listed: &[Listed],
    wanted: &str,
    accounts: &[BusinessAccountId],
) -> Result<Listed, Diagnostic> {
    let wanted = international(wanted);
    let is_wanted = |(_, number): &&Listed| shown_digits(number) == wanted;
    let mut matching: Vec<_> = listed.iter().filter(is_wanted).collect();
    // Accounts may share a number, and then it is one number all the same.
    matching.dedup_by(|(_, one), (_, other)| one.id == other.id);
    match matching[..] {
        [only] => Ok(only.clone()),
        [] => Err(no_match(listed, &wanted, accounts)),
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

fn no_match(listed: &[Listed], wanted: &str, accounts: &[BusinessAccountId]) -> Diagnostic {
    let ids: Vec<_> = accounts.iter().map(BusinessAccountId::as_str).collect();
    let ids = ids.join(", ");
    let mut detail = format!("No phone number of business account ID {ids} is written like this.");
    let meant = perhaps_meant(listed, wanted);
    if !meant.is_empty() {
        _ = write!(detail, " Write it with its country code. It may mean:\n{}", shown(&meant));
    } else if listed.is_empty() {
        detail.push_str(" There are no phone numbers in it that this token may see.");
    } else {
        let all: Vec<_> = listed.iter().collect();
        _ = write!(detail, " There are:\n{}", shown(&all));
    }
    Diagnostic::error("Phone Number Not Found", detail).at("display_phone_number")
}

/// The numbers that a text without a country code may stand for. They are only named: the same
/// national number exists in many countries, and a PIN for the wrong one locks people out.
fn perhaps_meant<'a>(listed: &'a [Listed], wanted: &str) -> Vec<&'a Listed> {
    let national = wanted.trim_start_matches('0');
    if national.len() < SHORTEST_NATIONAL {
        return Vec::new();
    }
    listed.iter().filter(|(_, number)| shown_digits(number).ends_with(national)).collect()
}

fn several_matches(matching: &[&Listed]) -> Diagnostic {
    Diagnostic::error(
        "Several Phone Numbers Found",
        format!(
            "More than one phone number is written like this. Use \
             phone_number_id to say which one:\n{}",
            shown(matching)
        ),
    )
    .at("display_phone_number")
}

fn shown(numbers: &[&Listed]) -> String {
    let line = |(_, number): &&Listed| {
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
