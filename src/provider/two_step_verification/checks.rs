//! What can be said about a configuration without asking anybody. Unknown values pass.

use secrecy::{ExposeSecret, SecretString};

use crate::graph::pin::ParsePinError;
use crate::graph::{PhoneNumberId, Pin};
use crate::provider::ids;
use crate::provider::two_step_verification::Model;
use crate::tf_provider::{Diagnostic, Diagnostics, Field};

/// All problems of a configuration. None of them is placed at a PIN: Terraform would print the line
/// and the values of what stands in it.
pub(super) fn problems(config: &Model) -> Diagnostics {
    let mut problems = Diagnostics::new();
    problems.extend(ids::phone_number_problem(&config.phone_number_id));
    problems.extend(exactly_one_pin(config));
    problems.extend(pin("pin", &config.pin, config));
    problems.extend(pin("pin_wo", &config.pin_wo, config));
    problems.extend(version_and_pin_wo(config));
    problems.extend(version(config));
    problems
}

/// Why a text is no PIN, and what to write. The text itself is a secret.
pub(super) fn not_a_pin(attribute: &str, config: &Model, error: ParsePinError) -> Diagnostic {
    let number = number_of(config);
    let hint = match error {
        ParsePinError::TooFewDigits => {
            " A PIN that begins with zero must stand in quotes: a number without quotes loses that \
             zero."
        }
        _ => "",
    };
    Diagnostic::error(
        "Invalid PIN",
        format!(
            "The PIN in {attribute}{number} {error}. Write exactly six digits as a string in \
             quotes.{hint}"
        ),
    )
}

/// Why there is no PIN at the moment when it should be sent.
pub(super) fn no_pin_in_this_run(config: &Model) -> Diagnostic {
    Diagnostic::error(
        "PIN Missing",
        format!(
            "Neither pin nor pin_wo{} has a value in this run. A write-only value is not stored in \
             a saved plan: whoever applies the plan must give it again, in the same variable.",
            number_of(config)
        ),
    )
}

fn exactly_one_pin(config: &Model) -> Option<Diagnostic> {
    let number = number_of(config);
    match (&config.pin, &config.pin_wo) {
        (Field::Null, Field::Null) => Some(Diagnostic::error(
            "PIN Missing",
            format!(
                "Set exactly one of pin_wo (never stored; needs Terraform or OpenTofu 1.11 or \
                 later) and pin (stored in the state){number}. If a variable gives the value, it is \
                 null in this run. If this configuration was generated, it has no PIN because Meta \
                 shows none: replace the lines pin and pin_wo by the PIN to set (with pin_wo, \
                 write pin_wo_version too)."
            ),
        )),
        (Field::Known(_), Field::Known(_)) => Some(Diagnostic::error(
            "Two PINs",
            format!(
                "Both pin and pin_wo{number} are set. Remove one of them; pin_wo is never stored."
            ),
        )),
        _ => None,
    }
}

fn pin(attribute: &str, field: &Field<SecretString>, config: &Model) -> Option<Diagnostic> {
    match Pin::parse(field.known()?.expose_secret()) {
        Err(error) => Some(not_a_pin(attribute, config, error)),
        Ok(pin) if pin.is_trivial() => Some(Diagnostic::warning(
            "PIN Easy to Guess",
            format!(
                "The PIN in {attribute}{} is one digit repeated, or a run up or down. It is among \
                 the first that somebody would try.",
                number_of(config)
            ),
        )),
        Ok(_) => None,
    }
}

fn version_and_pin_wo(config: &Model) -> Option<Diagnostic> {
    match (&config.pin, &config.pin_wo, &config.pin_wo_version) {
        (_, Field::Known(_), Field::Null) => Some(
            Diagnostic::error(
                "PIN Version Missing",
                "pin_wo needs pin_wo_version: no plan sees a change of pin_wo, so a change of \
                 the version is what sends the PIN again. Begin with \"1\", or take the ID that \
                 your secret store gives to the version.",
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

/// Without a place where it is the PIN itself, and without its text in any case: a wrong version is
/// perhaps a PIN in the wrong line.
fn version(config: &Model) -> Option<Diagnostic> {
    let version = config.pin_wo_version.known()?;
    let is_pin = |pin: &Field<SecretString>| {
        pin.known().is_some_and(|pin| holds(version, pin.expose_secret().trim()))
    };
    if is_pin(&config.pin_wo) || is_pin(&config.pin) {
        return Some(Diagnostic::error(
            "PIN Used as Its Version",
            format!(
                "pin_wo_version{} is the PIN itself or holds its digits, and a version is stored \
                 in the state. Write any other text, such as \"1\".",
                number_of(config)
            ),
        ));
    }
    let problem = match version.chars().count() {
        0 => "is empty",
        1..=LONGEST_VERSION => return None,
        _ => "has more than 256 characters",
    };
    Some(
        Diagnostic::error(
            "Invalid PIN Version",
            format!(
                "pin_wo_version {problem}. Write a text of 1 to 256 characters, such as \"1\"."
            ),
        )
        .at("pin_wo_version"),
    )
}

/// Whether a version is the PIN, or has it as a group of digits: ` 048213`, `v048213`.
fn holds(version: &str, pin: &str) -> bool {
    version.trim() == pin || version.split(|c: char| !c.is_ascii_digit()).any(|group| group == pin)
}

/// Which number a message is about, in the place of its line.
fn number_of(config: &Model) -> String {
    let number = config.phone_number_id.known().and_then(|id| id.parse::<PhoneNumberId>().ok());
    number.map(|number| format!(" of phone number ID {number}")).unwrap_or_default()
}

const LONGEST_VERSION: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_is_the_pin_or_has_it_among_other_signs_is_refused() {
        for held in ["048213", " 048213", "048213\n", "v048213", "2026-048213-1"] {
            assert!(holds(held, "048213"), "{held:?}");
        }
        for other in ["1", "", "0482130", "7048213", "04821-3", "arn:aws:1048213"] {
            assert!(!holds(other, "048213"), "{other:?}");
        }
    }

    #[test]
    fn a_lost_zero_is_explained_without_a_figure_that_a_log_could_mask() {
        let problem = not_a_pin("pin", &Model::default(), ParsePinError::TooFewDigits);
        let problem = format!("{problem:?}");
        assert!(problem.contains("loses that zero"), "{problem}");
        assert!(!problem.contains(|sign: char| sign.is_ascii_digit()), "{problem}");
    }
}
