//! Open, renew and close of ephemeral resources.

use super::harness::{Server, ask, assert_panicked, errors, loose, number, text};
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::value::Value;

const TICKET: &str = "library_ticket";

fn open(hours: i64) -> pb::open_ephemeral_resource::Request {
    pb::open_ephemeral_resource::Request {
        type_name: TICKET.to_owned(),
        config: Some(loose([("hours", number(hours)), ("code", Value::Null)])),
        ..Default::default()
    }
}

fn renew(private: &str) -> pb::renew_ephemeral_resource::Request {
    let private = Some(private.into());
    pb::renew_ephemeral_resource::Request { type_name: TICKET.to_owned(), private }
}

fn close(private: &str) -> pb::close_ephemeral_resource::Request {
    let private = Some(private.into());
    pb::close_ephemeral_resource::Request { type_name: TICKET.to_owned(), private }
}

#[tokio::test]
async fn a_lease_is_opened_renewed_and_closed() {
    let server = Server::open().await;
    let opened = ask!(server, open_ephemeral_resource, open(2));
    assert_eq!(opened.result, Some(loose([("hours", number(2)), ("code", text("4711"))])));
    assert_eq!(opened.renew_at.map(|time| time.seconds), Some(7200));
    assert_eq!(opened.private.as_deref(), Some(b"opened".as_slice()));
    let renewed = ask!(server, renew_ephemeral_resource, renew("opened"));
    assert_eq!(renewed.renew_at.map(|time| time.seconds), Some(9 * 3600));
    assert_eq!(renewed.private.as_deref(), Some(b"renewed".as_slice()));
    let last = ask!(server, renew_ephemeral_resource, renew("renewed"));
    assert_eq!((last.renew_at, last.private), (None, None));
    assert_eq!(ask!(server, close_ephemeral_resource, close("opened")).diagnostics, []);
    assert!(server.probe().log().contains(&"closed opened".to_owned()));
}

#[tokio::test]
async fn what_has_no_lease_is_not_renewed() {
    let opened = ask!(Server::open().await, open_ephemeral_resource, open(1));
    assert_eq!((opened.renew_at, opened.private), (None, None));
    assert_eq!(opened.diagnostics, []);
}

#[tokio::test]
async fn what_only_has_to_be_closed_is_not_renewed() {
    let opened = ask!(Server::open().await, open_ephemeral_resource, open(24));
    assert_eq!((opened.renew_at, opened.private.as_deref()), (None, Some(b"opened".as_slice())));
}

#[tokio::test]
async fn a_failure_is_an_error() {
    let server = Server::open().await;
    let opened = ask!(server, open_ephemeral_resource, open(0));
    assert_eq!(errors(&opened.diagnostics), ["Refused"]);
    assert_eq!(opened.result, None);
    let renewed = ask!(server, renew_ephemeral_resource, renew("lost"));
    assert_eq!(errors(&renewed.diagnostics), ["Refused"]);
    let closed = ask!(server, close_ephemeral_resource, close("lost"));
    assert_eq!(errors(&closed.diagnostics), ["Refused"]);
}

#[tokio::test]
async fn a_panic_is_an_error() {
    let server = Server::open().await;
    let opened = ask!(server, open_ephemeral_resource, open(99));
    assert_panicked(&opened.diagnostics, "OpenEphemeralResource");
    let renewed = ask!(server, renew_ephemeral_resource, renew("panic"));
    assert_panicked(&renewed.diagnostics, "RenewEphemeralResource");
    let closed = ask!(server, close_ephemeral_resource, close("panic"));
    assert_panicked(&closed.diagnostics, "CloseEphemeralResource");
}

#[tokio::test]
async fn an_unconfigured_provider_opens_nothing() {
    let server = Server::closed();
    let diagnostics = [
        ask!(server, open_ephemeral_resource, open(2)).diagnostics,
        ask!(server, renew_ephemeral_resource, renew("opened")).diagnostics,
        ask!(server, close_ephemeral_resource, close("opened")).diagnostics,
    ];
    for diagnostics in diagnostics {
        assert_eq!(errors(&diagnostics), ["Provider Bug"]);
    }
}
