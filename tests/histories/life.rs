//! One history in a world of its own: what Terraform would do with each step.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::host::{
    calls::{Planned, Stored},
    diagnostic::Diagnostics,
    rules,
};
use crate::in_process::World;
use crate::judge::{Run, judge};
use crate::kept::Action;
use crate::meta::id;
use crate::reference::Reference;
use crate::repository::{Block, Configuration, Name};
use crate::sandbox::DEFAULT_TOKEN;
use crate::step::{Import, Step};

/// What Terraform keeps of an object.
#[derive(Clone, Debug)]
struct Object {
    stored: Stored,
    is_tainted: bool,
}

type State = BTreeMap<Name, Object>;

/// One history in its world.
pub(crate) struct Life<'a> {
    world: &'a World,
    reference: Reference,
    state: State,
}

/// A plan, with what it starts from.
struct Intent {
    state: State,
    changes: BTreeMap<Name, (Action, Planned)>,
}

impl<'a> Life<'a> {
    pub(crate) fn begin(world: &'a World) -> Self {
        Self { world, reference: Reference::new(), state: State::new() }
    }

    /// False if the step makes no sense now.
    pub(crate) async fn step(&mut self, step: &Step) -> Result<bool, String> {
        if matches!(step, Step::Plan | Step::Apply | Step::RefreshOnly) {
            let run = self.run(step).await?;
            judge(&mut self.reference, &self.world.meta, step, &run)?;
            return Ok(true);
        }
        let object = match *step {
            Step::Forget { number } | Step::Taint { number } => self.reference.object(number),
            _ => None,
        };
        if !self.reference.happen(step) {
            return Ok(false);
        }
        self.world.meta.happen(step);
        match *step {
            Step::Later => self.state.values_mut().for_each(Object::age),
            Step::Forget { .. } => self.state.retain(|name, _| Some(*name) != object),
            Step::Taint { .. } => {
                let object = object.and_then(|name| self.state.get_mut(&name));
                object.expect("the reference knows the state").is_tainted = true;
            }
            Step::Import { number, by: Import::Command } => {
                self.prepare(1).await;
                let name = self.reference.object(number).expect("the reference took it in");
                let object = self.import(name, Import::Command).await?;
                self.state.insert(name, object);
            }
            _ => {}
        }
        Ok(true)
    }

    /// Prepares the API and configures the provider for a run.
    async fn prepare(&self, attempts: usize) {
        let world = self.world;
        world.meta.prepare(&self.reference);
        self.configure(attempts).await;
    }

    async fn configure(&self, attempts: usize) {
        let configuration = json!({
            "access_token": DEFAULT_TOKEN,
            "base_url": self.world.meta.api.base_url(),
            "max_retries": attempts - 1,
            "missing_number": "warn",
        });
        self.world.host.provider.configure(configuration).await.none("Configure");
    }

    async fn run(&mut self, command: &Step) -> Result<Run, String> {
        let head = self.reference.repository.head();
        let attempts = self.reference.attempts();
        self.prepare(attempts).await;
        let mut run = Run::default();
        if matches!(command, Step::RefreshOnly) {
            self.state = self.refreshed(&head).await?;
        } else {
            let intent = self.plan(&head).await?;
            run.plan = intent.changes.iter().map(|(name, (action, _))| (*name, *action)).collect();
            if matches!(command, Step::Apply) {
                self.configure(attempts).await;
                self.state = intent.state;
                run.failed = self.apply(&head, &intent.changes).await?;
            }
        }
        let objects = self.state.iter();
        run.state = objects
            .map(|(name, object)| {
                (*name, object.stored.value.as_object().expect("an object").clone())
            })
            .collect();
        Ok(run)
    }

    async fn refreshed(&self, head: &Configuration) -> Result<State, String> {
        let mut state = self.state.clone();
        for (from, to) in &head.moved {
            if let (false, Some(object)) = (state.contains_key(to), state.get(from).cloned()) {
                state.remove(from);
                state.insert(*to, object);
            }
        }
        for object in state.values_mut() {
            object.stored = self.read(&object.stored).await?;
        }
        Ok(state)
    }

    async fn plan(&self, head: &Configuration) -> Result<Intent, String> {
        let mut state = self.refreshed(head).await?;
        for (name, by) in &self.reference.repository.imports {
            if !state.contains_key(name) {
                state.insert(*name, self.import(*name, *by).await?);
            }
        }
        let mut changes = BTreeMap::new();
        for block in head.blocks() {
            let object = state.get(&block.name);
            if let Some(change) = self.change(object, block).await? {
                changes.insert(block.name, change);
            }
        }
        for (name, object) in &state {
            if !head.blocks().any(|block| block.name == *name) {
                let planned = self.planned(Some(&object.stored), Value::Null).await?;
                changes.insert(*name, (Action::Delete, planned));
            }
        }
        Ok(Intent { state, changes })
    }

    async fn change(
        &self,
        object: Option<&Object>,
        block: &Block,
    ) -> Result<Option<(Action, Planned)>, String> {
        let (prior, action) = match object {
            None => (None, Action::Create),
            // Terraform plans it as if it were new.
            Some(object) if object.is_tainted => (None, Action::Replace),
            Some(object) => (Some(&object.stored), Action::Update),
        };
        let planned = self.planned(prior, configuration(block)).await?;
        let forced = &planned.requires_replace;
        if !forced.is_empty() {
            return Err(format!("{forced:?} forces a replacement"));
        }
        Ok((!planned.is_empty()).then_some((action, planned)))
    }

    async fn planned(&self, prior: Option<&Stored>, config: Value) -> Result<Planned, String> {
        let planned = self.world.host.provider.plan_in_run(RESOURCE, prior, config).await;
        no_errors("a plan", &planned.diagnostics)?;
        Ok(planned)
    }

    /// Terraform plans once more what it does not destroy.
    async fn apply(
        &mut self,
        head: &Configuration,
        changes: &BTreeMap<Name, (Action, Planned)>,
    ) -> Result<BTreeSet<Name>, String> {
        let provider = &self.world.host.provider;
        let mut failed = BTreeSet::new();
        for (name, (action, first)) in changes {
            let prior = self.state.get(name).map(|object| object.stored.clone());
            if *action == Action::Delete {
                self.destroy(name, first).await?;
            } else if *action == Action::Replace {
                let destroy = self.planned(prior.as_ref(), Value::Null).await?;
                self.destroy(name, &destroy).await?;
            }
            let Some(block) = head.blocks().find(|block| block.name == *name) else { continue };
            let prior = prior.filter(|_| *action == Action::Update);
            let again = self.planned(prior.as_ref(), configuration(block)).await?;
            let broken =
                rules::replanned(provider.schemas.resource(RESOURCE), &first.value, &again.value);
            if !broken.is_empty() {
                return Err(format!("the second plan differs: {broken:?}"));
            }
            let answer = provider.apply_in_run(&again).await;
            if answer.diagnostics.has_errors() {
                failed.insert(*name);
            }
            // Null beside an error keeps what was there.
            if let Some(stored) = answer.object {
                self.state.insert(*name, Object { stored, is_tainted: false });
            }
        }
        Ok(failed)
    }

    async fn destroy(&mut self, name: &Name, plan: &Planned) -> Result<(), String> {
        let gone = self.world.host.provider.apply_in_run(plan).await;
        self.state.remove(name);
        no_errors("a destroy", &gone.diagnostics)
    }

    async fn read(&self, stored: &Stored) -> Result<Stored, String> {
        let answer = self.world.host.provider.read(RESOURCE, stored).await;
        no_errors("a refresh", &answer.diagnostics)?;
        answer.object.ok_or_else(|| "an object left the state by a read".to_owned())
    }

    async fn import(&self, name: Name, by: Import) -> Result<Object, String> {
        let (provider, id) = (&self.world.host.provider, id(name.number));
        let answer = match by {
            Import::IdentityBlock => {
                provider.import_by_identity(RESOURCE, json!({ "phone_number_id": id })).await
            }
            Import::Command | Import::Block => provider.import(RESOURCE, &id).await,
        };
        no_errors("an import", &answer.diagnostics)?;
        let imported = answer.object.ok_or("an import gave nothing")?;
        Ok(Object { stored: self.read(&imported).await?, is_tainted: false })
    }
}

impl Object {
    /// More than two minutes pass.
    fn age(&mut self) {
        let set_at = &mut self.stored.value["last_set_at"];
        if !set_at.is_null() {
            *set_at = json!(LONG_AGO);
        }
    }
}

fn no_errors(what: &str, diagnostics: &Diagnostics) -> Result<(), String> {
    match diagnostics.has_errors() {
        true => Err(format!("{what} failed: {diagnostics:?}")),
        false => Ok(()),
    }
}

fn configuration(block: &Block) -> Value {
    let declared = block.declared;
    let argument = if declared.version().is_some() { "pin_wo" } else { "pin" };
    json!({
        "phone_number_id": id(block.name.number),
        argument: declared.pin(),
        "pin_wo_version": declared.version(),
        "keep_enabled": block.keep_enabled,
    })
}

pub(crate) const RESOURCE: &str = "whatsapp_two_step_verification";
pub(crate) const LONG_AGO: &str = "2024-01-01T00:00:00Z";
