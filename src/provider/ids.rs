//! What a user reads when an ID is none. Every object that takes an ID says it in the same words.

use crate::graph::ids::ParseIdError;
use crate::graph::{BusinessAccountId, PhoneNumberId};
use crate::provider::line;
use crate::tf_provider::{Diagnostic, Diagnostics, Field};

/// What is wrong with a configured `phone_number_id`, if it is known.
pub(crate) fn phone_number_problem(id: &Field<String>) -> Option<Diagnostic> {
    let text = id.known()?;
    let told = text.parse::<PhoneNumberId>().err().map(no_phone_number)?;
    Some(line::at_id(told, PHONE_NUMBER_ID, text))
}

/// What is wrong with a configured `business_account_id`, if it is known.
pub(crate) fn account_problem(id: &Field<String>) -> Option<Diagnostic> {
    account_id(id.known()?).err()
}

/// The ID that a configuration gives, or why it is none.
pub(crate) fn phone_number_id(id: &Field<String>) -> Result<PhoneNumberId, Diagnostics> {
    let text = id.known().map(String::as_str).unwrap_or_default();
    text.parse().map_err(|error| line::at_id(no_phone_number(error), PHONE_NUMBER_ID, text).into())
}

/// The ID of an account that a configuration gives, or why it is none.
pub(crate) fn account_id(text: &str) -> Result<BusinessAccountId, Diagnostic> {
    text.parse().map_err(|error| line::at_id(not_an_account(error), "business_account_id", text))
}

/// The ID in a stored state. What is wrong with that is not the configuration's fault.
pub(crate) fn stored_phone_number_id(id: &Field<String>) -> Result<PhoneNumberId, Diagnostics> {
    let text = id.known().map(String::as_str).unwrap_or_default();
    text.parse().map_err(|error| not_a_stored_phone_number(error).into())
}

/// Why a text is no phone number ID, and what to write.
pub(crate) fn not_a_phone_number(error: ParseIdError) -> Diagnostic {
    no_phone_number(error).at(PHONE_NUMBER_ID)
}

fn no_phone_number(error: ParseIdError) -> Diagnostic {
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
}

fn not_a_stored_phone_number(error: ParseIdError) -> Diagnostic {
    Diagnostic::error(
        "Stored State Not Usable",
        format!(
            "The state of this resource has no good phone_number_id: the stored value {error}. \
             The provider has not stored it like that, so somebody or something has changed the \
             state. The configuration is not at fault. Restore a backup of the state, or remove \
             the resource from the state (by state rm) and import the number again."
        ),
    )
}

fn not_an_account(error: ParseIdError) -> Diagnostic {
    Diagnostic::error(
        "Invalid Business Account ID",
        format!(
            "The business account ID {error}. Write the ID of the WhatsApp Business Account, \
             digits only, as WhatsApp Manager shows it."
        ),
    )
}

const PHONE_NUMBER_ID: &str = "phone_number_id";
