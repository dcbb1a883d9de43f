//! What is answered when nothing goes wrong, and the refusals that are the caller's fault.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::caller::{authorized, client, get, node_url, post, send};
use crate::sandbox::{
    DEFAULT_ACCOUNT, DEFAULT_NUMBER, DEFAULT_TOKEN, PhoneNumber, Proof, Sandbox, Token,
};

#[tokio::test]
async fn a_pin_with_a_leading_zero_is_set_and_the_flag_follows() {
    let api = Sandbox::start();
    let answer = post(&api, DEFAULT_NUMBER, "012345").await;
    assert_eq!((answer.status, answer.json()), (200, json!({ "success": true })));
    assert_eq!(api.pin(DEFAULT_NUMBER).as_deref(), Some("012345"));
    assert!(api.is_pin_enabled(DEFAULT_NUMBER));
    api.switch_pin_off(DEFAULT_NUMBER);
    let number = get(&api, &format!("{DEFAULT_NUMBER}?fields=id,is_pin_enabled")).await;
    assert_eq!(number.json(), json!({ "id": DEFAULT_NUMBER, "is_pin_enabled": false }));
}

#[tokio::test]
async fn without_fields_only_the_defaults_are_answered() {
    let api = Sandbox::start();
    let node = get(&api, DEFAULT_NUMBER).await.json();
    let keys: Vec<_> = node.as_object().expect("a node is an object").keys().collect();
    let defaults = [
        "code_verification_status",
        "display_phone_number",
        "id",
        "platform_type",
        "quality_rating",
        "throughput",
        "verified_name",
    ];
    assert_eq!(keys, defaults);
}

#[tokio::test]
async fn a_field_without_a_value_is_left_out() {
    let api = Sandbox::start();
    api.edit_number(DEFAULT_NUMBER, |number| number.verified_name = None);
    let path = format!("{DEFAULT_NUMBER}?fields=verified_name,certificate,status");
    let node = get(&api, &path).await.json();
    assert_eq!(node, json!({ "id": DEFAULT_NUMBER, "status": "CONNECTED" }));
}

#[tokio::test]
async fn an_unknown_field_fails_the_whole_call_and_names_the_node_type() {
    let api = Sandbox::start();
    let cases = [
        (format!("{DEFAULT_NUMBER}?fields=id,shoe_size"), "WhatsAppBusinessPhoneNumber"),
        (format!("{DEFAULT_ACCOUNT}?fields=is_pin_enabled"), "WhatsAppBusinessAccount"),
        (format!("{DEFAULT_ACCOUNT}/phone_numbers?fields=x"), "WhatsAppBusinessPhoneNumber"),
    ];
    for (path, node_type) in cases {
        let answer = get(&api, &path).await;
        let error = answer.error();
        assert_eq!((answer.status, &error["code"]), (400, &json!(100)), "{path}");
        assert_eq!(error["type"], "OAuthException");
        assert_eq!(error.get("error_subcode"), None);
        assert!(error["message"].as_str().is_some_and(|text| text.contains(node_type)));
        assert!(answer.headers.contains_key("x-business-use-case-usage"));
    }
}

#[tokio::test]
async fn an_object_that_is_missing_or_out_of_sight_is_100_33() {
    let api = Sandbox::builder()
        .with_token(Token::new(DEFAULT_TOKEN).seeing_only(["1"]))
        .account("1")
        .account("2")
        .number("20", "+1 555-010-0020")
        .start();
    for path in ["20", "999", "2/phone_numbers"] {
        let answer = get(&api, path).await;
        let error = answer.error();
        assert_eq!((answer.status, &error["code"]), (400, &json!(100)), "{path}");
        assert_eq!(error["error_subcode"], 33);
        assert_eq!(error["type"], "GraphMethodException");
        assert!(answer.headers.contains_key("x-app-usage"));
        assert!(!answer.headers.contains_key("x-business-use-case-usage"));
        assert!(answer.header("www-authenticate").starts_with("OAuth \"Facebook Platform\""));
    }
}

#[tokio::test]
async fn headers_name_the_version_the_trace_and_the_accounts_usage() {
    let api = Sandbox::start();
    let answer = get(&api, DEFAULT_NUMBER).await;
    assert_eq!(answer.header("facebook-api-version"), "v24.0");
    let usage: Value = serde_json::from_str(answer.header("x-business-use-case-usage"))
        .expect("the usage header is JSON");
    let entry = &usage[DEFAULT_ACCOUNT][0];
    assert_eq!(entry["type"], "whatsapp_business_management");
    assert_eq!(entry["estimated_time_to_regain_access"], 0);
    let failed = get(&api, "999").await;
    assert_eq!(failed.header("x-fb-request-id"), failed.error()["fbtrace_id"]);
}

#[tokio::test]
async fn unknown_versions_and_paths_are_2500_and_expired_versions_are_upgraded() {
    let api = Sandbox::start();
    for path in ["v99.0/1", "v24.0", "v24.0/1/2/3", DEFAULT_NUMBER, ""] {
        let answer = send(authorized(client().get(format!("{}/{path}", api.base_url())))).await;
        assert_eq!((answer.status, &answer.error()["code"]), (400, &json!(2500)), "{path}");
    }
    let url = format!("{}/v19.0/{DEFAULT_NUMBER}", api.base_url());
    let answer = send(authorized(client().get(url))).await;
    assert_eq!(answer.header("facebook-api-version"), "v21.0");
    assert!(answer.headers.contains_key("x-ad-api-version-warning"));
}

#[tokio::test]
async fn tokens_are_checked_before_anything_else() {
    let tokens = [Token::new("good"), Token::new("old").expired()];
    let api = Sandbox::start();
    api.set_tokens(tokens);
    let cases = [
        (None, 104, Value::Null),
        (Some("Bearer bad"), 190, Value::Null),
        (Some("Bearer old"), 190, json!(463)),
    ];
    for (header, code, subcode) in cases {
        let mut request = client().get(node_url(&api, "999"));
        if let Some(header) = header {
            request = request.header("Authorization", header);
        }
        let answer = send(request).await;
        assert_eq!((answer.status, &answer.error()["code"]), (401, &json!(code)));
        assert_eq!(answer.error()["error_subcode"], subcode);
    }
}

#[tokio::test]
async fn pins_of_a_wrong_shape_are_code_100_and_change_nothing() {
    let api = Sandbox::start();
    let json = "application/json";
    let bodies = [
        (json, r#"{"pin":"12345"}"#),
        (json, r#"{"pin":123456}"#),
        (json, r#"{"pin":"12345x"}"#),
        (json, r#"{"pin":"१२३४५६"}"#),
        (json, "{}"),
        (json, "pin=123456"),
        ("text/plain", r#"{"pin":"123456"}"#),
    ];
    for (content_type, body) in bodies {
        let request = client().post(node_url(&api, DEFAULT_NUMBER)).body(body);
        let answer = send(authorized(request.header("Content-Type", content_type))).await;
        assert_eq!((answer.status, &answer.error()["code"]), (400, &json!(100)), "{body}");
    }
    assert_eq!(api.pins().len(), 0);
}

#[tokio::test]
async fn a_number_that_is_not_registered_refuses_a_pin() {
    let number = PhoneNumber::new("5", "+1 555-010-0005").unregistered();
    let api = Sandbox::builder().with_number(number).start();
    let answer = post(&api, "5", "123456").await;
    assert_eq!((answer.status, &answer.error()["code"]), (400, &json!(133_010)));
    assert_eq!(answer.error()["error_data"]["messaging_product"], "whatsapp");
}

#[tokio::test]
async fn an_app_secret_demands_its_proof_on_every_call() {
    // HMAC-SHA256, key "secret", message "token", computed by another implementation.
    let right = "e941110e3d2bfe82621f0e3e1434730d7305d106c5f68c87165d0b27a4611a4a";
    let api = Sandbox::start();
    api.set_tokens([Token::new("token").with_app_secret("secret")]);
    let ask = async |query: &str| {
        let url = format!("{}{query}", node_url(&api, DEFAULT_NUMBER));
        send(client().get(url).bearer_auth("token")).await
    };
    let missing = ask("").await;
    let wrong = ask("?appsecret_proof=00").await;
    for answer in [&missing, &wrong] {
        assert_eq!((answer.status, &answer.error()["code"]), (400, &json!(100)));
        assert_eq!(answer.error()["type"], "GraphMethodException");
    }
    assert_ne!(missing.error()["message"], wrong.error()["message"]);
    assert_eq!(ask(&format!("?appsecret_proof={right}")).await.status, 200);
    let proofs: Vec<_> = api.events().iter().map(|event| event.proof).collect();
    assert_eq!(proofs, [Proof::Absent, Proof::Wrong, Proof::Right]);
}

#[tokio::test]
async fn the_flag_may_lag_behind_the_pin() {
    let api = Sandbox::builder().flag_lag(Duration::from_millis(80)).start();
    let posted = Instant::now();
    post(&api, DEFAULT_NUMBER, "123456").await;
    let before = api.is_pin_enabled(DEFAULT_NUMBER);
    assert!(!before || posted.elapsed() >= Duration::from_millis(80));
    let patience = Instant::now() + Duration::from_secs(2);
    while !api.is_pin_enabled(DEFAULT_NUMBER) {
        assert!(Instant::now() < patience, "the flag never followed");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(posted.elapsed() >= Duration::from_millis(80));
}
