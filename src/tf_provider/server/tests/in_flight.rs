//! Stop, and clients that hang up.

use tokio::time::timeout;

use super::data_source::shelf;
use super::harness::{LIMIT, Server, apply, ask, book, configure, errors, read, stored_book, text};
use super::library::Library;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::value::Value;

async fn finished(server: &Server<Library>) {
    let finished = timeout(LIMIT, server.probe().finished.notified()).await;
    finished.expect("the operation ends");
}

#[tokio::test]
async fn stop_cancels_calls_in_flight_and_spares_later_ones() {
    let server = Server::open().await;
    let handle = server.handle();
    let call = tokio::spawn(async move { ask!(handle, read_data_source, shelf("slow")) });
    server.probe().started.notified().await;
    assert_eq!(ask!(server, stop, pb::stop::Request {}).error, "");
    let answer = call.await.expect("the call is answered");
    assert_eq!(errors(&answer.diagnostics), ["Refused"]);
    let later = ask!(server, read_data_source, shelf("hall"));
    assert_eq!(later.diagnostics, []);
}

#[tokio::test]
async fn a_call_that_comes_after_the_process_was_told_to_end_is_stopped_from_its_beginning() {
    let server = Server::open().await;
    server.service.shared.calls.stop_for_good();
    for _ in 0..2 {
        let answer = ask!(server, read_data_source, shelf("slow"));
        assert_eq!(errors(&answer.diagnostics), ["Refused"]);
        ask!(server, stop, pb::stop::Request {});
    }
}

#[tokio::test]
async fn stop_ends_a_configuration_that_waits() {
    let server = Server::closed();
    let handle = server.handle();
    let call = tokio::spawn(async move { ask!(handle, configure, configure(text("far away"))) });
    server.probe().started.notified().await;
    ask!(server, stop, pb::stop::Request {});
    let answer = call.await.expect("the call is answered");
    assert_eq!(errors(&answer.diagnostics), ["Stopped"]);
}

#[tokio::test]
async fn a_stopped_apply_stores_what_it_has() {
    let server = Server::open().await;
    let config = book([("title", text("stopped"))]);
    let planned = server.plan(&Value::Null, &config).await.state;
    let handle = server.handle();
    let call = tokio::spawn(async move { handle.apply(&Value::Null, &planned, &config).await });
    server.probe().started.notified().await;
    ask!(server, stop, pb::stop::Request {});
    let applied = call.await.expect("the call is answered");
    assert!(applied.failed);
    assert_eq!(applied.state, stored_book("stopped"));
}

#[tokio::test]
async fn a_client_that_hangs_up_cancels_a_read() {
    let server = Server::open().await;
    let handle = server.handle();
    let request = read(&stored_book("slow"));
    let call = tokio::spawn(async move { ask!(handle, read_resource, request) });
    server.probe().started.notified().await;
    call.abort();
    finished(&server).await;
    assert!(server.probe().log().contains(&"stopped".to_owned()));
}

#[tokio::test]
async fn a_client_that_hangs_up_does_not_cut_an_apply() {
    let server = Server::open().await;
    let config = book([("title", text("slow"))]);
    let planned = server.plan(&Value::Null, &config).await.state;
    let request = apply(&Value::Null, &planned, &config);
    let handle = server.handle();
    let call = tokio::spawn(async move { ask!(handle, apply_resource_change, request) });
    server.probe().started.notified().await;
    call.abort();
    assert!(call.await.is_err_and(|error| error.is_cancelled()));
    server.probe().release.notify_one();
    finished(&server).await;
    assert!(server.probe().log().contains(&"saved".to_owned()));
}

#[tokio::test]
async fn a_client_that_hangs_up_disturbs_no_other_call() {
    let server = Server::open().await;
    let [one, other] = [(); 2].map(|()| server.handle());
    let other = tokio::spawn(async move { ask!(other, read_data_source, shelf("slow")) });
    server.probe().started.notified().await;
    let one = tokio::spawn(async move { ask!(one, read_data_source, shelf("slow")) });
    server.probe().started.notified().await;
    one.abort();
    finished(&server).await;
    assert!(!other.is_finished());
    ask!(server, stop, pb::stop::Request {});
    let answer = other.await.expect("the other call is answered");
    assert_eq!(errors(&answer.diagnostics), ["Refused"]);
}
