//! Several accounts in one configuration: what a refresh costs, and what one account's failure
//! means for the others.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::fleet::{NUMBERS, RESOURCE, calls, configured, imported, numbers, with_pin};
use crate::host::Host;
use crate::host::calls::{Answer, Stored};
use crate::sandbox::{Builder, Event, Fault, GraphError, PhoneNumber, Rule, Sandbox, Throttle};

/// So many accounts of so many numbers each, and a provider that knows them all.
async fn accounts_of(accounts: u64, each: u64) -> (Sandbox, Host) {
    let with_account = |builder: Builder, index: u64| {
        let builder = builder.account(account(index));
        builder.numbers_from(index * each, each, with_pin)
    };
    let api = (0..accounts).fold(Sandbox::builder(), with_account).start();
    // Slow enough that all who read at the same time have asked before a page comes.
    api.inject(Rule::new(Fault::Delay(Duration::from_millis(50))).on_lists());
    let ids: Vec<_> = (0..accounts).map(account).collect();
    let host = configured(&api, json!({ "business_account_ids": ids })).await;
    (api, host)
}

fn account(index: u64) -> String {
    (900_000 + index).to_string()
}

/// Reads so many at a time, each to its end before the next of its place begins.
async fn read(host: &Host, stored: &[Stored], at_once: usize) -> Vec<Answer> {
    let lanes = (0..at_once).map(async |lane| {
        let mut answers = Vec::new();
        for stored in stored.iter().skip(lane).step_by(at_once) {
            answers.push(host.provider.read(RESOURCE, stored).await);
        }
        answers
    });
    join_all(lanes).await.concat()
}

fn kept(answers: Vec<Answer>) -> Vec<Stored> {
    let kept = answers.into_iter().map(|answer| {
        answer.diagnostics.none("ReadResource");
        answer.stored()
    });
    kept.collect()
}

/// An order that is none, and the same in every run.
fn shuffled(count: u64) -> Vec<u64> {
    let mut order: Vec<_> = (0..count).collect();
    order.sort_by_key(|index| (index * 7_919 + 13) % 10_007);
    order
}

#[tokio::test]
async fn one_number_of_a_large_account_costs_at_most_two_calls() {
    for index in [0, 99, 100, 999] {
        let (api, host) = accounts_of(1, 1_000).await;
        kept(read(&host, &numbers(&host, [index]).await, 1).await);
        assert!(api.calls() <= 2, "{:?}", calls(&api));
        host.end().await;
    }
}

#[tokio::test]
async fn ten_numbers_of_a_thousand_cost_ten_calls_at_once_and_twenty_one_by_one() {
    for at_once in [1, 10, 64] {
        let (api, host) = accounts_of(1, 1_000).await;
        let some = shuffled(1_000).into_iter().take(10);
        kept(read(&host, &numbers(&host, some).await, at_once).await);
        let most = if at_once == 1 { 20 } else { 10 };
        assert!(api.calls() <= most, "{at_once} at once: {:?}", calls(&api));
        host.end().await;
    }
}

#[tokio::test]
async fn a_thousand_numbers_of_one_account_cost_ten_pages_in_any_order() {
    for at_once in [1, 10, 64] {
        let (api, host) = accounts_of(1, 1_000).await;
        kept(read(&host, &numbers(&host, shuffled(1_000)).await, at_once).await);
        let (pages, alone) = calls(&api);
        // One by one, the first numbers cannot know of the others.
        let most_alone = if at_once == 1 { 9 } else { 0 };
        assert!(pages == 10 && alone <= most_alone, "{at_once} at once: {:?}", calls(&api));
        host.end().await;
    }
}

#[tokio::test]
async fn a_thousand_numbers_of_ten_accounts_cost_ten_calls_and_each_finds_its_account_again() {
    for at_once in [10, 64] {
        let (api, host) = accounts_of(10, 100).await;
        let stored = numbers(&host, shuffled(1_000)).await;
        let stored = kept(read(&host, &stored, at_once).await);
        assert_eq!(calls(&api), (10, 0), "{at_once} at once");
        host.end().await;

        let ids: Vec<_> = (0..10).map(account).collect();
        let again = configured(&api, json!({ "business_account_ids": ids })).await;
        api.forget_events();
        kept(read(&again, &stored, 1).await);
        assert_eq!(calls(&api), (10, 0), "one by one, from what is remembered");
        api.forget_events();
        kept(read(&again, &stored[..1], 1).await);
        assert_eq!(calls(&api), (0, 0), "listed once");
        again.end().await;
    }
}

#[tokio::test]
async fn no_subset_costs_more_than_two_calls_for_each_number_or_more_pages_than_numbers() {
    for (accounts, each, wanted, at_once) in
        [(1, 250, 3, 1), (3, 150, 7, 2), (5, 40, 33, 10), (2, 300, 90, 64), (12, 5, 12, 1)]
    {
        let (api, host) = accounts_of(accounts, each).await;
        let some: Vec<_> = shuffled(accounts * each).into_iter().take(wanted).collect();
        kept(read(&host, &numbers(&host, some).await, at_once).await);
        let (pages, alone) = calls(&api);
        assert!(pages <= wanted && pages + alone <= 2 * wanted, "{wanted}: {:?}", calls(&api));
        host.end().await;
    }
}

#[tokio::test]
async fn what_is_remembered_wrongly_or_damaged_costs_calls_and_nothing_else() {
    for private in [&b"\xff\x00"[..], b"[]", br#"{"business_account_id":7}"#, b"", FOREIGN_HOME] {
        let (api, host) = accounts_of(2, 10).await;
        let mut stored = numbers(&host, 0..20).await;
        stored.iter_mut().for_each(|stored| stored.private = private.to_vec());
        kept(read(&host, &stored, 10).await);
        assert!(api.calls() <= 4, "{:?} for {private:?}", calls(&api));
        host.end().await;
    }
}

#[tokio::test]
async fn what_another_version_keeps_stays_where_it_is() {
    let (_api, host) = accounts_of(1, 1).await;
    let mut stored = numbers(&host, [0]).await;
    stored[0].private = br#"{"of_next_year":[1]}"#.to_vec();
    let stored = kept(read(&host, &stored, 1).await);
    let private: Value = serde_json::from_slice(&stored[0].private).expect("JSON");
    assert_eq!(private, json!({ "of_next_year": [1], "business_account_id": account(0) }));
    host.end().await;
}

#[tokio::test]
async fn an_account_that_fails_is_told_once_and_hides_no_other() {
    let (api, host) = accounts_of(3, 10).await;
    let refusal = GraphError::new(403, 200, "(#200) Permissions error");
    api.inject(Rule::new(Fault::Error(refusal)).on_lists().on_object(account(1)));
    let answers = read(&host, &numbers(&host, 0..30).await, 10).await;
    let warnings = answers.iter().flat_map(|answer| answer.diagnostics.warnings());
    let warnings: Vec<_> = warnings.collect();
    let [warning] = warnings[..] else { panic!("one warning, not {warnings:?}") };
    assert!(warning.says(&account(1)) && warning.says("call of its own"), "{warning:?}");
    answers.into_iter().for_each(|answer| drop(answer.stored()));
    assert_eq!(calls(&api), (3, 10));
    host.end().await;
}

#[tokio::test]
async fn a_list_that_is_throttled_hides_no_number_of_another_list() {
    let (api, host) = accounts_of(2, 10).await;
    let stored = kept(read(&host, &numbers(&host, 0..20).await, 10).await);
    host.end().await;
    let again = configured(&api, json!({ "business_account_ids": [account(0), account(1)] })).await;
    api.forget_events();
    let limit = Throttle::new(0, Duration::from_secs(600)).minutes(20);
    for object in [account(0)].into_iter().chain((0..10).map(Sandbox::number_id)) {
        api.inject(Rule::new(Fault::Throttle(limit.clone())).on_object(object));
    }
    let answers = read(&again, &stored, 10).await;
    let failed = |answer: &&Answer| answer.diagnostics.has_errors();
    assert_eq!(answers.iter().filter(failed).count(), 10);
    assert_eq!(calls(&api), (2, 0), "nobody calls the throttled account again");
    again.end().await;
}

#[tokio::test]
async fn data_and_lists_cover_all_accounts_and_every_number_says_its_own() {
    let shared = PhoneNumber::new("3", "+1 555-3").with_pin("271828").shared_with(account(1));
    let api = Sandbox::builder()
        .account(account(0))
        .with_number(PhoneNumber::new("1", "+1 555-1").with_pin("271828"))
        .with_number(shared)
        .account(account(1))
        .with_number(PhoneNumber::new("2", "+1 555-2").with_pin("271828"))
        .start();
    let host = configured(&api, json!({ "business_account_ids": [account(0), account(1)] })).await;
    let (found, diagnostics) = host.provider.read_data(NUMBERS, json!({})).await;
    diagnostics.none("ReadDataSource");
    let found = found["phone_numbers"].as_array().expect("a list").clone();
    let pairs =
        found.iter().map(|number| (&number["phone_number_id"], &number["business_account_id"]));
    let (first, second) = (json!(account(0)), json!(account(1)));
    let expected =
        [(json!("1"), &first), (json!("3"), &first), (json!("3"), &second), (json!("2"), &second)];
    assert_eq!(pairs.collect::<Vec<_>>(), expected.each_ref().map(|(id, account)| (id, *account)));

    api.forget_events();
    kept(read(&host, &[imported(&host, "3").await], 1).await);
    assert_eq!(calls(&api), (1, 0), "a shared number is read once");

    let (listed, diagnostics) = host.provider.list(RESOURCE, json!({}), false, 100).await;
    diagnostics.none("ListResource");
    let names: Vec<_> = listed.iter().map(|item| item.display_name.as_str()).collect();
    assert_eq!(names.len(), 4, "{names:?}");
    assert_eq!(names[0], "+1 555-1 (Sandbox Ltd) in account 900000");
    let (adopted, _) = host.provider.list(RESOURCE, json!({}), true, 100).await;
    assert_eq!(adopted.len(), 3, "configuration owns a number once");

    api.forget_events();
    let (listed, _) = host.provider.list(RESOURCE, json!({}), false, 1).await;
    assert_eq!((listed.len(), calls(&api)), (1, (1, 0)), "a limit stops all accounts");
    host.end().await;
}

#[tokio::test]
async fn every_account_that_cannot_be_listed_is_named_and_the_others_are_listed() {
    let (api, host) = accounts_of(3, 2).await;
    for index in [0, 2] {
        let refusal = GraphError::unsupported("get", &account(index));
        api.inject(Rule::new(Fault::Error(refusal)).on_object(account(index)));
    }
    let (_, diagnostics) = host.provider.read_data(NUMBERS, json!({})).await;
    let (listed, of_list) = host.provider.list(RESOURCE, json!({}), false, 100).await;
    assert_eq!(listed.len(), 2);
    for diagnostics in [diagnostics, of_list] {
        assert_eq!(diagnostics.errors().count(), 2, "{diagnostics:?}");
        for index in [0, 2] {
            assert!(diagnostics.errors().any(|error| error.says(&account(index))));
        }
    }
    assert!(api.events().iter().all(Event::is_list), "{:?}", api.events());
    host.end().await;
}

const FOREIGN_HOME: &[u8] = br#"{"business_account_id":"12345"}"#;
