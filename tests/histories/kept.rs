//! What is stored of a number, and what follows from it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::repository::{Block, Declared};
use crate::step::PINS;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Action {
    Create,
    Update,
    Replace,
    Delete,
}

/// What is stored of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Kept {
    /// The PIN that was certainly set last.
    pub(crate) held: Option<Declared>,
    pub(crate) keep_enabled: Option<bool>,
    pub(crate) is_pin_enabled: Option<bool>,
    /// It was set within the last two minutes.
    pub(crate) lately: bool,
    pub(crate) tainted: bool,
}

/// How sending a PIN ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum End {
    Set,
    Refused,
    Unknown,
}

pub(crate) fn change(kept: Option<&Kept>, block: &Block) -> Option<Action> {
    match kept {
        None => Some(Action::Create),
        Some(kept) if kept.tainted => Some(Action::Replace),
        Some(kept) if sends(kept, block) || kept.keep_enabled != block.keep_enabled => {
            Some(Action::Update)
        }
        Some(_) => None,
    }
}

pub(crate) fn sends(kept: &Kept, block: &Block) -> bool {
    let mends = kept.is_pin_enabled == Some(false) && block.keep_enabled != Some(false);
    kept.held != Some(block.declared) || mends
}

/// What is stored after a PIN was sent. `prior` is what an update began with.
pub(crate) fn stored(end: End, prior: Option<Kept>, block: &Block) -> Option<Kept> {
    match (end, prior) {
        (End::Set, _) => Some(Kept {
            held: Some(block.declared),
            keep_enabled: block.keep_enabled,
            is_pin_enabled: Some(true),
            lately: true,
            tainted: false,
        }),
        (_, None) => None,
        (End::Refused, prior) => prior,
        (End::Unknown, Some(_)) => {
            Some(Kept { keep_enabled: block.keep_enabled, ..Kept::default() })
        }
    }
}

impl Kept {
    /// The attributes that tell what is known, as they stand in a state.
    pub(crate) fn attributes(&self) -> BTreeMap<&'static str, Value> {
        let pin = self.held.filter(|held| held.version().is_none()).map(|held| PINS[held.pin]);
        BTreeMap::from([
            ("is_pin_enabled", self.is_pin_enabled.into()),
            ("keep_enabled", self.keep_enabled.into()),
            ("pin", pin.into()),
            ("pin_wo", Value::Null),
            ("pin_wo_version", self.held.and_then(Declared::version).into()),
        ])
    }

    /// The same attributes of a real state, and whether the time fits to them.
    pub(crate) fn is(&self, stored: &Map<String, Value>) -> bool {
        let agrees = |(name, value): (&str, &Value)| stored.get(name) == Some(value);
        self.attributes().iter().all(|(name, value)| agrees((name, value)))
            && stored["last_set_at"].is_null() == self.held.is_none()
    }
}
