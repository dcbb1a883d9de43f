//! ReadDataSource.

use super::harness::{Server, ask, assert_panicked, configure, errors, loose, number, text};
use super::library::Library;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::value::{Type, Value};
use crate::tf_provider::wire;

pub(super) fn shelf(name: &str) -> pb::read_data_source::Request {
    let config = [("name", text(name)), ("writers", Value::Null), ("city", Value::Null)];
    pb::read_data_source::Request {
        type_name: "library_shelf".to_owned(),
        config: Some(loose(config)),
        ..Default::default()
    }
}

async fn read(server: &Server<Library>, name: &str) -> pb::read_data_source::Response {
    ask!(server, read_data_source, shelf(name))
}

#[tokio::test]
async fn a_data_source_repeats_its_configuration_and_adds_what_it_read() {
    let answer = read(&Server::open().await, "hall").await;
    let writer = Type::object([("name", Type::String), ("born", Type::Number)]);
    let of = Type::object([
        ("name", Type::String),
        ("writers", Type::List(Box::new(writer))),
        ("city", Type::String),
    ]);
    let state = wire::read(answer.state.as_ref(), &of).expect("the answer fits the schema");
    let writer = Value::object([("name", text("Herbert")), ("born", number(1920))]);
    let expected =
        [("name", text("hall")), ("writers", Value::List(vec![writer])), ("city", text("Lisbon"))];
    assert_eq!(state, Value::object(expected));
}

#[tokio::test]
async fn the_latest_configuration_holds() {
    let server = Server::open().await;
    let before = read(&server, "hall").await;
    ask!(server, configure, configure(text("Porto")));
    assert_ne!(read(&server, "hall").await, before);
    ask!(server, configure, configure(text("Lisbon")));
    assert_eq!(read(&server, "hall").await, before);
}

#[tokio::test]
async fn a_data_source_that_fails_is_an_error() {
    let server = Server::open().await;
    assert_eq!(errors(&read(&server, "refused").await.diagnostics), ["Refused"]);
    assert_eq!(errors(&read(&server, "vague").await.diagnostics), ["Provider Bug"]);
    assert_panicked(&read(&server, "panic").await.diagnostics, "ReadDataSource");
    assert_eq!(errors(&read(&Server::closed(), "hall").await.diagnostics), ["Provider Bug"]);
}
