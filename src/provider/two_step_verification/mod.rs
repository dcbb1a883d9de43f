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

pub(crate) use list::TwoStepVerificationList;
pub(crate) use resource::TwoStepVerification;

crate::model! {
    /// The two-step verification PIN of a WhatsApp Business phone number. Creating and updating send the
    /// PIN to Meta. Destroying only forgets it, with a warning: Meta has no way to turn two-step
    /// verification off by API.
    pub(crate) struct Model {
        /// ID of the phone number, as WhatsApp Manager shows it: digits only, and not the phone number
        /// itself. A change replaces the resource; the old number keeps its PIN.
        required phone_number_id: String [forces_replacement],

        /// The PIN: exactly six digits, as a string (`"012345"`), because a number loses its leading
        /// zero. Stored in the state; prefer `pin_wo`. Exactly one of `pin` and `pin_wo` must be set.
        optional pin: SecretString [sensitive],

        /// The PIN as a write-only argument: exactly six digits, as a string, never stored in plan or
        /// state. Needs Terraform 1.11 or OpenTofu 1.11, and `pin_wo_version`. Changing `pin_wo` alone
        /// does nothing: no plan sees the change. Exactly one of `pin` and `pin_wo` must be set.
        optional pin_wo: SecretString [sensitive, write_only],

        /// Version of `pin_wo`: any text of 1 to 256 characters that is not the PIN, such as `1`,
        /// `2026-Q4`, or the ID that a secret store gives to the version. A change of it sends the PIN
        /// again. Stored in the state. Required with `pin_wo`, and refused with `pin`.
        optional pin_wo_version: String,

        /// Whether to set the PIN again when two-step verification is found switched off. Defaults to
        /// `true`. With `false` it is reported and left off, as a number needs it to move to another
        /// account.
        optional keep_enabled: bool,

        /// Whether two-step verification is on, as Meta last said. Null if Meta does not say.
        computed is_pin_enabled: bool,

        /// When an apply last set the PIN (RFC 3339, UTC). Null after an import, until the first apply,
        /// and after an apply that ended without a definite answer. It says nothing about a PIN that
        /// somebody else has set since.
        computed last_set_at: String,

        /// The same as `phone_number_id`.
        computed id: String [keeps_prior],
    }
}

crate::model! {
    /// What finds the same number again.
    pub(crate) identity struct Identity {
        /// ID of the phone number, digits only.
        required phone_number_id: String,
    }
}
