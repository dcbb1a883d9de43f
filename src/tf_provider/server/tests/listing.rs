//! ListResource.

use tokio_stream::StreamExt;

use super::harness::{
    BOOK, LIMIT, Server, assert_panicked, assert_silent, errors, identity, loose, text,
};
use super::library::{Books, Library};
use super::rules;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::proto::tfplugin5::provider_server::Provider as _;

fn list(kind: &str, limit: i64, include: bool) -> pb::list_resource::Request {
    pb::list_resource::Request {
        type_name: BOOK.to_owned(),
        config: Some(loose([("kind", text(kind))])),
        include_resource_object: include,
        limit,
    }
}

async fn events(
    server: &Server<Library>,
    request: pb::list_resource::Request,
) -> Vec<pb::list_resource::Event> {
    let stream = server.service.list_resource(tonic::Request::new(request)).await;
    let stream = stream.expect("a list answers with events, never with a status").into_inner();
    let events = tokio::time::timeout(LIMIT, stream.collect::<Result<Vec<_>, _>>()).await;
    let events = events.expect("the list ends").expect("an event is never a status");
    events.iter().for_each(assert_silent);
    events
}

#[tokio::test]
async fn a_list_names_and_identifies_what_exists() {
    let events = events(&Server::open().await, list("", 100, false)).await;
    let names: Vec<&str> = events.iter().map(|event| event.display_name.as_str()).collect();
    assert_eq!(names, ["book 0", "book 1", "book 2"]);
    assert_eq!(events[1].identity, Some(identity(text("1"))));
    assert!(events.iter().all(|event| event.resource_object.is_none()));
    assert!(events.iter().all(|event| event.diagnostic.is_empty()));
}

#[tokio::test]
async fn the_state_comes_on_request() {
    let events = events(&Server::open().await, list("", 0, true)).await;
    assert_eq!(events.len(), 3);
    for event in events {
        let state = rules::decoded(&Books::schema(), event.resource_object.as_ref());
        rules::check_stored(&Books::schema(), &state);
    }
}

#[tokio::test]
async fn no_more_is_sent_than_was_asked_for() {
    let server = Server::open().await;
    assert_eq!(events(&server, list("endless", 2, false)).await.len(), 2);
    let waited = events(&server, list("waiting", 2, false)).await;
    assert_eq!(waited.len(), 2, "a list that waits for more is ended, and no error follows");
    assert!(waited.iter().all(|event| event.diagnostic.is_empty()));
}

#[tokio::test]
async fn a_failure_is_the_last_event() {
    let server = Server::open().await;
    let refused = events(&server, list("refused", 100, false)).await;
    assert_eq!(refused.len(), 4);
    assert_eq!(errors(&refused[3].diagnostic), ["Refused"]);
    let panicked = events(&server, list("panic", 100, false)).await;
    assert_panicked(&panicked[panicked.len() - 1].diagnostic, "ListResource");
}

#[tokio::test]
async fn a_list_that_cannot_begin_is_one_event_with_an_error() {
    let server = Server::open().await;
    let mut unknown = list("", 0, false);
    unknown.type_name = "library_map".to_owned();
    let mut unreadable = list("", 0, false);
    unreadable.config = Some(loose([("other", text("x"))]));
    let answers = [
        events(&server, unknown).await,
        events(&server, unreadable).await,
        events(&Server::closed(), list("", 0, false)).await,
    ];
    for events in answers {
        assert_eq!(events.len(), 1);
        assert_eq!(errors(&events[0].diagnostic).len(), 1);
    }
}

#[tokio::test]
async fn a_reader_that_stops_early_ends_the_work() {
    for kind in ["endless", "waiting"] {
        let server = Server::open().await;
        let request = tonic::Request::new(list(kind, 0, false));
        let stream = server.service.list_resource(request).await.expect("a stream");
        let mut stream = stream.into_inner();
        assert!(stream.next().await.is_some());
        drop(stream);
        let finished = tokio::time::timeout(LIMIT, server.probe().finished.notified()).await;
        assert!(finished.is_ok(), "the {kind} list goes on");
    }
}

#[tokio::test]
async fn stop_ends_a_list() {
    let server = Server::open().await;
    let request = tonic::Request::new(list("waiting", 0, false));
    let stream = server.service.list_resource(request).await.expect("a stream").into_inner();
    server.probe().started.notified().await;
    super::harness::ask!(server, stop, pb::stop::Request {});
    let events = tokio::time::timeout(LIMIT, stream.collect::<Vec<_>>()).await;
    let events = events.expect("the list ends");
    let last = events.last().expect("it ends with an error").as_ref().expect("an event");
    assert_eq!(errors(&last.diagnostic), ["Refused"]);
}
