//! What all requests and the handle share, behind one lock that is never held across an await.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::answer::Answer;
use super::auth;
use super::call::Call;
use super::events::{Event, Journal, Outcome};
use super::faults::Fault;
use super::paging::PageFaults;
use super::routes::{self, Surroundings};
use super::rules::Rules;
use super::state::World;

#[derive(Debug)]
pub(super) struct Shared {
    inner: Mutex<Inner>,
    changed: Condvar,
    pub(super) base_url: String,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) world: World,
    pub(super) rules: Rules,
    pub(super) journal: Journal,
    pub(super) panics: Vec<String>,
    seed: World,
}

impl Shared {
    pub(super) fn new(world: World, base_url: String) -> Arc<Self> {
        let inner = Inner {
            seed: world.clone(),
            world,
            rules: Rules::default(),
            journal: Journal::new(Instant::now()),
            panics: Vec::new(),
        };
        Arc::new(Self { inner: Mutex::new(inner), changed: Condvar::new(), base_url })
    }

    /// A panicking handler is reported when the handle is dropped; until then the rest goes on.
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts the seed back and forgets faults and events.
    pub(super) fn reset(&self) {
        let mut inner = self.lock();
        inner.world = inner.seed.clone();
        inner.clear_faults();
        inner.journal.events.clear();
    }

    /// Blocks until the events satisfy `done`; false when `patience` is over before.
    pub(super) fn wait_for(&self, patience: Duration, done: impl Fn(&[Event]) -> bool) -> bool {
        let waiting = self
            .changed
            .wait_timeout_while(self.lock(), patience, |inner| !done(&inner.journal.events));
        let (_inner, waited) = waiting.unwrap_or_else(PoisonError::into_inner);
        !waited.timed_out()
    }

    /// Logs `call`, gives it its trace ID, and says what shall go wrong with it.
    pub(super) fn admit(self: &Arc<Self>, call: &mut Call) -> Admission {
        let now = Instant::now();
        let mut inner = self.lock();
        let Inner { world, rules, journal, .. } = &mut *inner;
        let account = call.object().and_then(|object| world.account_of(object)).map(str::to_owned);
        let key = account.as_deref().unwrap_or_default();
        let sequence = journal.next_sequence();
        call.trace_id = format!("ASandboxTrace{sequence:06}");
        let (names, faults) = rules.strike(call, key, now);
        let proof = auth::proof(world, call);
        journal.arrived(key, Event::arriving(sequence, call, proof, names), now);
        self.changed.notify_all();
        Admission { shared: self.clone(), sequence, account, faults }
    }

    /// The true answer, with the oddities of lists already in it.
    pub(super) fn carry_out(&self, call: &Call, faults: &[Fault]) -> Answer {
        let mut inner = self.lock();
        let around = Surroundings {
            base_url: &self.base_url,
            now: Instant::now(),
            pages: PageFaults::of(faults),
        };
        let answer = routes::answer(&mut inner.world, call, &around);
        for fault in faults {
            if let Fault::VanishAfterPage { number, .. } = fault {
                inner.world.numbers.remove(number);
            }
        }
        answer
    }
}

impl Inner {
    /// Takes back the faults, and with them what callers were told about waiting.
    pub(super) fn clear_faults(&mut self) {
        self.rules.clear();
        self.journal.forget_waits();
    }
}

/// A call that is under way. Dropped when it is answered, or when the caller has hung up.
#[derive(Debug)]
pub(super) struct Admission {
    shared: Arc<Shared>,
    sequence: u64,
    pub(super) account: Option<String>,
    pub(super) faults: Vec<Fault>,
}

impl Admission {
    pub(super) fn finished(&self, outcome: Outcome) {
        let account = self.account.as_deref().unwrap_or_default();
        self.shared.lock().journal.finished(self.sequence, account, outcome, Instant::now());
        self.shared.changed.notify_all();
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.finished(Outcome::default());
        self.shared.lock().journal.left();
        self.shared.changed.notify_all();
    }
}
