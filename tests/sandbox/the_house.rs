//! Around the API: https, the back door, the life of the server.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use serde_json::json;

use crate::caller::{authorized, client, get, node_url, post, send, trusting_client};
use crate::sandbox::{DEFAULT_NUMBER, Fault, PhoneNumber, Rule, Sandbox};

#[tokio::test]
async fn https_is_served_with_a_private_ca() {
    let api = Sandbox::builder().start_tls();
    assert!(api.base_url().starts_with("https://127.0.0.1:"));
    let trusting = trusting_client(&api);
    let url = node_url(&api, DEFAULT_NUMBER);
    assert_eq!(send(authorized(trusting.get(&url))).await.status, 200);
    assert!(client().get(&url).send().await.is_err_and(|error| error.is_connect()));
}

#[tokio::test]
async fn people_can_look_behind_the_api_and_break_it() {
    let api = Sandbox::start();
    post(&api, DEFAULT_NUMBER, "012345").await;
    let admin = |path: &str| format!("{}/_sandbox/{path}", api.base_url());
    let state = send(client().get(admin("state"))).await;
    assert_eq!(state.json()["accounts"][0]["numbers"][0]["pin"], "set");
    let events = send(client().get(admin("events"))).await;
    assert_eq!(events.json()[0]["pin_set"], true);
    assert!(!state.text().contains("012345") && !events.text().contains("012345"));
    let off = admin(&format!("numbers/{DEFAULT_NUMBER}/pin-off"));
    assert_eq!(send(client().post(off)).await.status, 204);
    assert_eq!(api.pin(DEFAULT_NUMBER), None);
    let rule = r#"{"fault":{"html":502},"method":"GET","times":1}"#;
    assert_eq!(send(client().post(admin("faults")).body(rule)).await.status, 200);
    assert_eq!(send(client().post(admin("faults")).body("{}")).await.status, 400);
    assert_eq!(get(&api, DEFAULT_NUMBER).await.status, 502);
    assert_eq!(send(client().delete(admin("faults"))).await.status, 204);
    assert_eq!(send(client().post(admin("reset"))).await.status, 204);
    assert_eq!(api.calls(), 0);
}

#[test]
fn every_fault_can_be_asked_for_in_json() {
    let faults = [
        json!({ "delay": 5 }),
        json!({ "drip": 1000 }),
        json!({ "throttle": { "calls": 3, "lasts": 1000, "retry_after": "date" } }),
        json!({ "error": { "status": 400, "code": 100, "data": { "text": "d" } } }),
        json!({ "lost": "close" }),
        json!({ "lost": { "html": 502 } }),
        json!({ "redirect": { "status": 302, "to": "http://127.0.0.1:1/" } }),
        json!({ "fail_on_page": { "page": 2, "error": { "status": 500, "code": 2 } } }),
        json!("hang"),
    ];
    for fault in faults {
        let rule = json!({ "fault": fault }).to_string();
        serde_json::from_str::<Rule>(&rule).expect(&rule);
    }
}

#[tokio::test]
async fn dropping_it_ends_the_server_and_its_connections() {
    let api = Sandbox::start();
    let url = node_url(&api, DEFAULT_NUMBER);
    assert_eq!(send(authorized(client().get(&url))).await.status, 200);
    drop(api);
    assert!(authorized(client().get(&url)).send().await.is_err());
}

#[tokio::test]
async fn a_panic_while_it_answers_fails_the_test_that_owns_it() {
    // No clock reaches that far: setting a PIN panics inside the server.
    let api = Sandbox::builder().flag_lag(Duration::MAX).start();
    assert_eq!(post(&api, DEFAULT_NUMBER, "123456").await.status, 500);
    assert!(catch_unwind(AssertUnwindSafe(|| drop(api))).is_err());
}

#[tokio::test]
async fn numbers_and_seeds_can_be_changed_while_it_runs() {
    let seeded = |number: PhoneNumber| number.with_pin("246810");
    let api = Sandbox::builder().account("1").numbers_with(2, seeded).start();
    let (kept, gone) = (Sandbox::number_id(0), Sandbox::number_id(1));
    api.remove_number(&gone);
    api.add_number("1", PhoneNumber::new("7", "+1 555-010-0007"));
    let node = get(&api, "1/phone_numbers?fields=is_pin_enabled").await.json();
    let kept_on = json!({ "id": kept, "is_pin_enabled": true });
    assert_eq!(node["data"], json!([kept_on, { "id": "7", "is_pin_enabled": false }]));
    api.reset();
    assert_eq!((api.pin(&gone).as_deref(), api.pin("7")), (Some("246810"), None));
}

#[tokio::test]
async fn https_connections_can_be_cut_too() {
    let api = Sandbox::builder().start_tls();
    api.inject(Fault::Close);
    let trusting = trusting_client(&api);
    let request = trusting.get(node_url(&api, DEFAULT_NUMBER));
    let cut = authorized(request.timeout(Duration::from_secs(2))).send().await;
    assert!(cut.is_err_and(|error| !error.is_timeout() && !error.is_connect()));
}

#[tokio::test]
async fn calls_can_be_followed_as_they_end() {
    let api = Sandbox::start();
    let calls = api.follow();
    post(&api, DEFAULT_NUMBER, "123456").await;
    let line = calls.recv_timeout(Duration::from_secs(2)).expect("a call was made");
    assert!(line.to_string().ends_with("-> 200  pin set"), "{line}");
}
