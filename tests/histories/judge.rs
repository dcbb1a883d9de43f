//! Compares what came out with what should be.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use serde_json::{Map, Value};

use crate::meta::Meta;
use crate::reference::{Plan, Reference};
use crate::repository::Name;
use crate::step::Step;

/// What a run of Terraform did.
#[derive(Debug, Default)]
pub(crate) struct Run {
    pub(crate) plan: Plan,
    /// The resources with an error.
    pub(crate) failed: BTreeSet<Name>,
    /// The attributes of what is stored afterwards.
    pub(crate) state: BTreeMap<Name, Map<String, Value>>,
}

/// Lets the reference run, and says where the real run differs.
pub(crate) fn judge(
    reference: &mut Reference,
    meta: &Meta,
    command: &Step,
    run: &Run,
) -> Result<(), String> {
    let head = reference.repository.head();
    let expected = match command {
        Step::RefreshOnly => Plan::new(),
        _ => reference.plan(),
    };
    agree("planned", &run.plan, &expected)?;
    let failed = match command {
        Step::Apply => reference.apply(),
        Step::RefreshOnly => {
            reference.refresh_only();
            BTreeSet::new()
        }
        _ => BTreeSet::new(),
    };
    agree("failed", &run.failed, &failed)?;
    let pins = meta.pins();
    agree("in force at Meta", &pins.each_ref().map(Option::as_deref), &reference.pins())?;
    for block in head.blocks() {
        let pin = pins[block.name.number].as_deref();
        let is_sure = match command {
            Step::Apply => run.failed.is_empty() || !run.plan.contains_key(&block.name),
            Step::Plan => !run.plan.contains_key(&block.name),
            _ => false,
        };
        if is_sure && pin != Some(block.declared.pin()) && !reference.is_excused(block, pin) {
            return Err(format!("{:?} has {pin:?}, and not its declared PIN", block.name));
        }
    }
    agree("stored", &run.state.keys().collect::<Vec<_>>(), &reference.state.keys().collect())?;
    let differs = run.state.iter().find(|(name, stored)| !reference.state[name].is(stored));
    differs.map_or(Ok(()), |(name, stored)| {
        agree(
            "stored",
            &Value::from(stored.clone()).to_string(),
            &format!("{:?}", reference.state[name]),
        )
    })
}

fn agree<T: Debug + PartialEq>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    match found == expected {
        true => Ok(()),
        false => Err(format!("{what}: found {found:?}, expected {expected:?}")),
    }
}
