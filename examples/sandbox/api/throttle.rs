//! Rate limits: a budget of calls per account, and a block when it is used up.

use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime};

use serde::Deserialize;

use super::answer::business_usage;
use super::faults::millis;
use super::graph_error::GraphError;

/// After `calls` calls of an account, every further one is refused until `lasts` has passed; then
/// the budget is fresh. The rule's `times` limits the number of such blocks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Throttle {
    /// Calls an account may make before it is blocked.
    pub calls: u64,
    /// How long the block lasts (JSON: milliseconds).
    #[serde(deserialize_with = "millis")]
    pub lasts: Duration,
    /// 80007, 80008, 4 and so on.
    #[serde(default = "account_limit")]
    pub code: i64,
    /// HTTP status of the refusals.
    #[serde(default = "bad_request")]
    pub status: u16,
    /// Whether and how the header says when the block ends.
    #[serde(default)]
    pub retry_after: RetryAfter,
    /// `estimated_time_to_regain_access`, in minutes, whatever `lasts` says.
    #[serde(default)]
    pub minutes: Option<u64>,
}

/// The forms of the `Retry-After` header.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// The header is absent.
    #[default]
    Absent,
    /// Whole seconds, rounded up.
    Seconds,
    /// An HTTP date, rounded up to a second.
    Date,
}

impl Throttle {
    /// A limit of this many calls with code 80007, HTTP 400 and no hint when the block ends.
    pub fn new(calls: u64, lasts: Duration) -> Self {
        let retry_after = RetryAfter::Absent;
        Self {
            calls,
            lasts,
            code: account_limit(),
            status: bad_request(),
            retry_after,
            minutes: None,
        }
    }

    /// Says when the block ends.
    pub fn retry_after(mut self, form: RetryAfter) -> Self {
        self.retry_after = form;
        self
    }

    /// Says so many minutes in the usage header.
    pub fn minutes(mut self, minutes: u64) -> Self {
        self.minutes = Some(minutes);
        self
    }

    /// Refuses with another code and HTTP status.
    pub fn code(mut self, code: i64, status: u16) -> Self {
        (self.code, self.status) = (code, status);
        self
    }

    fn refusal(&self, account: &str, left: Duration) -> GraphError {
        let message = format!("(#{}) There have been too many calls to this account.", self.code);
        let mut error = GraphError::new(self.status, self.code, message);
        let (name, value) = business_usage(account, 100, self.minutes.unwrap_or(0));
        error = error.header(name, value);
        let left = Duration::from_secs(left.as_millis().div_ceil(1000).try_into().unwrap_or(0));
        match self.retry_after {
            RetryAfter::Absent => error,
            RetryAfter::Seconds => error.header("Retry-After", left.as_secs().to_string()),
            RetryAfter::Date => {
                // Written in whole seconds, rounded down: one more keeps it from ending too early.
                let moment = SystemTime::now() + left + Duration::from_secs(1);
                error.header("Retry-After", httpdate::fmt_http_date(moment))
            }
        }
    }
}

/// What each account has used, and until when it is blocked.
#[derive(Debug, Default)]
pub(super) struct Budgets(HashMap<String, Budget>);

#[derive(Debug, Default)]
struct Budget {
    used: u64,
    blocked_until: Option<Instant>,
}

/// A refusal, and whether it opened a new block.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) error: GraphError,
    pub(super) opens_block: bool,
}

impl Budgets {
    /// Counts a call of `account`; refuses it if the account is blocked, or now has to be.
    pub(super) fn count(
        &mut self,
        throttle: &Throttle,
        account: &str,
        now: Instant,
        may_block: bool,
    ) -> Option<Refusal> {
        let budget = self.0.entry(account.to_owned()).or_default();
        if let Some(until) = budget.blocked_until {
            if now < until {
                let error = throttle.refusal(account, until - now);
                return Some(Refusal { error, opens_block: false });
            }
            *budget = Budget::default();
        }
        budget.used += 1;
        if budget.used <= throttle.calls || !may_block {
            return None;
        }
        budget.blocked_until = Some(now + throttle.lasts);
        Some(Refusal { error: throttle.refusal(account, throttle.lasts), opens_block: true })
    }
}

fn account_limit() -> i64 {
    80007
}

fn bad_request() -> u16 {
    400
}
