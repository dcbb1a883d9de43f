//! Whether a failed call is sent again, and after how long.
//!
//! Everything in here is arithmetic: no clock, no chance, no network. The wait is drawn at random
//! below a ceiling that doubles with each attempt ("full jitter"), so that calls that failed
//! together do not come back together.

use std::time::Duration;

use crate::graph::codes::Retry;
use crate::graph::error::Error;
use crate::graph::request::Request;
use crate::graph::usage::RequestedWait;

/// What follows from one failed attempt.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Decision {
    /// For this long, no call that the same limit concerns may be sent.
    pub(crate) hold: Option<Duration>,
    /// Whether the API has named that time; else it is our own guess.
    pub(crate) is_named: bool,
    /// Send the call again after this long; `None` is the end of it.
    pub(crate) again_after: Option<Duration>,
}

/// How often a call may be sent again, in a client that repeats others this often: never, if sending
/// it twice does harm, not even if it perhaps did not arrive.
pub(crate) fn most(request: &Request<'_>, max_retries: u32) -> u32 {
    if request.is_sent_once() { 0 } else { max_retries }
}

/// Decides on a call that failed `attempts` times, 1 or more. `chance` is drawn from 0 to 1.
pub(crate) fn decide(
    failure: &Error,
    requested: RequestedWait,
    attempts: u32,
    max_retries: u32,
    chance: f64,
) -> Decision {
    let (wait, hold, is_named) = match failure.retry() {
        Retry::Never | Retry::Later(_) => return Decision::default(),
        Retry::Backoff => {
            let wait = backoff(attempts, chance).max(requested.retry_after.unwrap_or_default());
            (wait, requested.retry_after, requested.retry_after.is_some())
        }
        Retry::AfterWait => {
            let unasked = || throttle_backoff(attempts, chance);
            let named = requested.when_throttled();
            let wait = named.unwrap_or_else(unasked);
            (wait, Some(wait), named.is_some())
        }
    };
    let again = attempts <= max_retries && wait <= LONGEST_PAUSE;
    Decision { hold, is_named, again_after: again.then_some(wait) }
}

/// A call never sleeps longer than this; a longer wait is reported instead.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(60);

fn backoff(attempts: u32, chance: f64) -> Duration {
    ceiling(SHORTEST_CEILING, attempts).mul_f64(fraction(chance))
}

/// When throttled without being told a time: at least half of the ceiling, because a call that
/// comes too early makes the block longer.
fn throttle_backoff(attempts: u32, chance: f64) -> Duration {
    ceiling(THROTTLE_CEILING, attempts).mul_f64(0.5 + fraction(chance) / 2.0)
}

fn ceiling(first: Duration, attempts: u32) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    first.saturating_mul(1 << doublings).min(LONGEST_CEILING)
}

fn fraction(chance: f64) -> f64 {
    if chance.is_finite() { chance.clamp(0.0, 1.0) } else { 1.0 }
}

/// Ceilings of 0.5, 1, 2, 4 seconds for the four retries of a default client: long enough for a
/// restarting server, short enough for somebody who watches.
const SHORTEST_CEILING: Duration = Duration::from_millis(500);
const THROTTLE_CEILING: Duration = Duration::from_secs(4);
const LONGEST_CEILING: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::graph::answer::Answer;
    use crate::graph::codes::rules;
    use crate::graph::error::Kind;
    use crate::graph::examples::every_error;
    use crate::graph::scrub::Scrub;

    const NOTHING: RequestedWait = RequestedWait { retry_after: None, regain_access: None };

    fn seconds(count: u64) -> Option<Duration> {
        Some(Duration::from_secs(count))
    }

    fn api(status: u16, code: i64) -> Error {
        let body = json!({ "error": { "code": code } }).to_string().into_bytes();
        let answer = Answer { status, body, redirect_host: None };
        Error::new(answer.read(&Scrub::default()).expect_err("an error"))
    }

    #[test]
    fn waits_double_below_a_ceiling_and_use_all_of_it() {
        let at = |attempts, chance| backoff(attempts, chance).as_millis();
        assert_eq!([1, 2, 3, 4].map(|n| at(n, 1.0)), [500, 1_000, 2_000, 4_000]);
        assert_eq!(at(4, 0.0), 0);
        assert_eq!(at(4, 0.25), 1_000);
        assert_eq!(at(u32::MAX, 1.0), 30_000);
        assert_eq!(at(1, f64::NAN), 500);
    }

    #[test]
    fn ambiguous_failures_are_tried_again_until_the_retries_are_used_up() {
        for kind in [
            Kind::BodyTooLarge { status: 200 },
            Kind::Timeout,
            Kind::ConnectionLost { reason: "reset".into() },
            Kind::Connect { host: "h".into(), reason: "refused".into() },
            Kind::Unreadable { status: 200, found: "an empty body" },
        ] {
            let error = Error::new(kind);
            let again = |n, max| decide(&error, NOTHING, n, max, 1.0).again_after;
            assert_eq!(again(1, 4), Some(Duration::from_millis(500)), "{error}");
            assert_eq!(again(4, 4), seconds(4), "{error}");
            assert_eq!(again(5, 4), None, "{error}");
            assert_eq!(again(1, 0), None, "{error}");
        }
    }

    #[test]
    fn no_refusal_is_ever_tried_again_whatever_the_headers_say() {
        let asks = RequestedWait { retry_after: seconds(1), regain_access: seconds(60) };
        let refusals = rules().filter(|r| matches!(r.retry(), Retry::Never | Retry::Later(_)));
        for rule in refusals.filter(|r| r.code() != 1) {
            let decision = decide(&api(400, rule.code()), asks, 1, 9, 0.5);
            assert_eq!(decision, Decision::default(), "{}", rule.code());
        }
        for kind in [
            Kind::Cancelled,
            Kind::Redirect { status: 302, host: None },
            Kind::Unsuccessful { status: 200 },
        ] {
            assert_eq!(decide(&Error::new(kind), asks, 1, 9, 0.5), Decision::default());
        }
    }

    #[test]
    fn a_call_that_is_sent_once_is_not_tried_again_after_any_failure() {
        let once = Request::get(["1"]).sent_once();
        assert_eq!(most(&Request::get(["1"]), 9), 9);
        let asks = RequestedWait { retry_after: seconds(1), regain_access: None };
        for error in every_error() {
            let decision = decide(&error, asks, 1, most(&once, 9), 0.5);
            assert_eq!(decision.again_after, None, "{error}");
        }
    }

    #[test]
    fn a_throttled_call_makes_others_wait_as_long_as_the_api_asks() {
        let asks = RequestedWait { retry_after: seconds(7), regain_access: None };
        let decision = decide(&api(400, 80_007), asks, 1, 4, 0.0);
        assert_eq!(
            decision,
            Decision { hold: seconds(7), is_named: true, again_after: seconds(7) }
        );
    }

    #[test]
    fn a_throttled_call_without_a_time_waits_at_least_half_of_its_ceiling() {
        let at = |attempts, chance| decide(&api(429, 4), NOTHING, attempts, 9, chance).hold;
        assert_eq!((at(1, 0.0), at(1, 1.0)), (seconds(2), seconds(4)));
        assert_eq!((at(3, 0.0), at(3, 1.0)), (seconds(8), seconds(16)));
    }

    #[test]
    fn a_wait_above_a_minute_holds_everybody_and_is_not_slept() {
        let asks = RequestedWait { retry_after: None, regain_access: seconds(19 * 60) };
        let decision = decide(&api(400, 80_008), asks, 1, 4, 0.0);
        assert_eq!(
            decision,
            Decision { hold: seconds(19 * 60), is_named: true, again_after: None }
        );
        let asks = RequestedWait { retry_after: seconds(60), regain_access: None };
        assert_eq!(decide(&api(400, 4), asks, 1, 4, 0.0).again_after, seconds(60));
    }

    #[test]
    fn a_busy_service_that_names_a_time_is_left_alone_by_everybody() {
        let asks = RequestedWait { retry_after: seconds(5), regain_access: seconds(600) };
        let decision = decide(&api(503, 2), asks, 1, 4, 1.0);
        assert_eq!(
            decision,
            Decision { hold: seconds(5), is_named: true, again_after: seconds(5) }
        );
        assert_eq!(decide(&api(503, 2), NOTHING, 1, 4, 1.0).hold, None);
    }

    #[test]
    fn the_last_retry_being_used_up_still_holds_the_others_back() {
        let asks = RequestedWait { retry_after: seconds(5), regain_access: None };
        let decision = decide(&api(429, 4), asks, 5, 4, 1.0);
        assert_eq!(decision, Decision { hold: seconds(5), is_named: true, again_after: None });
    }
}
