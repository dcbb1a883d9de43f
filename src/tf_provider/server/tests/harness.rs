//! Small builders of messages, and a client that checks every answer against [`rules`].

use std::sync::Arc;

use prost::Message;

use super::library::{Books, LEAK, Library, Probe};
use super::rules;
use crate::tf_provider::calls::Calls;
use crate::tf_provider::private;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::schema::Schema;
use crate::tf_provider::server::Service;
use crate::tf_provider::value::{Number, Type, Value};
use crate::tf_provider::wire;

/// Calls the service and returns its answer, which is never a status and never holds [`LEAK`].
macro_rules! ask {
    ($server:expr, $call:ident, $request:expr) => {{
        use $crate::tf_provider::proto::tfplugin5::provider_server::Provider as _;
        let service = std::sync::Arc::clone(&$server.service);
        let call = service.$call(tonic::Request::new($request));
        let answer = tokio::time::timeout($crate::tf_provider::server::tests::harness::LIMIT, call)
            .await
            .expect("the call ends")
            .expect("calls answer with diagnostics, never with a status")
            .into_inner();
        $crate::tf_provider::server::tests::harness::assert_silent(&answer);
        answer
    }};
}
pub(super) use ask;

/// A service in the test's own process.
pub(super) struct Server<P: Provider> {
    pub(super) service: Arc<Service<P>>,
}

impl<P: Provider> Server<P> {
    /// A provider that has not been configured.
    pub(super) fn new(provider: P) -> Self {
        Self { service: Arc::new(Service::new(provider, ADDRESS, Calls::here())) }
    }

    /// Another handle of the same service, for another task.
    pub(super) fn handle(&self) -> Self {
        Self { service: Arc::clone(&self.service) }
    }
}

impl Server<Library> {
    /// A library, not configured.
    pub(super) fn closed() -> Self {
        Self::new(Library::default())
    }

    /// A configured library.
    pub(super) async fn open() -> Self {
        let server = Self::closed();
        let answer = ask!(server, configure, configure(text("Lisbon")));
        assert_eq!(answer.diagnostics, []);
        server
    }

    pub(super) fn probe(&self) -> &Probe {
        &self.service.shared.provider.probe
    }

    /// Plans a change of a book as core does, and checks the answer.
    pub(super) async fn plan(&self, prior: &Value, config: &Value) -> Planned {
        let answer = ask!(self, plan_resource_change, plan(prior, config));
        if has_errors(&answer.diagnostics) {
            return Planned { state: Value::Null, answer };
        }
        let state = rules::decoded(&Books::schema(), answer.planned_state.as_ref());
        rules::check_plan(&Books::schema(), prior, config, &state, &answer.requires_replace);
        assert_eq!(private::unmarked(&answer.planned_private), PRIVATE, "R23: private is echoed");
        let stays = !prior.is_null() && !config.is_null();
        assert_eq!(private::is_marked(&answer.planned_private), stays, "and only then marked");
        assert_eq!(answer.planned_identity, identity_of(prior), "I2: identity is echoed");
        assert!(!answer.legacy_type_system && answer.deferred.is_none(), "R10");
        Planned { state, answer }
    }

    /// Applies a planned change of a book, and checks the answer.
    pub(super) async fn apply(&self, prior: &Value, planned: &Value, config: &Value) -> Applied {
        let answer = ask!(self, apply_resource_change, apply(prior, planned, config));
        let state = rules::decoded(&Books::schema(), answer.new_state.as_ref());
        let failed = has_errors(&answer.diagnostics);
        rules::check_applied(&Books::schema(), planned, &state, failed);
        assert_eq!(answer.private, PRIVATE, "R23: private is echoed");
        let identified = answer.new_identity == identity_of(&state);
        let unidentified = failed && prior.is_null() && answer.new_identity.is_none();
        assert!(identified || unidentified, "I2, I6, R18: identity is given");
        Applied { state, failed, answer }
    }

    /// Plans and applies.
    pub(super) async fn change(&self, prior: &Value, config: &Value) -> Applied {
        let planned = self.plan(prior, config).await;
        assert_eq!(planned.answer.diagnostics, []);
        self.apply(prior, &planned.state, config).await
    }

    /// Creates a book.
    pub(super) async fn create(&self, config: &Value) -> Applied {
        self.change(&Value::Null, config).await
    }
}

/// A plan, decoded.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) state: Value,
    pub(super) answer: pb::plan_resource_change::Response,
}

impl Planned {
    /// The attributes that force a replacement.
    pub(super) fn replaced_for(&self) -> Vec<String> {
        self.answer.requires_replace.iter().map(path_text).collect()
    }
}

/// The result of an apply, decoded.
#[derive(Debug)]
pub(super) struct Applied {
    pub(super) state: Value,
    pub(super) failed: bool,
    pub(super) answer: pb::apply_resource_change::Response,
}

/// A configuration of a book with these attributes beside ISBN and title.
pub(super) fn book<'a>(attributes: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let nothing = Books::schema().object_type();
    let mut book = all_null(&nothing);
    book.set_attribute("isbn", text("1"));
    book.set_attribute("title", text("Dune"));
    attributes.into_iter().for_each(|(name, value)| book.set_attribute(name, value));
    book
}

/// A book as it is stored.
pub(super) fn stored_book(title: &str) -> Value {
    book([
        ("title", text(title)),
        ("shelf", text("anywhere")),
        ("room", text("anywhere")),
        ("id", text("book-1")),
        ("revised_at", text("today")),
    ])
}

/// An object of nulls.
pub(super) fn all_null(of: &Type) -> Value {
    let Type::Object(attributes) = of else { panic!("an object type") };
    Value::object(attributes.keys().map(|name| (name.as_str(), Value::Null)))
}

pub(super) fn text(text: &str) -> Value {
    Value::string(text)
}

pub(super) fn number(integer: i64) -> Value {
    Value::Number(Number::from(integer))
}

/// A value on the wire.
pub(super) fn wired(schema: &Schema, value: &Value) -> Option<pb::DynamicValue> {
    Some(wire::write(value, &schema.object_type()).expect("the test's value fits the schema"))
}

/// An object whose attributes are strings or null, without asking a schema.
pub(super) fn loose<'a>(
    attributes: impl IntoIterator<Item = (&'a str, Value)>,
) -> pb::DynamicValue {
    let value = Value::object(attributes);
    let Value::Map(attributes) = &value else { panic!("an object") };
    let type_of = |value: &Value| match value {
        Value::Number(_) => Type::Number,
        _ => Type::String,
    };
    let of = Type::object(attributes.iter().map(|(name, value)| (name.as_str(), type_of(value))));
    wire::write(&value, &of).expect("strings, numbers and nulls can be written")
}

pub(super) fn identity_of(state: &Value) -> Option<pb::ResourceIdentityData> {
    (!state.is_null()).then(|| identity(state.attribute("isbn").clone()))
}

pub(super) fn identity(isbn: Value) -> pb::ResourceIdentityData {
    pb::ResourceIdentityData { identity_data: Some(loose([("isbn", isbn)])) }
}

pub(super) fn configure(city: Value) -> pb::configure::Request {
    pb::configure::Request {
        terraform_version: "1.14.0".to_owned(),
        config: Some(loose([("city", city)])),
        ..Default::default()
    }
}

pub(super) fn plan(prior: &Value, config: &Value) -> pb::plan_resource_change::Request {
    let schema = Books::schema();
    pb::plan_resource_change::Request {
        type_name: BOOK.to_owned(),
        prior_state: wired(&schema, prior),
        proposed_new_state: wired(&schema, &rules::proposed(&schema, prior, config)),
        config: wired(&schema, config),
        prior_private: PRIVATE.to_vec(),
        prior_identity: identity_of(prior),
        ..Default::default()
    }
}

pub(super) fn apply(
    prior: &Value,
    planned: &Value,
    config: &Value,
) -> pb::apply_resource_change::Request {
    let schema = Books::schema();
    pb::apply_resource_change::Request {
        type_name: BOOK.to_owned(),
        prior_state: wired(&schema, prior),
        planned_state: wired(&schema, planned),
        config: wired(&schema, config),
        planned_private: private::marked(PRIVATE),
        planned_identity: identity_of(prior),
        ..Default::default()
    }
}

pub(super) fn read(state: &Value) -> pb::read_resource::Request {
    pb::read_resource::Request {
        type_name: BOOK.to_owned(),
        current_state: wired(&Books::schema(), state),
        private: PRIVATE.to_vec(),
        current_identity: identity_of(state),
        ..Default::default()
    }
}

/// The titles of the errors; a warning or an unset severity is not one.
pub(super) fn errors(diagnostics: &[pb::Diagnostic]) -> Vec<&str> {
    let is_error = |d: &&pb::Diagnostic| d.severity() == pb::diagnostic::Severity::Error;
    diagnostics.iter().filter(is_error).map(|diagnostic| diagnostic.summary.as_str()).collect()
}

pub(super) fn has_errors(diagnostics: &[pb::Diagnostic]) -> bool {
    !errors(diagnostics).is_empty()
}

/// The attribute a diagnostic points at.
pub(super) fn place(diagnostic: &pb::Diagnostic) -> String {
    diagnostic.attribute.as_ref().map(path_text).unwrap_or_default()
}

/// A panic was answered by an error that names the call, and not what the panic was about.
pub(super) fn assert_panicked(diagnostics: &[pb::Diagnostic], rpc: &str) {
    assert_eq!(errors(diagnostics), ["Provider Bug"]);
    let detail = &diagnostics[0].detail;
    assert!(detail.contains(&format!("panicked during {rpc}")), "{detail}");
}

pub(super) fn assert_silent(answer: &impl Message) {
    let bytes = answer.encode_to_vec();
    let leaks = bytes.windows(LEAK.len()).any(|window| window == LEAK.as_bytes());
    assert!(!leaks, "a write-only value stands in an answer");
}

fn path_text(path: &pb::AttributePath) -> String {
    use pb::attribute_path::step::Selector;
    let steps = path.steps.iter().map(|step| match &step.selector {
        Some(Selector::AttributeName(name)) => name.clone(),
        other => format!("{other:?}"),
    });
    steps.collect::<Vec<_>>().join(".")
}

/// Where the library is published.
pub(super) const ADDRESS: &str = "registry.terraform.io/acme/library";

/// The managed resource and its list.
pub(super) const BOOK: &str = "library_book";

/// What the state holds for the provider alone.
pub(super) const PRIVATE: &[u8] = b"private";

/// No call of these tests takes longer, however busy the machine is.
pub(super) const LIMIT: std::time::Duration = std::time::Duration::from_secs(20);
