//! One lane of the gate: who waits for one and the same limit.
//!
//! [`rules`](super::rules) says who goes first. This file only locks and wakes; it never sleeps.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, futures::Notified};

use crate::graph::error::Error;
use crate::graph::gate::Whose;
use crate::graph::gate::rules::{Admission, Rules, Ticket};
use crate::graph::waits::Told;

/// The calls of one budget.
#[derive(Debug)]
pub(crate) struct Lane {
    whose: Whose,
    rules: Mutex<Rules>,
    changed: Notify,
    told: Told,
}

impl Lane {
    /// For calls that are sent again so often.
    pub(super) fn new(whose: Whose, max_retries: u32) -> Arc<Self> {
        let rules = Mutex::new(Rules::new(max_retries));
        let (changed, told) = (Notify::new(), Told::default());
        Arc::new(Self { whose, rules, changed, told })
    }

    /// Says for all who wait in the lane how long they wait and why, when it is time to.
    pub(crate) fn tell(&self, wait: Duration, now: Instant) {
        if !self.told.is_due(now + wait, now) {
            return;
        }
        let reason = self.rules().reason().cloned();
        tracing::info!(
            seconds = wait.as_secs_f64().ceil(),
            whose = %self.whose,
            named_by_meta = reason.as_ref().is_some_and(|reason| reason.minutes_to_wait().is_some()),
            reason = reason.map(tracing::field::display),
            "Calls wait for a limit"
        );
    }

    /// A place in the queue. Calls that were sent before, and must be sent again, go first.
    pub(crate) fn queue(self: &Arc<Self>, attempts: u32) -> Place {
        Place { ticket: self.rules().enqueue(attempts), lane: Arc::clone(self) }
    }

    /// Completes when somebody may be admitted who was not before.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    /// A call that did not pass this lane was throttled, and it turned out that it belongs here.
    pub(super) fn close(&self, until: Instant, because: &Error) {
        self.close_since(None, until, because);
    }

    fn close_since(&self, epoch: Option<u64>, until: Instant, because: &Error) {
        let mut rules = self.rules();
        let was_given_up = rules.is_given_up();
        rules.close(epoch, until, because);
        let gave_up = rules.is_given_up() && !was_given_up;
        drop(rules);
        if gave_up {
            let whose = &self.whose;
            tracing::info!(%whose, reason = %because, "No more calls are tried at this limit");
        }
    }

    fn rules(&self) -> MutexGuard<'_, Rules> {
        // Each method leaves the rules whole, so a panic elsewhere cannot have left them half-made.
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call's place in the queue; given up when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    lane: Arc<Lane>,
    ticket: Ticket,
}

impl Place {
    /// Whether the call may be sent now. Asked again when the time comes or the lane changes.
    pub(crate) fn ask(&self, now: Instant) -> Admission<Permit> {
        let admission = self.lane.rules().admit(self.ticket, now);
        admission.map(|epoch| Permit { lane: Arc::clone(&self.lane), epoch, through: false })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.lane.rules().leave(self.ticket);
        self.lane.changed.notify_waiters();
    }
}

/// Leave to send one call, once; given back when dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    lane: Arc<Lane>,
    epoch: u64,
    through: bool,
}

impl Permit {
    pub(super) fn is_for(&self, lane: &Arc<Lane>) -> bool {
        Arc::ptr_eq(&self.lane, lane)
    }

    /// Whether the lane has not closed since.
    pub(super) fn is_current(&self) -> bool {
        self.lane.rules().is_current(self.epoch)
    }

    /// The call was throttled: nobody gets through until then.
    pub(super) fn was_throttled(&self, until: Instant, because: &Error) {
        self.lane.close_since(Some(self.epoch), until, because);
    }

    /// The call was not throttled, so that more calls may follow.
    pub(super) fn went_through(&mut self) {
        self.through = true;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.lane.rules().settle(self.epoch, self.through);
        self.lane.changed.notify_waiters();
    }
}
