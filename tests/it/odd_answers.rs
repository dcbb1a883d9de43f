//! Whatever the Graph API answers: each oddity has one defined outcome, for a PIN and for a refresh.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    host::{Host, calls::Stored},
    sandbox::{DEFAULT_NUMBER, DEFAULT_TOKEN, Fault, GraphError, Loss, PhoneNumber, Rule, Sandbox},
};

/// What becomes of a PIN.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Write {
    /// Set, and stored.
    Set,
    /// Not set, and the user reads that.
    NotSet,
    /// The user reads that nobody knows.
    Unknown,
}

/// What becomes of a refresh.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Read {
    /// The object is kept as it was.
    Kept,
    /// The object is kept, and whether it is on is not known.
    Silent,
    /// An error, and the object is kept.
    Failed,
}

fn table() -> Vec<(Fault, &'static str, Write, Read)> {
    use Read::{Failed, Kept, Silent};
    use Write::{NotSet, Set, Unknown};
    let error = |status, code| GraphError::new(status, code, "Message of Meta");
    vec![
        (Fault::OkWithError(error(200, 2)), "error 2: Message of Meta", Unknown, Failed),
        (Fault::OkWithError(error(200, 100)), "error 100: Message of Meta", NotSet, Failed),
        (Fault::SuccessFalse, "did not succeed", NotSet, Failed),
        (Fault::SuccessAsText, "", Set, Kept),
        (Fault::EmptyBody, "an empty body", Unknown, Failed),
        (Fault::Html(200), "HTML", Unknown, Failed),
        (Fault::Html(404), "HTTP status 404", NotSet, Failed),
        (Fault::Html(502), "HTTP status 502", Unknown, Failed),
        (Fault::CutJson, "JSON that ends too early", Unknown, Failed),
        (Fault::CloseMidBody, "connection was lost", Unknown, Failed),
        (Fault::Close, "connection was lost", Unknown, Failed),
        (Fault::Lost(Loss::Close), "connection was lost", Unknown, Failed),
        (Fault::Hang, "time limit", Unknown, Failed),
        (Fault::Drip(Duration::from_millis(100)), "time limit", Unknown, Failed),
        (Fault::OversizedBody, "larger than 1 MiB", Unknown, Failed),
        (Fault::WrongContentType, "", Set, Kept),
        (Fault::DeepNesting, "something other than JSON", Unknown, Failed),
        (Fault::ByteOrderMark, "", Set, Kept),
        (Fault::Gzip, "compressed bytes", Unknown, Failed),
        (Fault::NumbersForStrings, "", Set, Kept),
        (Fault::WithoutPinFlag, "", Set, Silent),
        (Fault::ExtraField, "", Set, Kept),
        (
            Fault::Redirect { status: 302, to: "https://evil.example/".into() },
            "redirect to evil",
            NotSet,
            Failed,
        ),
        (Fault::Error(error(400, 2500)), "api_version", NotSet, Failed),
        (Fault::Error(error(401, 190).subcode(463)), "access_token", NotSet, Failed),
        (Fault::Error(error(400, 136_025)), "error 136025", NotSet, Failed),
        (Fault::Error(error(500, 1).transient(false)), "error 1", Unknown, Failed),
        (Fault::Error(error(500, 136_025).transient(false)), "error 136025", Unknown, Failed),
        (Fault::Error(error(500, 3)), "error 3", Unknown, Failed),
        (Fault::Error(error(500, 131_057)), "error 131057", Unknown, Failed),
        (Fault::Error(error(400, 1)), "error 1", NotSet, Failed),
    ]
}

#[tokio::test]
async fn each_odd_answer_to_a_pin_has_its_outcome() {
    for (fault, words, outcome, _) in table() {
        let (api, host) = against(&fault, Rule::on_posts).await;
        let plan = host.provider.plan_create(RESOURCE, config()).await;
        let answer = host.provider.apply(&plan).await;
        let found = match answer.diagnostics.has_errors() {
            false => Write::Set,
            true if answer.diagnostics.only_error().says("may or may not") => Write::Unknown,
            true => Write::NotSet,
        };
        assert_eq!(found, outcome, "{fault:?}: {answer:?}");
        match outcome {
            Write::Set => assert_eq!(api.pin(DEFAULT_NUMBER).as_deref(), Some(PIN)),
            Write::NotSet => {
                assert!(answer.diagnostics.only_error().says("The PIN was not set"), "{answer:?}");
                assert_eq!(api.pin(DEFAULT_NUMBER).as_deref(), Some(OLD_PIN));
                assert_eq!(api.posts(), 1, "a refusal is not repeated");
            }
            Write::Unknown => assert!(answer.diagnostics.only_error().says("applying again")),
        }
        assert_eq!(answer.object.is_some(), outcome == Write::Set, "{fault:?}: {answer:?}");
        let text = format!("{:?}", answer.diagnostics);
        assert!(text.contains(words), "{fault:?}: {text}");
        assert!(!text.contains(PIN) && !text.contains(DEFAULT_TOKEN), "{text}");
        host.end().await;
    }
}

#[tokio::test]
async fn each_odd_answer_to_a_refresh_has_its_outcome() {
    for (fault, words, _, outcome) in table() {
        let (_api, host) = against(&fault, Rule::on_gets).await;
        let stored = Stored { value: stored(), private: Vec::new(), identity: None };
        let answer = host.provider.read(RESOURCE, &stored).await;
        let text = format!("{:?}", answer.diagnostics);
        match outcome {
            Read::Kept => assert_eq!(answer.stored().value, stored.value, "{fault:?}"),
            Read::Silent => {
                assert_eq!(answer.diagnostics.warnings().count(), 1, "{answer:?}");
                assert_eq!(answer.stored().value["is_pin_enabled"], Value::Null);
            }
            Read::Failed => {
                assert!(answer.diagnostics.has_errors(), "{fault:?}: {answer:?}");
                assert!(!text.contains("The PIN"), "a refresh sets nothing: {text}");
            }
        }
        // A refresh does not look for a success, so that it finds something else to complain of.
        let words = if matches!(fault, Fault::SuccessFalse) { "" } else { words };
        assert!(text.contains(words), "{fault:?}: {text}");
        host.end().await;
    }
}

#[tokio::test]
async fn the_time_limit_is_that_of_an_attempt_from_the_connection_to_the_last_byte() {
    let fault = Fault::Drip(Duration::from_millis(50));
    let (api, host) = against(&fault, Rule::on_posts).await;
    let plan = host.provider.plan_create(RESOURCE, config()).await;
    let started = Instant::now();
    host.provider.apply(&plan).await.diagnostics.only_error();
    // Two attempts, and at most half a second between them.
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert_eq!(api.posts(), 2);
    host.end().await;
}

#[tokio::test]
async fn another_api_version_is_warned_about_once_per_process() {
    let (api, host) = against(&Fault::ServedVersion("v26.0".into()), |rule| rule).await;
    let stored = Stored { value: stored(), private: Vec::new(), identity: None };
    let mut warnings = 0;
    for _ in 0..5 {
        let answer = host.provider.read(RESOURCE, &stored).await;
        let versions = answer.diagnostics.warnings().filter(|warning| warning.says("v26.0"));
        warnings += versions.inspect(|warning| assert!(warning.says("api_version"))).count();
    }
    assert_eq!((warnings, api.calls()), (1, 5));
    host.end().await;
}

#[tokio::test]
async fn an_api_version_that_graph_does_not_know_is_named_with_its_argument() {
    let api = Sandbox::start();
    let host = host(&api, json!({ "api_version": "v99.0" })).await;
    let plan = host.provider.plan_create(RESOURCE, config()).await;
    let answer = host.provider.apply(&plan).await;
    let error = answer.diagnostics.only_error();
    assert!(error.says("api_version") && error.says("WHATSAPP_API_VERSION"), "{error:?}");
    assert_eq!(error.path, "", "not the resource's argument is wrong: {error:?}");
    host.end().await;
}

async fn against(fault: &Fault, on: impl Fn(Rule) -> Rule) -> (Sandbox, Host) {
    let number = PhoneNumber::new(DEFAULT_NUMBER, "+1 555-010-0001").with_pin(OLD_PIN);
    let api = Sandbox::builder().with_number(number).start();
    api.inject(on(Rule::new(fault.clone())));
    let host = host(&api, json!({})).await;
    (api, host)
}

async fn host(api: &Sandbox, more: Value) -> Host {
    let host = Host::start().await;
    let mut config = json!({
        "access_token": DEFAULT_TOKEN,
        "base_url": api.base_url(),
        "request_timeout": "300ms",
        "max_retries": 1,
    });
    let more = more.as_object().expect("arguments by name").clone();
    config.as_object_mut().expect("an object").extend(more);
    host.provider.configure(config).await.none("Configure");
    host
}

fn config() -> Value {
    json!({ "phone_number_id": DEFAULT_NUMBER, "pin": PIN })
}

fn stored() -> Value {
    json!({
        "id": DEFAULT_NUMBER,
        "is_pin_enabled": true,
        "keep_enabled": null,
        "last_set_at": "2024-01-01T00:00:00Z",
        "phone_number_id": DEFAULT_NUMBER,
        "pin": PIN,
        "pin_wo": null,
        "pin_wo_version": null,
    })
}

const OLD_PIN: &str = "314159";
const PIN: &str = "271828";
const RESOURCE: &str = "whatsapp_two_step_verification";
