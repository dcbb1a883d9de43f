//! The calls that Terraform makes, with decoded answers.
//!
//! Every answer is held to Terraform's rules on the way, so that each test proves them too.

use serde_json::{Value, json};

use super::{
    Provider,
    diagnostic::{self, Diagnostics},
    message::{capabilities, dynamic, raw, unwrap},
    proposal::proposed_new_state,
    proto::tfplugin5::{
        ClientCapabilities, ResourceIdentityData, apply_resource_change, configure,
        generate_resource_config, import_resource_state, move_resource_state, plan_resource_change,
        prepare_provider_config, read_resource, stop, upgrade_resource_state,
        validate_resource_type_config,
    },
    rules,
    schema::Block,
    value::Kind,
    within,
};

/// What Terraform keeps of an object in its state.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) value: Value,
    pub(crate) private: Vec<u8>,
    pub(crate) identity: Option<Value>,
}

/// A plan, with all that Terraform needs to apply it.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    type_name: String,
    prior: Option<Stored>,
    config: Value,
    pub(crate) value: Value,
    pub(crate) private: Vec<u8>,
    pub(crate) identity: Option<Value>,
    pub(crate) requires_replace: Vec<String>,
    pub(crate) diagnostics: Diagnostics,
}

impl Planned {
    /// Whether Terraform would say that there is nothing to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.prior.as_ref().is_some_and(|prior| prior.value == self.value)
    }
}

/// An answer with the object as it is afterwards; none is an object that does not exist.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) object: Option<Stored>,
    pub(crate) diagnostics: Diagnostics,
}

impl Answer {
    /// The object of an answer without errors.
    pub(crate) fn stored(self) -> Stored {
        self.diagnostics.no_errors("the call");
        self.object.expect("the object exists")
    }
}

impl Provider {
    pub(crate) async fn prepare(&self, config: Value) -> Diagnostics {
        let config = dynamic(&self.schemas.provider.kind(), &config);
        let request = prepare_provider_config::Request { config: Some(config) };
        let answer = self.client().prepare_provider_config(request).await;
        diagnostic::read(unwrap("PrepareProviderConfig", answer).diagnostics)
    }

    pub(crate) async fn configure(&self, config: Value) -> Diagnostics {
        let request = configure::Request {
            terraform_version: "1.14.9".to_owned(),
            config: Some(dynamic(&self.schemas.provider.kind(), &config)),
            client_capabilities: capabilities(),
        };
        let answer = self.client().configure(request).await;
        self.remember(config);
        diagnostic::read(unwrap("Configure", answer).diagnostics)
    }

    pub(crate) async fn validate(&self, type_name: &str, config: Value) -> Diagnostics {
        self.validate_for(type_name, config, capabilities()).await
    }

    /// Validation for a client that can do less than today's.
    pub(crate) async fn validate_for(
        &self,
        type_name: &str,
        config: Value,
        client_capabilities: Option<ClientCapabilities>,
    ) -> Diagnostics {
        let request = validate_resource_type_config::Request {
            type_name: type_name.to_owned(),
            config: Some(dynamic(&self.schemas.resource(type_name).kind(), &config)),
            client_capabilities,
        };
        let answer = self.client().validate_resource_type_config(request).await;
        diagnostic::read(unwrap("ValidateResourceTypeConfig", answer).diagnostics)
    }

    pub(crate) async fn plan_create(&self, type_name: &str, config: Value) -> Planned {
        self.plan(type_name, None, config).await
    }

    pub(crate) async fn plan_update(
        &self,
        type_name: &str,
        prior: &Stored,
        config: Value,
    ) -> Planned {
        self.plan(type_name, Some(prior), config).await
    }

    pub(crate) async fn plan_destroy(&self, type_name: &str, prior: &Stored) -> Planned {
        self.plan(type_name, Some(prior), Value::Null).await
    }

    /// Plans in a run of its own.
    async fn plan(&self, type_name: &str, prior: Option<&Stored>, config: Value) -> Planned {
        self.next_run().await;
        self.plan_in_run(type_name, prior, config).await
    }

    /// Plans in the run that is under way; the configuration is null for a destroy.
    pub(crate) async fn plan_in_run(
        &self,
        type_name: &str,
        prior: Option<&Stored>,
        config: Value,
    ) -> Planned {
        let block = self.schemas.resource(type_name);
        let kind = block.kind();
        let config = complete(block, config);
        let prior_value = prior.map_or(Value::Null, |prior| prior.value.clone());
        let request = plan_resource_change::Request {
            type_name: type_name.to_owned(),
            prior_state: Some(dynamic(&kind, &prior_value)),
            proposed_new_state: Some(dynamic(
                &kind,
                &proposed_new_state(block, &prior_value, &config),
            )),
            config: Some(dynamic(&kind, &config)),
            prior_private: prior.map(|prior| prior.private.clone()).unwrap_or_default(),
            provider_meta: None,
            client_capabilities: capabilities(),
            prior_identity: prior.and_then(|prior| self.identity_data(type_name, &prior.identity)),
        };
        let answer =
            unwrap("PlanResourceChange", self.client().plan_resource_change(request).await);
        assert!(!answer.legacy_type_system, "only the old SDK may ask for leniency");
        assert!(answer.deferred.is_none(), "R10: stable clients take no deferral");
        let diagnostics = diagnostic::read(answer.diagnostics);
        let value = self.decoded("PlanResourceChange", &kind, answer.planned_state);
        if !diagnostics.has_errors() {
            content("PlanResourceChange", rules::plan(block, &prior_value, &config, &value));
        }
        let requires_replace: Vec<_> =
            answer.requires_replace.iter().map(diagnostic::path).collect();
        content("PlanResourceChange", rules::replacement(block, &requires_replace));
        Planned {
            type_name: type_name.to_owned(),
            prior: prior.cloned(),
            identity: self.identity(type_name, answer.planned_identity),
            config,
            value,
            private: answer.planned_private,
            requires_replace,
            diagnostics,
        }
    }

    /// Carries a plan out in a run of its own. Terraform plans once more before that, unless it
    /// destroys.
    pub(crate) async fn apply(&self, plan: &Planned) -> Answer {
        plan.diagnostics.no_errors("PlanResourceChange");
        self.next_run().await;
        if plan.config.is_null() {
            return self.apply_in_run(plan).await;
        }
        let config = plan.config.clone();
        let again = self.plan_in_run(&plan.type_name, plan.prior.as_ref(), config).await;
        again.diagnostics.no_errors("the second PlanResourceChange");
        let block = self.schemas.resource(&plan.type_name);
        content("the second plan", rules::replanned(block, &plan.value, &again.value));
        self.apply_in_run(&again).await
    }

    /// Carries a plan out in the run that made it.
    pub(crate) async fn apply_in_run(&self, plan: &Planned) -> Answer {
        let block = self.schemas.resource(&plan.type_name);
        let request = self.apply_request(plan);
        let call = self.client();
        let answer = async move { { call }.apply_resource_change(request).await };
        let answer = unwrap("ApplyResourceChange", within(20, "ApplyResourceChange", answer).await);
        assert!(!answer.legacy_type_system, "only the old SDK may ask for leniency");
        let diagnostics = diagnostic::read(answer.diagnostics);
        let value = self.decoded("ApplyResourceChange", &block.kind(), answer.new_state);
        content(
            "ApplyResourceChange",
            match diagnostics.has_errors() {
                true => rules::object(block, &value),
                false => rules::applied(block, &plan.value, &value),
            },
        );
        let identity = self.known_identity(&plan.type_name, answer.new_identity);
        Answer { object: stored(value, answer.private, identity), diagnostics }
    }

    /// The request of an apply, for tests that make the call themselves.
    pub(crate) fn apply_request(&self, plan: &Planned) -> apply_resource_change::Request {
        let kind = self.schemas.resource(&plan.type_name).kind();
        let prior = plan.prior.as_ref().map_or(&Value::Null, |prior| &prior.value);
        apply_resource_change::Request {
            type_name: plan.type_name.clone(),
            prior_state: Some(dynamic(&kind, prior)),
            planned_state: Some(dynamic(&kind, &plan.value)),
            config: Some(dynamic(&kind, &plan.config)),
            planned_private: plan.private.clone(),
            provider_meta: None,
            planned_identity: self.identity_data(&plan.type_name, &plan.identity),
        }
    }

    pub(crate) async fn read(&self, type_name: &str, stored_before: &Stored) -> Answer {
        let block = self.schemas.resource(type_name);
        let request = read_resource::Request {
            type_name: type_name.to_owned(),
            current_state: Some(dynamic(&block.kind(), &stored_before.value)),
            private: stored_before.private.clone(),
            provider_meta: None,
            client_capabilities: capabilities(),
            current_identity: self.identity_data(type_name, &stored_before.identity),
        };
        let answer = unwrap("ReadResource", self.client().read_resource(request).await);
        assert!(answer.deferred.is_none(), "R10: stable clients take no deferral");
        let value = self.decoded("ReadResource", &block.kind(), answer.new_state);
        content("ReadResource", rules::object(block, &value));
        let identity = self.known_identity(type_name, answer.new_identity);
        if !value.is_null() && stored_before.identity.is_some() {
            assert_eq!(identity, stored_before.identity, "an answer without identity erases it");
        }
        Answer {
            object: stored(value, answer.private, identity),
            diagnostics: diagnostic::read(answer.diagnostics),
        }
    }

    pub(crate) async fn import(&self, type_name: &str, id: &str) -> Answer {
        self.import_with(type_name, id, None).await
    }

    pub(crate) async fn import_by_identity(&self, type_name: &str, identity: Value) -> Answer {
        let identity = self.identity_data(type_name, &Some(identity));
        let answer = self.import_with(type_name, "", identity).await;
        let has_identity = |stored: &Stored| stored.identity.is_some();
        assert!(answer.object.as_ref().is_none_or(has_identity), "the identity must come back");
        answer
    }

    async fn import_with(
        &self,
        type_name: &str,
        id: &str,
        identity: Option<ResourceIdentityData>,
    ) -> Answer {
        let block = self.schemas.resource(type_name);
        let request = import_resource_state::Request {
            type_name: type_name.to_owned(),
            id: id.to_owned(),
            client_capabilities: capabilities(),
            identity,
        };
        let answer =
            unwrap("ImportResourceState", self.client().import_resource_state(request).await);
        assert!(answer.deferred.is_none(), "R10: stable clients take no deferral");
        let diagnostics = diagnostic::read(answer.diagnostics);
        let mut imported = answer.imported_resources;
        assert!(imported.len() <= 1, "an import block takes one resource: {imported:?}");
        let object = imported.pop().and_then(|imported| {
            assert_eq!(imported.type_name, type_name);
            let value = self.decoded("ImportResourceState", &block.kind(), imported.state);
            content("ImportResourceState", rules::object(block, &value));
            stored(value, imported.private, self.known_identity(type_name, imported.identity))
        });
        Answer { object, diagnostics }
    }

    /// Brings the JSON of a state file to the current schema.
    pub(crate) async fn upgrade(
        &self,
        type_name: &str,
        version: i64,
        json: &str,
    ) -> (Value, Diagnostics) {
        let block = self.schemas.resource(type_name);
        let request = upgrade_resource_state::Request {
            type_name: type_name.to_owned(),
            version,
            raw_state: raw(json),
        };
        let answer =
            unwrap("UpgradeResourceState", self.client().upgrade_resource_state(request).await);
        let value = self.decoded("UpgradeResourceState", &block.kind(), answer.upgraded_state);
        content("UpgradeResourceState", rules::object(block, &value));
        (value, diagnostic::read(answer.diagnostics))
    }

    /// Takes over the state of another resource type.
    pub(crate) async fn moved(
        &self,
        source_provider_address: &str,
        source_type_name: &str,
        json: &str,
        target_type_name: &str,
    ) -> Answer {
        let block = self.schemas.resource(target_type_name);
        let request = move_resource_state::Request {
            source_provider_address: source_provider_address.to_owned(),
            source_type_name: source_type_name.to_owned(),
            source_schema_version: 0,
            source_state: raw(json),
            target_type_name: target_type_name.to_owned(),
            source_private: Vec::new(),
            source_identity: None,
            source_identity_schema_version: 0,
        };
        let answer = unwrap("MoveResourceState", self.client().move_resource_state(request).await);
        let value = self.decoded("MoveResourceState", &block.kind(), answer.target_state);
        content("MoveResourceState", rules::object(block, &value));
        let identity = self.known_identity(target_type_name, answer.target_identity);
        Answer {
            object: stored(value, answer.target_private, identity),
            diagnostics: diagnostic::read(answer.diagnostics),
        }
    }

    /// What `-generate-config-out` writes for a state.
    pub(crate) async fn generate_config(
        &self,
        type_name: &str,
        state: &Value,
    ) -> (Value, Diagnostics) {
        let kind = self.schemas.resource(type_name).kind();
        let request = generate_resource_config::Request {
            type_name: type_name.to_owned(),
            state: Some(dynamic(&kind, state)),
        };
        let answer = self.client().generate_resource_config(request).await;
        let answer = unwrap("GenerateResourceConfig", answer);
        let config = self.decoded("GenerateResourceConfig", &kind, answer.config);
        (config, diagnostic::read(answer.diagnostics))
    }

    /// Asks for calls in flight to end. The answer carries no complaint.
    pub(crate) async fn stop(&self) {
        let answer = within(2, "Stop", async { self.client().stop(stop::Request {}).await }).await;
        assert_eq!(unwrap("Stop", answer).error, "");
    }
}

/// The configuration with null for what is not written, and empty collections for nested blocks.
pub(super) fn complete(block: &Block, config: Value) -> Value {
    let Value::Object(mut members) = config else { return config };
    for name in block.attributes.keys() {
        members.entry(name).or_insert(Value::Null);
    }
    for (name, nested) in &block.nested {
        let absent = match nested.kind() {
            Kind::List(_) | Kind::Set(_) => json!([]),
            Kind::Map(_) => json!({}),
            _ => Value::Null,
        };
        members.entry(name).or_insert(absent);
    }
    Value::Object(members)
}

fn stored(value: Value, private: Vec<u8>, identity: Option<Value>) -> Option<Stored> {
    (!value.is_null()).then_some(Stored { value, private, identity })
}

pub(super) fn content(call: &str, violations: Vec<String>) {
    assert!(
        violations.is_empty(),
        "{call} breaks rules of Terraform:\n  {}",
        violations.join("\n  ")
    );
}
