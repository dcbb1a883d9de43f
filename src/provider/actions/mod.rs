//! What is done once, on request, and never by itself: registering a number, and setting a PIN
//! without touching the state.

mod register;
mod set_pin;

use secrecy::{ExposeSecret, SecretString};

use crate::graph::Pin;
use crate::graph::pin::ParsePinError;
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

/// What everybody has to know whose action failed: nobody repeats it. The last error says so.
fn with_the_way_on(mut problems: Vec<Diagnostic>, type_name: &str) -> Diagnostics {
    let is_error = |problem: &&mut Diagnostic| problem.severity() == Severity::Error;
    if let Some(last) = problems.iter_mut().rfind(is_error) {
        *last = last.clone().with_paragraph(format_args!(
            "If this followed a change, the change is made and stays, and the next apply does not \
             repeat the action. To repeat it when the cause is settled: terraform apply \
             -invoke=action.{type_name}.NAME"
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
}
