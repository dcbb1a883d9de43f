//! Registering over the wire: what is sent, how long it may take, and never twice.

use super::*;
use crate::graph::registration::Registered;

async fn register(client: &Client) -> Result<Registered, Error> {
    let pin = Pin::parse(PIN).expect("a PIN");
    bounded(client.register(&number(), &pin, &CancellationToken::new())).await
}

#[tokio::test]
async fn a_registration_posts_product_and_pin() {
    let heard = Arc::new(Mutex::new(None));
    let keep = heard.clone();
    let server = Server::start(move |request| {
        *keep.lock().expect("unpoisoned") = Some(request);
        json(200, r#"{"success":true,"pin_changed":false,"echo":"058213"}"#)
    })
    .await;
    let registered = register(&client(&server)).await.expect("registered");
    let Heard { line, body, .. } = heard.lock().expect("unpoisoned").take().expect("one request");
    assert_eq!(line, "POST /v24.0/106540352242922/register HTTP/1.1");
    assert_eq!(body, r#"{"messaging_product":"whatsapp","pin":"058213"}"#);
    let more = registered.more.expect("further keys");
    assert_eq!(more, r#"{"echo":"[redacted]","pin_changed":false}"#);
}

#[tokio::test]
async fn a_registration_is_sent_once_whatever_comes_back() {
    for reply in [
        || json(500, r#"{"error":{"code":2,"is_transient":true}}"#),
        || json(400, r#"{"error":{"code":131000}}"#),
        || refusal(133_016),
        || throttled(1),
        || Reply::Bytes(answer(502, &[], "<html>")),
        || Reply::Bytes(answer(200, &[], "{\"succ")),
    ] {
        let server = Server::start(move |_| reply()).await;
        let error = register(&client(&server)).await.expect_err("a failure");
        assert_eq!((error.attempts(), server.heard()), (1, 1), "{error}");
    }
}
