//! Terraform's folder for histories that share it: their configuration, their runs, their state.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Map, Value};

use crate::judge::Run;
use crate::kept::Action;
use crate::life::{LONG_AGO, RESOURCE};
use crate::meta::id;
use crate::reference::{Plan, Reference};
use crate::repository::{Block, Name};
use crate::sandbox::DEFAULT_TOKEN;
use crate::step::{Import, Step};
use crate::terraform::{Finished, Terraform};
use crate::under_terraform::Tale;

/// A resource: the index of its history, and its name there.
type Place = (usize, Name);

#[derive(Debug)]
pub(crate) struct Workspace {
    terraform: Terraform,
}

/// What one run did to all histories.
pub(crate) struct SharedRun {
    plan: BTreeMap<Place, Action>,
    failed: BTreeSet<Place>,
    state: BTreeMap<Place, Map<String, Value>>,
    pub(crate) output: Finished,
}

impl SharedRun {
    pub(crate) fn of(&self, index: usize) -> Run {
        fn own<T: Clone>(all: &BTreeMap<Place, T>, index: usize) -> BTreeMap<Name, T> {
            let own = all.iter().filter(|((history, _), _)| *history == index);
            own.map(|((_, name), value)| (*name, value.clone())).collect()
        }
        let plan: Plan = own(&self.plan, index);
        let failed = self.failed.iter().filter(|(history, _)| *history == index);
        Run {
            plan,
            failed: failed.map(|(_, name)| *name).collect(),
            state: own(&self.state, index),
        }
    }
}

impl Workspace {
    pub(crate) fn new() -> Self {
        Self { terraform: Terraform::new() }
    }

    /// Runs the command on all histories. Errors of single resources are part of them.
    pub(crate) fn run(&self, tales: &[Tale], command: &Step) -> SharedRun {
        let imports = !matches!(command, Step::RefreshOnly);
        let texts = tales.iter().enumerate();
        let texts = texts.map(|(index, tale)| configuration(index, tale, imports));
        self.terraform.write("main.tf", &format!("{HEAD}{}", texts.collect::<String>()));
        let arguments: &[&str] = match command {
            Step::Plan => &["plan", "-json", "-parallelism=100"],
            Step::Apply => &["apply", "-json", "-auto-approve", "-parallelism=100"],
            _ => &["apply", "-json", "-auto-approve", "-refresh-only"],
        };
        let output = self.terraform.run(arguments);
        let errors = output.diagnostics().into_iter().filter(|it| it.is_error());
        let failed = errors.map(|error| match place(&error.address) {
            Some(place) => place,
            None => panic!("an error of no resource\n{output}"),
        });
        let failed = failed.collect();
        let plan = output.changes().iter().filter_map(|change| planned(change)).collect();
        let state = self.objects();
        SharedRun { plan, failed, state, output }
    }

    /// More than two minutes pass.
    pub(crate) fn age(&self, index: usize) {
        self.edit(|(history, _), instance| {
            let set_at = &mut instance["attributes"]["last_set_at"];
            if history == index && !set_at.is_null() {
                *set_at = LONG_AGO.into();
            }
            true
        });
    }

    /// What `state rm` does, without the start of a process.
    pub(crate) fn forget(&self, index: usize, name: Name) {
        self.edit(|place, _| place != (index, name));
    }

    /// What `taint` does.
    pub(crate) fn taint(&self, index: usize, name: Name) {
        self.edit(|place, instance| {
            if place == (index, name) {
                instance["status"] = "tainted".into();
            }
            true
        });
    }

    /// Changes the state file; an object for which `edit` says false is left out.
    fn edit(&self, mut edit: impl FnMut(Place, &mut Value) -> bool) {
        let Some(mut document) = self.document() else { return };
        let resources = document["resources"].as_array_mut().expect("a state lists resources");
        resources.retain_mut(|resource| {
            let place = place_of(resource);
            edit(place, &mut resource["instances"][0])
        });
        self.terraform.write(STATE, &document.to_string());
    }

    /// The attributes of all objects.
    fn objects(&self) -> BTreeMap<Place, Map<String, Value>> {
        let Some(document) = self.document() else { return BTreeMap::new() };
        let resources = document["resources"].as_array().expect("a state lists resources");
        let attributes = |it: &Value| it["instances"][0]["attributes"].as_object().cloned();
        resources.iter().filter_map(|it| Some((place_of(it), attributes(it)?))).collect()
    }

    /// `None` before the first apply.
    fn document(&self) -> Option<Value> {
        let text = fs::read_to_string(self.terraform.folder().join(STATE)).ok()?;
        Some(serde_json::from_str(&text).expect("a state is JSON"))
    }
}

fn planned(change: &str) -> Option<(Place, Action)> {
    let (action, address) = change.split_once(' ').expect("an action and an address");
    let action = match action {
        "create" => Action::Create,
        "update" => Action::Update,
        "replace" => Action::Replace,
        "delete" => Action::Delete,
        // A move or an import alone.
        _ => return None,
    };
    Some((place(address).expect("an address of a history"), action))
}

fn place_of(resource: &Value) -> Place {
    let name = resource["name"].as_str().unwrap_or_default();
    place(&format!("{RESOURCE}.{name}")).expect("a name of a history")
}

fn place(address: &str) -> Option<Place> {
    let name = address.strip_prefix(RESOURCE)?.strip_prefix(".history")?;
    let mut parts = name.split('_').map_while(|part| part.parse().ok());
    let (index, number, renamed) = (parts.next()?, parts.next()?, parts.next()?);
    Some((index, Name { number, renamed }))
}

fn address(index: usize, name: Name) -> String {
    format!("{RESOURCE}.{}", label(index, name))
}

fn label(index: usize, Name { number, renamed }: Name) -> String {
    format!("history{index}_{number}_{renamed}")
}

/// What one history declares.
fn configuration(index: usize, tale: &Tale, imports: bool) -> String {
    let Tale { meta, reference, .. } = tale;
    let head = reference.repository.head();
    let provider = format!(
        "provider \"whatsapp\" {{\n  alias = \"history{index}\"\n  base_url = \"{}\"\n  \
         access_token = \"{DEFAULT_TOKEN}\"\n  max_retries = {}\n  missing_number = \"warn\"\n}}\n",
        meta.api.base_url(),
        reference.attempts() - 1,
    );
    let blocks: String = head.blocks().map(|block| resource(index, block)).collect();
    let moved = head.moved.iter().map(|(from, to)| {
        let (from, to) = (address(index, *from), address(index, *to));
        format!("moved {{\n  from = {from}\n  to = {to}\n}}\n")
    });
    let imported = if imports { import_blocks(index, reference) } else { String::new() };
    format!("{provider}{blocks}{}{imported}", moved.collect::<String>())
}

fn import_blocks(index: usize, reference: &Reference) -> String {
    let blocks = reference.repository.imports.iter().map(|(name, by)| {
        let (to, id) = (address(index, *name), id(name.number));
        let which = match by {
            Import::IdentityBlock => format!("identity = {{ phone_number_id = \"{id}\" }}"),
            Import::Command | Import::Block => format!("id = \"{id}\""),
        };
        format!("import {{\n  to = {to}\n  {which}\n}}\n")
    });
    blocks.collect()
}

fn resource(index: usize, block: &Block) -> String {
    let argument = |(name, value): (&str, Option<String>)| {
        value.map(|value| format!("  {name} = {value}\n")).unwrap_or_default()
    };
    let (pin, version) = (block.declared.pin(), block.declared.version());
    let arguments = [
        ("provider", Some(format!("whatsapp.history{index}"))),
        ("phone_number_id", Some(format!("\"{}\"", id(block.name.number)))),
        (if version.is_some() { "pin_wo" } else { "pin" }, Some(format!("\"{pin}\""))),
        ("pin_wo_version", version.map(|version| format!("\"{version}\""))),
        ("keep_enabled", block.keep_enabled.map(|keep| keep.to_string())),
    ];
    let arguments: String = arguments.into_iter().map(argument).collect();
    format!("resource \"{RESOURCE}\" \"{}\" {{\n{arguments}}}\n", label(index, block.name))
}

const HEAD: &str = r#"
terraform {
  required_providers {
    whatsapp = { source = "waba/whatsapp" }
  }
}

"#;

const STATE: &str = "terraform.tfstate";
