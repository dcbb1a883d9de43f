//! Ends a process that has been asked to end and does not.
//!
//! The host kills a plugin two seconds after the request, and a killed process cannot remove its
//! socket. This thread is earlier, and it needs nothing from the runtime, which a handler that never
//! yields may be holding up.

use std::{
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

/// Runs an action unless it is dropped in time.
#[derive(Debug)]
pub(super) struct Watchdog {
    _alive: mpsc::Sender<()>,
}

impl Watchdog {
    /// Calls `overrun` after `limit`. Without a thread to spare there is no watchdog.
    pub(super) fn arm(limit: Duration, overrun: impl FnOnce() + Send + 'static) -> Self {
        let (alive, end) = mpsc::channel();
        let _ = thread::Builder::new().name("watchdog".to_owned()).spawn(move || {
            if end.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                overrun();
            }
        });
        Self { _alive: alive }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_acts_when_time_is_up() {
        let (acted, action) = mpsc::channel();
        let _watchdog = Watchdog::arm(Duration::from_millis(1), move || {
            let _ = acted.send(());
        });
        assert_eq!(action.recv_timeout(Duration::from_secs(30)), Ok(()));
    }

    #[test]
    fn it_does_nothing_once_dropped() {
        let (acted, action) = mpsc::channel();
        let watchdog = Watchdog::arm(Duration::from_secs(60), move || {
            let _ = acted.send(());
        });
        drop(watchdog);
        // The thread lets go of its end without having used it.
        let outcome = action.recv_timeout(Duration::from_secs(30));
        assert_eq!(outcome, Err(RecvTimeoutError::Disconnected));
    }
}
