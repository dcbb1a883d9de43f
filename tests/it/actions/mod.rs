//! `whatsapp_register_phone_number` and `whatsapp_set_two_step_verification_pin` over gRPC: what is
//! sent, what is not, and never two registrations for one invocation.

mod codes;

use std::time::Duration;

use serde_json::{Value, json};

use crate::host::diagnostic::{self, Diagnostics};
use crate::host::message::{capabilities, dynamic, unwrap};
use crate::host::proto::tfplugin5::invoke_action::{self, event::Type};
use crate::host::proto::tfplugin5::plan_action;
use crate::host::value::Kind;
use crate::host::{Host, within};
use crate::sandbox::{
    DEFAULT_NUMBER, DEFAULT_TOKEN, Fault, GraphError, Loss, PhoneNumber, Rule, Sandbox,
};

const REGISTER: &str = "whatsapp_register_phone_number";
const SET: &str = "whatsapp_set_two_step_verification_pin";
const PIN: &str = "730164";

#[tokio::test]
async fn a_fresh_number_is_registered_with_its_region_first() {
    let api = fresh();
    let (said, diagnostics) = register(&api, json!({ "data_localization_region": "BR" })).await;
    diagnostics.none("InvokeAction");
    assert!(said.iter().any(|line| line.contains("was registered")), "{said:?}");
    let posts: Vec<_> = api.events().into_iter().filter(|event| event.is_post()).collect();
    assert!(posts[0].path.ends_with("/settings") && posts[1].path.ends_with("/register"));
    api.edit_number(DEFAULT_NUMBER, |number| {
        assert_eq!(number.registration.region.as_deref(), Some("BR"));
        assert_eq!(number.pin.as_deref(), Some(PIN));
    });
}

#[tokio::test]
async fn a_region_is_refused_in_the_plan_where_the_version_of_the_api_takes_none() {
    let api = fresh();
    let region = json!({ "data_localization_region": "BR" });
    for (version, is_refused) in [("v20.0", true), ("v21.0", false)] {
        let host = host(&api, &json!({ "api_version": version })).await;
        let plan = async |more: &Value| {
            let (kind, config) = config(REGISTER, more);
            let request = plan_action::Request {
                action_type: REGISTER.to_owned(),
                config: Some(dynamic(&kind, &config)),
                client_capabilities: capabilities(),
            };
            let planned = unwrap("PlanAction", host.provider.client().plan_action(request).await);
            diagnostic::read(planned.diagnostics)
        };
        plan(&json!({})).await.none("PlanAction");
        let told = plan(&region).await;
        if is_refused {
            let refusal = told.only_error_at("data_localization_region");
            assert!(refusal.says("v21.0 or later") && refusal.says("api_version"), "{refusal:?}");
        } else {
            told.none("PlanAction");
        }
        host.end().await;
    }
    assert_eq!(api.calls(), 0);
}

#[tokio::test]
async fn a_region_that_was_planned_with_an_unknown_version_is_refused_before_anything_is_sent() {
    let api = fresh();
    let host = host(&api, &json!({ "api_version": "v20.0" })).await;
    let (_, diagnostics) =
        invoke_on(&host, REGISTER, &json!({ "data_localization_region": "BR" })).await;
    host.end().await;
    let refusal = diagnostics.only_error_at("data_localization_region");
    assert!(refusal.says("Nothing was sent") && refusal.says("-invoke="), "{refusal:?}");
    assert_eq!(api.calls(), 0);
}

#[tokio::test]
async fn whatever_fails_no_invocation_sends_two_registrations() {
    let graph = |code| GraphError::new(400, code, "no").echoing();
    let faults = [
        Fault::Close,
        Fault::Html(502),
        Fault::Error(graph(131_000)),
        Fault::Error(GraphError::new(500, 2, "down").transient(true)),
        Fault::Error(graph(133_016)),
        Fault::Error(graph(80_007).header("Retry-After", "1")),
        Fault::SuccessFalse,
        Fault::Redirect { status: 307, to: "http://127.0.0.1:1/".into() },
        Fault::Lost(Loss::Close),
        Fault::Lost(Loss::Html(504)),
        Fault::CutJson,
        Fault::EmptyBody,
    ];
    for first in &faults {
        for second in [Fault::Close, Fault::Lost(Loss::Close), Fault::Error(graph(1))] {
            let api = fresh();
            let edge = |fault: &Fault| Rule {
                edge: Some("register".into()),
                ..Rule::new(fault.clone()).times(1)
            };
            api.inject(edge(first));
            api.inject(edge(&second));
            let (said, diagnostics) = register(&api, json!({})).await;
            assert_eq!(api.registrations(), 1, "{first:?}");
            let told = format!("{said:?} {diagnostics:?}");
            assert!(!told.contains(PIN) && !told.contains(DEFAULT_TOKEN), "{told}");
            // What was carried out is found by reading back; all else says how to go on.
            let found = told.contains("Registered Without an Answer");
            assert!(found || !matches!(first, Fault::Lost(_)), "{first:?}: {told}");
            assert!(found || told.contains("-invoke="), "{first:?}: {told}");
        }
    }
}

#[tokio::test]
async fn a_state_that_cannot_be_read_or_forbids_it_sends_nothing() {
    let api = fresh();
    api.inject(Rule::new(Fault::Close).on_gets());
    let (_, diagnostics) = register(&api, json!({ "force": true })).await;
    assert!(diagnostics.only_error().says("Nothing was sent"), "{diagnostics:?}");
    api.clear_faults();
    api.edit_number(DEFAULT_NUMBER, |number| {
        number.extra.insert("is_on_biz_app".into(), json!(true));
    });
    let (_, diagnostics) = register(&api, json!({ "force": true })).await;
    assert!(diagnostics.only_error_at("phone_number_id").says("Business app"));
    assert_eq!(api.registrations(), 0);
}

#[tokio::test]
async fn a_registered_number_is_left_alone_unless_forced() {
    let api = Sandbox::start();
    let (said, diagnostics) = register(&api, json!({})).await;
    diagnostics.none("InvokeAction");
    assert!(said[0].contains("nothing was sent"), "{said:?}");
    assert_eq!(api.posts(), 0);
    register(&api, json!({ "force": true })).await.1.none("InvokeAction");
    assert_eq!(api.registrations(), 1);
}

#[tokio::test]
async fn what_is_likely_to_be_refused_is_said_with_the_refusal() {
    let api = fresh();
    api.edit_number(DEFAULT_NUMBER, |number| {
        number.code_verification_status = Some("EXPIRED".into());
    });
    let (_, diagnostics) = register(&api, json!({})).await;
    assert!(diagnostics.only_error().says("133006"), "{diagnostics:?}");
    assert!(diagnostics.warnings().any(|warning| warning.says("EXPIRED")), "{diagnostics:?}");
}

#[tokio::test]
async fn what_meta_says_of_a_number_is_shown_without_secrets_signs_that_hide_or_end() {
    let api = fresh();
    let raw = format!("\u{202e}\u{1b}[31m {DEFAULT_TOKEN} {PIN} {}", "x".repeat(3_000));
    api.edit_number(DEFAULT_NUMBER, |number| {
        number.code_verification_status = Some(raw.clone());
        number.status = Some(raw.clone());
        number.platform_type = Some(raw.clone());
    });
    let (said, diagnostics) = register(&api, json!({})).await;
    let warning = diagnostics.warnings().next().expect("the number is not verified");
    assert!(warning.says("[redacted] [redacted] xxx"), "{warning:?}");
    assert!(warning.detail.chars().count() < 1_500, "{warning:?}");
    let told = diagnostics.iter().map(|told| told.detail.clone());
    let everything = said.into_iter().chain(told).collect::<String>();
    for hidden in [PIN, DEFAULT_TOKEN, "\u{202e}", "\u{1b}"] {
        assert!(!everything.contains(hidden), "{hidden:?}: {everything:?}");
    }
}

#[tokio::test]
async fn a_number_that_takes_long_to_connect_is_a_warning() {
    let api = fresh();
    api.edit_number(DEFAULT_NUMBER, |number| number.registration.is_slow_to_connect = true);
    let (_, diagnostics) = register(&api, json!({ "wait_for_connected": "1s" })).await;
    diagnostics.no_errors("InvokeAction");
    assert_eq!(diagnostics.warnings().count(), 1, "{diagnostics:?}");
}

#[tokio::test]
async fn a_wait_that_is_stopped_says_so_and_not_that_its_time_is_over() {
    let api = fresh();
    api.edit_number(DEFAULT_NUMBER, |number| number.registration.is_slow_to_connect = true);
    let host = host(&api, &json!({})).await;
    let waits = json!({ "wait_for_connected": "3m" });
    let stop = async {
        // One look before the registration, and one after it, which is answered.
        let looks = || api.count(|event| !event.is_post() && !event.is_under_way());
        within(20, "two looks at the number", async {
            while looks() < 2 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
        host.provider.stop().await;
    };
    let ((_, diagnostics), ()) = tokio::join!(invoke_on(&host, REGISTER, &waits), stop);
    host.end().await;
    diagnostics.no_errors("InvokeAction");
    let [warning] = diagnostics.warnings().collect::<Vec<_>>()[..] else {
        panic!("one warning: {diagnostics:?}")
    };
    assert!(warning.says("was stopped on request"), "{warning:?}");
    assert!(!warning.says("did not show it as connected within"), "{warning:?}");
}

#[tokio::test]
async fn an_action_in_a_run_that_was_given_up_sends_nothing_and_says_so() {
    let api = fresh();
    let host = host(&api, &json!({ "max_retries": 0 })).await;
    api.inject(Fault::Close);
    for _ in 0..3 {
        invoke_on(&host, REGISTER, &json!({})).await.1.only_error();
    }
    let before = api.calls();
    // How an action is repeated was said with the first registration that failed.
    for (action, says_how) in [(REGISTER, false), (SET, true), (SET, false)] {
        let error = invoke_on(&host, action, &json!({})).await.1.only_error().clone();
        assert!(error.summary == "Not Tried" && error.says("-invoke=") == says_how, "{error:?}");
    }
    assert_eq!(api.calls(), before, "nothing was sent");
    host.end().await;
}

#[tokio::test]
async fn a_pin_that_did_not_arrive_sends_nothing() {
    let api = fresh();
    for action in [REGISTER, SET] {
        let (_, diagnostics) = invoke(&api, action, json!({ "pin": null })).await;
        assert!(diagnostics.has_errors() && api.calls() == 0, "{diagnostics:?}");
        assert!(format!("{diagnostics:?}").contains("-invoke"), "{diagnostics:?}");
    }
}

#[tokio::test]
async fn an_emergency_replaces_a_pin_without_the_former_one_and_tries_again() {
    let api = Sandbox::builder()
        .with_number(PhoneNumber::new(DEFAULT_NUMBER, "+1 555-010-0001").with_pin("111222"))
        .start();
    api.inject(Rule::new(Fault::Lost(Loss::Close)).on_posts().times(1));
    let (said, diagnostics) = invoke(&api, SET, json!({})).await;
    diagnostics.none("InvokeAction");
    assert!(said[0].contains("until its version changes"), "{said:?}");
    assert_eq!((api.pin(DEFAULT_NUMBER).as_deref(), api.posts()), (Some(PIN), 2));
}

fn fresh() -> Sandbox {
    let number = PhoneNumber::new(DEFAULT_NUMBER, "+1 555-010-0001").fresh();
    Sandbox::builder().with_number(number).start()
}

async fn register(api: &Sandbox, more: Value) -> (Vec<String>, Diagnostics) {
    invoke(api, REGISTER, more).await
}

/// What the action said, and how it ended.
async fn invoke(api: &Sandbox, action: &str, more: Value) -> (Vec<String>, Diagnostics) {
    let host = host(api, &json!({})).await;
    let told = invoke_on(&host, action, &more).await;
    host.end().await;
    told
}

async fn invoke_on(host: &Host, action: &str, more: &Value) -> (Vec<String>, Diagnostics) {
    let (kind, config) = config(action, more);
    let request = invoke_action::Request {
        action_type: action.to_owned(),
        config: Some(dynamic(&kind, &config)),
        client_capabilities: capabilities(),
    };
    let mut client = host.provider.client();
    let mut events = unwrap("InvokeAction", client.invoke_action(request).await);
    let (mut said, mut ended) = (Vec::new(), None);
    while let Some(event) = within(60, "an event", events.message()).await.expect("an event") {
        match event.r#type.expect("no event is empty") {
            Type::Progress(progress) => said.push(progress.message),
            Type::Completed(completed) => ended = Some(diagnostic::read(completed.diagnostics)),
        }
    }
    (said, ended.expect("an action ends with a completion"))
}

/// A provider that calls the sandbox, with these further arguments.
async fn host(api: &Sandbox, more: &Value) -> Host {
    let host = Host::start().await;
    let mut provider = json!({ "access_token": DEFAULT_TOKEN, "base_url": api.base_url() });
    let members = provider.as_object_mut().expect("it is written as one");
    members.extend(more.as_object().expect("it is written as one").clone());
    host.provider.configure(provider).await.none("Configure");
    host
}

/// The configuration of an action, with every argument that it has.
fn config(action: &str, more: &Value) -> (Kind, Value) {
    let mut config = json!({ "phone_number_id": DEFAULT_NUMBER, "pin": PIN });
    let members = config.as_object_mut().expect("it is written as one");
    if action == REGISTER {
        for name in ["data_localization_region", "force", "wait_for_connected"] {
            members.insert(name.to_owned(), Value::Null);
        }
    }
    members.extend(more.as_object().expect("it is written as one").clone());
    let kinds = members
        .keys()
        .map(|name| (name.clone(), if name == "force" { Kind::Bool } else { Kind::String }));
    (Kind::Object(kinds.collect()), config)
}
