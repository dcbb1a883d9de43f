//! What a stop does at each stage of a call.

use std::error::Error as _;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::graph::class::Class;
use crate::graph::error::Error;
use crate::graph::phone_numbers::PhoneNumberFields;
use crate::graph::test_server::{Reply, Server, TestClock, answer, json, success};
use crate::graph::wire_tests::{
    bounded, client, client_with, number, set_pin, settings, throttled,
};

#[tokio::test]
async fn a_stop_before_the_call_sends_nothing() {
    let server = Server::start(|_| success()).await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let error = set_pin(&client(&server), &cancel).await.expect_err("stopped");
    assert_eq!((error.class(), error.attempts(), server.heard()), (Class::Cancelled, 0, 0));
    assert!(!error.outcome_unknown());
}

#[tokio::test]
async fn a_stop_ends_a_wait_at_once_and_says_what_is_unknown() {
    let server = Server::start(|_| json(500, r#"{"error":{"code":2}}"#)).await;
    let error = stopped_while_it_waits(&server).await;
    assert!(error.outcome_unknown());
    let last = error.source().map(ToString::to_string);
    assert_eq!(last.as_deref(), Some("the API reported error 2"));
}

#[tokio::test]
async fn a_stop_ends_the_wait_at_the_gate() {
    let server = Server::start(|_| throttled(30)).await;
    let error = stopped_while_it_waits(&server).await;
    assert!(!error.outcome_unknown(), "a throttled call was not carried out");
}

#[tokio::test]
async fn a_write_on_the_wire_is_awaited_after_a_stop_and_its_answer_counts() {
    let cancel = CancellationToken::new();
    let said = Arc::new(Notify::new());
    let (stop, say) = (cancel.clone(), said.clone());
    let server = Server::start(move |_| {
        stop.cancel();
        Reply::When(say.clone(), answer(200, &[], r#"{"success":true}"#))
    })
    .await;
    let client = client(&server);
    let (result, ()) = tokio::join!(set_pin(&client, &cancel), async {
        bounded(cancel.cancelled()).await;
        said.notify_one();
    });
    result.expect("set, although stopped");
}

#[tokio::test]
async fn a_read_on_the_wire_is_dropped_at_a_stop() {
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let server = Server::start(move |_| {
        stop.cancel();
        Reply::Silence
    })
    .await;
    let (id, client) = (number(), client(&server));
    let call = client.phone_number(&id, PhoneNumberFields::PinStatus, &cancel);
    let error = bounded(call).await.expect_err("stopped");
    assert_eq!((error.class(), error.attempts()), (Class::Cancelled, 1));
}

/// Why a PIN was not set by a client that is stopped in its first wait.
async fn stopped_while_it_waits(server: &Server) -> Error {
    let clock = TestClock::frozen();
    let client = client_with(settings(server.port), &clock);
    let cancel = CancellationToken::new();
    let (result, ()) = tokio::join!(set_pin(&client, &cancel), async {
        bounded(clock.slept.notified()).await;
        cancel.cancel();
    });
    let error = result.expect_err("stopped");
    assert_eq!((error.class(), error.attempts()), (Class::Cancelled, 1));
    error
}
