//! What a refresh costs at the API.

use std::iter;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::fleet::{
    FOREIGN, RESOURCE, account, arrived, calls, configured, fleet_of, imported, kept, numbers,
    read, with_pin,
};
use crate::host::calls::{Answer, Stored};
use crate::host::value::unknown;
use crate::host::{Host, within};
use crate::sandbox::{
    DEFAULT_ACCOUNT, Fault, GraphError, Loss, PhoneNumber, RetryAfter, Rule, Sandbox, Throttle,
};

#[tokio::test]
async fn one_number_costs_one_call() {
    assert_eq!(calls_to_refresh(1).await, (1, 0));
}

#[tokio::test]
async fn a_hundred_numbers_cost_one_call() {
    assert_eq!(calls_to_refresh(100).await, (1, 0));
}

#[tokio::test]
async fn a_hundred_and_one_numbers_cost_two_calls() {
    assert_eq!(calls_to_refresh(101).await, (2, 0));
}

#[tokio::test]
async fn a_thousand_numbers_cost_ten_calls() {
    assert_eq!(calls_to_refresh(1_000).await, (10, 0));
}

#[tokio::test]
async fn pages_are_fetched_no_further_than_needed() {
    let (api, host) = fleet_of(300).await;
    kept(&host, [0, 99]).await;
    assert_eq!(calls(&api), (1, 0));
    kept(&host, [100]).await;
    assert_eq!(calls(&api), (2, 0));
    host.end().await;
}

#[tokio::test]
async fn without_an_account_every_number_costs_a_call_of_its_own() {
    let api = Sandbox::builder().numbers_with(3, with_pin).start();
    for account in [Value::Null, unknown()] {
        let host = configured(&api, json!({ "business_account_ids": account })).await;
        api.forget_events();
        kept(&host, 0..3).await;
        assert_eq!(calls(&api), (0, 3));
        host.end().await;
    }
}

#[tokio::test]
async fn numbers_of_another_account_cost_a_call_each() {
    let (api, host) = fleet_of(150).await;
    for id in FOREIGN {
        api.add_number("999", PhoneNumber::new(id, "+1 555-200-0001").with_pin("271828"));
    }
    let stored = join_all(FOREIGN.map(|id| imported(&host, id))).await;
    for answer in read(&host, &stored).await {
        answer.diagnostics.none("ReadResource");
        answer.stored();
    }
    kept(&host, [149]).await;
    assert_eq!(calls(&api), (2, 2));
    host.end().await;
}

#[tokio::test]
async fn what_others_switched_off_is_seen_in_the_list() {
    let (api, host) = fleet_of(2).await;
    api.switch_pin_off(&Sandbox::number_id(1));
    kept(&host, [0]).await;
    let gone = read(&host, &numbers(&host, [1]).await).await.remove(0);
    assert_eq!(gone.diagnostics.warnings().count(), 1, "{gone:?}");
    assert_eq!(gone.stored().value["is_pin_enabled"], false);
    assert_eq!(calls(&api), (1, 0));
    host.end().await;
}

#[tokio::test]
async fn a_failed_list_is_replaced_by_calls_for_each_number_and_explained_once() {
    for failure in [
        GraphError::new(403, 200, "(#200) Permissions error"),
        GraphError::unsupported("get", DEFAULT_ACCOUNT),
        GraphError::new(400, 100, "(#100) Tried accessing nonexisting field"),
    ] {
        let (api, host) = fleet_of(20).await;
        api.inject(Rule::new(Fault::Error(failure)).on_lists());
        let answers = read(&host, &numbers(&host, 0..20).await).await;
        let warnings: Vec<_> =
            answers.iter().flat_map(|answer| answer.diagnostics.warnings()).collect();
        let [warning] = warnings[..] else { panic!("one warning, not {warnings:?}") };
        assert!(warning.says(DEFAULT_ACCOUNT) && warning.says("call of its own"), "{warning:?}");
        answers.into_iter().for_each(|answer| drop(answer.stored()));
        assert_eq!(calls(&api), (1, 20));
        host.end().await;
    }
}

#[tokio::test]
async fn a_list_that_fails_on_a_later_page_still_answers_for_the_earlier_ones() {
    let (api, host) = fleet_of(250).await;
    let error = GraphError::new(400, 100, "(#100) Invalid parameter");
    api.inject(Rule::new(Fault::FailOnPage { page: 2, error }).on_lists());
    let answers = read(&host, &numbers(&host, [120, 3, 130]).await).await;
    let warnings = answers.iter().flat_map(|answer| answer.diagnostics.warnings());
    assert_eq!(warnings.count(), 1);
    answers.into_iter().for_each(|answer| drop(answer.stored()));
    assert_eq!(calls(&api), (2, 2));
    host.end().await;
}

#[tokio::test]
async fn a_list_without_end_is_given_up() {
    for (oddity, most_calls) in [(Fault::RepeatedCursor, 3), (Fault::EmptyPageWithNext, 20)] {
        let (api, host) = fleet_of(101).await;
        api.inject(oddity);
        let answers = read(&host, &numbers(&host, 70..101).await).await;
        let warnings = answers.iter().flat_map(|answer| answer.diagnostics.warnings());
        assert_eq!(warnings.count(), 1, "{answers:?}");
        answers.into_iter().for_each(|answer| drop(answer.stored()));
        let (lists, gets) = calls(&api);
        assert!(lists <= most_calls && gets <= 31, "{lists} lists, {gets} single calls");
        host.end().await;
    }
}

#[tokio::test]
async fn what_would_fail_for_each_number_as_well_is_not_tried_for_each() {
    for failure in [
        Fault::Error(GraphError::token_expired()),
        Fault::Error(GraphError::proof_missing()),
        Fault::Error(GraphError::unknown_path("/v99.0")),
        Fault::Redirect { status: 302, to: "https://login.example/".to_owned() },
    ] {
        let (api, host) = fleet_of(20).await;
        api.inject(failure.clone());
        let stored = numbers(&host, 0..20).await;
        for (answer, before) in read(&host, &stored).await.into_iter().zip(&stored) {
            assert!(answer.diagnostics.only_error().says(DEFAULT_ACCOUNT), "{answer:?}");
            let kept = answer.object.expect("an error drops nothing");
            assert_eq!(kept.value, before.value);
        }
        assert_eq!(calls(&api), (1, 0), "{failure:?}");
        host.end().await;
    }
}

#[tokio::test]
async fn numbers_of_a_throttled_account_are_not_called_one_by_one() {
    let limit = Throttle::new(0, Duration::from_secs(600));
    for limit in [limit.clone(), limit.clone().retry_after(RetryAfter::Seconds), limit.minutes(90)]
    {
        let (api, host) = fleet_of(20).await;
        api.inject(Fault::Throttle(limit));
        let stored = numbers(&host, 0..20).await;
        let answers = read(&host, &stored).await;
        let warnings = answers.iter().flat_map(|answer| answer.diagnostics.warnings());
        let warnings: Vec<_> = warnings.collect();
        let [warning] = warnings[..] else { panic!("one warning, not {warnings:?}") };
        assert!(warning.says(DEFAULT_ACCOUNT), "{warning:?}");
        for (answer, before) in answers.into_iter().zip(&stored) {
            assert!(answer.diagnostics.has_errors(), "{answer:?}");
            let kept = answer.object.expect("an error drops nothing");
            assert_eq!(kept.value, before.value);
        }
        // Where Meta names no time, one call tries again after a while.
        let (lists, alone) = calls(&api);
        assert!(lists == 1 && alone <= 1, "{lists} lists, {alone} single calls");
        host.end().await;
    }
}

#[tokio::test]
async fn a_number_that_vanishes_between_two_pages_is_an_error_and_not_gone() {
    let (api, host) = fleet_of(150).await;
    let number = Sandbox::number_id(120);
    api.inject(Fault::VanishAfterPage { page: 1, number: number.clone() });
    let mut answers = read(&host, &numbers(&host, [120, 121]).await).await;
    answers.remove(1).stored();
    let answer = answers.remove(0);
    assert!(answer.diagnostics.only_error_at("phone_number_id").says(&number), "{answer:?}");
    assert!(answer.object.is_some(), "an error drops nothing");
    assert_eq!(calls(&api), (2, 1));
    host.end().await;
}

#[tokio::test]
async fn a_number_that_moves_to_an_earlier_page_is_still_found() {
    let (api, host) = fleet_of(150).await;
    api.inject(Fault::VanishAfterPage { page: 1, number: Sandbox::number_id(0) });
    kept(&host, [100, 149]).await;
    assert_eq!(calls(&api), (2, 0));
    host.end().await;
}

#[tokio::test]
async fn what_we_set_is_not_read_from_an_older_list() {
    let (api, host) = fleet_of(2).await;
    let stored = numbers(&host, [0, 1]).await;
    read(&host, &stored).await;
    apply_pin(&host, &stored[0]).await.stored();
    api.forget_events();
    for answer in read(&host, &stored).await {
        answer.diagnostics.none("ReadResource");
    }
    assert_eq!(calls(&api), (0, 1), "one from the list, one by its own call");
    host.end().await;
}

#[tokio::test]
async fn what_we_perhaps_set_is_not_read_from_an_older_list() {
    let api = Sandbox::builder().numbers(1).start();
    let host = configured(&api, account()).await;
    let stored = numbers(&host, [0]).await.remove(0);
    let off = read(&host, iter::once(&stored)).await.remove(0).stored();
    assert_eq!(off.value["is_pin_enabled"], false, "off so far");
    api.inject(Rule::new(Fault::Lost(Loss::Close)).on_posts());
    assert!(apply_pin(&host, &stored).await.diagnostics.has_errors());
    let answer = read(&host, iter::once(&stored)).await.remove(0);
    let on = &answer.stored().value["is_pin_enabled"];
    assert_eq!(*on, true, "the PIN is on, whatever the list said before");
    host.end().await;
}

#[tokio::test]
async fn a_write_does_not_wait_for_a_list_that_hangs() {
    let (api, host) = fleet_of(1).await;
    let stored = numbers(&host, [0]).await.remove(0);
    api.inject(Rule::new(Fault::Hang).on_lists());
    let reading = host.provider.read(RESOURCE, &stored);
    let writing = async {
        arrived(&api, 1).await;
        within(5, "the write", apply_pin(&host, &stored)).await.stored();
        host.provider.stop().await;
    };
    let (answer, ()) = within(10, "both", futures_util::future::join(reading, writing)).await;
    assert!(answer.diagnostics.has_errors(), "{answer:?}");
    host.end().await;
}

#[tokio::test]
async fn stop_ends_all_reads_at_once_and_the_next_one_lists_again() {
    let (api, host) = fleet_of(20).await;
    api.inject(Rule::new(Fault::Hang).on_lists().times(1));
    let stored = numbers(&host, 0..20).await;
    let stop = async {
        arrived(&api, 1).await;
        host.provider.stop().await;
    };
    let both = futures_util::future::join(read(&host, &stored), stop);
    let (answers, ()) = within(5, "an end of all reads", both).await;
    for answer in answers {
        assert!(answer.diagnostics.only_error().says("stop"), "{answer:?}");
        assert!(answer.object.is_some(), "an error drops nothing");
    }
    kept(&host, 0..20).await;
    assert_eq!(calls(&api), (2, 0));
    host.end().await;
}

/// Reads so many numbers, fifty at a time: list calls and single calls.
async fn calls_to_refresh(count: u64) -> (usize, usize) {
    let (api, host) = fleet_of(count).await;
    kept(&host, 0..count).await;
    host.end().await;
    calls(&api)
}

async fn apply_pin(host: &Host, stored: &Stored) -> Answer {
    let config = json!({ "phone_number_id": stored.value["phone_number_id"], "pin": "314159" });
    let plan = host.provider.plan_in_run(RESOURCE, Some(stored), config).await;
    host.provider.apply_in_run(&plan).await
}
