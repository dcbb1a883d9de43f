//! What a plan says: whether an apply will send the PIN, and what it leaves open if so.

use secrecy::ExposeSecret;

use crate::provider::two_step_verification::Model;
use crate::tf_provider::Field;

/// Whether an update sends the PIN.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sending {
    Yes,
    No,
    /// It depends on a value that is not known yet.
    Open,
}

/// The plan of a number that gets its PIN for the first time, or instead of another number.
pub(super) fn create(planned: &mut Model) {
    planned.id = planned.phone_number_id.clone();
    planned.is_pin_enabled = Field::Known(true);
    planned.last_set_at = Field::Unknown;
}

/// The plan of a number that is in the state already.
pub(super) fn update(prior: &Model, planned: &mut Model) {
    if replaces(prior, planned) {
        return create(planned);
    }
    match sending(prior, planned) {
        Sending::Yes => create(planned),
        Sending::No => {
            planned.id = prior.id.clone();
            planned.is_pin_enabled = prior.is_pin_enabled.clone();
            planned.last_set_at = prior.last_set_at.clone();
        }
        Sending::Open => {
            planned.id = planned.phone_number_id.clone();
            planned.last_set_at = Field::Unknown;
            // Sent or not, it is on afterwards if it is on now.
            planned.is_pin_enabled = match prior.is_pin_enabled {
                Field::Known(true) => Field::Known(true),
                _ => Field::Unknown,
            };
        }
    }
}

/// Whether this is the plan of another number in the place of the prior one.
pub(super) fn replaces(prior: &Model, planned: &Model) -> bool {
    prior.phone_number_id != planned.phone_number_id
}

/// Whether an apply of this plan sends the PIN: a plan leaves the time open only then.
pub(super) fn sends(planned: &Model) -> bool {
    planned.last_set_at.is_unknown()
}

fn sending(prior: &Model, planned: &Model) -> Sending {
    let is_off = matches!(prior.is_pin_enabled, Field::Known(false));
    let all = [
        changed(pin(prior), pin(planned)),
        changed(version(prior), version(planned)),
        match planned.keep_enabled {
            _ if !is_off => Sending::No,
            Field::Known(false) => Sending::No,
            Field::Known(true) | Field::Null => Sending::Yes,
            Field::Unknown => Sending::Open,
        },
    ];
    let strongest = |sending| all.contains(&sending).then_some(sending);
    strongest(Sending::Yes).or_else(|| strongest(Sending::Open)).unwrap_or(Sending::No)
}

fn changed(prior: Field<&str>, planned: Field<&str>) -> Sending {
    match planned {
        Field::Unknown => Sending::Open,
        planned if planned == prior => Sending::No,
        _ => Sending::Yes,
    }
}

fn pin(model: &Model) -> Field<&str> {
    view(&model.pin, ExposeSecret::expose_secret)
}

fn version(model: &Model) -> Field<&str> {
    view(&model.pin_wo_version, String::as_str)
}

fn view<T>(field: &Field<T>, text: impl Fn(&T) -> &str) -> Field<&str> {
    match field {
        Field::Known(value) => Field::Known(text(value)),
        Field::Unknown => Field::Unknown,
        Field::Null => Field::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &str) -> Field<String> {
        Field::Known(text.to_owned())
    }

    fn model(version: Field<String>, is_pin_enabled: Field<bool>) -> Model {
        Model {
            id: known("1"),
            is_pin_enabled,
            last_set_at: known("then"),
            phone_number_id: known("1"),
            pin_wo_version: version,
            ..Model::default()
        }
    }

    /// What is planned for `is_pin_enabled`, and whether it sends.
    fn planned(prior: &Model, mut planned: Model) -> (Field<bool>, bool) {
        update(prior, &mut planned);
        assert_eq!(planned.id, known("1"));
        (planned.is_pin_enabled.clone(), sends(&planned))
    }

    #[test]
    fn nothing_is_sent_while_nothing_changes_and_it_is_not_known_to_be_off() {
        for enabled in [Field::Known(true), Field::Null] {
            let prior = model(known("a"), enabled.clone());
            let same = model(known("a"), enabled.clone());
            assert_eq!(planned(&prior, same), (enabled, false));
        }
    }

    #[test]
    fn a_version_is_sent_when_it_differs_and_left_open_while_it_is_unknown() {
        let on = Field::Known(true);
        let prior = model(known("a"), on.clone());
        assert_eq!(planned(&prior, model(known("b"), on.clone())), (on.clone(), true));
        assert_eq!(planned(&prior, model(Field::Unknown, on.clone())), (on.clone(), true));
        let silent = model(known("a"), Field::Null);
        assert_eq!(planned(&silent, model(Field::Unknown, on)), (Field::Unknown, true));
    }

    #[test]
    fn off_is_mended_unless_the_configuration_says_to_leave_it() {
        let prior = model(known("a"), Field::Known(false));
        let keep = |keep_enabled| Model { keep_enabled, ..model(known("a"), Field::Known(false)) };
        assert_eq!(planned(&prior, keep(Field::Null)), (Field::Known(true), true));
        assert_eq!(planned(&prior, keep(Field::Known(true))), (Field::Known(true), true));
        assert_eq!(planned(&prior, keep(Field::Known(false))), (Field::Known(false), false));
        assert_eq!(planned(&prior, keep(Field::Unknown)), (Field::Unknown, true));
        let changed = Model { pin_wo_version: known("b"), ..keep(Field::Known(false)) };
        assert_eq!(planned(&prior, changed), (Field::Known(true), true));
    }

    #[test]
    fn any_configuration_is_sent_after_an_outcome_that_nobody_knows() {
        let unknown = Model {
            last_set_at: Field::Null,
            pin_wo_version: Field::Null,
            ..model(Field::Null, Field::Null)
        };
        for version in ["a", "b"] {
            let config = model(known(version), Field::Null);
            assert_eq!(planned(&unknown, config), (Field::Known(true), true));
        }
        let with_pin =
            Model { pin: Field::Known("058213".into()), ..model(Field::Null, Field::Null) };
        assert_eq!(planned(&unknown, with_pin), (Field::Known(true), true));
    }
}
