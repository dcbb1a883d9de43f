//! What a user reads when an ID is none. Every object that takes an ID says it in the same words.

use crate::graph::ids::ParseIdError;
use crate::graph::{BusinessAccountId, PhoneNumberId};
use crate::tf_provider::{Diagnostic, Field};

/// What is wrong with a configured `phone_number_id`, if it is known.
pub(crate) fn phone_number_problem(id: &Field<String>) -> Option<Diagnostic> {
    id.known()?.parse::<PhoneNumberId>().err().map(not_a_phone_number)
}

/// What is wrong with a configured `business_account_id`, if it is known.
pub(crate) fn account_problem(id: &Field<String>) -> Option<Diagnostic> {
    id.known()?.parse::<BusinessAccountId>().err().map(not_an_account)
}

/// Why a text is no phone number ID, and what to write.
pub(crate) fn not_a_phone_number(error: ParseIdError) -> Diagnostic {
    let explanation = match error {
        ParseIdError::LooksLikePhoneNumber => {
            "This looks like a phone number. The Graph API knows the number by an ID of its own, \
             which is another number"
                .to_owned()
        }
        error => format!("The phone number ID {error}"),
    };
    Diagnostic::error(
        "Invalid Phone Number ID",
        format!(
            "{explanation}. Write the ID that WhatsApp Manager shows beside the number, digits \
             only, such as \"106540352242922\"."
        ),
    )
    .at("phone_number_id")
}

/// Why a text is no account ID, and what to write.
pub(crate) fn not_an_account(error: ParseIdError) -> Diagnostic {
    Diagnostic::error(
        "Invalid Business Account ID",
        format!(
            "The business account ID {error}. Write the ID of the WhatsApp Business Account, \
             digits only, as WhatsApp Manager shows it."
        ),
    )
    .at("business_account_id")
}
