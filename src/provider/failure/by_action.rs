//! What to do next where an action failed. No apply repeats an action, so "apply again" would be wrong:
//! whoever asked for it asks once more.

use crate::graph::{Class, Error};
use crate::provider::failure::Subject;
use crate::provider::failure::advice::NOT_VISIBLE;

/// Looks up a step; none if the one after an apply is right.
pub(super) type Step = fn(&Error, Subject) -> Option<&'static str>;

/// The step for this code, where it is another one than after an apply.
pub(super) fn step_for_code(error: &Error, on: Subject) -> Option<&'static str> {
    if error.subcode() == Some(STILL_ON_AN_APP) {
        return Some(
            "Delete the number's account in the WhatsApp app on its phone, wait a few minutes, then \
             run the action again.",
        );
    }
    Some(match (error.rule()?.code(), on) {
        (131_000, Subject::Registered) => {
            "The call may have counted. Look at the number first: if it is not connected, run the \
             action again in a few minutes. If it goes on, look at metastatus.com."
        }
        (133_000, Subject::Registered) => {
            "Deregister the number once more (the deregister call), then run the action again."
        }
        (133_000, _) => {
            "Deregister the number once more (the deregister call), register it, then run the \
             action again."
        }
        (133_005, _) => {
            "The number has another PIN. Nobody needs to know it to set a new one: set the PIN that \
             you want with whatsapp_two_step_verification (change pin_wo_version too) or with the \
             action whatsapp_set_two_step_verification_pin, then register with it. Do not guess: \
             every wrong PIN counts."
        }
        (133_006, Subject::Registered) => {
            "Request a verification code for the number in WhatsApp Manager, enter it, then run the \
             action again."
        }
        (133_006, _) => {
            "Request a verification code for the number in WhatsApp Manager, enter it, register the \
             number, then run the action again."
        }
        (133_008 | 133_009, _) => {
            "Wait for the time that Meta names, then run the action again with the right PIN. Trying \
             earlier makes the wait longer."
        }
        (133_010 | 131_045 | 141_000, Subject::Registered) => {
            "Look at the number in WhatsApp Manager: its verification, its display name, and whether \
             it is still in the account. Settle what is missing, then run the action again."
        }
        (133_010 | 131_045 | 141_000, _) => {
            "Register the number with the action whatsapp_register_phone_number, which sets the PIN \
             too."
        }
        (133_015, _) => "Wait five minutes for the deletion to finish, then run the action again.",
        (133_016, _) => {
            "Meta blocks the number for 72 hours. Run the action again after that, and not before."
        }
        (131_057 | 2_494_100, _) => "Run the action again in about five minutes.",
        _ => return None,
    })
}

/// The step for this kind of failure, where it is another one than after an apply.
pub(super) fn step_for_class(error: &Error, on: Subject) -> Option<&'static str> {
    Some(match (error.class(), on) {
        (Class::AccountState, _) => {
            "Look at the number and the account in WhatsApp Manager (Account quality), settle what \
             it shows, then run the action again."
        }
        (Class::Cancelled, _) => "Run the action again when you are ready to go on.",
        (Class::NotTried, _) => "Settle what the other failure says, then run the action again.",
        (Class::InvalidInput, Subject::Registered) if is_general_refusal(error) => {
            "Check that phone_number_id is the ID that WhatsApp Manager shows today: Meta refuses \
             one that differs from the ID of an earlier registration of the number. Check whatever \
             else Meta's message names, then run the action again."
        }
        (Class::NotFound, Subject::Registered | Subject::Number | Subject::Written(_)) => {
            NOT_VISIBLE
        }
        (Class::Timeout | Class::ConnectionLost, Subject::Registered) => {
            "Check the network and any proxy on the way, and look at metastatus.com. A registration \
             has a minute to be answered, or request_timeout if that is longer."
        }
        _ => return None,
    })
}

/// Code 100 without a topic of its own: Meta says it of many things.
fn is_general_refusal(error: &Error) -> bool {
    error.code() == Some(GENERAL_REFUSAL)
        && !(error.is_about_app_secret() || error.is_account_for_number() || error.is_about_pin())
}

const GENERAL_REFUSAL: i64 = 100;
const STILL_ON_AN_APP: i64 = 2_388_001;
