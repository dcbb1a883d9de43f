//! What is done once, on request, and never by itself: registering a number, and setting a PIN
//! without touching the state.

mod register;
mod set_pin;

use secrecy::{ExposeSecret, SecretString};

use crate::graph::Pin;
use crate::graph::pin::ParsePinError;
use crate::provider::run::Run;
use crate::tf_provider::{Diagnostic, Diagnostics, Field, Severity};

pub(crate) use register::RegisterPhoneNumber;
pub(crate) use set_pin::SetPin;

/// What is wrong with a PIN that is known. It has no place: Terraform would print its line.
fn pin_problem(pin: &Field<SecretString>) -> Option<Diagnostic> {
    match Pin::parse(pin.known()?.expose_secret()) {
        Ok(pin) if pin.is_trivial() => Some(Diagnostic::warning(
            "PIN Easy to Guess",
            "The PIN in pin is one digit repeated, or a run up or down. It is among the first that \
             somebody would try.",
        )),
        Ok(_) => None,
        Err(error) => Some(not_a_pin(error)),
    }
}

/// The PIN to send. The SDK has refused a required argument without a value, in its own words.
fn pin(pin: &Field<SecretString>) -> Result<Pin, Diagnostic> {
    let text = pin.known().map(ExposeSecret::expose_secret).unwrap_or_default();
    Pin::parse(text).map_err(not_a_pin)
}

fn not_a_pin(error: ParsePinError) -> Diagnostic {
    Diagnostic::error(
        "Invalid PIN",
        format!(
            "The PIN in pin {error}. Write exactly six digits as a string in quotes: a number \
             without quotes loses the zero that it begins with."
        ),
    )
}

/// What everybody has to know whose action failed: nobody repeats it. The last error of the first that
/// failed in a run says so, for all of them.
fn with_the_way_on(problems: Diagnostics, type_name: &'static str, run: &Run) -> Diagnostics {
    let mut problems: Vec<_> = problems.into_iter().collect();
    let is_error = |problem: &&mut Diagnostic| problem.severity() == Severity::Error;
    if let Some(last) = problems.iter_mut().rfind(is_error)
        && run.explained(|all| all.is_new_way_on(type_name))
    {
        *last = last.clone().with_paragraph(format_args!(
            "An action that runs after a change is not repeated by the next apply: the change is \
             made and stays. One that runs before a change (before_create, before_update) holds \
             the change up, and the next apply begins with it again. To run it by itself when the \
             cause is settled: terraform apply -invoke=action.{type_name}.NAME. This is said once \
             for all that fail in this run."
        ));
    }
    problems.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_pin_is_explained_without_a_figure_that_a_log_could_mask() {
        let problem = format!("{:?}", not_a_pin(ParsePinError::NotDigits));
        assert!(problem.contains("loses the zero"), "{problem}");
        assert!(!problem.contains(|sign: char| sign.is_ascii_digit()), "{problem}");
    }

    #[test]
    fn the_way_on_is_said_once_for_each_action_in_a_run() {
        let run = Run::default();
        let said = |type_name| {
            let told = with_the_way_on(Diagnostic::error("A", "a").into(), type_name, &run);
            told.iter().any(|error| error.detail().contains(&format!("-invoke=action.{type_name}")))
        };
        assert_eq!(
            [said("one"), said("one"), said("two"), said("two")],
            [true, false, true, false]
        );
        run.begin();
        assert!(said("one"));
    }
}
