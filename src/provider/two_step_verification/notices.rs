//! What a user reads about a number beside failures: true in a plan, an apply, a refresh alone, a
//! replacement, a rename and a destroy, because a refresh does not know in which of them it runs.

use crate::graph::PhoneNumberId;
use crate::provider::run::{Run, Topic};
use crate::provider::two_step_verification::Model;
use crate::tf_provider::{Diagnostic, Field};

/// What a destroy leaves behind. Said once in a run: what is true of one number is true of all that
/// Terraform forgets, on the one hand those that have two-step verification, on the other those that
/// are known to have none.
pub(super) fn stays(run: &Run, prior: &Model) -> Option<Diagnostic> {
    let (topic, notice): (_, fn(&str) -> Diagnostic) = match prior.is_pin_enabled {
        Field::Known(false) => (Topic::DestroyOff, stays_off),
        _ => (Topic::Destroy, stays_on),
    };
    let id = prior.phone_number_id.known().filter(|id| !id.is_empty());
    run.is_new(topic).then(|| notice(id.map_or("(unknown)", String::as_str)))
}

fn stays_on(id: &str) -> Diagnostic {
    Diagnostic::warning(
        "Two-Step Verification Stays On",
        format!(
            "Phone number ID {id} is forgotten, and nothing is sent to Meta: the API has no way to \
             turn two-step verification off. The number keeps the last PIN, as does every other \
             number with a PIN that this run destroys or replaces. To turn it off, use WhatsApp \
             Manager (Phone numbers, the number's settings, Two-step verification)."
        ),
    )
}

fn stays_off(id: &str) -> Diagnostic {
    Diagnostic::warning(
        "Two-Step Verification Stays Off",
        format!(
            "Phone number ID {id} is forgotten, and nothing is sent to Meta. Two-step verification \
             was off when Meta was last asked, so the number has no PIN that protects it, and \
             no apply sets one any more. The same is true of every other number without a PIN \
             that this run destroys or replaces."
        ),
    )
}

/// `state` is what was known before.
pub(super) fn is_off(number: &PhoneNumberId, state: &Model) -> Diagnostic {
    let was_on = matches!(state.is_pin_enabled, Field::Known(true)) || !state.last_set_at.is_null();
    let who = match state.is_pin_enabled {
        _ if was_on => "Somebody has switched it off in WhatsApp Manager; the API cannot do that.",
        // As after a PIN whose answer was lost, which Meta may show only minutes later.
        Field::Null => {
            "It was never on, or somebody has switched it off in WhatsApp Manager, or a PIN whose \
             answer was lost is not shown yet."
        }
        _ => "It was never on, or somebody has switched it off in WhatsApp Manager.",
    };
    Diagnostic::warning(
        "Two-Step Verification Is Off",
        format!(
            "Phone number ID {number} has no two-step verification. {who} An apply of a \
             configuration that declares this number sets its PIN and turns it on, unless the apply \
             only refreshes. With keep_enabled = false, which a number that moves to another \
             account needs, it is left off until the PIN or its version changes."
        ),
    )
}

pub(super) fn not_shown_yet(number: &PhoneNumberId) -> Diagnostic {
    Diagnostic::warning(
        "Two-Step Verification Not Shown as On Yet",
        format!(
            "The PIN of phone number ID {number} was set less than two minutes ago, and Meta does \
             not show it yet, which is usual. The state keeps is_pin_enabled = true. A refresh after \
             these two minutes takes what Meta says then."
        ),
    )
}

pub(super) fn not_told() -> Diagnostic {
    Diagnostic::warning(
        "Meta Does Not Say Whether Two-Step Verification Is On",
        "The Graph API leaves is_pin_enabled out of its answers, so that it is null in the state, \
         and nobody will notice here when two-step verification is switched off. The token may lack \
         a permission (whatsapp_business_management), or this version of the API may not have the \
         field. Changes of the PIN are sent as ever. This is said once for all numbers.",
    )
}

pub(super) fn pin_in_old_states() -> Diagnostic {
    Diagnostic::warning(
        "Old Versions of the State Still Hold a PIN",
        "The PIN has left the state with the move from pin to pin_wo. Earlier versions of the state \
         and its backups (terraform.tfstate.backup, the versions that a remote backend keeps) still \
         hold the PIN that stood in pin. If it is the same as now, set another one; if you can, \
         delete those versions. This is said once for all numbers.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_whose_answer_was_lost_is_thought_of_where_nothing_is_known() {
        let said = |state: &Model| {
            let off = is_off(&"1065".parse().expect("an ID"), state);
            (off.detail().contains("answer was lost"), off.detail().contains("never on"))
        };
        let known_off = Model { is_pin_enabled: Field::Known(false), ..Model::default() };
        let was_on = Model { is_pin_enabled: Field::Known(true), ..Model::default() };
        assert_eq!(said(&Model::default()), (true, true));
        assert_eq!(said(&known_off), (false, true));
        assert_eq!(said(&was_on), (false, false));
    }
}
