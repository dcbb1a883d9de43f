//! What one account's limit means for the calls to others.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::graph::class::Class;
use crate::graph::client::Client;
use crate::graph::error::Error;
use crate::graph::ids::{BusinessAccountId, PhoneNumberId};
use crate::graph::phone_numbers::{PhoneNumber, PhoneNumberFields};
use crate::graph::settings::Settings;
use crate::graph::test_server::{Heard, Reply, Server, TestClock, answer};
use crate::graph::wire_tests::{bounded, client_with, settings};

const A: &str = "900000";
const B: &str = "900001";

/// An API with two accounts: numbers that begin with 1 are in A, those with 2 in B. A has used up
/// its calls.
async fn two_accounts(code: i64, minutes: u64, names_account: bool) -> (Server, Client) {
    let (server, client, _) = two_accounts_and_clock(code, minutes, names_account).await;
    (server, client)
}

async fn two_accounts_and_clock(
    code: i64,
    minutes: u64,
    names_account: bool,
) -> (Server, Client, Arc<TestClock>) {
    let server = Server::start(move |heard| reply(&heard, code, minutes, names_account)).await;
    let clock = TestClock::new();
    let settings = Settings { max_retries: 0, ..settings(server.port) };
    let client = client_with(settings, &clock);
    (server, client, clock)
}

fn reply(heard: &Heard, code: i64, minutes: u64, names_account: bool) -> Reply {
    let path = heard.line.split(['/', '?', ' ']).nth(3).expect("an object");
    let (account, is_limited) = if path.starts_with('1') { (A, true) } else { (B, false) };
    let minutes = if is_limited { minutes } else { 0 };
    let usage = format!(r#"{{"{account}":[{{"estimated_time_to_regain_access":{minutes}}}]}}"#);
    let usage = [("x-business-use-case-usage", usage.as_str())];
    let headers = if names_account { &usage[..] } else { &[] };
    Reply::Bytes(match is_limited {
        true => answer(400, headers, &format!(r#"{{"error":{{"code":{code}}}}}"#)),
        false => answer(200, headers, &format!(r#"{{"id":"{path}"}}"#)),
    })
}

async fn read(client: &Client, number: &str) -> Result<PhoneNumber, Error> {
    let number: PhoneNumberId = number.parse().expect("an ID");
    let stop = CancellationToken::new();
    bounded(client.phone_number(&number, PhoneNumberFields::PinStatus, &stop)).await
}

fn account(id: &str) -> BusinessAccountId {
    id.parse().expect("an ID")
}

fn expect_both(client: &Client) {
    client.expect_accounts(&[account(A), account(B)]);
}

#[tokio::test]
async fn the_account_that_the_header_names_waits_and_no_other() {
    for code in [80_007, 80_008, 80_000, 80_014] {
        let (server, client) = two_accounts(code, 20, true).await;
        expect_both(&client);
        let limited = read(&client, "11").await.expect_err("throttled");
        assert_eq!(limited.minutes_to_wait(), Some(20));
        read(&client, "21").await.expect("account B is not limited");
        let again = read(&client, "11").await.expect_err("it waits");
        assert_eq!((again.class(), again.attempts()), (Class::RateLimit, 0), "{code}");
        assert_eq!(server.heard(), 2);
    }
}

#[tokio::test]
async fn without_the_header_what_is_known_of_the_number_names_the_account() {
    let (_server, client, clock) = two_accounts_and_clock(80_007, 0, false).await;
    expect_both(&client);
    for (number, account) in [("11", account(A)), ("12", account(A)), ("21", account(B))] {
        client.suppose_account(&number.parse().expect("an ID"), &account);
    }
    let limited = read(&client, "11").await.expect_err("throttled");
    assert_eq!(limited.minutes_to_wait(), None, "nobody named a time");
    read(&client, "21").await.expect("account B is not limited");
    assert_eq!(clock.passed(), Duration::ZERO, "and does not wait");
    read(&client, "12").await.expect_err("throttled as well");
    assert_eq!(Some(clock.passed()), limited.retry_after(), "account A is left alone for a while");
}

#[tokio::test]
async fn if_nothing_tells_the_account_everybody_waits() {
    let (_server, client, clock) = two_accounts_and_clock(80_007, 0, false).await;
    expect_both(&client);
    let limited = read(&client, "11").await.expect_err("throttled");
    read(&client, "21").await.expect("read after a while");
    assert_eq!(Some(clock.passed()), limited.retry_after());
}

#[tokio::test]
async fn a_limit_of_app_or_token_stops_every_account() {
    for code in [4, 17, 32, 613] {
        let (server, client) = two_accounts(code, 20, true).await;
        expect_both(&client);
        client.suppose_account(&"21".parse().expect("an ID"), &account(B));
        read(&client, "11").await.expect_err("throttled");
        let held = read(&client, "21").await.expect_err("every call waits");
        assert_eq!((held.code(), held.attempts()), (Some(code), 0));
        assert_eq!(server.heard(), 1);
    }
}

#[tokio::test]
async fn a_number_of_the_only_account_that_is_known_waits_with_it() {
    let (server, client) = two_accounts(80_007, 20, true).await;
    read(&client, "11").await.expect_err("throttled");
    read(&client, "12").await.expect_err("it is taken for one of the same account");
    assert_eq!(server.heard(), 1);
}

#[tokio::test]
async fn a_stranger_finds_out_where_it_belongs_and_is_not_sent_again() {
    let (server, client) = two_accounts(80_007, 20, true).await;
    expect_both(&client);
    for _ in 0..3 {
        for number in ["11", "12", "13"] {
            read(&client, number).await.expect_err("throttled");
        }
        read(&client, "21").await.expect("account B is not limited");
    }
    assert_eq!(server.heard(), 3 + 3, "one call for each number of the account that waits");
}

#[tokio::test]
async fn fifty_calls_to_two_accounts_lose_none_and_hold_up_nobody_for_the_others_limit() {
    let clock = TestClock::new();
    let begun = Arc::clone(&clock);
    // Account A takes calls again after ten seconds.
    let server = Server::start(move |heard| {
        let is_limited = begun.passed() < Duration::from_secs(10);
        let left = if is_limited { 1 } else { 0 };
        match reply(&heard, 80_007, left, true) {
            Reply::Bytes(bytes) if !is_limited || bytes.starts_with(b"HTTP/1.1 200") => {
                let path = heard.line.split(['/', '?', ' ']).nth(3).expect("an object").to_owned();
                Reply::Bytes(answer(200, &[], &format!(r#"{{"id":"{path}"}}"#)))
            }
            refused => refused,
        }
    })
    .await;
    let client = client_with(settings(server.port), &clock);
    expect_both(&client);
    let calls = (0..25).flat_map(|index| [format!("1{index}"), format!("2{index}")]);
    let calls = calls.map(|number| {
        let client = client.clone();
        async move { read(&client, &number).await }
    });
    for outcome in calls.collect::<tokio::task::JoinSet<_>>().join_all().await {
        outcome.expect("read at last");
    }
}
