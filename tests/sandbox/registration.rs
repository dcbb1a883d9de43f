//! Registering a number, and asking about a token.

use std::time::Duration;

use serde_json::json;

use crate::caller::{authorized, client, get, node_url, send};
use crate::sandbox::{
    DEFAULT_APP, DEFAULT_APP_SECRET, DEFAULT_NUMBER, DEFAULT_TOKEN, PhoneNumber, Sandbox,
};

#[tokio::test]
async fn a_fresh_number_is_registered_by_its_pin_and_by_no_other_later() {
    let api = fresh();
    assert_eq!(register(&api, "730164").await, None);
    assert_eq!(register(&api, "904517").await, Some(133_005));
    let state = send(client().get(format!("{}/_sandbox/state", api.base_url()))).await.json();
    let number = &state["accounts"][0]["numbers"][0];
    assert_eq!((&number["status"], &number["registrations"]), (&json!("CONNECTED"), &json!(2)));
}

#[tokio::test]
async fn ten_registrations_in_72_hours_block_a_number_by_the_sandboxs_own_clock() {
    let api = fresh();
    for _ in 0..10 {
        assert_eq!(register(&api, "730164").await, None);
    }
    assert_eq!(register(&api, "730164").await, Some(133_016));
    api.put_clock_forward(Duration::from_secs(72 * 60 * 60));
    assert_eq!(register(&api, "730164").await, None);
}

#[tokio::test]
async fn a_number_is_refused_for_what_it_lacks() {
    let api = fresh();
    api.edit_number(DEFAULT_NUMBER, |number| number.name_status = Some("EXPIRED".into()));
    assert_eq!(register(&api, "730164").await, Some(100));
    api.edit_number(DEFAULT_NUMBER, |number| number.code_verification_status = None);
    assert_eq!(register(&api, "730164").await, Some(133_006));
    api.edit_number(DEFAULT_NUMBER, |number| {
        number.extra.insert("is_on_biz_app".into(), json!(true));
    });
    assert_eq!(register(&api, "730164").await, Some(100));
}

#[tokio::test]
async fn a_token_is_described_to_itself_and_to_its_app_and_to_nobody_else() {
    let api = Sandbox::start();
    let path = format!("debug_token?input_token={DEFAULT_TOKEN}");
    let told = get(&api, &path).await.json();
    assert_eq!((&told["data"]["is_valid"], &told["data"]["expires_at"]), (&json!(true), &json!(0)));
    let app = format!("{DEFAULT_APP}|{DEFAULT_APP_SECRET}");
    let told = send(client().get(node_url(&api, &path)).bearer_auth(app)).await.json();
    assert_eq!(told["data"]["app_id"], DEFAULT_APP);
    let refused = get(&api, "debug_token?input_token=another").await;
    assert_eq!((refused.status, &refused.error()["code"]), (400, &json!(100)));
}

fn fresh() -> Sandbox {
    let number = PhoneNumber::new(DEFAULT_NUMBER, "+1 555-010-0001").fresh();
    Sandbox::builder().with_number(number).start()
}

/// Graph's error code, if it refused.
async fn register(api: &Sandbox, pin: &str) -> Option<i64> {
    let url = node_url(api, &format!("{DEFAULT_NUMBER}/register"));
    let body = json!({ "messaging_product": "whatsapp", "pin": pin }).to_string();
    let request = client().post(url).header("Content-Type", "application/json").body(body);
    let answer = send(authorized(request)).await;
    if answer.status == 200 { None } else { answer.error()["code"].as_i64() }
}
