//! A number has one PIN, so one resource: two that have the same number would take turns in setting
//! theirs, with every apply anew, and one of them would be wrong about it.
//!
//! A plan is refused where that is certain. A resource that takes over from another, by a new name
//! without a `moved` block, is new where the other one goes, and a replacement follows the plan of
//! the object that it replaces: neither is a second owner.

use crate::graph::PhoneNumberId;
use crate::provider::claims::{Claim, Conflict};
use crate::provider::run::Run;
use crate::provider::two_step_verification::{Model, planning};
use crate::tf_provider::Diagnostic;

/// Why a new object may not be planned.
pub(super) fn new(run: &Run, planned: &Model) -> Option<Diagnostic> {
    claimed(run, planned, Claim::New)
}

/// Why an object may not stay with its number.
pub(super) fn kept(run: &Run, planned: &Model) -> Option<Diagnostic> {
    claimed(run, planned, Claim::Kept { sends: planning::sends(planned) })
}

/// Why an object may not give its number up.
pub(super) fn left(run: &Run, prior: &Model) -> Option<Diagnostic> {
    claimed(run, prior, Claim::Left)
}

fn claimed(run: &Run, object: &Model, claim: Claim) -> Option<Diagnostic> {
    // What is unknown now is looked at when it is planned again, right before it is applied; what
    // is no ID has been refused.
    let number: PhoneNumberId = object.phone_number_id.known()?.parse().ok()?;
    let conflict = run.claims(&number, claim)?;
    Some(refused(&number, conflict).at("phone_number_id"))
}

fn refused(number: &PhoneNumberId, conflict: Conflict) -> Diagnostic {
    let (who, keep) = match conflict {
        Conflict::TwoNew => ("Two new resources have", "Keep one of the two resources."),
        Conflict::NewBesideKept => {
            ("A new resource and one in the state have", "Keep one of the two resources.")
        }
        Conflict::TwoKept => (
            "Two resources in the state have",
            "The number may have the PIN of either. Keep one of the two resources, and change its \
             pin_wo_version (or its pin) along with it, so that its PIN is sent again. A destroy of \
             all needs -refresh=false, or it stops here.",
        ),
        Conflict::LeftBesideKept => return left_beside_kept(number),
    };
    Diagnostic::error(
        "Phone Number Declared Twice",
        format!(
            "{who} phone number ID {number}, this one and another. A number has one PIN, so the \
             PIN that is sent last would win. {keep} With for_each or count, look for the ID in \
             what they run over."
        ),
    )
}

fn left_beside_kept(number: &PhoneNumberId) -> Diagnostic {
    Diagnostic::error(
        "Phone Number Was Declared Twice",
        format!(
            "Two resources in the state have phone number ID {number}. This plan forgets one and \
             keeps the other without sending its PIN, but the number may have the PIN of the one \
             that goes. Change pin_wo_version (or pin) of the resource that stays in the same \
             plan, so that its PIN is sent again. A destroy of all needs -refresh=false, or it \
             stops here."
        ),
    )
}

/// Claims a number for the PIN that is about to be sent, or says why it must not be.
pub(super) fn claim(run: &Run, number: &PhoneNumberId) -> Result<(), Diagnostic> {
    if run.sends_pin(number) {
        return Ok(());
    }
    Err(Diagnostic::error(
        "Second PIN for One Phone Number",
        format!(
            "The PIN was not sent: in this run another resource has set or tried to set a PIN for \
             phone number ID {number}. A number has one PIN, so it needs one resource. Find the \
             other one in the state, remove one of the two from the configuration, change \
             pin_wo_version (or pin) of the one that stays, and apply again."
        ),
    )
    .at("phone_number_id"))
}
