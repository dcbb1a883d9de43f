//! What the provider says of its own access token, and what it makes of Meta's silence.

use serde_json::{Value, json};

use crate::host::Host;
use crate::sandbox::{
    DEFAULT_APP, DEFAULT_APP_SECRET, DEFAULT_TOKEN, Fault, GraphError, Rule, Sandbox, Token,
};

const TOKEN: &str = "whatsapp_access_token";

#[tokio::test]
async fn a_token_tells_of_itself_and_null_is_never() {
    let api = Sandbox::start();
    let (found, _) = read(&api, json!({}), 0).await;
    assert_eq!((&found["is_valid"], &found["type"]), (&json!(true), &json!("SYSTEM_USER")));
    assert_eq!(found["app_id"], DEFAULT_APP);
    assert_eq!(found["application"], "Sandbox App");
    assert_eq!(found["issued_at"], "2025-10-09T08:53:20Z");
    assert_eq!(found["missing_permissions"], json!([]));
    for never in ["expires_at", "data_access_expires_at", "business_account_ids", "error"] {
        assert_eq!(found[never], Value::Null, "{never}");
    }
}

#[tokio::test]
async fn end_accounts_and_missing_permissions_are_told() {
    let api = Sandbox::start();
    let mut token = Token::new(DEFAULT_TOKEN).seeing_only(["7", "8"]);
    token.details.scopes.pop();
    token.details.expires_at = 4_102_444_800;
    api.set_tokens([token]);
    let (found, _) = read(&api, json!({}), 0).await;
    assert_eq!(found["expires_at"], "2100-01-01T00:00:00Z");
    assert_eq!(found["business_account_ids"], json!(["7", "8"]));
    assert_eq!(found["scopes"], json!(["whatsapp_business_management"]));
    assert_eq!(found["missing_permissions"], json!(["whatsapp_business_messaging"]));
}

#[tokio::test]
async fn a_token_that_may_not_ask_is_no_bad_token() {
    let api = silent();
    let (found, warnings) = read(&api, json!({}), 1).await;
    assert_eq!(found["is_valid"], Value::Null);
    let text = warnings.join("\n");
    assert!(text.contains("may be good") && text.contains("app_id"), "{text}");
    assert!(!text.contains(DEFAULT_TOKEN), "{text}");
}

#[tokio::test]
async fn the_app_may_ask_about_every_token_of_its_own_and_with_its_own_proof() {
    let api = silent();
    let app = json!({ "app_id": DEFAULT_APP, "app_secret": DEFAULT_APP_SECRET });
    let (found, _) = read(&api, app.clone(), 0).await;
    assert_eq!(found["is_valid"], true);
    api.set_tokens([Token::new(DEFAULT_TOKEN).expired()]);
    let (found, _) = read(&api, app, 0).await;
    assert_eq!(found["is_valid"], false);
    assert_eq!(found["error"], "The session has expired. (code 190, subcode 463)");
    assert!(api.events().iter().all(|event| event.proof == crate::sandbox::Proof::Right));
}

#[tokio::test]
async fn a_token_that_is_refused_as_a_caller_is_not_valid() {
    let api = Sandbox::start();
    api.set_tokens([Token::new(DEFAULT_TOKEN).expired()]);
    let (found, _) = read(&api, json!({}), 0).await;
    assert_eq!(found["is_valid"], false);
    assert!(found["error"].as_str().is_some_and(|error| error.contains("190")), "{found}");
}

#[tokio::test]
async fn a_wrong_app_and_an_outage_are_errors_without_the_token() {
    let api = silent();
    let wrong = json!({ "app_id": DEFAULT_APP, "app_secret": "another" });
    let error = refused(&api, wrong).await;
    assert!(error.contains("app_secret") && !error.contains("another"), "{error}");
    api.inject(Rule::new(Fault::Error(GraphError::new(500, 2, "down").echoing())));
    let error = refused(&api, json!({})).await;
    assert!(error.contains("access token failed") && !error.contains(DEFAULT_TOKEN), "{error}");
}

fn silent() -> Sandbox {
    let api = Sandbox::start();
    let mut token = Token::new(DEFAULT_TOKEN);
    token.details.may_ask_about_itself = false;
    api.set_tokens([token]);
    api
}

async fn host(api: &Sandbox, more: Value) -> Host {
    let host = Host::start().await;
    let mut config =
        json!({ "access_token": DEFAULT_TOKEN, "base_url": api.base_url(), "max_retries": 0 });
    let members = config.as_object_mut().expect("it is written as one");
    members.extend(more.as_object().expect("it is written as one").clone());
    host.provider.configure(config).await.none("Configure");
    host
}

/// What is found, and the texts of so many warnings.
async fn read(api: &Sandbox, more: Value, warnings: usize) -> (Value, Vec<String>) {
    let host = host(api, more).await;
    let (found, diagnostics) = host.provider.read_data(TOKEN, json!({})).await;
    let texts: Vec<_> = diagnostics.warnings().map(|text| format!("{text:?}")).collect();
    assert_eq!(texts.len(), warnings, "{diagnostics:?}");
    host.end().await;
    (found, texts)
}

async fn refused(api: &Sandbox, more: Value) -> String {
    let host = host(api, more).await;
    let (_, diagnostics) = host.provider.read_data(TOKEN, json!({})).await;
    let error = format!("{:?}", diagnostics.only_error());
    host.end().await;
    error
}
