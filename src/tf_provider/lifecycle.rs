//! What calls and the process tell each other: stop, shut down, how many are in flight.
//!
//! Stop and shutdown are two different things. Stop (Ctrl-C at Terraform) cancels the calls in
//! flight, and later calls work as before. Shutdown ends the process in order.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Shared by the RPC service, which starts calls, and the plugin process, which ends them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lifecycle {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    stop: Mutex<CancellationToken>,
    shutdown: CancellationToken,
    calls: TaskTracker,
}

impl Lifecycle {
    /// The token of one call; it is cancelled when Terraform asks to stop.
    pub(crate) fn call_token(&self) -> CancellationToken {
        self.stop_slot().child_token()
    }

    /// Where calls run, so that the process can wait for them.
    pub(crate) fn calls(&self) -> &TaskTracker {
        &self.inner.calls
    }

    /// Cancels the calls in flight. Calls that start later are not affected.
    pub(crate) fn stop(&self) {
        let stopped = std::mem::take(&mut *self.stop_slot());
        stopped.cancel();
    }

    /// Asks the process to end in order.
    pub(crate) fn shut_down(&self) {
        self.inner.shutdown.cancel();
    }

    /// Returns when the process has been asked to end.
    pub(crate) async fn shutdown_requested(&self) {
        self.inner.shutdown.cancelled().await;
    }

    /// Returns when no call is in flight any more.
    pub(crate) async fn idle(&self) {
        self.inner.calls.close();
        self.inner.calls.wait().await;
    }

    fn stop_slot(&self) -> MutexGuard<'_, CancellationToken> {
        // A token is valid at any moment, so a panic elsewhere cannot have left it half-made.
        self.inner.stop.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_cancels_calls_in_flight_and_spares_later_ones() {
        let lifecycle = Lifecycle::default();
        let before = lifecycle.call_token();
        lifecycle.stop();
        let after = lifecycle.call_token();
        assert!(before.is_cancelled());
        assert!(!after.is_cancelled());
        lifecycle.stop();
        assert!(after.is_cancelled(), "stop can be asked for again");
    }

    #[tokio::test]
    async fn shutdown_does_not_cancel_calls() {
        let lifecycle = Lifecycle::default();
        let call = lifecycle.call_token();
        lifecycle.shut_down();
        lifecycle.shutdown_requested().await;
        assert!(!call.is_cancelled());
        lifecycle.idle().await;
    }
}
