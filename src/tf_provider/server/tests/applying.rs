//! ApplyResourceChange: no answer loses an object that exists.

use super::harness::{
    PRIVATE, Server, apply, ask, assert_panicked, book, errors, number, stored_book, text, wired,
};
use super::library::{Books, LEAK};
use crate::tf_provider::value::Value;

#[tokio::test]
async fn a_create_stores_what_the_provider_found_out() {
    let server = Server::open().await;
    let created = server.create(&book([("note_wo", text(LEAK))])).await;
    assert_eq!(created.answer.diagnostics, []);
    assert_eq!(created.state, stored_book("Dune"));
}

#[tokio::test]
async fn what_an_apply_keeps_is_stored_with_the_object_beside_its_attributes() {
    let server = Server::open().await;
    let config = book([("title", text("noted"))]);
    for prior in [Value::Null, stored_book("Dune")] {
        let planned = server.plan(&prior, &config).await;
        let request = apply(&prior, &planned.state, &config);
        let answer = ask!(server, apply_resource_change, request);
        assert_eq!(answer.private, [PRIVATE, b"+seen"].concat());
    }
}

#[tokio::test]
async fn an_update_stores_the_new_state() {
    let server = Server::open().await;
    let updated = server.change(&stored_book("Dune"), &book([("pages", number(7))])).await;
    assert!(!updated.failed);
    assert_eq!(updated.state.attribute("pages"), &number(7));
    assert_eq!(updated.state.attribute("id"), &text("book-1"));
}

#[tokio::test]
async fn a_delete_stores_null() {
    let server = Server::open().await;
    let deleted = server.change(&stored_book("Dune"), &Value::Null).await;
    assert_eq!(deleted.state, Value::Null);
    assert_eq!(deleted.answer.new_identity, None);
    assert!(server.probe().log().contains(&"deleted Dune".to_owned()));
}

#[tokio::test]
async fn a_failure_without_a_state_keeps_what_was_there() {
    let server = Server::open().await;
    let refused = book([("title", text("refused"))]);
    assert_eq!(server.create(&refused).await.state, Value::Null);
    let prior = stored_book("Dune");
    assert_eq!(server.change(&prior, &refused).await.state, prior);
    let prior = stored_book("refused");
    let deleted = server.change(&prior, &Value::Null).await;
    assert_eq!(deleted.state, prior);
    assert_eq!(errors(&deleted.answer.diagnostics), ["Refused"]);
}

#[tokio::test]
async fn a_failure_half_way_stores_the_half() {
    let server = Server::open().await;
    let half = book([("title", text("half"))]);
    for prior in [Value::Null, stored_book("Dune")] {
        let saved = server.change(&prior, &half).await;
        assert_eq!(errors(&saved.answer.diagnostics), ["Refused"]);
        assert_eq!(saved.state.attribute("title"), &text("half"));
        assert_eq!(saved.answer.new_identity, super::harness::identity_of(&saved.state));
    }
}

#[tokio::test]
async fn what_is_still_unknown_after_a_success_is_an_error_and_null() {
    let server = Server::open().await;
    let saved = server.create(&book([("title", text("vague"))])).await;
    let places: Vec<String> = saved.answer.diagnostics.iter().map(super::harness::place).collect();
    assert_eq!(places, ["shelf", "room", "id", "revised_at"]);
    assert!(saved.failed);
    assert_eq!(saved.state.attribute("title"), &text("vague"));
    assert!(saved.state.attribute("id").is_null());
}

#[tokio::test]
async fn a_create_that_panics_stores_the_plan_because_the_object_may_exist() {
    let server = Server::open().await;
    let saved = server.create(&book([("title", text("panic")), ("pages", number(7))])).await;
    assert_panicked(&saved.answer.diagnostics, "ApplyResourceChange");
    assert_eq!(saved.state, book([("title", text("panic")), ("pages", number(7))]));
}

#[tokio::test]
async fn a_panic_after_the_create_does_not_lose_what_the_create_returned() {
    let server = Server::open().await;
    let saved = server.create(&book([("title", text("panic in identity"))])).await;
    assert_panicked(&saved.answer.diagnostics, "ApplyResourceChange");
    assert_eq!(saved.state, stored_book("panic in identity"));
}

#[tokio::test]
async fn an_update_or_a_delete_that_panics_keeps_the_prior_state() {
    let server = Server::open().await;
    let prior = stored_book("Dune");
    let updated = server.change(&prior, &book([("title", text("panic"))])).await;
    assert_panicked(&updated.answer.diagnostics, "ApplyResourceChange");
    assert_eq!(updated.state, prior);
    let prior = stored_book("panic");
    let deleted = server.change(&prior, &Value::Null).await;
    assert_panicked(&deleted.answer.diagnostics, "ApplyResourceChange");
    assert_eq!(deleted.state, prior);
}

#[tokio::test]
async fn an_apply_that_cannot_begin_keeps_what_was_there() {
    let prior = stored_book("Dune");
    let request = apply(&prior, &book([]), &book([]));
    let unconfigured = ask!(Server::closed(), apply_resource_change, request.clone());
    let mut unreadable = request.clone();
    unreadable.config = Some(super::harness::loose([("nonsense", text(LEAK))]));
    let unreadable = ask!(Server::open().await, apply_resource_change, unreadable);
    let mut unknown = request.clone();
    unknown.type_name = "library_map".to_owned();
    let unknown = ask!(Server::open().await, apply_resource_change, unknown);
    for answer in [unconfigured, unreadable, unknown] {
        assert_eq!(errors(&answer.diagnostics).len(), 1);
        assert_eq!(answer.new_state, wired(&Books::schema(), &prior));
        assert_eq!(answer.private, PRIVATE, "without the plan's mark");
        assert_eq!(answer.new_identity, request.planned_identity);
    }
}

#[tokio::test]
async fn an_update_of_a_state_from_before_identities_fills_the_identity() {
    let server = Server::open().await;
    let prior = stored_book("Dune");
    let mut request = apply(&prior, &stored_book("Emma"), &book([("title", text("Emma"))]));
    request.planned_identity = None;
    let answer = ask!(server, apply_resource_change, request);
    assert_eq!(answer.new_identity, super::harness::identity_of(&prior));
}

#[tokio::test]
async fn an_update_that_identifies_another_object_is_an_error_and_keeps_the_identity() {
    let server = Server::open().await;
    let prior = stored_book("Dune");
    let updated = server.change(&prior, &book([("title", text("taken for another"))])).await;
    assert_eq!(errors(&updated.answer.diagnostics), ["Provider Bug"]);
    assert_eq!(updated.state, stored_book("taken for another"), "what was done is stored");
}
