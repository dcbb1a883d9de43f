//! Where calls run, how they are stopped, and how the process waits for them.
//!
//! Calls run on a thread of their own. An author's method that blocks, be it `async` or not, holds up
//! other calls at worst; the thread that owns the sockets always hears Stop, Shutdown and signals. What
//! can still hold that thread up is a log line to a host that no longer reads: that host kills.
//!
//! Stop (Ctrl-C at Terraform) cancels the calls in flight, and later calls work as before. When the
//! process is told to end, later calls are stopped from their beginning.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    thread,
    time::Duration,
};

use tokio::{
    runtime::{self, Handle},
    task::JoinHandle,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::tf_provider::panic_hook;

/// Shared by the service, which starts calls, and the plugin process, which ends them.
#[derive(Clone, Debug)]
pub(crate) struct Calls {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    stop: Mutex<Stop>,
    grace: Mutex<Duration>,
    running: TaskTracker,
    /// The runtime of calls, from the first of them on.
    place: OnceLock<Handle>,
}

#[derive(Debug, Default)]
struct Stop {
    /// The parent of every token that was handed out since the last stop.
    token: CancellationToken,
    for_good: bool,
}

impl Calls {
    /// Calls with a thread of their own, which starts with the first of them.
    pub(crate) fn apart() -> Self {
        Self::at(OnceLock::new())
    }

    /// Calls on the current runtime, for tests.
    #[cfg(test)]
    pub(crate) fn here() -> Self {
        Self::at(OnceLock::from(Handle::current()))
    }

    fn at(place: OnceLock<Handle>) -> Self {
        let inner = Inner {
            stop: Mutex::default(),
            grace: Mutex::new(GRACE),
            running: TaskTracker::new(),
            place,
        };
        Self { inner: Arc::new(inner) }
    }

    /// The token of one call; it is cancelled when Terraform asks to stop.
    pub(crate) fn token(&self) -> CancellationToken {
        locked(&self.inner.stop).token.child_token()
    }

    /// Starts a call.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        call: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        let place = self.inner.place.get_or_init(|| {
            // Without a thread to spare the calls work here as well.
            own_thread().unwrap_or_else(|_| Handle::current())
        });
        self.inner.running.spawn_on(call, place)
    }

    /// Cancels the calls in flight. Calls that start later are not affected, unless the process is
    /// ending.
    pub(crate) fn stop(&self) {
        let mut stop = locked(&self.inner.stop);
        stop.token.cancel();
        if !stop.for_good {
            stop.token = CancellationToken::new();
        }
    }

    /// Cancels the calls in flight and all that come later.
    pub(crate) fn stop_for_good(&self) {
        let mut stop = locked(&self.inner.stop);
        stop.token.cancel();
        stop.for_good = true;
    }

    /// Returns when no call is in flight any more.
    pub(crate) async fn ended(&self) {
        self.inner.running.close();
        self.inner.running.wait().await;
    }

    /// How long calls may take to end after they have been stopped for good.
    pub(crate) fn grace(&self) -> Duration {
        *locked(&self.inner.grace)
    }

    /// Sets what [`grace`](Self::grace) says.
    pub(crate) fn set_grace(&self, grace: Duration) {
        *locked(&self.inner.grace) = grace;
    }
}

/// A runtime on a thread of its own, which ends with the process.
fn own_thread() -> io::Result<Handle> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new().name("calls".to_owned()).spawn(move || {
        panic_hook::tasks_run_here();
        runtime.block_on(std::future::pending::<()>());
    })?;
    Ok(handle)
}

fn locked<T>(slot: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is in it is valid at any moment, so a panic elsewhere cannot have left it half-made.
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

/// For a provider that says nothing and one that is not configured: the usual limit of one request.
pub(crate) const GRACE: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn stop_cancels_calls_in_flight_and_spares_later_ones() {
        let calls = Calls::here();
        let before = calls.token();
        calls.stop();
        let after = calls.token();
        assert!(before.is_cancelled());
        assert!(!after.is_cancelled());
        calls.stop();
        assert!(after.is_cancelled(), "stop can be asked for again");
    }

    #[tokio::test]
    async fn a_process_that_ends_stops_later_calls_too_whatever_terraform_asks_meanwhile() {
        let calls = Calls::here();
        let before = calls.token();
        calls.stop_for_good();
        assert!(before.is_cancelled() && calls.token().is_cancelled());
        calls.stop();
        assert!(calls.token().is_cancelled());
    }

    #[tokio::test]
    async fn a_call_that_blocks_its_thread_holds_up_nobody_else() {
        let calls = Calls::apart();
        let (release, blocked) = std::sync::mpsc::channel::<()>();
        let call = calls.spawn(async move { blocked.recv() });
        calls.stop();
        release.send(()).expect("the call waits");
        assert_eq!(call.await.expect("no panic"), Ok(()));
        calls.ended().await;
    }

    /// The panic hook belongs to the whole process, so this runs in one of its own.
    #[cfg(unix)]
    #[test]
    fn a_panic_of_a_task_is_told_by_whoever_awaits_it_and_is_no_crash() {
        let name = "a_panic_of_a_task_is_told_by_whoever_awaits_it_and_is_no_crash";
        let path = format!("tf_provider::calls::tests::{name}");
        let Some(text) = crate::tf_provider::own_process::again(&path, "true") else {
            panic_hook::install();
            let call = Calls::apart().spawn(panic_hook::guarded(async {
                let task = tokio::spawn(async { panic!("in a task") });
                let failed: Result<(), _> = task.await;
                assert!(failed.is_err_and(|error| error.is_panic()));
            }));
            let runtime = runtime::Builder::new_current_thread().build().expect("a runtime");
            assert_eq!(runtime.block_on(call).expect("no panic"), Ok(()));
            return;
        };
        assert!(!text.contains("panic: "), "{text}");
    }
}
