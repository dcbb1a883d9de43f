//! A caller of the sandbox, which shares no code with the provider's client.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Client, RequestBuilder, redirect};
use serde_json::{Value, json};

use crate::sandbox::{DEFAULT_ACCOUNT, DEFAULT_TOKEN, Sandbox};

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) json: Option<Value>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        self.json.clone().unwrap_or_else(|| panic!("not JSON: {}", self.text()))
    }

    pub(crate) fn error(&self) -> &Value {
        &self.json.as_ref().expect("an error is JSON")["error"]
    }
}

pub(crate) fn client() -> Client {
    Client::builder()
        .redirect(redirect::Policy::none())
        .timeout(PATIENCE)
        .no_proxy()
        .build()
        .expect("a client without options can be built")
}

/// A client that trusts the sandbox's private CA and nothing else.
pub(crate) fn trusting_client(api: &Sandbox) -> Client {
    let pem = api.ca_pem().expect("an https sandbox has a CA");
    let ca = reqwest::Certificate::from_pem(pem.as_bytes()).expect("the CA is PEM");
    Client::builder().tls_certs_only([ca]).no_proxy().build().expect("the CA can be a root")
}

pub(crate) fn node_url(api: &Sandbox, path: &str) -> String {
    format!("{}/v24.0/{path}", api.base_url())
}

pub(crate) fn authorized(request: RequestBuilder) -> RequestBuilder {
    request.bearer_auth(DEFAULT_TOKEN)
}

pub(crate) async fn try_send(request: RequestBuilder) -> reqwest::Result<Answer> {
    let answer = request.send().await?;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let body = answer.bytes().await?.to_vec();
    let json = serde_json::from_slice(&body).ok();
    Ok(Answer { status, headers, body, json })
}

pub(crate) async fn send(request: RequestBuilder) -> Answer {
    try_send(request).await.expect("the sandbox answers")
}

pub(crate) async fn get(api: &Sandbox, path: &str) -> Answer {
    send(authorized(client().get(node_url(api, path)))).await
}

pub(crate) async fn list(api: &Sandbox, query: &str) -> Answer {
    let path = format!("{DEFAULT_ACCOUNT}/phone_numbers?fields=id,is_pin_enabled{query}");
    get(api, &path).await
}

pub(crate) async fn try_post(api: &Sandbox, number: &str, pin: &str) -> reqwest::Result<Answer> {
    let body = json!({ "pin": pin }).to_string();
    let request = client().post(node_url(api, number)).body(body);
    try_send(authorized(request.header("Content-Type", "application/json"))).await
}

pub(crate) async fn post(api: &Sandbox, number: &str, pin: &str) -> Answer {
    try_post(api, number, pin).await.expect("the sandbox answers")
}

/// The IDs on each page, following the cursors.
pub(crate) async fn walk(api: &Sandbox, query: &str, at_most: usize) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut after = String::new();
    while pages.len() < at_most {
        let page = list(api, &format!("{query}{after}")).await.json();
        let data = page["data"].as_array().expect("a list has data");
        pages.push(data.iter().filter_map(|node| node["id"].as_str().map(str::to_owned)).collect());
        if page["paging"].get("next").is_none() {
            break;
        }
        let cursor = page["paging"]["cursors"]["after"].as_str().expect("cursors are texts");
        after = format!("&after={cursor}");
    }
    pages
}

/// What the back door tells.
pub(crate) async fn state(api: &Sandbox) -> Value {
    send(client().get(format!("{}/_sandbox/state", api.base_url()))).await.json()
}

/// Changes something by the back door.
pub(crate) async fn change(api: &Sandbox, path: &str, body: &Value) {
    let url = format!("{}/_sandbox/{path}", api.base_url());
    let answer = send(client().post(url).body(body.to_string())).await;
    assert!((200..300).contains(&answer.status), "{path}: {}", answer.text());
}

/// What is never answered costs a test as much; what is, has to be answered on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(3);
