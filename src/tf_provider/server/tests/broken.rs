//! Providers whose authors made mistakes.

use super::harness::{Server, ask, errors, loose, text};
use super::library::Desk;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::value::Value;
use crate::tf_provider::{
    Attribute, Change, Context, DataSource, Definition, Field, Function, FunctionError,
    IdentityAttribute, IdentitySchema, NoIdentity, Outcome, Parameter, Provider, Refreshed,
    Registry, Resource, Saved, Schema, Type, problems,
};

crate::model! {
    /// An attribute of another type than the schema says.
    struct Misprint {
        id: String,
        size: String,
    }
}

#[derive(Debug)]
struct Misprints;

impl Resource for Misprints {
    type Client = Desk;
    type Model = Misprint;
    type Identity = NoIdentity;

    fn type_name(&self) -> &'static str {
        "press_misprint"
    }

    fn schema(&self) -> Schema {
        let id = Attribute::computed("id", Type::String).described("An ID.");
        Schema::new("A misprint.", [id, Attribute::computed("size", Type::Number)]).version(1)
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        let map = Type::Map(Box::new(Type::String));
        Some(IdentitySchema::new([IdentityAttribute::required("Labels", map, "")]))
    }

    fn identity(&self, _: &Misprint) -> NoIdentity {
        NoIdentity {}
    }

    async fn create(&self, _: &Context<Desk>, _: Change<Misprint>) -> Saved<Misprint> {
        let id = Field::Known("1".to_owned());
        Ok(Misprint { id, size: Field::Known("large".to_owned()) }.into())
    }

    async fn read(&self, _: &Context<Desk>, state: Misprint) -> Outcome<Refreshed<Misprint>> {
        Ok(Refreshed::Present(state).into())
    }

    async fn update(
        &self,
        _: &Context<Desk>,
        prior: Misprint,
        _: Change<Misprint>,
    ) -> Saved<Misprint> {
        Ok(prior.into())
    }

    async fn delete(&self, _: &Context<Desk>, _: Misprint) -> Outcome<()> {
        Ok(().into())
    }
}

#[derive(Debug)]
struct Alien;

impl DataSource for Alien {
    type Client = Desk;
    type Model = NoIdentity;

    fn type_name(&self) -> &'static str {
        "museum_piece"
    }

    fn schema(&self) -> Schema {
        Schema::new("", [])
    }

    async fn read(&self, _: &Context<Desk>, config: NoIdentity) -> Outcome<NoIdentity> {
        Ok(config.into())
    }
}

#[derive(Debug)]
struct Press;

impl Provider for Press {
    type Client = Desk;
    type Config = NoIdentity;

    fn name(&self) -> &'static str {
        "press"
    }

    fn schema(&self) -> Schema {
        let alias = Attribute::optional("alias", Type::String).described("Taken.");
        Schema::new("A press.", [alias])
    }

    async fn configure(&self, _: NoIdentity, _: &str) -> Outcome<Desk> {
        Ok(Desk { city: None, probe: Default::default() }.into())
    }

    fn register(&self, registry: &mut Registry<Desk>) {
        registry.resource(Misprints);
        registry.resource(Misprints);
        registry.data_source(Alien);
        registry.function(Stutter);
    }
}

#[derive(Debug)]
struct Stutter;

impl Function for Stutter {
    fn name(&self) -> &'static str {
        "say-it"
    }

    fn definition(&self) -> Definition {
        let word = || Parameter { name: "word", of: Type::String, description: "A word." };
        Definition {
            summary: "",
            description: "Says it.",
            parameters: vec![word(), Parameter { description: "", ..word() }],
            variadic: None,
            returns: Type::String,
        }
    }

    fn call(&self, _: Vec<Value>) -> Result<Value, FunctionError> {
        Ok(Value::Null)
    }
}

#[test]
fn each_mistake_of_an_author_is_found() {
    let found = problems(&Press);
    let expected = [
        "provider.alias: is a name that Terraform keeps for itself",
        "provider: the schema is",
        "press_misprint: is registered twice",
        "museum_piece: is not named after press",
        "function say-it: is not a name",
        "function say-it: has no summary",
        "function say-it: the parameter word has no description",
        "function say-it: the parameter word is declared twice",
        "press_misprint.size: has no description",
        "press_misprint: the schema is",
        "press_misprint identity.Labels: is not a name",
        "press_misprint identity.Labels: has no description",
        "press_misprint identity.Labels: an identity holds primitives",
        "press_misprint identity: the schema is",
        "press_misprint: schema version 1 has 0 upgraders",
        "data.museum_piece: has no description",
    ];
    for beginning in expected {
        let hits = found.iter().filter(|problem| problem.starts_with(beginning)).count();
        assert_eq!(hits, 1, "{beginning} in {found:#?}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

#[tokio::test]
async fn an_object_whose_state_cannot_be_encoded_is_not_lost() {
    let server = Server::new(Press);
    let config = || Some(loose([("alias", Value::Null)]));
    let configured = pb::configure::Request { config: config(), ..Default::default() };
    let answer = ask!(server, configure, configured);
    assert_eq!(answer.diagnostics, []);
    let none = loose([("id", Value::Null), ("size", Value::Null)]);
    let request = pb::apply_resource_change::Request {
        type_name: "press_misprint".to_owned(),
        planned_state: Some(none.clone()),
        config: Some(none),
        ..Default::default()
    };
    let answer = ask!(server, apply_resource_change, request);
    assert!(!errors(&answer.diagnostics).is_empty());
    assert_eq!(answer.new_state, Some(loose([("id", text("1")), ("size", Value::Null)])));
}
