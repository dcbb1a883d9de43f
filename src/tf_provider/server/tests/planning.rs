//! PlanResourceChange.

use super::harness::{
    PRIVATE, Server, all_null, ask, assert_panicked, book, errors, identity_of, number, plan,
    stored_book, text, wired,
};
use super::library::{Books, LEAK};
use crate::tf_provider::private;
use crate::tf_provider::value::Value;

#[tokio::test]
async fn a_create_leaves_what_the_user_left_out_to_the_provider() {
    let server = Server::open().await;
    let config = book([("pages", number(412)), ("note_wo", text(LEAK))]);
    let planned = server.plan(&Value::Null, &config).await.state;
    for computed in ["id", "revised_at", "shelf", "room"] {
        assert!(planned.attribute(computed).is_unknown(), "{computed}");
    }
    assert_eq!(planned.attribute("pages"), &number(412));
    assert!(planned.attribute("tags").is_null());
}

#[tokio::test]
async fn a_plan_that_changes_nothing_is_the_prior_state_in_every_byte() {
    let server = Server::open().await;
    let prior = stored_book("Dune");
    let planned = server.plan(&prior, &book([("note_wo", text(LEAK))])).await;
    assert_eq!(planned.answer.planned_state, wired(&Books::schema(), &prior));
    assert_eq!(planned.replaced_for(), [""; 0]);
}

#[tokio::test]
async fn an_optional_attribute_that_the_user_removes_gets_its_default_back() {
    let server = Server::open().await;
    let mut prior = stored_book("Dune");
    prior.set_attribute("shelf", text("hall"));
    let planned = server.plan(&prior, &book([])).await;
    assert_eq!(planned.state.attribute("shelf"), &text("anywhere"));
    assert!(planned.state.attribute("revised_at").is_unknown(), "an update may change it");
    assert_eq!(planned.state.attribute("id"), &text("book-1"), "and this it may not");
    let applied = server.apply(&prior, &planned.state, &book([])).await;
    assert_eq!(applied.state, stored_book("Dune"));
}

#[tokio::test]
async fn an_update_keeps_what_keeps_its_prior_value_and_reopens_the_rest() {
    let server = Server::open().await;
    let planned = server.plan(&stored_book("Dune"), &book([("pages", number(1))])).await;
    assert_eq!(planned.state.attribute("id"), &text("book-1"));
    assert!(planned.state.attribute("revised_at").is_unknown());
    assert!(planned.state.attribute("shelf").is_unknown());
}

#[tokio::test]
async fn an_update_does_not_replace_for_an_attribute_that_the_user_left_out() {
    let server = Server::open().await;
    let planned = server.plan(&stored_book("Dune"), &book([("pages", number(1))])).await;
    assert_eq!(planned.replaced_for(), [""; 0]);
    assert_eq!(planned.state.attribute("room"), &text("anywhere"));
}

#[tokio::test]
async fn a_change_of_what_forces_replacement_replaces() {
    let server = Server::open().await;
    let config = book([("isbn", text("2")), ("room", text("attic"))]);
    let planned = server.plan(&stored_book("Dune"), &config).await;
    assert_eq!(planned.replaced_for(), ["isbn", "room"]);
    assert!(planned.state.attribute("id").is_unknown(), "it will be another object");
}

#[tokio::test]
async fn a_value_that_is_not_known_yet_may_replace() {
    let server = Server::open().await;
    let planned = server.plan(&stored_book("Dune"), &book([("isbn", Value::Unknown)])).await;
    assert_eq!(planned.replaced_for(), ["isbn"]);
    assert!(planned.state.attribute("id").is_unknown());
}

#[tokio::test]
async fn the_second_plan_of_a_replacement_does_not_promise_the_old_identity() {
    let server = Server::open().await;
    let config = book([("isbn", text("2"))]);
    let mut request = plan(&Value::Null, &config);
    request.prior_private = private::marked(PRIVATE);
    request.prior_identity = identity_of(&stored_book("Dune"));
    let answer = ask!(server, plan_resource_change, request);
    assert_eq!(answer.diagnostics, []);
    assert_eq!(answer.planned_identity, None);
    assert_eq!(answer.planned_private, PRIVATE);
}

#[tokio::test]
async fn a_destroy_is_planned_as_null() {
    let server = Server::open().await;
    let planned = server.plan(&stored_book("Dune"), &Value::Null).await;
    assert_eq!(planned.state, Value::Null);
    assert_eq!(planned.replaced_for(), [""; 0]);
}

#[tokio::test]
async fn a_destroy_can_be_refused() {
    let server = Server::open().await;
    let planned = server.plan(&stored_book("precious"), &Value::Null).await;
    assert_eq!(errors(&planned.answer.diagnostics), ["Refused"]);
}

#[tokio::test]
async fn a_panic_in_any_plan_is_an_error() {
    let server = Server::open().await;
    let config = book([("title", text("panic in plan"))]);
    let changes = [
        (Value::Null, config.clone()),
        (stored_book("Dune"), config),
        (stored_book("panic in plan"), Value::Null),
    ];
    for (prior, config) in changes {
        let planned = server.plan(&prior, &config).await;
        assert_panicked(&planned.answer.diagnostics, "PlanResourceChange");
    }
}

#[tokio::test]
async fn planning_again_with_more_known_agrees_with_the_first_plan() {
    let server = Server::open().await;
    let vague = book([("pages", Value::Unknown)]);
    let first = server.plan(&stored_book("Dune"), &vague).await.state;
    let second = server.plan(&stored_book("Dune"), &book([("pages", number(7))])).await.state;
    super::rules::check_compatible(&Books::schema(), &first, &second);
    let same = server.plan(&stored_book("Dune"), &book([])).await.state;
    assert_eq!(same, stored_book("Dune"), "an update may turn into nothing");
}

#[tokio::test]
async fn collections_and_objects_are_planned_as_configured() {
    let server = Server::open().await;
    let author = Value::object([("name", text("Herbert")), ("born", Value::Unknown)]);
    let config = book([
        ("tags", Value::List(vec![text("sand"), Value::Unknown])),
        ("ratings", Value::object([("ana", number(5)), ("rui", Value::Null)])),
        ("author", author),
    ]);
    let planned = server.plan(&Value::Null, &config).await.state;
    for name in ["tags", "ratings", "author"] {
        assert_eq!(planned.attribute(name), config.attribute(name), "{name}");
    }
}

#[tokio::test]
async fn an_object_of_nulls_is_a_plan_and_no_panic() {
    let server = Server::open().await;
    let nothing = all_null(&Books::schema().object_type());
    server.plan(&Value::Null, &nothing).await;
}
