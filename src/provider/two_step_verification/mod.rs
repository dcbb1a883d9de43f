//! `whatsapp_two_step_verification`: the two-step verification PIN of a phone number.

mod checks;
mod list;
mod notices;
mod owners;
mod planning;
mod resource;
mod status;
mod whereabouts;

use secrecy::SecretString;

use crate::tf_provider::{Attribute, IdentityAttribute, IdentitySchema, Schema, Type};

pub(crate) use list::TwoStepVerificationList;
pub(crate) use resource::TwoStepVerification;

crate::model! {
    /// Configuration, plan and state.
    pub(crate) struct Model {
        /// Always the phone number's ID.
        id: String,
        /// Whether two-step verification is on; null where Meta does not say.
        is_pin_enabled: bool,
        /// Whether to set the PIN again when somebody has switched it off; null means yes.
        keep_enabled: bool,
        /// RFC 3339, UTC, whole seconds; null after an import, and while nobody knows.
        last_set_at: String,
        /// The phone number's ID.
        phone_number_id: String,
        /// The PIN, in the state.
        pin: SecretString,
        /// The PIN, never in the state.
        pin_wo: SecretString,
        /// Which `pin_wo` was sent last: a text, which older versions stored as a number.
        pin_wo_version: String,
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
            Attribute::optional("pin_wo_version", Type::String).described(
                "Version of `pin_wo`: any text of 1 to 256 characters that is not the PIN, such as \
                 `1`, `2026-Q4`, or the ID that a secret store gives to the version. A change of it \
                 sends the PIN again. Stored in the state. Required with `pin_wo`, and refused with \
                 `pin`.",
            ),
            Attribute::optional("keep_enabled", Type::Bool).described(
                "Whether to set the PIN again when two-step verification is found switched off. \
                 Defaults to `true`. With `false` it is reported and left off, as a number needs it \
                 to move to another account.",
            ),
            Attribute::computed("is_pin_enabled", Type::Bool).described(
                "Whether two-step verification is on, as Meta last said. Null if Meta does not say.",
            ),
            Attribute::computed("last_set_at", Type::String).described(
                "When Terraform last set the PIN (RFC 3339, UTC). Null after an import, until the \
                 first apply, and after an apply that ended without a definite answer. It says \
                 nothing about a PIN that somebody else has set since.",
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
