//! ReadResource.

use super::harness::{
    PRIVATE, Server, ask, assert_panicked, errors, identity_of, read, stored_book, wired,
};
use super::library::Books;
use super::rules;
use crate::tf_provider::value::Value;

#[tokio::test]
async fn a_read_returns_state_private_and_identity() {
    let server = Server::open().await;
    let state = stored_book("Dune");
    let answer = ask!(server, read_resource, read(&state));
    let refreshed = rules::decoded(&Books::schema(), answer.new_state.as_ref());
    rules::check_stored(&Books::schema(), &refreshed);
    assert_eq!(refreshed, state);
    assert_eq!(answer.private, PRIVATE);
    assert_eq!(answer.new_identity, identity_of(&state));
}

#[tokio::test]
async fn what_a_read_keeps_is_stored_with_the_object_beside_its_attributes() {
    let server = Server::open().await;
    let answer = ask!(server, read_resource, read(&stored_book("noted")));
    assert_eq!(answer.private, [PRIVATE, b"+seen"].concat());
}

#[tokio::test]
async fn a_read_that_identifies_another_object_is_an_error_and_keeps_everything() {
    let server = Server::open().await;
    let request = read(&stored_book("taken for another"));
    let answer = ask!(server, read_resource, request.clone());
    assert_eq!(errors(&answer.diagnostics), ["Provider Bug"]);
    assert!(answer.diagnostics[0].detail.contains("another isbn"), "{answer:?}");
    assert_eq!(
        (answer.new_state, answer.new_identity),
        (request.current_state, request.current_identity)
    );
}

#[tokio::test]
async fn an_object_that_is_gone_is_null() {
    let server = Server::open().await;
    let answer = ask!(server, read_resource, read(&stored_book("gone")));
    assert_eq!(rules::decoded(&Books::schema(), answer.new_state.as_ref()), Value::Null);
    assert_eq!(answer.diagnostics, []);
}

#[tokio::test]
async fn a_read_that_fails_keeps_everything() {
    let server = Server::open().await;
    for (title, problem) in [("refused", "Refused"), ("vague", "Provider Bug")] {
        let request = read(&stored_book(title));
        let answer = ask!(server, read_resource, request.clone());
        assert_eq!(errors(&answer.diagnostics), [problem], "{title}");
        assert_eq!(answer.new_state, request.current_state);
        assert_eq!(answer.private, request.private);
        assert_eq!(answer.new_identity, request.current_identity);
    }
}

#[tokio::test]
async fn a_read_that_panics_keeps_everything() {
    let server = Server::open().await;
    let request = read(&stored_book("panic"));
    let answer = ask!(server, read_resource, request.clone());
    assert_panicked(&answer.diagnostics, "ReadResource");
    assert_eq!(answer.new_state, request.current_state);
    assert_eq!(answer.private, request.private);
}

#[tokio::test]
async fn a_read_without_configuration_is_an_error_that_keeps_the_state() {
    let request = read(&stored_book("Dune"));
    let answer = ask!(Server::closed(), read_resource, request.clone());
    assert_eq!(errors(&answer.diagnostics), ["Provider Bug"]);
    assert_eq!(answer.new_state, request.current_state);
}

#[tokio::test]
async fn a_state_from_before_identities_is_given_one() {
    let server = Server::open().await;
    let mut request = read(&stored_book("Dune"));
    request.current_identity = None;
    let answer = ask!(server, read_resource, request);
    assert_eq!(answer.new_identity, identity_of(&stored_book("Dune")));
}

#[tokio::test]
async fn a_read_of_nothing_is_nothing() {
    let server = Server::closed();
    let answer = ask!(server, read_resource, read(&Value::Null));
    assert_eq!(answer.new_state, wired(&Books::schema(), &Value::Null));
    assert_eq!(answer.diagnostics, []);
}
