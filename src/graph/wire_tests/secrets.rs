//! What neither an error nor a log line repeats.

use std::sync::{Arc, Mutex};

use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::graph::settings::Settings;
use crate::graph::test_server::{Server, TestClock, json};
use crate::graph::token::{AccessToken, AppSecret};
use crate::graph::wire_tests::{PIN, TOKEN, client_with, refusal, set_pin_now, settings};

#[tokio::test]
async fn an_answer_that_repeats_our_secrets_does_not_show_them() {
    let server = Server::start(|heard| {
        let error = serde_json::json!({ "error": {
            "code": 100,
            "message": format!("{} {} {}", heard.line, heard.body, TOKEN),
            "error_user_title": TOKEN,
            "error_user_msg": heard.body,
            "error_data": heard.line,
            "fbtrace_id": "s3cret",
        }});
        json(400, &error.to_string())
    })
    .await;
    let secret = AppSecret::parse("s3cret").expect("a secret");
    let proof = secret.proof(&AccessToken::parse(TOKEN).expect("a token"));
    let settings = Settings { app_secret: Some(secret), ..settings(server.port) };
    let client = client_with(settings.clone(), &TestClock::new());
    let error = set_pin_now(&client).await.expect_err("refused");
    let shown = format!("{error} {error:?} {error:#?} {client:?} {settings:?}");
    assert!(shown.contains("[redacted]"));
    for secret in [TOKEN, PIN, "s3cret", proof.expose(), "EAAG"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

/// Everything that is logged while it is the default, from whatever library.
#[derive(Clone, Default)]
struct Heap(Arc<Mutex<String>>);

impl<S: tracing::Subscriber> Layer<S> for Heap {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut lines = self.0.lock().expect("unpoisoned");
        event.record(&mut |field: &tracing::field::Field, value: &dyn std::fmt::Debug| {
            lines.push_str(&format!("{field}={value:?} "));
        });
        lines.push('\n');
    }
}

#[tokio::test]
async fn a_log_line_tells_the_attempt_and_no_secret() {
    let server = Server::start(|_| refusal(190)).await;
    let secret = AppSecret::parse("s3cret").expect("a secret");
    let settings = Settings { app_secret: Some(secret), ..settings(server.port) };
    let client = client_with(settings, &TestClock::new());
    let heap = Heap::default();
    let subscriber = tracing_subscriber::registry().with(heap.clone());
    // While there is only one subscriber, tracing remembers the "nobody listens" of the other
    // tests' threads for this one too. A second subscriber makes it ask them all.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let guard = tracing::subscriber::set_default(subscriber);
    set_pin_now(&client).await.expect_err("refused");
    drop(guard);
    let lines = heap.0.lock().expect("unpoisoned").clone();
    let told = "method=POST path=/106540352242922 attempt=1 status=400 code=190 elapsed_ms=0";
    assert!(lines.contains(told), "{lines}");
    for secret in ["EAAG", PIN, "s3cret", "appsecret_proof"] {
        assert!(!lines.contains(secret), "{secret} in {lines}");
    }
}
