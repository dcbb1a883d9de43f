//! What ends a run early when the API, or the way to it, is down.
//!
//! Each of 250 numbers would otherwise use all attempts of its own, which takes hours and says the
//! same 250 times. [`rules`] says who goes on, [`sign`] what a failure is a sign of. This file only
//! locks and wakes; it never sleeps.

mod rules;
mod sign;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, futures::Notified};

use crate::graph::breaker::rules::{Rules, Trial};
use crate::graph::breaker::sign::Sign;
use crate::graph::class::Class;
use crate::graph::error::Error;
use crate::graph::request::Request;
use crate::graph::waits::Told;

pub(crate) use crate::graph::breaker::rules::Leave;

/// One for each client.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    rules: Mutex<Rules>,
    changed: Notify,
    told: Told,
}

impl Breaker {
    /// Watches a call from its first attempt to its end.
    pub(crate) fn watch(&self, request: &Request<'_>) -> Watched<'_> {
        Watched { breaker: self, trial: None, by_own_token: request.is_about_account() }
    }

    /// Completes when somebody may go on who was held before.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    /// Says for all who are held how long that may take, when it is time to.
    pub(crate) fn tell(&self, wait: Duration, now: Instant) {
        if self.told.is_due(now + wait, now) {
            tracing::info!(
                seconds_at_most = wait.as_secs_f64().ceil(),
                reason = "the Graph API, or the way to it, seems to be down",
                "Calls are held until three others have found out"
            );
        }
    }

    fn change(&self, change: impl FnOnce(&mut Rules)) {
        self.look(change);
        self.changed.notify_waiters();
    }

    fn look<T>(&self, look: impl FnOnce(&mut Rules) -> T) -> T {
        let mut rules = self.rules();
        let was_given_up = rules.given_up().is_some();
        let seen = look(&mut rules);
        let gave_up = rules.given_up().filter(|_| !was_given_up).cloned();
        drop(rules);
        if let Some(because) = gave_up {
            tracing::info!(reason = %because, "No more calls are tried in this run");
            self.changed.notify_waiters();
        }
        seen
    }

    fn rules(&self) -> MutexGuard<'_, Rules> {
        // Each method leaves the rules whole, so a panic elsewhere cannot have left them half-made.
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that is under way. Dropped when it ends, so that another can take its place.
#[derive(Debug)]
pub(crate) struct Watched<'a> {
    breaker: &'a Breaker,
    trial: Option<Trial>,
    /// And not one that asks about a token, perhaps with another one.
    by_own_token: bool,
}

impl Watched<'_> {
    /// Whether the call may be sent now.
    pub(crate) fn ask(&mut self, now: Instant) -> Leave {
        match self.breaker.look(|rules| rules.ask(&mut self.trial, now)) {
            // What is wrong with the token is for this call to find out.
            Leave::Never(because) if !self.by_own_token && because.class() == Class::Auth => {
                Leave::Go
            }
            leave => leave,
        }
    }

    /// The API has answered as it should.
    pub(crate) fn answered(&self) {
        self.breaker.change(Rules::answered);
    }

    /// An attempt has failed. `is_last` if none follows.
    pub(crate) fn failed(&mut self, error: &Error, is_last: bool, now: Instant) {
        let sign = Sign::of(error, self.by_own_token);
        self.breaker.change(|rules| rules.failed(&mut self.trial, sign, error, is_last, now));
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        if self.trial.is_some() {
            self.breaker.change(|rules| rules.leave(&mut self.trial));
        }
    }
}
