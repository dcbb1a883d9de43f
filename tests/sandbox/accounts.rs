//! Several accounts: numbers that two of them list, and limits that each has for itself.

use std::time::Duration;

use serde_json::{Value, json};

use crate::caller::{get, state};
use crate::options::Options;
use crate::sandbox::{DEFAULT_ACCOUNT, Fault, Sandbox, Throttle};

#[tokio::test]
async fn a_number_that_two_accounts_share_is_in_both_lists_and_charged_to_the_first() {
    let options = "--accounts 2 --numbers 3 --shared 1".split(' ').map(str::to_owned);
    let options = Options::parse(options).expect("understood").expect("no wish for help");
    let accounts = options.accounts();
    let api = options.seed().start();
    let ids = async |account: &str| {
        let list = get(&api, &format!("{account}/phone_numbers?fields=id")).await.json();
        let ids = list["data"].as_array().expect("a list").iter();
        ids.map(|number| number["id"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let number = Sandbox::number_id;
    assert_eq!(ids(&accounts[0]).await, [0, 1, 2, 3].map(number));
    assert_eq!(ids(&accounts[1]).await, [0, 3, 4, 5].map(number));
    assert_eq!(options.first_number(), number(0));
    assert_eq!(charged(&get(&api, &number(0)).await.headers), [DEFAULT_ACCOUNT]);
    let told = state(&api).await;
    assert_eq!(told["accounts"][0]["numbers"][0]["shared_with"], json!(accounts[1]));
}

#[tokio::test]
async fn one_account_is_throttled_and_the_other_is_not() {
    let api = Sandbox::builder().account("1").numbers(2).account("2").numbers_from(2, 2, |n| n);
    let api = api.start();
    api.inject(Fault::Throttle(Throttle::new(1, Duration::from_secs(60)).minutes(3)));
    assert_eq!(get(&api, &Sandbox::number_id(0)).await.status, 200);
    let refused = get(&api, &Sandbox::number_id(1)).await;
    assert_eq!((refused.status, &refused.error()["code"]), (400, &json!(80007)));
    assert_eq!(charged(&refused.headers), ["1"]);
    let usage: Value = serde_json::from_str(refused.header("x-business-use-case-usage"))
        .expect("the header is JSON");
    assert_eq!(usage["1"][0]["estimated_time_to_regain_access"], 3);
    let other = get(&api, &Sandbox::number_id(2)).await;
    assert_eq!((other.status, charged(&other.headers)), (200, vec!["2".to_owned()]));
    assert_eq!(state(&api).await["faults"], json!(["Throttle"]));
}

#[tokio::test]
async fn garbage_is_no_text_and_the_call_was_carried_out() {
    let api = Sandbox::start();
    api.inject(Fault::Garbage);
    let number = crate::sandbox::DEFAULT_NUMBER;
    let answer = crate::caller::post(&api, number, "012345").await;
    assert!(answer.status == 200 && std::str::from_utf8(&answer.body).is_err());
    assert_eq!(api.pin(number).as_deref(), Some("012345"));
}

/// The accounts that the usage header names.
fn charged(headers: &reqwest::header::HeaderMap) -> Vec<String> {
    let header = headers.get("x-business-use-case-usage").expect("the object was found");
    let usage: Value = serde_json::from_slice(header.as_bytes()).expect("the header is JSON");
    usage.as_object().expect("by account").keys().cloned().collect()
}
