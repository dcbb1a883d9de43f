//! What a call passes before each attempt, and the only place that sleeps.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::graph::breaker::{Leave, Watched};
use crate::graph::client::Client;
use crate::graph::error::{Error, Kind};
use crate::graph::gate::{Admission, Charged, Lane, Permit};
use crate::graph::repeat::History;
use crate::graph::request::Request;
use crate::graph::waits::{AGAIN, Told};

impl Client {
    /// Waits until the call may be sent, or it is clear that it may not.
    pub(super) async fn pass(
        &self,
        request: &Request<'_>,
        watched: &mut Watched<'_>,
        history: &mut History,
        cancel: &CancellationToken,
    ) -> Result<Vec<Permit>, Error> {
        loop {
            self.pass_breaker(watched, history, cancel).await?;
            let permits = self.pass_gate(request, history, cancel).await?;
            // At the gate a call may wait for minutes.
            if matches!(watched.ask(self.0.clock.now()), Leave::Go) {
                return Ok(permits);
            }
        }
    }

    async fn pass_breaker(
        &self,
        watched: &mut Watched<'_>,
        history: &mut History,
        cancel: &CancellationToken,
    ) -> Result<(), Error> {
        let breaker = &self.0.breaker;
        loop {
            let mut changed = pin!(breaker.changed());
            // From here on no change is missed, so that asking comes second.
            changed.as_mut().enable();
            if cancel.is_cancelled() {
                return Err(history.end_with(Error::new(Kind::Cancelled)));
            }
            let now = self.0.clock.now();
            let held = match watched.ask(now) {
                Leave::Go => return Ok(()),
                Leave::Never(because) => return Err(history.give_up(&because)),
                Leave::Held(held) => held,
            };
            breaker.tell(held, now);
            tokio::select! {
                () = cancel.cancelled() => {}
                () = changed => {}
                () = self.sleep(Some(held.min(AGAIN))) => {}
            }
        }
    }

    async fn pass_gate(
        &self,
        request: &Request<'_>,
        history: &mut History,
        cancel: &CancellationToken,
    ) -> Result<Vec<Permit>, Error> {
        loop {
            let mut permits = Vec::new();
            for lane in self.0.gate.lanes(&self.charged(request)) {
                permits.push(self.pass_lane(&lane, history, cancel).await?);
            }
            if self.0.gate.is_open_for(&self.charged(request), &permits) {
                return Ok(permits);
            }
        }
    }

    async fn pass_lane(
        &self,
        lane: &Arc<Lane>,
        history: &mut History,
        cancel: &CancellationToken,
    ) -> Result<Permit, Error> {
        let place = lane.queue(history.attempts);
        loop {
            let mut changed = pin!(lane.changed());
            // From here on no change is missed, so that asking comes second.
            changed.as_mut().enable();
            if cancel.is_cancelled() {
                return Err(history.end_with(Error::new(Kind::Cancelled)));
            }
            let now = self.0.clock.now();
            let wait = match place.ask(now) {
                Admission::Go(permit) => return Ok(permit),
                Admission::TooLong(because, wait) => {
                    return Err(history.end_with(because.with_wait_left(wait)));
                }
                Admission::GivenUp(because) => return Err(history.give_up(&because)),
                Admission::Wait(wait) => {
                    lane.tell(wait, now);
                    Some(wait.min(AGAIN))
                }
                Admission::Behind => None,
            };
            tokio::select! {
                () = cancel.cancelled() => {}
                () = changed => {}
                () = self.sleep(wait) => {}
            }
        }
    }

    /// Whose budget a call is charged to, as far as answers and lists have told.
    pub(super) fn charged(&self, request: &Request<'_>) -> Charged {
        let whereabouts = &self.0.whereabouts;
        match whereabouts.of(request.object()) {
            _ if !request.is_about_account() => Charged::App,
            Some(account) => Charged::Account(account),
            None => Charged::Stranger { only_one_known: whereabouts.at_most_one_account() },
        }
    }

    /// Waits, and says what for if that takes long. False if the wait was cut short.
    pub(crate) async fn pause(
        &self,
        wait: Duration,
        what_for: &'static str,
        cancel: &CancellationToken,
    ) -> bool {
        let until = self.0.clock.now() + wait;
        let told = Told::default();
        loop {
            let now = self.0.clock.now();
            let left = until.saturating_duration_since(now);
            if left.is_zero() {
                return true;
            }
            if told.is_due(until, now) {
                tracing::info!(seconds = left.as_secs_f64().ceil(), what_for, "A call waits");
            }
            tokio::select! {
                biased;
                () = cancel.cancelled() => return false,
                () = self.sleep(Some(left.min(AGAIN))) => {}
            }
        }
    }

    async fn sleep(&self, wait: Option<Duration>) {
        match wait {
            Some(wait) => self.0.clock.sleep(wait).await,
            None => std::future::pending().await,
        }
    }
}
