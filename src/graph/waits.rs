//! When a wait is worth a line in the log: so that a run that is silent says why.
//!
//! A thousand calls may wait for the same thing, and one line tells of all of them.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What was said last of waits for one thing.
#[derive(Debug, Default)]
pub(crate) struct Told(Mutex<Option<Last>>);

#[derive(Clone, Copy, Debug)]
struct Last {
    until: Instant,
    at: Instant,
}

impl Last {
    /// Calls that are told to wait together hear it one after the other.
    fn is_about(self, until: Instant) -> bool {
        let apart = until.max(self.until) - until.min(self.until);
        apart < WORTH_TELLING
    }
}

impl Told {
    /// Whether somebody who waits until then should say so now: if nobody has told of this wait,
    /// and it is a long one, or if it is time to say it again.
    pub(crate) fn is_due(&self, until: Instant, now: Instant) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = match *last {
            Some(last) if last.is_about(until) => now.saturating_duration_since(last.at) >= AGAIN,
            _ => until.saturating_duration_since(now) > WORTH_TELLING,
        };
        if is_due {
            *last = Some(Last { until, at: now });
        }
        is_due
    }
}

/// Shorter waits are not told.
pub(crate) const WORTH_TELLING: Duration = Duration::from_secs(5);

/// As often is said that it is still so.
pub(crate) const AGAIN: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_wait_is_told_when_it_begins_and_each_thirty_seconds_by_one_for_all() {
        let (told, begin) = (Told::default(), Instant::now());
        let until = begin + Duration::from_secs(70);
        let mut at = Vec::new();
        for second in 0..70 {
            for _waiting in 0..10 {
                if told.is_due(until, begin + Duration::from_secs(second)) {
                    at.push(second);
                }
            }
        }
        assert_eq!(at, [0, 30, 60]);
    }

    #[test]
    fn those_who_are_told_to_wait_a_moment_later_wait_for_the_same() {
        let (told, begin) = (Told::default(), Instant::now());
        let after = |millis| begin + Duration::from_millis(millis);
        let due = (0..20).filter(|n| told.is_due(after(36_000 + n), after(*n))).count();
        assert_eq!(due, 1);
    }

    #[test]
    fn the_next_wait_is_told_however_soon_it_comes() {
        let (told, begin) = (Told::default(), Instant::now());
        let after = |seconds| begin + Duration::from_secs(seconds);
        assert!(told.is_due(after(6), begin));
        assert!(told.is_due(after(12), after(6)));
        assert!(!told.is_due(after(17), after(12)), "five seconds are no long wait");
    }
}
