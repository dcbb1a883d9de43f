//! The life of a call: past breaker and gate, one attempt, and again if that is right.

use std::time::Duration;

use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::graph::attempt::Outcome;
use crate::graph::audit;
use crate::graph::client::Client;
use crate::graph::codes::Retry;
use crate::graph::error::{Error, Kind};
use crate::graph::gate::{Limit, Permit};
use crate::graph::request::Request;
use crate::graph::retry;
use crate::graph::usage::Usage;

/// What carries an attempt to the API and back: a [`Client`], or a test that plays the API.
pub(super) trait Carrier: Sync {
    /// `None` if the call is no longer wanted.
    fn carry(
        &self,
        request: &Request<'_>,
        attempt: u32,
        cancel: &CancellationToken,
    ) -> impl Future<Output = Option<Outcome>> + Send;
}

impl Client {
    /// Repeats a call until it succeeds, is refused, or must not be sent again.
    pub(super) async fn repeat<T>(
        &self,
        carrier: &impl Carrier,
        request: &Request<'_>,
        cancel: &CancellationToken,
        read: impl Fn(u16, Map<String, Value>) -> Result<T, Kind>,
    ) -> Result<T, Error> {
        let retries = retry::most(request, self.0.max_retries);
        let mut history = History { retries, ..History::default() };
        let mut watched = self.0.breaker.watch(request);
        loop {
            let permits = self.pass(request, &mut watched, &mut history, cancel).await?;
            history.attempts += 1;
            let sent_at = self.0.clock.now();
            let outcome = carrier.carry(request, history.attempts, cancel).await;
            let outcome = outcome.ok_or_else(|| history.end_with(Error::new(Kind::Cancelled)))?;
            let failure = match outcome.object.and_then(|(status, object)| read(status, object)) {
                Ok(value) => {
                    let took = self.0.clock.now().saturating_duration_since(sent_at);
                    audit::done(request, outcome.trace.as_deref(), history.attempts, took);
                    watched.answered();
                    self.0.gate.went_through(permits);
                    return Ok(value);
                }
                Err(kind) => Error::new(kind).at(outcome.stage),
            };
            history.outcome_unknown |= request.is_write() && failure.is_ambiguous();
            let next = self.settle(request, permits, failure, outcome.usage, &mut history);
            let failure = next.as_ref().err().or(history.last.as_ref());
            if let Some(failure) = failure {
                watched.failed(failure, next.is_err(), self.0.clock.now());
            }
            if !self.pause(next?, "before the call is repeated", cancel).await {
                return Err(history.end_with(Error::new(Kind::Cancelled)));
            }
        }
    }

    /// How long to pause before the next attempt, or the error if there is none.
    fn settle(
        &self,
        request: &Request<'_>,
        permits: Vec<Permit>,
        failure: Error,
        usage: Usage,
        history: &mut History,
    ) -> Result<Duration, Error> {
        let inner = &self.0;
        let home = inner.whereabouts.of(request.object());
        let limit = Limit::of(&failure, usage.accounts, home.clone());
        let (attempts, chance) = (history.attempts, inner.clock.chance());
        let decision = retry::decide(&failure, usage.requested, attempts, history.retries, chance);
        let failure = failure.with_wait(decision.hold, decision.is_named);
        match decision.hold {
            Some(wait) => {
                inner.gate.was_throttled(permits, &limit, wait, inner.clock.now(), &failure);
            }
            // Who got no answer, or one of an outage, has not found out whether the limit has lifted.
            None if failure.retry() == Retry::Backoff => drop(permits),
            None => inner.gate.went_through(permits),
        }
        let Some(wait) = decision.again_after else { return Err(history.finish(failure)) };
        history.last = Some(failure);
        // Where others wait for the same limit, this call waits at the gate like any of them.
        let waits_with_others = decision.hold.is_some() && limit.concerns(home.as_ref());
        Ok(if waits_with_others { Duration::ZERO } else { wait })
    }
}

/// What happened to a call so far.
#[derive(Default)]
pub(super) struct History {
    pub(super) attempts: u32,
    /// How often it may be sent again.
    pub(super) retries: u32,
    outcome_unknown: bool,
    pub(super) last: Option<Error>,
}

impl History {
    /// The last attempt's failure is the call's failure.
    fn finish(&self, failure: Error) -> Error {
        failure.with_history(self.attempts, self.outcome_unknown)
    }

    /// The call ends for another reason than its last attempt, which is named as the source.
    pub(super) fn end_with(&mut self, error: Error) -> Error {
        self.finish(error).after(self.last.take())
    }

    /// The run is given up, or its calls at one limit: a call that was sent ends as its last attempt
    /// did, and one that was not is not tried.
    pub(super) fn give_up(&mut self, because: &Error) -> Error {
        match self.last.take() {
            Some(failure) => self.finish(failure),
            None => Error::stopped_by(because),
        }
    }
}
