//! Time and chance, handed in: the only file of the room that reads a clock or draws a number.

use std::{
    fmt, future,
    pin::Pin,
    time::{Duration, Instant, SystemTime},
};

/// What a client sees of time. Tests bring a clock that does not make them wait.
pub(crate) trait Clock: fmt::Debug + Send + Sync {
    fn now(&self) -> Instant;

    /// The time of day, for headers that name one.
    fn wall(&self) -> SystemTime;

    fn sleep(&self, duration: Duration) -> Sleep;

    /// A sleep beside something else that is going on, and that nobody waits for.
    fn beside(&self, duration: Duration) -> Sleep;

    /// A number from 0 to 1, so that calls that failed together do not come back together.
    fn chance(&self) -> f64;
}

pub(crate) type Sleep = Pin<Box<dyn future::Future<Output = ()> + Send>>;

/// The machine's clocks and generator.
#[derive(Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    #[expect(clippy::disallowed_methods, reason = "the clock of the room")]
    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    #[expect(clippy::disallowed_methods, reason = "whoever sleeps in the room sleeps here")]
    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }

    fn beside(&self, duration: Duration) -> Sleep {
        self.sleep(duration)
    }

    fn chance(&self) -> f64 {
        // A machine without random numbers waits the full time: safe, only less spread.
        getrandom::u32().map_or(1.0, |drawn| f64::from(drawn) / f64::from(u32::MAX))
    }
}
