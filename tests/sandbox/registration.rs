//! Registering a number, and asking about a token: each state is made by the back door, as people do
//! with curl, seen in Graph's answers, and told by the state.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::caller::{authorized, change, client, get, node_url, send, state, try_send};
use crate::sandbox::{
    DEFAULT_APP, DEFAULT_APP_SECRET, DEFAULT_NUMBER, DEFAULT_TOKEN, PhoneNumber, Sandbox,
};

#[tokio::test]
async fn a_fresh_number_is_registered_by_its_pin_and_by_no_other_later() {
    let api = fresh();
    assert_eq!(told(&api, "status").await, "PENDING");
    assert_eq!(register(&api, "730164").await, None);
    let shown = get(&api, &format!("{DEFAULT_NUMBER}?fields=status,platform_type")).await.json();
    assert_eq!(
        (&shown["status"], &shown["platform_type"]),
        (&json!("CONNECTED"), &json!("CLOUD_API"))
    );
    assert_eq!(register(&api, "904517").await, Some(133_005));
    assert_eq!(told(&api, "status").await, "CONNECTED");
    assert_eq!(told(&api, "registrations").await, 2);
    assert_eq!(told(&api, "pin").await, "set");
}

#[tokio::test]
async fn ten_registrations_in_72_hours_block_a_number_by_the_sandboxs_own_clock() {
    let api = fresh();
    for _ in 0..10 {
        assert_eq!(register(&api, "730164").await, None);
    }
    assert_eq!(told(&api, "blocked").await, false);
    change(&api, "clock", &json!({ "forward_hours": 71 })).await;
    assert_eq!(register(&api, "730164").await, Some(133_016));
    assert_eq!(told(&api, "blocked").await, true);
    // The ten are forgotten; the block counts from the eleventh.
    change(&api, "clock", &json!({ "forward_hours": 71 })).await;
    assert_eq!(told(&api, "registrations").await, 0);
    assert_eq!(register(&api, "730164").await, Some(133_016));
    change(&api, "clock", &json!({ "forward_hours": 1 })).await;
    assert_eq!(told(&api, "blocked").await, false);
    assert_eq!(register(&api, "730164").await, None);
    assert_eq!(state(&api).await["clock_ahead_hours"], 143);
}

#[tokio::test]
async fn a_number_is_refused_for_what_it_lacks() {
    for (field, value, code) in [
        ("name_status", json!("EXPIRED"), 100),
        ("name_status", json!("NONE"), 100),
        ("code_verification_status", json!("NOT_VERIFIED"), 133_006),
        ("code_verification_status", json!("EXPIRED"), 133_006),
        ("is_on_biz_app", json!(true), 100),
    ] {
        let api = fresh();
        change(&api, &format!("numbers/{DEFAULT_NUMBER}"), &json!({ field: value })).await;
        assert_eq!(register(&api, "730164").await, Some(code), "{field}");
        let shown = get(&api, &format!("{DEFAULT_NUMBER}?fields={field},status")).await.json();
        assert_eq!((&shown[field], &shown["status"]), (&value, &json!("PENDING")));
        assert_eq!(told(&api, field).await, value);
        // A refusal counts as well.
        assert_eq!(told(&api, "registrations").await, 1);
    }
}

#[tokio::test]
async fn a_number_can_take_its_time_to_connect() {
    let api = fresh();
    change(&api, &format!("numbers/{DEFAULT_NUMBER}"), &json!({ "slow_to_connect": true })).await;
    assert_eq!(register(&api, "730164").await, None);
    let shown = get(&api, &format!("{DEFAULT_NUMBER}?fields=status")).await.json();
    assert_eq!(shown["status"], "PENDING");
    assert_eq!(told(&api, "slow_to_connect").await, true);
    assert_eq!(told(&api, "registered").await, true);
}

#[tokio::test]
async fn a_registration_can_be_answered_late_or_never_and_is_carried_out() {
    for (fault, name) in
        [(json!({ "delay_answer": 60_000 }), "DelayAnswer"), (json!({ "lost": "close" }), "Lost")]
    {
        let api = fresh();
        change(&api, "faults", &json!({ "fault": fault, "edge": "register" })).await;
        assert_eq!(state(&api).await["faults"], json!([name]));
        assert!(try_send(registration(&api, "730164")).await.is_err(), "{name}");
        assert_eq!(told(&api, "status").await, "CONNECTED");
        assert_eq!(told(&api, "registrations").await, 1);
    }
}

#[tokio::test]
async fn a_token_is_described_to_itself_and_to_its_app_and_to_nobody_else() {
    let api = Sandbox::start();
    let valid = described(&api).await.json();
    assert_eq!(
        (&valid["data"]["is_valid"], &valid["data"]["expires_at"]),
        (&json!(true), &json!(0))
    );
    assert_eq!(described_to_app(&api).await["app_id"], DEFAULT_APP);
    let refused = get(&api, "debug_token?input_token=another").await;
    assert_eq!((refused.status, &refused.error()["code"]), (400, &json!(100)));
}

#[tokio::test]
async fn a_token_that_cannot_be_inspected_by_itself_can_be_by_its_app() {
    let api = Sandbox::start();
    change(&api, TOKEN, &json!({ "may_ask_about_itself": false })).await;
    let refused = described(&api).await;
    assert_eq!((refused.status, &refused.error()["code"]), (400, &json!(100)));
    assert_eq!(described_to_app(&api).await["is_valid"], true);
    assert_eq!(state(&api).await["tokens"][0]["may_ask_about_itself"], false);
}

#[tokio::test]
async fn a_token_ends_by_a_switch_or_by_the_clock() {
    let api = Sandbox::start();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let in_a_day = (now + Duration::from_secs(24 * 60 * 60)).as_secs();
    change(&api, TOKEN, &json!({ "expires_at": in_a_day })).await;
    assert_eq!(described(&api).await.json()["data"]["expires_at"], in_a_day);
    change(&api, "clock", &json!({ "forward_hours": 25 })).await;
    assert_expired(&api).await;
    change(&api, TOKEN, &json!({ "expires_at": 0 })).await;
    assert_eq!(described(&api).await.status, 200);
    change(&api, TOKEN, &json!({ "expired": true })).await;
    assert_expired(&api).await;
}

async fn assert_expired(api: &Sandbox) {
    let refused = get(api, DEFAULT_NUMBER).await;
    assert_eq!((refused.status, &refused.error()["error_subcode"]), (401, &json!(463)));
    let described = described_to_app(api).await;
    assert_eq!(
        (&described["is_valid"], &described["error"]["subcode"]),
        (&json!(false), &json!(463))
    );
    let told = state(api).await;
    assert_eq!(told["tokens"][0]["is_valid"], false);
    assert!(!told.to_string().contains(DEFAULT_TOKEN), "{told}");
}

/// What the token is told of itself.
async fn described(api: &Sandbox) -> crate::caller::Answer {
    get(api, &format!("debug_token?input_token={DEFAULT_TOKEN}")).await
}

async fn described_to_app(api: &Sandbox) -> Value {
    let path = format!("debug_token?input_token={DEFAULT_TOKEN}");
    let app = format!("{DEFAULT_APP}|{DEFAULT_APP_SECRET}");
    send(client().get(node_url(api, &path)).bearer_auth(app)).await.json()["data"].clone()
}

fn fresh() -> Sandbox {
    let number = PhoneNumber::new(DEFAULT_NUMBER, "+1 555-010-0001").fresh();
    Sandbox::builder().with_number(number).start()
}

/// What the back door tells of the number.
async fn told(api: &Sandbox, field: &str) -> Value {
    state(api).await["accounts"][0]["numbers"][0][field].clone()
}

/// Graph's error code, if it refused.
async fn register(api: &Sandbox, pin: &str) -> Option<i64> {
    let answer = send(registration(api, pin)).await;
    if answer.status == 200 { None } else { answer.error()["code"].as_i64() }
}

fn registration(api: &Sandbox, pin: &str) -> reqwest::RequestBuilder {
    let url = node_url(api, &format!("{DEFAULT_NUMBER}/register"));
    let body = json!({ "messaging_product": "whatsapp", "pin": pin }).to_string();
    authorized(client().post(url).header("Content-Type", "application/json").body(body))
}

const TOKEN: &str = "tokens/sandbox-token";
