//! Whether a number is registered at all: decided by what Meta says of it, before anything is sent.

use crate::graph::{PhoneNumberId, RegistrationState};
use crate::tf_provider::{Diagnostic, Diagnostics};

/// What follows from the state of a number.
#[derive(Debug)]
pub(super) enum Decision {
    /// It is registered and connected: there is nothing to send.
    Registered,
    /// It may be sent; what the user should know before.
    Send(Diagnostics),
    /// It must not be sent.
    Refuse(Diagnostic),
}

pub(super) fn decide(number: &PhoneNumberId, state: &RegistrationState, force: bool) -> Decision {
    if state.is_on_biz_app == Some(true) {
        return Decision::Refuse(on_the_app(number));
    }
    match state.is_registered() {
        Some(true) if !force => Decision::Registered,
        None if !force => Decision::Refuse(not_said(number)),
        _ => Decision::Send(
            not_verified(number, state).into_iter().chain(no_name(number, state)).collect(),
        ),
    }
}

fn on_the_app(number: &PhoneNumberId) -> Diagnostic {
    Diagnostic::error(
        "Number on the WhatsApp Business App",
        format!(
            "Phone number ID {number} lives on the WhatsApp Business app and is registered by way \
             of it. Nothing was sent: registering it here can take it away from the app, and force \
             does not change that. Disconnect it in the app first if that is what you want."
        ),
    )
    .at("phone_number_id")
}

fn not_said(number: &PhoneNumberId) -> Diagnostic {
    Diagnostic::error(
        "Registration State Not Known",
        format!(
            "Meta does not say whether phone number ID {number} is registered, so nothing was \
             sent: ten registrations in 72 hours block a number. Look at the number in WhatsApp \
             Manager, and set force = true if it is not connected."
        ),
    )
    .at("phone_number_id")
}

fn not_verified(number: &PhoneNumberId, state: &RegistrationState) -> Option<Diagnostic> {
    let status =
        state.code_verification_status.as_deref().filter(|status| *status != "VERIFIED")?;
    Some(Diagnostic::warning(
        "Phone Number Not Verified",
        format!(
            "Meta says {status} of the code that proves who holds phone number ID {number}; it is \
             good for fourteen days. Only a person can renew it: request a code by SMS or voice in \
             WhatsApp Manager, and enter it there. The registration was sent all the same, for \
             Meta to decide."
        ),
    ))
}

fn no_name(number: &PhoneNumberId, state: &RegistrationState) -> Option<Diagnostic> {
    let status = state.name_status.as_deref();
    let status = status.filter(|status| ["NONE", "EXPIRED"].contains(status))?;
    Some(Diagnostic::warning(
        "Display Name Without Certificate",
        format!(
            "Meta says {status} of the display name of phone number ID {number}, and registers \
             only numbers whose name has a certificate. Enter a name in WhatsApp Manager and wait \
             for its review. The registration was sent all the same, for Meta to decide."
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(platform: Option<&str>, status: Option<&str>) -> RegistrationState {
        RegistrationState::of(platform, status)
    }

    fn decision(state: &RegistrationState, force: bool) -> Decision {
        decide(&"1065".parse().expect("an ID"), state, force)
    }

    #[test]
    fn only_a_definite_state_sends_unless_it_is_forced() {
        let fresh = state(Some("NOT_APPLICABLE"), Some("PENDING"));
        assert!(matches!(decision(&fresh, false), Decision::Send(warnings) if warnings.is_empty()));
        let done = state(Some("CLOUD_API"), Some("CONNECTED"));
        assert!(matches!(decision(&done, false), Decision::Registered));
        assert!(matches!(decision(&done, true), Decision::Send(_)));
        assert!(matches!(decision(&state(None, None), false), Decision::Refuse(_)));
        assert!(matches!(decision(&state(None, None), true), Decision::Send(_)));
    }

    #[test]
    fn a_number_on_the_app_is_refused_even_if_forced() {
        for mut state in [state(None, Some("PENDING")), state(Some("CLOUD_API"), Some("CONNECTED"))]
        {
            state.is_on_biz_app = Some(true);
            for force in [false, true] {
                assert!(matches!(decision(&state, force), Decision::Refuse(_)));
            }
        }
    }

    #[test]
    fn what_will_probably_be_refused_is_a_warning_and_metas_to_decide() {
        let mut state = state(None, Some("PENDING"));
        state.code_verification_status = Some("EXPIRED".to_owned());
        state.name_status = Some("NONE".to_owned());
        let Decision::Send(warnings) = decision(&state, false) else { panic!("it is sent") };
        assert_eq!(warnings.iter().count(), 2);
    }
}
