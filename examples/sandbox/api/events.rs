//! The log of everything that reached the sandbox. It may be shown: it holds no PIN, token or proof.

use std::collections::HashMap;
use std::fmt;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use axum::http::header;
use serde::{Serialize, Serializer};

use super::call::Call;

/// One Graph call. Times count from the start of the sandbox.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// Counts from 1.
    pub sequence: u64,
    /// When the request had arrived (JSON: seconds).
    #[serde(serialize_with = "seconds")]
    pub at: Duration,
    /// How long the answer took; `None` while the call is under way.
    #[serde(serialize_with = "optional_seconds")]
    pub took: Option<Duration>,
    /// `GET`, `POST`…
    pub method: String,
    /// The path, without query.
    pub path: String,
    /// The phone number or account ID in the path.
    pub object: Option<String>,
    /// The keys of the query, without their values.
    pub query_keys: Vec<String>,
    /// What the caller says of itself.
    pub user_agent: Option<String>,
    /// The state of `appsecret_proof`.
    pub proof: Proof,
    /// HTTP status; `None` if no answer went out (yet).
    pub status: Option<u16>,
    /// Graph's error code.
    pub code: Option<i64>,
    /// Whether this call changed the number's PIN.
    pub pin_set: bool,
    /// Other calls that were under way when this one arrived.
    pub in_flight: usize,
    /// Whether an earlier answer had told the caller to stay away from this account for now.
    pub while_told_to_wait: bool,
    /// The faults that struck.
    pub faults: Vec<String>,
}

/// What came as `appsecret_proof`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// None.
    Absent,
    /// One, though the token's app does not ask for it.
    Unneeded,
    /// The right one.
    Right,
    /// Another one.
    Wrong,
}

impl Event {
    /// Whether this is a POST.
    pub fn is_post(&self) -> bool {
        self.method == "POST"
    }

    /// Whether this asked for a page of an account's numbers.
    pub fn is_list(&self) -> bool {
        self.path.ends_with("/phone_numbers")
    }

    /// Whether the call is still under way.
    pub fn is_under_way(&self) -> bool {
        self.took.is_none()
    }

    pub(super) fn arriving(sequence: u64, call: &Call, proof: Proof, faults: Vec<String>) -> Self {
        Self {
            sequence,
            at: Duration::ZERO,
            took: None,
            method: call.method.clone(),
            path: call.path.clone(),
            object: call.object().map(str::to_owned),
            query_keys: call.query.iter().map(|(key, _)| key.clone()).collect(),
            user_agent: call.header(header::USER_AGENT).map(str::to_owned),
            proof,
            status: None,
            code: None,
            pin_set: false,
            in_flight: 0,
            while_told_to_wait: false,
            faults,
        }
    }

    fn remarks(&self) -> Vec<String> {
        let mut remarks: Vec<_> = self.code.iter().map(|code| format!("code {code}")).collect();
        if self.pin_set {
            remarks.push("pin set".into());
        }
        if self.while_told_to_wait {
            remarks.push("(came while told to wait)".into());
        }
        if !self.faults.is_empty() {
            remarks.push(format!("[{}]", self.faults.join(", ")));
        }
        remarks
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at.as_secs_f64();
        write!(f, "{:>4} {at:>9.3}s  {:<4} {}", self.sequence, self.method, self.path)?;
        for (number, key) in self.query_keys.iter().enumerate() {
            write!(f, "{}{key}=…", if number == 0 { '?' } else { '&' })?;
        }
        match self.status {
            Some(status) => write!(f, "  -> {status}")?,
            None => write!(f, "  -> no answer")?,
        }
        self.remarks().iter().try_for_each(|remark| write!(f, "  {remark}"))
    }
}

/// The log, and who is told of new entries.
#[derive(Debug)]
pub(super) struct Journal {
    pub(super) events: Vec<Event>,
    started: Instant,
    sequence: u64,
    in_flight: usize,
    waits: HashMap<String, Wait>,
    followers: Vec<mpsc::Sender<Event>>,
}

/// A span of time in which an account's caller has been told to stay away.
#[derive(Clone, Copy, Debug)]
struct Wait {
    told: Instant,
    until: Instant,
}

/// What is known of a call once it has been answered, or will not be.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outcome {
    pub(super) status: Option<u16>,
    pub(super) code: Option<i64>,
    pub(super) pin_set: bool,
    pub(super) told_to_wait: Option<Instant>,
}

impl Journal {
    pub(super) fn new(started: Instant) -> Self {
        Self {
            events: Vec::new(),
            started,
            sequence: 0,
            in_flight: 0,
            waits: HashMap::new(),
            followers: Vec::new(),
        }
    }

    pub(super) fn follow(&mut self) -> mpsc::Receiver<Event> {
        let (sender, receiver) = mpsc::channel();
        self.followers.push(sender);
        receiver
    }

    pub(super) fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    pub(super) fn arrived(&mut self, account: &str, event: Event, now: Instant) {
        let wait = self.waits.get(account);
        self.events.push(Event {
            at: now - self.started,
            in_flight: self.in_flight,
            while_told_to_wait: wait
                .is_some_and(|wait| wait.told + CROSSING < now && now < wait.until),
            ..event
        });
        self.in_flight += 1;
    }

    /// The first word about a call's outcome counts.
    pub(super) fn finished(
        &mut self,
        sequence: u64,
        account: &str,
        outcome: Outcome,
        now: Instant,
    ) {
        if let Some(until) = outcome.told_to_wait {
            self.told_to_wait(account, until, now);
        }
        let started = self.started;
        let event = self.events.iter_mut().rev().find(|event| event.sequence == sequence);
        let Some(event) = event.filter(|event| event.is_under_way()) else { return };
        event.took = Some(now.duration_since(started).saturating_sub(event.at));
        event.status = outcome.status;
        event.code = outcome.code;
        event.pin_set = outcome.pin_set;
        let event = event.clone();
        self.followers.retain(|follower| follower.send(event.clone()).is_ok());
    }

    pub(super) fn left(&mut self) {
        self.in_flight -= 1;
    }

    pub(super) fn forget_waits(&mut self) {
        self.waits.clear();
    }

    fn told_to_wait(&mut self, account: &str, until: Instant, now: Instant) {
        let known = self.waits.get(account).filter(|known| now < known.until).copied();
        let told = known.map_or(now, |known| known.told);
        let until = known.map_or(until, |known| known.until.max(until));
        self.waits.insert(account.to_owned(), Wait { told, until });
    }
}

fn seconds<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(time.as_secs_f64())
}

fn optional_seconds<S: Serializer>(time: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
    time.map(|time| time.as_secs_f64()).serialize(to)
}

/// A call that was already on its way when the answer went out is not to blame. On a busy machine the
/// caller may not get to read the answer for some time.
pub const CROSSING: Duration = Duration::from_secs(1);
