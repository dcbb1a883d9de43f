//! What an outage leaves untried, and what ends it: a stop, a success, and the next run.

use std::time::Duration;

use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use crate::fleet::{NUMBER, RESOURCE, arrived, configured, imported, numbers, with_pin};
use crate::host::calls::Answer;
use crate::host::process::Launch;
use crate::host::{Host, within};
use crate::sandbox::{DEFAULT_TOKEN, Fault, Rule, Sandbox};

fn settings(api: &Sandbox) -> Value {
    json!({ "access_token": DEFAULT_TOKEN, "base_url": api.base_url(), "max_retries": 0 })
}

async fn in_an_outage() -> (Sandbox, Host) {
    let api = Sandbox::builder().numbers_with(12, with_pin).start();
    let host = configured(&api, json!({})).await;
    api.inject(Fault::Close);
    for stored in numbers(&host, 0..3).await {
        host.provider.read(RESOURCE, &stored).await.diagnostics.only_error();
    }
    (api, host)
}

#[tokio::test]
async fn after_three_failures_every_kind_of_call_is_not_tried_and_a_number_keeps_its_state() {
    let (api, host) = in_an_outage().await;
    let before = api.calls();
    let stored = imported(&host, &Sandbox::number_id(5)).await;
    let answer = host.provider.read(RESOURCE, &stored).await;
    let error = answer.diagnostics.only_error();
    assert!(error.summary == "Not Tried" && error.says("was not tried (1 so far)"), "{error:?}");
    assert!(error.says(&Sandbox::number_id(5)) && error.says(&Sandbox::number_id(0)), "{error:?}");
    assert_eq!(answer.object.expect("an error drops nothing").value, stored.value);
    let config = json!({ "phone_number_id": Sandbox::number_id(6) });
    let (_, diagnostics) = host.provider.read_data(NUMBER, config).await;
    assert!(diagnostics.only_error().says("was not tried (2 so far)"), "{diagnostics:?}");
    assert_eq!(api.calls(), before, "nothing was sent");
    host.end().await;
}

#[tokio::test]
async fn the_next_run_of_the_same_process_begins_afresh() {
    let (api, host) = in_an_outage().await;
    api.clear_faults();
    let stored = imported(&host, &Sandbox::number_id(5)).await;
    host.provider.read(RESOURCE, &stored).await.diagnostics.only_error();
    host.provider.configure(settings(&api)).await.none("Configure");
    host.provider.read(RESOURCE, &stored).await.diagnostics.none("ReadResource");
    host.end().await;
}

#[tokio::test]
async fn a_stop_ends_calls_that_are_held_at_once() {
    let api = Sandbox::builder().numbers_with(12, with_pin).start();
    let host = Host::start().await;
    let mut patient = settings(&api);
    patient["max_retries"] = json!(4);
    host.provider.configure(patient).await.none("Configure");
    let stored = numbers(&host, 0..12).await;
    api.inject(Rule::new(Fault::Close).times(1));
    api.inject(Fault::Hang);
    let first = host.provider.read(RESOURCE, &stored[0]);
    let others = async {
        arrived(&api, 2).await;
        let others = join_all(stored[1..].iter().map(|one| host.provider.read(RESOURCE, one)));
        let stop = async {
            arrived(&api, 4).await;
            host.provider.stop().await;
        };
        join(others, stop).await.0
    };
    let (first, others) = within(10, "an end of all reads", join(first, others)).await;
    for answer in others.iter().chain([&first]) {
        assert!(answer.diagnostics.only_error().says("stop"), "{answer:?}");
    }
    assert_eq!(api.calls(), 4, "the first twice, two that find out, and nine that were held");
    host.end().await;
}

#[tokio::test]
async fn a_process_that_may_open_no_more_files_says_so_and_blames_nobody_else() {
    let api = Sandbox::builder().numbers_with(12, with_pin).start();
    let host = Host::launch(Launch::as_terraform().after("ulimit -n 16")).await;
    host.provider.configure(settings(&api)).await.none("Configure");
    let stored = numbers(&host, 0..12).await;
    // So that each call needs a connection of its own.
    api.inject(Fault::Delay(Duration::from_secs(1)));
    let reads = join_all(stored.iter().map(|one| host.provider.read(RESOURCE, one)));
    let answers = within(30, "an end of all reads", reads).await;
    let told = |answer: &&Answer| answer.diagnostics.errors().any(|error| error.says("ulimit -n"));
    assert!(answers.iter().any(|answer| told(&answer)), "{answers:#?}");
    host.end().await;
}
