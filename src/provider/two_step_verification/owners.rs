//! A number has one PIN, so one resource: two that declare the same number would take turns in
//! setting theirs, with every apply anew.
//!
//! Only what is certain is refused. A resource that takes over from another, by a new name without
//! a `moved` block, plans as new what the other has; and a replacement is planned as new as well.

use crate::graph::PhoneNumberId;
use crate::provider::run::{Owner, Run};
use crate::provider::two_step_verification::Model;
use crate::tf_provider::Diagnostic;

/// Why a new object may not be planned: this run has planned its number as new already.
pub(super) fn second_new(run: &Run, planned: &Model) -> Option<Diagnostic> {
    second(run, planned, Owner::New, "Two new resources have")
}

/// Why an object may not stay as it is: another one in the state has the same number and stays too.
pub(super) fn second_kept(run: &Run, planned: &Model) -> Option<Diagnostic> {
    second(run, planned, Owner::Kept, "Two resources in the state have")
}

fn second(run: &Run, planned: &Model, owner: Owner, who: &str) -> Option<Diagnostic> {
    // What is unknown now is looked at when it is planned again, right before it is applied; what
    // is no ID has been refused.
    let number: PhoneNumberId = planned.phone_number_id.known()?.parse().ok()?;
    (!run.plans(&number, owner)).then(|| {
        Diagnostic::error(
            "Phone Number Declared Twice",
            format!(
                "{who} phone number ID {number}, this one and another. A number \
                 has one PIN, so the PIN that is sent last would win. Keep one of the two \
                 resources. With for_each or count, look for the ID in what they run over."
            ),
        )
        .at("phone_number_id")
    })
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
             other one in the state, remove one of the two from the configuration, and \
             apply again."
        ),
    )
    .at("phone_number_id"))
}
