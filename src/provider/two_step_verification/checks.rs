//! What can be said about a configuration without asking anybody. Unknown values pass.

use secrecy::{ExposeSecret, SecretString};

use crate::graph::Pin;
use crate::graph::pin::ParsePinError;
use crate::provider::ids;
use crate::provider::two_step_verification::Model;
use crate::tf_provider::{Diagnostic, Diagnostics, Field, Number};

/// All problems of a configuration.
pub(super) fn problems(config: &Model) -> Diagnostics {
    let mut problems = Diagnostics::new();
    problems.extend(ids::phone_number_problem(&config.phone_number_id));
    problems.extend(exactly_one_pin(config));
    problems.extend(pin("pin", &config.pin));
    problems.extend(pin("pin_wo", &config.pin_wo));
    problems.extend(version_and_pin_wo(config));
    problems.extend(version(&config.pin_wo_version));
    problems
}

/// Why a text is no PIN, and what to write. The text itself is a secret.
pub(super) fn not_a_pin(attribute: &str, error: ParsePinError) -> Diagnostic {
    let hint = match error {
        ParsePinError::FiveDigits | ParsePinError::WrongLength { digits: ..6 } => {
            " A PIN that begins with 0 must stand in quotes: the unquoted number 012345 loses its \
             zero."
        }
        _ => "",
    };
    Diagnostic::error(
        "Invalid PIN",
        format!(
            "The PIN in {attribute} {error}. Write exactly six digits as a string in quotes.{hint}"
        ),
    )
    .at(attribute)
}

fn exactly_one_pin(config: &Model) -> Option<Diagnostic> {
    match (&config.pin, &config.pin_wo) {
        (Field::Null, Field::Null) => Some(
            Diagnostic::error(
                "PIN Missing",
                "Set exactly one of pin_wo (never stored; needs Terraform or OpenTofu 1.11 or \
                 later) and pin (stored in the state). If a variable gives the value, it is null in \
                 this run. If Terraform generated this configuration, it has no PIN because Meta \
                 shows none: replace the lines pin and pin_wo by the PIN to set.",
            )
            .at("pin"),
        ),
        (Field::Known(_), Field::Known(_)) => Some(
            Diagnostic::error(
                "Two PINs",
                "Both pin and pin_wo are set. Remove one of them; pin_wo is never stored.",
            )
            .at("pin"),
        ),
        _ => None,
    }
}

fn pin(attribute: &str, field: &Field<SecretString>) -> Option<Diagnostic> {
    match Pin::parse(field.known()?.expose_secret()) {
        Err(error) => Some(not_a_pin(attribute, error)),
        Ok(pin) if pin.is_trivial() => Some(
            Diagnostic::warning(
                "PIN Easy to Guess",
                format!(
                    "The PIN in {attribute} is one digit repeated, or a run up or down. It is \
                     among the first that somebody would try."
                ),
            )
            .at(attribute),
        ),
        Ok(_) => None,
    }
}

fn version_and_pin_wo(config: &Model) -> Option<Diagnostic> {
    match (&config.pin, &config.pin_wo, &config.pin_wo_version) {
        (_, Field::Known(_), Field::Null) => Some(
            Diagnostic::error(
                "PIN Version Missing",
                "pin_wo needs pin_wo_version: Terraform cannot see a change of pin_wo, so a change \
                 of the version is what sends the PIN again. Begin with 1.",
            )
            .at("pin_wo_version"),
        ),
        (Field::Known(_), Field::Null, Field::Known(_)) => Some(
            Diagnostic::error(
                "PIN Version Without pin_wo",
                "pin_wo_version belongs to pin_wo, and pin is set. Remove pin_wo_version; a change \
                 of pin is sent by itself.",
            )
            .at("pin_wo_version"),
        ),
        _ => None,
    }
}

fn version(version: &Field<Number>) -> Option<Diagnostic> {
    let number = version.known()?;
    let is_version = number.as_u64().is_some_and(|number| number >= 1);
    (!is_version).then(|| {
        Diagnostic::error(
            "Invalid PIN Version",
            format!("pin_wo_version is {number}. Write a whole number from 1 on."),
        )
        .at("pin_wo_version")
    })
}
