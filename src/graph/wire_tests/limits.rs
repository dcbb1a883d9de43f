//! What happens when the API has had enough.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::JoinSet;

use crate::graph::Settings;
use crate::graph::class::Class;
use crate::graph::client::Client;
use crate::graph::error::Error;
use crate::graph::test_server::{Reply, Server, TestClock, answer, json, success};
use crate::graph::wire_tests::{client_with, set_pin_now, settings, throttled};

/// Serves `limit` calls, then none for ten seconds, and so on; counts the calls it had forbidden.
struct Limited {
    limit: usize,
    state: Mutex<LimitedState>,
    clock: Arc<TestClock>,
}

#[derive(Default)]
struct LimitedState {
    served: usize,
    closed_at: Duration,
    forbidden: usize,
}

impl Limited {
    fn reply(&self) -> Reply {
        let now = self.clock.passed();
        let mut state = self.state.lock().expect("unpoisoned");
        let until = state.closed_at + Duration::from_secs(10);
        if state.served == self.limit && now >= until {
            state.served = 0;
        }
        if state.served < self.limit {
            state.served += 1;
            if state.served == self.limit {
                state.closed_at = now;
            }
            return success();
        }
        // What was on its way when the limit was reached could not know.
        state.forbidden += usize::from(now > state.closed_at);
        throttled((until - now).as_secs())
    }
}

#[tokio::test]
async fn fifty_calls_against_a_limit_all_finish_and_none_is_sent_while_told_to_wait() {
    for limit in [1, 3, 20] {
        let clock = TestClock::new();
        let limited = Arc::new(Limited { limit, state: Mutex::default(), clock: clock.clone() });
        let api = limited.clone();
        let server = Server::start(move |_| api.reply()).await;
        let client = client_with(settings(server.port), &clock);
        for result in fifty_calls(&client).await {
            result.expect("set");
        }
        let forbidden = limited.state.lock().expect("unpoisoned").forbidden;
        assert_eq!(forbidden, 0, "limit {limit}");
    }
}

#[tokio::test]
async fn a_limit_that_never_lifts_is_waited_for_by_all_together_and_not_one_after_the_other() {
    let server = Server::start(|_| throttled(10)).await;
    let clock = TestClock::new();
    let client = client_with(settings(server.port), &clock);
    for result in fifty_calls(&client).await {
        let error = result.expect_err("throttled for ever");
        // Who starts late is not tried: this clock runs ahead of some.
        let limit = error.not_tried_because().unwrap_or(&error);
        assert_eq!((limit.class(), limit.code()), (Class::RateLimit, Some(80_007)));
        assert_eq!(limit.minutes_to_wait(), Some(1));
        let fewest = u32::from(error.not_tried_because().is_none());
        assert!((fewest..=5).contains(&error.attempts()), "{error:?}");
    }
    // One call waits four times, and another one makes sure. What is still on its way when the clock
    // has run ahead begins a wait anew.
    let (passed, heard) = (clock.passed().as_secs() / 10, server.heard());
    assert!((4..=15).contains(&passed) && heard <= 50 + 15, "{passed} waits, {heard} calls");
}

#[tokio::test]
async fn a_wait_that_nobody_named_is_not_called_the_apis() {
    let server = Server::start(|_| json(400, r#"{"error":{"code":80007}}"#)).await;
    let settings = Settings { max_retries: 0, ..settings(server.port) };
    let client = client_with(settings, &TestClock::new());
    let throttled = set_pin_now(&client).await.expect_err("throttled");
    assert_eq!(throttled.minutes_to_wait(), None);
    assert!(throttled.retry_after().is_some(), "the client keeps away all the same");
}

#[tokio::test]
async fn a_busy_service_says_how_long_it_will_be_busy() {
    let server = Server::start(|_| {
        let headers = [("retry-after", "150")];
        Reply::Bytes(answer(503, &headers, r#"{"error":{"code":2}}"#))
    })
    .await;
    let client = client_with(settings(server.port), &TestClock::new());
    let busy = set_pin_now(&client).await.expect_err("busy");
    assert_eq!((busy.class(), busy.minutes_to_wait()), (Class::Transient, Some(3)));
}

#[tokio::test]
async fn a_long_wait_is_reported_and_nobody_else_runs_into_it() {
    let usage = r#"{"1":[{"type":"x","estimated_time_to_regain_access":19}]}"#;
    let server = Server::start(move |_| {
        let headers = [("x-business-use-case-usage", usage)];
        Reply::Bytes(answer(400, &headers, r#"{"error":{"code":80008,"fbtrace_id":"T"}}"#))
    })
    .await;
    let clock = TestClock::new();
    let client = client_with(settings(server.port), &clock);
    let first = set_pin_now(&client).await.expect_err("throttled");
    assert_eq!((first.class(), first.minutes_to_wait()), (Class::RateLimit, Some(19)));
    assert_eq!(first.attempts(), 1);
    clock.pass(Duration::from_secs(10 * 60));
    let second = set_pin_now(&client).await.expect_err("held back");
    assert_eq!((second.class(), second.minutes_to_wait()), (Class::RateLimit, Some(9)));
    assert_eq!((second.code(), second.fbtrace_id()), (Some(80_008), Some("T")));
    assert_eq!((second.attempts(), server.heard()), (0, 1));
    clock.pass(Duration::from_secs(9 * 60));
    set_pin_now(&client).await.expect_err("throttled again");
    assert_eq!(server.heard(), 2);
}

/// Sets a PIN fifty times at once.
async fn fifty_calls(client: &Client) -> Vec<Result<(), Error>> {
    let calls = (0..50).map(|_| {
        let client = client.clone();
        async move { set_pin_now(&client).await }
    });
    calls.collect::<JoinSet<_>>().join_all().await
}
