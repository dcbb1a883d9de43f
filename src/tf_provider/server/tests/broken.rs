//! Providers whose authors made mistakes.

use std::collections::BTreeMap;

use super::harness::{Server, ask, errors, loose, text};
use super::library::Desk;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::value::Value;
use crate::tf_provider::{
    Change, Context, DataSource, Definition, Field, FieldType, Function, FunctionError, ModelError,
    Outcome, Parameter, Path, Provider, Refreshed, Registry, Resource, Saved, Type, problems,
};

/// A type that gives other values than it says.
#[derive(Debug)]
struct Size;

impl FieldType for Size {
    fn terraform_type() -> Type {
        Type::Number
    }

    fn from_value(_: Value, _: &Path) -> Result<Self, ModelError> {
        Ok(Self)
    }

    fn into_value(self) -> Value {
        Value::string("large")
    }
}

crate::model! {
    /// A misprint.
    struct Misprint {
        /// An ID.
        computed id: String,
        computed size: Size,
    }
}

crate::model! {
    /// What no identity can be.
    identity struct Labels {
        required straße: BTreeMap<String, String>,
    }
}

#[derive(Debug)]
struct Misprints;

impl Resource for Misprints {
    type Client = Desk;
    type Model = Misprint;
    type Identity = Labels;

    fn type_name(&self) -> &'static str {
        "press_misprint"
    }

    fn identity(&self, _: &Misprint) -> Labels {
        Labels::default()
    }

    async fn create(&self, _: &Context<Desk>, _: Change<Misprint>) -> Saved<Misprint> {
        let id = Field::Known("1".to_owned());
        Ok(Misprint { id, size: Field::Known(Size) }.into())
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

crate::model! {
    struct Piece {}
}

#[derive(Debug)]
struct Alien;

impl DataSource for Alien {
    type Client = Desk;
    type Model = Piece;

    fn type_name(&self) -> &'static str {
        "museum_piece"
    }

    async fn read(&self, _: &Context<Desk>, config: Piece) -> Outcome<Piece> {
        Ok(config.into())
    }
}

crate::model! {
    /// A press.
    struct Taken {
        /// Taken.
        optional alias: String,
    }
}

#[derive(Debug)]
struct Press;

impl Provider for Press {
    type Client = Desk;
    type Config = Taken;

    fn name(&self) -> &'static str {
        "press"
    }

    async fn configure(&self, _: Taken, _: &str) -> Outcome<Desk> {
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
        let word = |description| Parameter::new("word", Type::String, description);
        Definition::new("", "Says it.", Type::String).parameter(word("A word.")).parameter(word(""))
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
        "press_misprint: is registered twice",
        "museum_piece: is not named after press",
        "function say-it: is not a name",
        "function say-it: has no summary",
        "function say-it: the parameter word has no description",
        "function say-it: the parameter word is declared twice",
        "press_misprint.size: has no description",
        "press_misprint identity.straße: is not a name",
        "press_misprint identity.straße: has no description",
        "press_misprint identity.straße: an identity holds primitives",
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
