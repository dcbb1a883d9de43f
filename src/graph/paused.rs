//! A clock that stands still while anybody has something to do, and a world that runs by it.
//!
//! Time moves only when everybody waits, and then to the first moment that somebody waits for. So a
//! test of hours takes no time, the same test takes the same course, and a call that nobody will
//! ever wake is found at once.

use std::collections::BTreeMap;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant, SystemTime};

use crate::graph::clock::{Clock, Sleep};

/// What a client holds; the test holds another handle of the same clock.
#[derive(Clone, Debug)]
pub(super) struct PausedClock(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    start: Instant,
    passed: Duration,
    sleepers: BTreeMap<(Duration, u64), Option<Waker>>,
    next: u64,
}

impl PausedClock {
    pub(super) fn new() -> Self {
        let (start, passed) = (Instant::now(), Duration::ZERO);
        Self(Arc::new(Mutex::new(Inner { start, passed, sleepers: BTreeMap::new(), next: 0 })))
    }

    pub(super) fn passed(&self) -> Duration {
        self.inner().passed
    }

    /// Runs the world to its end.
    pub(super) fn run<T>(&self, world: impl Future<Output = T>) -> T {
        let woken = Arc::new(Woken::default());
        let waker = Arc::clone(&woken).into();
        let mut world = pin!(world);
        loop {
            woken.0.store(false, Ordering::SeqCst);
            if let Poll::Ready(end) = world.as_mut().poll(&mut Context::from_waker(&waker)) {
                return end;
            }
            if !woken.0.load(Ordering::SeqCst) {
                assert!(self.advance(), "somebody waits whom nobody will ever wake");
            }
        }
    }

    /// Moves to the first moment that somebody sleeps until; false if nobody does.
    fn advance(&self) -> bool {
        let mut inner = self.inner();
        let Some((&(until, _), _)) = inner.sleepers.first_key_value() else { return false };
        inner.passed = inner.passed.max(until);
        let due = inner.sleepers.range_mut(..=(until, u64::MAX));
        let wakers: Vec<_> = due.filter_map(|(_, waker)| waker.take()).collect();
        drop(inner);
        wakers.into_iter().for_each(Waker::wake);
        true
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("no panic while locked")
    }
}

impl Clock for PausedClock {
    fn now(&self) -> Instant {
        let inner = self.inner();
        inner.start + inner.passed
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000) + self.passed()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let mut inner = self.inner();
        let key = (inner.passed + duration, inner.next);
        inner.next += 1;
        inner.sleepers.insert(key, None);
        drop(inner);
        Box::pin(Sleeper { clock: self.clone(), key })
    }

    fn beside(&self, duration: Duration) -> Sleep {
        self.sleep(duration)
    }

    /// The longest waits there are.
    fn chance(&self) -> f64 {
        1.0
    }
}

/// Somebody who sleeps; forgotten when dropped.
struct Sleeper {
    clock: PausedClock,
    key: (Duration, u64),
}

impl Future for Sleeper {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut inner = self.clock.inner();
        if inner.passed >= self.key.0 {
            return Poll::Ready(());
        }
        inner.sleepers.insert(self.key, Some(context.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.clock.inner().sleepers.remove(&self.key);
    }
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}
