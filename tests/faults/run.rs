//! What a run of Terraform says with `-json`: one event in each line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use crate::terraform::Finished;

/// What one run of Terraform said, by address.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) done: BTreeSet<String>,
    /// Title and text of each error.
    pub(crate) errors: BTreeMap<String, Vec<String>>,
    output: Finished,
}

impl Run {
    pub(crate) fn of(output: Finished) -> Self {
        let (mut done, mut errors) = (BTreeSet::new(), BTreeMap::<_, Vec<_>>::new());
        for event in events(&output) {
            match event["type"].as_str() {
                Some("apply_complete") => _ = done.insert(text(&event["hook"]["resource"]["addr"])),
                Some("diagnostic") if event["diagnostic"]["severity"] == "error" => {
                    let said = &event["diagnostic"];
                    let text_of = format!("{}\n{}", text(&said["summary"]), text(&said["detail"]));
                    errors.entry(text(&said["address"])).or_default().push(text_of);
                }
                _ => {}
            }
        }
        Self { done, errors, output }
    }

    /// All errors in one text.
    pub(crate) fn said(&self) -> String {
        self.errors.values().flatten().cloned().collect::<Vec<_>>().join("\n---\n")
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.output.fmt(f)
    }
}

/// The changes of a plan: address and action.
pub(crate) fn changes(plan: &Finished) -> BTreeMap<String, String> {
    let events = events(plan);
    let changes = events.iter().filter(|event| event["type"] == "planned_change");
    let changes = changes.map(|event| &event["change"]);
    changes.map(|change| (text(&change["resource"]["addr"]), text(&change["action"]))).collect()
}

fn events(output: &Finished) -> Vec<Value> {
    let lines = output.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no event: {output}")))
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
