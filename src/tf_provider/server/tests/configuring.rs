//! PrepareProviderConfig and Configure.

use super::harness::stored_book;
use super::harness::{Server, ask, assert_panicked, configure, errors, loose, place, read, text};
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::value::Value;
use crate::tf_provider::{Outcome, Provider, Registry};

fn prepare(city: Value) -> pb::prepare_provider_config::Request {
    pb::prepare_provider_config::Request { config: Some(loose([("city", city)])) }
}

#[tokio::test]
async fn preparing_echoes_a_sound_configuration() {
    for city in [text("Lisbon"), Value::Null, Value::Unknown] {
        let request = prepare(city);
        let answer = ask!(Server::closed(), prepare_provider_config, request.clone());
        assert_eq!(answer.diagnostics, []);
        assert_eq!(answer.prepared_config, request.config);
    }
}

#[tokio::test]
async fn preparing_points_at_the_argument_at_fault() {
    let answer = ask!(Server::closed(), prepare_provider_config, prepare(text("")));
    assert_eq!(errors(&answer.diagnostics), ["No City"]);
    assert_eq!(place(&answer.diagnostics[0]), "city");
}

#[tokio::test]
async fn a_configuration_that_is_missing_or_strange_is_an_error() {
    let server = Server::closed();
    for config in [None, Some(loose([])), Some(loose([("town", text("x"))]))] {
        let request = pb::prepare_provider_config::Request { config: config.clone() };
        assert_eq!(errors(&ask!(server, prepare_provider_config, request).diagnostics).len(), 1);
        let request = pb::configure::Request { config, ..Default::default() };
        assert_eq!(errors(&ask!(server, configure, request).diagnostics).len(), 1);
    }
}

#[tokio::test]
async fn a_panic_in_either_is_an_error() {
    let server = Server::closed();
    let answer = ask!(server, prepare_provider_config, prepare(text("panic")));
    assert_panicked(&answer.diagnostics, "PrepareProviderConfig");
    let answer = ask!(server, configure, configure(text("panic")));
    assert_panicked(&answer.diagnostics, "Configure");
}

#[tokio::test]
async fn a_provider_that_could_not_be_configured_can_be_configured_again() {
    let server = Server::closed();
    let answer = ask!(server, configure, configure(text("nowhere")));
    assert_eq!(errors(&answer.diagnostics), ["Refused"]);
    let unread = ask!(server, read_resource, read(&stored_book("Dune")));
    assert_eq!(errors(&unread.diagnostics), ["Provider Bug"]);
    assert_eq!(ask!(server, configure, configure(text("Lisbon"))).diagnostics, []);
    assert_eq!(ask!(server, read_resource, read(&stored_book("Dune"))).diagnostics, []);
    assert_eq!(server.probe().log(), ["configured by 1.14.0", "configured by 1.14.0"]);
}

/// A provider block with an attribute of each side.
struct Strict;

crate::model! {
    /// Strict.
    struct StrictBlock {
        /// Where it is.
        required city: String,
        /// Where that is.
        computed country: String,
    }
}

impl Provider for Strict {
    type Client = ();
    type Config = StrictBlock;

    fn name(&self) -> &'static str {
        "strict"
    }

    async fn configure(&self, _: StrictBlock, _: &str) -> Outcome<()> {
        Ok(().into())
    }

    fn register(&self, _: &mut Registry<()>) {}
}

#[tokio::test]
async fn a_provider_block_is_checked_as_every_block_is() {
    let config = Some(loose([("city", Value::Null), ("country", text("Portugal"))]));
    let request = pb::prepare_provider_config::Request { config };
    let answer = ask!(Server::new(Strict), prepare_provider_config, request);
    let expected = ["Required Attribute Missing", "Read-Only Attribute"];
    assert_eq!(errors(&answer.diagnostics), expected);
}
