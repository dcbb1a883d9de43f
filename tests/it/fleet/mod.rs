//! Many numbers: what a refresh costs at the API, and what look-ups and lists find.

mod accounts;
mod look_up;
mod outage;
mod query;
mod refresh;

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::host::calls::{Answer, Stored};
use crate::host::{Host, within};
use crate::sandbox::{DEFAULT_ACCOUNT, DEFAULT_TOKEN, Event, PhoneNumber, Sandbox};

/// An account of so many numbers with PINs, and a provider that knows the account.
async fn fleet_of(count: u64) -> (Sandbox, Host) {
    let api = Sandbox::builder().numbers_with(count, with_pin).start();
    let host = configured(&api, account()).await;
    (api, host)
}

fn with_pin(number: PhoneNumber) -> PhoneNumber {
    number.with_pin("271828")
}

fn account() -> Value {
    json!({ "business_account_ids": [DEFAULT_ACCOUNT] })
}

/// No call is repeated, so that counts are exact.
async fn configured(api: &Sandbox, more: Value) -> Host {
    let host = Host::start().await;
    let mut config =
        json!({ "access_token": DEFAULT_TOKEN, "base_url": api.base_url(), "max_retries": 0 });
    let members = config.as_object_mut().expect("it is written as one");
    members.extend(more.as_object().expect("it is written as one").clone());
    host.provider.configure(config).await.none("Configure");
    host
}

async fn imported(host: &Host, id: &str) -> Stored {
    host.provider.import(RESOURCE, id).await.stored()
}

async fn numbers(host: &Host, indices: impl IntoIterator<Item = u64>) -> Vec<Stored> {
    let ids: Vec<_> = indices.into_iter().map(Sandbox::number_id).collect();
    join_all(ids.iter().map(|id| imported(host, id))).await
}

/// Fifty at a time: Terraform's default is ten, and `-parallelism` raises it.
async fn read(host: &Host, stored: impl IntoIterator<Item = &Stored>) -> Vec<Answer> {
    let stored: Vec<_> = stored.into_iter().collect();
    let mut answers = Vec::new();
    for chunk in stored.chunks(50) {
        let reads = chunk.iter().map(|stored| host.provider.read(RESOURCE, stored));
        answers.extend(join_all(reads).await);
    }
    answers
}

/// Reads imported numbers that are on, with nothing to say about it.
async fn kept(host: &Host, indices: impl IntoIterator<Item = u64>) {
    let stored = numbers(host, indices).await;
    for (answer, before) in read(host, &stored).await.into_iter().zip(&stored) {
        answer.diagnostics.none("ReadResource");
        let mut on = before.value.clone();
        on["is_pin_enabled"] = json!(true);
        assert_eq!(answer.stored().value, on);
    }
}

/// Lists, and calls for single numbers. No other GET may have come.
fn calls(api: &Sandbox) -> (usize, usize) {
    let is_list = |event: &Event| event.path.ends_with("/phone_numbers");
    let lists = api.count(is_list);
    (lists, api.count(|event| event.method == "GET") - lists)
}

async fn arrived(api: &Sandbox, count: usize) {
    within(5, "a call", async {
        while api.calls() < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

const RESOURCE: &str = "whatsapp_two_step_verification";
const NUMBER: &str = "whatsapp_phone_number";
const NUMBERS: &str = "whatsapp_phone_numbers";
const FOREIGN: [&str; 2] = ["300000000000001", "300000000000002"];
