//! The gate that every call of a client passes before it is sent.
//!
//! Meta makes a block longer for callers who go on calling. So when one call is throttled, all
//! calls of the client wait for the same moment, and when it comes they do not all run at once:
//! [`rules`] says who goes first. This file only locks and wakes; it never sleeps.

mod rules;

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::sync::{Notify, futures::Notified};

use crate::graph::error::Error;
use crate::graph::gate::rules::{Rules, Ticket};

pub(crate) use crate::graph::gate::rules::Admission;

/// One gate for each client.
#[derive(Default)]
pub(crate) struct Gate {
    rules: Mutex<Rules>,
    changed: Notify,
}

impl Gate {
    /// A place in the queue. Calls that were sent before, and must be sent again, go first.
    pub(crate) fn queue(&self, attempts: u32) -> Place<'_> {
        Place { gate: self, ticket: self.rules().enqueue(attempts) }
    }

    /// Completes when somebody may be admitted who was not before.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    fn rules(&self) -> MutexGuard<'_, Rules> {
        // Each method leaves the rules whole, so a panic elsewhere cannot have left them half-made.
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

/// A call's place in the queue; given up when dropped.
pub(crate) struct Place<'a> {
    gate: &'a Gate,
    ticket: Ticket,
}

impl<'a> Place<'a> {
    /// Whether a call with so many retries may be sent now. Asked again when the time comes or the
    /// gate changes.
    pub(crate) fn ask(&self, max_retries: u32, now: Instant) -> Admission<Permit<'a>> {
        let admission = self.gate.rules().admit(self.ticket, max_retries, now);
        admission.map(|epoch| Permit { gate: self.gate, epoch, through: false })
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.gate.rules().leave(self.ticket);
        self.gate.changed.notify_waiters();
    }
}

/// Leave to send one call, once; given back when dropped.
pub(crate) struct Permit<'a> {
    gate: &'a Gate,
    epoch: u64,
    through: bool,
}

impl Permit<'_> {
    /// The call was throttled: nobody gets through until then.
    pub(crate) fn was_throttled(self, until: Instant, because: &Error) {
        self.gate.rules().close(self.epoch, until, because);
    }

    /// The call was not throttled, so that more calls may follow.
    pub(crate) fn went_through(mut self) {
        self.through = true;
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.gate.rules().settle(self.epoch, self.through);
        self.gate.changed.notify_waiters();
    }
}
