//! `whatsapp_two_step_verification`: the two-step verification PIN of a phone number.

mod checks;
mod list;
mod resource;
mod status;

use secrecy::SecretString;

use crate::tf_provider::{Attribute, IdentityAttribute, IdentitySchema, Number, Schema, Type};

pub(crate) use list::TwoStepVerificationList;
pub(crate) use resource::TwoStepVerification;

crate::model! {
    /// Configuration, plan and state.
    pub(crate) struct Model {
        /// Always the phone number's ID.
        id: String,
        /// RFC 3339, UTC, whole seconds; null after an import.
        last_set_at: String,
        /// The phone number's ID.
        phone_number_id: String,
        /// The PIN, in the state.
        pin: SecretString,
        /// The PIN, never in the state.
        pin_wo: SecretString,
        /// Which `pin_wo` was sent last.
        pin_wo_version: Number,
    }
}

crate::model! {
    /// What finds the same number again.
    pub(crate) struct Identity {
        /// The phone number's ID.
        phone_number_id: String,
    }
}

fn schema() -> Schema {
    Schema::new(
        "The two-step verification PIN of a WhatsApp Business phone number. Creating and updating \
         send the PIN to Meta. Destroying only forgets it, with a warning: Meta has no way to turn \
         two-step verification off by API.",
        [
            Attribute::required("phone_number_id", Type::String).forces_replacement().described(
                "ID of the phone number, as WhatsApp Manager shows it: digits only, and not the \
                 phone number itself. A change replaces the resource; the old number keeps its \
                 PIN.",
            ),
            Attribute::optional("pin", Type::String).sensitive().described(
                "The PIN: exactly six digits, as a string (`\"012345\"`), because a number loses \
                 its leading zero. Stored in the state; prefer `pin_wo`. Exactly one of `pin` and \
                 `pin_wo` must be set.",
            ),
            Attribute::optional("pin_wo", Type::String).sensitive().write_only().described(
                "The PIN as a write-only argument: exactly six digits, as a string, never stored \
                 in plan or state. Needs Terraform 1.11 or OpenTofu 1.11, and `pin_wo_version`. \
                 Changing `pin_wo` alone does nothing: Terraform cannot see the change. Exactly \
                 one of `pin` and `pin_wo` must be set.",
            ),
            Attribute::optional("pin_wo_version", Type::Number).described(
                "Version of `pin_wo`: a whole number from 1 on. Changing it sends the PIN again. \
                 Required with `pin_wo`, and refused with `pin`.",
            ),
            Attribute::computed("last_set_at", Type::String).described(
                "When Terraform last set the PIN (RFC 3339, UTC). Null after an import, until the \
                 first apply.",
            ),
            Attribute::computed("id", Type::String)
                .keeps_prior()
                .described("The same as `phone_number_id`."),
        ],
    )
}

fn identity_schema() -> IdentitySchema {
    IdentitySchema::new([IdentityAttribute::required(
        "phone_number_id",
        Type::String,
        "ID of the phone number, digits only.",
    )])
}
