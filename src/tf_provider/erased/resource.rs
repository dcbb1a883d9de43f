//! Managed resources.

use serde_json::Value as Json;

use crate::tf_provider::context::Context;
use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::erased::{AnyBlock, Running, Shape, model};
use crate::tf_provider::outcome::{Failed, Outcome, Refreshed, Saved, Warned};
use crate::tf_provider::plan;
use crate::tf_provider::resource::{Change, ImportSource, Resource};
use crate::tf_provider::schema::{
    Block, Identity, IdentitySchema, Kind, Schema, block_problems, identity_problems,
};
use crate::tf_provider::value::{Model, Path, Value};

/// A managed resource of any type.
pub(crate) trait AnyResource<C>: AnyBlock {
    fn identity_schema(&self) -> Option<&IdentitySchema>;

    /// The identity of a state; none where there is no object, its resource has no identity, or the
    /// state does not tell it yet, as after an import.
    fn identity(&self, state: &Value) -> Result<Option<Value>, Diagnostics>;
    fn plan(&self, planning: Planning) -> Result<Planned, Diagnostics>;
    fn apply<'a>(&'a self, context: &'a Context<C>, change: Applying) -> Running<'a, Applied>;
    fn read<'a>(&'a self, context: &'a Context<C>, state: Value) -> Running<'a, Outcome<Value>>;
    fn import(&self, source: ImportSource<Value>) -> Result<Value, Diagnostics>;

    /// Takes a stored JSON object from an older schema version to the current one.
    fn upgrade(&self, version: i64, stored: &[u8]) -> Result<Vec<u8>, Diagnostics>;
}

/// What is to be planned.
#[derive(Debug)]
pub(crate) struct Planning {
    pub(crate) prior: Value,
    pub(crate) proposed: Value,
    pub(crate) config: Value,
    /// See [`Change::replaces`].
    pub(crate) replaces: bool,
}

/// A plan.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) state: Value,
    pub(crate) requires_replace: Vec<Path>,
    pub(crate) diagnostics: Diagnostics,
}

/// The three values of an apply.
#[derive(Debug)]
pub(crate) struct Applying {
    pub(crate) prior: Value,
    pub(crate) planned: Value,
    pub(crate) config: Value,
}

/// What an apply leaves behind: the state to store, errors or not.
#[derive(Debug)]
pub(crate) struct Applied {
    pub(crate) state: Value,
    pub(crate) diagnostics: Diagnostics,
}

/// The wrapper of one resource.
pub(crate) struct ErasedResource<R> {
    resource: R,
    shape: Shape,
    identity: Option<IdentitySchema>,
}

impl<R: Resource> ErasedResource<R> {
    pub(crate) fn new(resource: R) -> Self {
        let steps = resource.upgraders().len();
        let version = u32::try_from(steps).unwrap_or(u32::MAX);
        let shape = Shape::new(Schema { version, ..R::Model::schema() });
        Self { resource, shape, identity: R::Identity::schema() }
    }

    async fn create(&self, context: &Context<R::Client>, change: Applying) -> Saved<R::Model> {
        let change = applying(change.config, change.planned)?;
        self.resource.create(context, change).await
    }

    async fn update(&self, context: &Context<R::Client>, change: Applying) -> Saved<R::Model> {
        let prior = model(change.prior)?;
        let change = applying(change.config, change.planned)?;
        self.resource.update(context, prior, change).await
    }

    async fn delete(&self, context: &Context<R::Client>, prior: Value) -> Applied {
        let deleted = match model(prior.clone()) {
            Ok(model) => self.resource.delete(context, model).await,
            Err(diagnostics) => Err(diagnostics),
        };
        match deleted {
            Ok(done) => Applied { state: Value::Null, diagnostics: done.warnings },
            Err(errors) => Applied { state: prior, diagnostics: errors.into_failure() },
        }
    }

    /// The state to store after a create or update that was planned like this; `otherwise` if there
    /// is no new one.
    fn settle(&self, saved: Saved<R::Model>, planned: &Value, otherwise: Value) -> Applied {
        let (state, mut diagnostics, failed) = match saved {
            Ok(done) => (done.value.into_object().typed_like(planned), done.warnings, false),
            Err(Failed { state, diagnostics }) => {
                let state = state.map_or(otherwise, Model::into_object);
                (state, diagnostics.into_failure(), true)
            }
        };
        let state = plan::without_write_only(&self.shape.schema, state);
        if !failed {
            diagnostics.extend(still_unknown(&self.shape.schema, &state));
        }
        Applied { state: state.known_or_null(), diagnostics }
    }

    fn upgrade_step(&self, version: usize, stored: Json) -> Result<Json, Diagnostics> {
        let name = self.resource.type_name();
        let Json::Object(object) = stored else {
            return Err(unreadable(name, "it is not a JSON object"));
        };
        let upgraders = self.resource.upgraders();
        let step = upgraders.get(version).ok_or_else(|| {
            Diagnostic::bug(format!("{name} has no upgrader for schema version {version}."))
        })?;
        step(object).map(Json::Object).map_err(|problem| unreadable(name, &problem))
    }
}

fn applying<M: Model>(config: Value, planned: Value) -> Result<Change<M>, Diagnostics> {
    Ok(Change { config: model(config)?, planned: model(planned)?, replaces: false })
}

impl<R: Resource> AnyBlock for ErasedResource<R> {
    fn shape(&self) -> &Shape {
        &self.shape
    }

    fn problems(&self) -> Vec<String> {
        let name = self.resource.type_name();
        let mut problems = block_problems::<R::Model>(Kind::Resource, name);
        if let Some(identity) = &self.identity {
            problems.extend(identity_problems(&format!("{name} identity"), identity));
        }
        problems
    }

    fn validate(&self, config: Value) -> Result<Diagnostics, Diagnostics> {
        Ok(self.resource.validate(&model(config)?))
    }
}

impl<R: Resource> AnyResource<R::Client> for ErasedResource<R> {
    fn identity_schema(&self) -> Option<&IdentitySchema> {
        self.identity.as_ref()
    }

    fn identity(&self, state: &Value) -> Result<Option<Value>, Diagnostics> {
        if self.identity.is_none() || state.is_null() {
            return Ok(None);
        }
        let identity = self.resource.identity(&model(state.clone())?).into_object();
        Ok(Some(identity).filter(|identity| !is_blank(identity)))
    }

    fn plan(&self, planning: Planning) -> Result<Planned, Diagnostics> {
        let Planning { prior, proposed, config, replaces } = planning;
        if proposed.is_null() {
            let diagnostics = self.resource.plan_destroy(&model(prior)?);
            return Ok(Planned { state: Value::Null, requires_replace: Vec::new(), diagnostics });
        }
        let schema = &self.shape.schema;
        let asked = plan::start(schema, &prior, proposed, &config);
        let (config_model, planned) = (model(config.clone())?, model(asked.clone())?);
        let mut change = Change { config: config_model, planned, replaces };
        let diagnostics = if prior.is_null() {
            self.resource.plan_create(&mut change)
        } else {
            self.resource.plan_update(&model(prior.clone())?, &mut change)
        };
        let refined = change.planned.into_object().typed_like(&asked);
        let state = plan::finish(schema, &prior, &asked, refined, &config);
        let requires_replace = plan::replacements(schema, &prior, &state, &config);
        Ok(Planned { state, requires_replace, diagnostics })
    }

    fn apply<'a>(
        &'a self,
        context: &'a Context<R::Client>,
        change: Applying,
    ) -> Running<'a, Applied> {
        Box::pin(async move {
            if change.planned.is_null() {
                return self.delete(context, change.prior).await;
            }
            let planned = change.planned.clone();
            if change.prior.is_null() {
                let saved = self.create(context, change).await;
                return self.settle(saved, &planned, Value::Null);
            }
            let prior = change.prior.clone();
            let saved = self.update(context, change).await;
            self.settle(saved, &planned, prior)
        })
    }

    fn read<'a>(
        &'a self,
        context: &'a Context<R::Client>,
        state: Value,
    ) -> Running<'a, Outcome<Value>> {
        Box::pin(async move {
            let read = self.resource.read(context, model(state.clone())?).await?;
            let value = match read.value {
                Refreshed::Present(now) => {
                    let now = now.into_object().typed_like(&state);
                    plan::without_write_only(&self.shape.schema, now)
                }
                Refreshed::Gone => Value::Null,
            };
            Ok(Warned { value, warnings: read.warnings })
        })
    }

    fn import(&self, source: ImportSource<Value>) -> Result<Value, Diagnostics> {
        let source = match source {
            ImportSource::Id(id) => ImportSource::Id(id),
            ImportSource::Identity(identity) => ImportSource::Identity(model(identity)?),
        };
        let state = self.resource.import(source)?.into_object();
        Ok(plan::without_write_only(&self.shape.schema, state))
    }

    fn upgrade(&self, version: i64, stored: &[u8]) -> Result<Vec<u8>, Diagnostics> {
        let current = self.shape.schema.version as usize;
        // What is below the first version can only be of the first.
        let version = usize::try_from(version).unwrap_or(0);
        if version >= current {
            return Ok(stored.to_vec());
        }
        let name = self.resource.type_name();
        let mut stored: Json =
            serde_json::from_slice(stored).map_err(|_| unreadable(name, "it is not valid JSON"))?;
        if stored.is_null() {
            return Ok(b"null".to_vec());
        }
        for step in version..current {
            stored = self.upgrade_step(step, stored)?;
        }
        Ok(stored.to_string().into_bytes())
    }
}

/// Whether an object has no values.
fn is_blank(object: &Value) -> bool {
    matches!(object, Value::Map(attributes) if attributes.values().all(Value::is_null))
}

/// After a success everything has to be known; what is not is the author's mistake.
fn still_unknown(schema: &Schema, state: &Value) -> Vec<Diagnostic> {
    let unknown = |name: &&'static str| !state.attribute(name).is_wholly_known();
    let report = |name: &'static str| {
        Diagnostic::bug(format!("The attribute {name} is still unknown after apply.")).at(name)
    };
    schema.attributes.iter().map(|attribute| attribute.name).filter(unknown).map(report).collect()
}

fn unreadable(type_name: &str, problem: &str) -> Diagnostics {
    Diagnostic::error(
        "Stored State Not Readable",
        format!(
            "The state of a {type_name} was written by another version of the provider, and \
             {problem}. Restore a backup of the state, or remove the resource from the state and \
             import it again."
        ),
    )
    .into()
}
