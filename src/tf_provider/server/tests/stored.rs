//! UpgradeResourceState, UpgradeResourceIdentity, ImportResourceState, MoveResourceState and
//! GenerateResourceConfig: all of them without a configured provider.

use super::harness::{
    BOOK, PRIVATE, Server, ask, assert_panicked, book, errors, identity, number, stored_book, text,
    wired,
};
use super::library::{Books, LEAK};
use super::rules;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::value::Value;

fn raw(json: &str) -> Option<pb::RawState> {
    Some(pb::RawState { json: json.into(), ..Default::default() })
}

async fn upgrade(version: i64, json: &str) -> Result<Value, pb::Diagnostic> {
    let type_name = BOOK.to_owned();
    let request = pb::upgrade_resource_state::Request { type_name, version, raw_state: raw(json) };
    let mut answer = ask!(Server::closed(), upgrade_resource_state, request);
    if let Some(problem) = answer.diagnostics.pop() {
        return Err(problem);
    }
    let state = rules::decoded(&Books::schema(), answer.upgraded_state.as_ref());
    rules::check_stored(&Books::schema(), &state);
    Ok(state)
}

#[tokio::test]
async fn a_state_of_every_version_becomes_the_current_one() {
    let leak = format!(r#""note_wo": "{LEAK}""#);
    let states = [
        (0, format!(r#"{{"isbn": "1", "name": "Dune", "place": "hall", {leak}}}"#)),
        (1, format!(r#"{{"isbn": "1", "title": "Dune", "place": "hall", {leak}}}"#)),
        (2, format!(r#"{{"isbn": "1", "title": "Dune", "shelf": "hall", {leak}}}"#)),
    ];
    for (version, json) in states {
        assert_eq!(upgrade(version, &json).await, Ok(book([("shelf", text("hall"))])), "{version}");
    }
}

#[tokio::test]
async fn a_stored_state_is_read_with_tolerance() {
    let read = upgrade(2, r#"{"isbn": 1, "title": "Dune", "pages": "412", "lost": [1]}"#).await;
    assert_eq!(read, Ok(book([("pages", number(412))])));
}

#[tokio::test]
async fn a_state_newer_than_the_schema_is_read_as_far_as_possible() {
    let read = upgrade(9, r#"{"isbn": "1", "title": "Dune", "future": true}"#).await;
    assert_eq!(read, Ok(book([])));
}

#[tokio::test]
async fn a_state_that_holds_nothing_is_an_error_and_not_a_vanished_object() {
    for (version, stored) in [(0, "null"), (0, ""), (2, "null"), (2, "")] {
        let problem = upgrade(version, stored).await.expect_err("nothing tells what was stored");
        assert!(problem.detail.contains("empty"), "{version} {stored}: {}", problem.detail);
    }
}

#[tokio::test]
async fn a_state_that_cannot_be_read_is_an_error_without_its_content() {
    let states = [
        (0, r#"{"isbn": "secret""#),
        (2, r#"{"isbn": "secret""#),
        (0, r#"["secret"]"#),
        (2, r#"["secret"]"#),
        (0, r#"{"isbn": "secret"}"#),
        (-1, r#"{"isbn": "secret"}"#),
        (2, r#"{"isbn": "1", "pages": "secret"}"#),
    ];
    for (version, json) in states {
        let problem = upgrade(version, json).await.expect_err("it cannot be read");
        assert_eq!(problem.summary, "Stored State Not Readable");
        assert!(!problem.detail.contains("secret"), "{}", problem.detail);
    }
}

#[tokio::test]
async fn an_upgrader_that_panics_is_an_error() {
    let problem = upgrade(0, r#"{"name": "panic"}"#).await.expect_err("it panics");
    assert_panicked(&[problem], "UpgradeResourceState");
}

#[tokio::test]
async fn a_state_without_identity_upgrades_to_a_null_identity() {
    let request = |json| pb::upgrade_resource_identity::Request {
        type_name: BOOK.to_owned(),
        version: 0,
        raw_identity: raw(json),
    };
    let server = Server::closed();
    let answer = ask!(server, upgrade_resource_identity, request(""));
    let identity_data = Some(pb::DynamicValue { msgpack: vec![0xc0], json: Vec::new() });
    assert_eq!(answer.upgraded_identity, Some(pb::ResourceIdentityData { identity_data }));
    let answer = ask!(server, upgrade_resource_identity, request(r#"{"isbn": "1"}"#));
    assert_eq!(answer.upgraded_identity, Some(identity(text("1"))));
    let answer = ask!(server, upgrade_resource_identity, request("{"));
    assert_eq!(errors(&answer.diagnostics), ["Stored State Not Readable"]);
}

async fn import(
    id: &str,
    identity: Option<pb::ResourceIdentityData>,
) -> pb::import_resource_state::Response {
    let request = pb::import_resource_state::Request {
        type_name: BOOK.to_owned(),
        id: id.to_owned(),
        identity,
        ..Default::default()
    };
    ask!(Server::closed(), import_resource_state, request)
}

fn imported(answer: &pb::import_resource_state::Response) -> Value {
    assert_eq!(answer.diagnostics, []);
    let [resource] = answer.imported_resources.as_slice() else { panic!("one resource") };
    assert_eq!(resource.type_name, BOOK);
    assert_eq!(resource.identity, Some(identity(text("1"))));
    let state = rules::decoded(&Books::schema(), resource.state.as_ref());
    rules::check_stored(&Books::schema(), &state);
    state
}

#[tokio::test]
async fn an_import_by_id_or_by_identity_begins_with_what_is_known() {
    let expected = book([("title", Value::Null)]);
    assert_eq!(imported(&import("1", None).await), expected);
    assert_eq!(imported(&import("", Some(identity(text("1")))).await), expected);
}

#[tokio::test]
async fn an_import_that_does_not_tell_the_identity_keeps_the_one_asked_for() {
    let requests = [("", Some(identity(text("blank")))), ("blank", None)];
    for (id, asked) in requests {
        let answer = import(id, asked.clone()).await;
        assert_eq!(answer.imported_resources[0].identity, asked);
    }
}

#[tokio::test]
async fn an_import_without_id_and_identity_is_an_error() {
    let answer = import("", None).await;
    assert_eq!(errors(&answer.diagnostics), ["Nothing to Import"]);
}

#[tokio::test]
async fn an_import_that_fails_is_an_error() {
    assert_eq!(errors(&import("refused", None).await.diagnostics), ["Refused"]);
    assert_eq!(errors(&import("vague", None).await.diagnostics), ["Provider Bug"]);
    assert_panicked(&import("panic", None).await.diagnostics, "ImportResourceState");
    let wrong = pb::ResourceIdentityData { identity_data: Some(super::harness::loose([])) };
    assert_eq!(errors(&import("", Some(wrong)).await.diagnostics), ["Value Not Readable"]);
}

fn moved(provider: &str, type_name: &str, json: &str) -> pb::move_resource_state::Request {
    pb::move_resource_state::Request {
        source_provider_address: provider.to_owned(),
        source_type_name: type_name.to_owned(),
        source_schema_version: 1,
        source_state: raw(json),
        target_type_name: BOOK.to_owned(),
        source_private: PRIVATE.to_vec(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_move_within_the_type_is_an_upgrade() {
    let json = format!(r#"{{"isbn": "1", "title": "Dune", "note_wo": "{LEAK}"}}"#);
    let tofu = moved("registry.opentofu.org/acme/library", BOOK, &json);
    let answer = ask!(Server::closed(), move_resource_state, tofu);
    assert_eq!(answer.diagnostics, [], "the same provider in the other registry");
    let request = moved("registry.terraform.io/acme/library", BOOK, &json);
    let answer = ask!(Server::closed(), move_resource_state, request);
    assert_eq!(answer.diagnostics, []);
    let state = rules::decoded(&Books::schema(), answer.target_state.as_ref());
    rules::check_stored(&Books::schema(), &state);
    assert_eq!(state, book([]));
    assert_eq!(answer.target_private, PRIVATE);
    assert_eq!(answer.target_identity, Some(identity(text("1"))));
}

#[tokio::test]
async fn a_move_from_elsewhere_is_an_error() {
    let requests = [
        moved("registry.terraform.io/acme/library", "library_map", "{}"),
        moved("registry.terraform.io/acme/museum", BOOK, "{}"),
        moved("registry.terraform.io/nobody/library", BOOK, r#"{"isbn": "1"}"#),
        moved("registry.example.com/acme/library", BOOK, r#"{"isbn": "1"}"#),
        moved("library", BOOK, r#"{"isbn": "1"}"#),
        moved("", BOOK, "{}"),
    ];
    for request in requests {
        let answer = ask!(Server::closed(), move_resource_state, request);
        assert_eq!(errors(&answer.diagnostics), ["Move Not Supported"]);
    }
}

#[tokio::test]
async fn a_generated_configuration_says_only_what_a_configuration_may() {
    let generate = |state| pb::generate_resource_config::Request {
        type_name: BOOK.to_owned(),
        state: wired(&Books::schema(), state),
    };
    let mut state = stored_book("Dune");
    state.set_attribute("note_wo", text(LEAK));
    let answer = ask!(Server::closed(), generate_resource_config, generate(&state));
    let config = rules::decoded(&Books::schema(), answer.config.as_ref());
    assert_eq!(config, book([("room", text("anywhere"))]));
    let answer = ask!(Server::closed(), generate_resource_config, generate(&Value::Null));
    assert_eq!(rules::decoded(&Books::schema(), answer.config.as_ref()), Value::Null);
}
