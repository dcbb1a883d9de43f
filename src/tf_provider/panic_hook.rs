//! What becomes of a panic: a diagnostic if a call is to blame, a crash report otherwise.
//!
//! The host recognises a crash by a line on stderr that begins with `panic: `, and shows what follows
//! whenever Terraform ends with an error. A panic inside [`guarded`] is answered by a diagnostic of
//! its call, so it is logged and never printed that way: one failure, one report. Not every client shows
//! what follows such a line. So where a panic outside of every guard was is also kept for the next
//! failure, whose diagnostics every client shows: see [`untold`].
//!
//! Only a message that stands in the source as it is gets printed. A message put together at run time
//! may hold anything, the secret in the value that was unexpected for example.

use std::{
    any::Any,
    backtrace::Backtrace,
    cell::{Cell, RefCell},
    fmt,
    io::{self, Write},
    panic::{self, AssertUnwindSafe, PanicHookInfo},
    pin::pin,
    sync::{Mutex, PoisonError},
    task::Poll,
};

/// Replaces Rust's own hook, whose text the host does not understand. Unwinding goes on as usual.
pub(super) fn install() {
    panic::set_hook(Box::new(|info| {
        let report = PanicReport::new(info);
        if GUARDED.get() {
            CAUGHT.set(Some(report));
            return;
        }
        keep(&report);
        if TASKS.get() {
            tracing::error!(panic = %report, "a task panicked");
        } else {
            let text = format!("panic: {report}\n{}\n", Backtrace::force_capture());
            // Nobody may be reading any more, and a second panic would abort.
            let _ = io::stderr().lock().write_all(text.as_bytes());
        }
    }));
}

/// Says of this thread that it runs tasks. A panic in one that a call has started is logged and no
/// crash: the process goes on, and whoever awaits the task tells the user.
pub(super) fn tasks_run_here() {
    TASKS.set(true);
}

/// The first panic outside of every guard that no diagnostic has told of yet; it counts as told then.
pub(crate) fn untold() -> Option<PanicReport> {
    UNTOLD.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Those after the first are mostly its consequence.
fn keep(report: &PanicReport) {
    let mut untold = UNTOLD.lock().unwrap_or_else(PoisonError::into_inner);
    untold.get_or_insert_with(|| report.clone());
}

/// Awaits `call`; a panic in it becomes an error instead of ending the task.
///
/// # Errors
///
/// Where the panic was, and its message if that cannot hold a secret.
pub(crate) async fn guarded<F: Future>(call: F) -> Result<F::Output, PanicReport> {
    let mut call = pin!(call);
    std::future::poll_fn(move |cx| match catch(|| call.as_mut().poll(cx)) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(report) => Poll::Ready(Err(report)),
    })
    .await
}

/// A panic, told without values from run time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PanicReport {
    message: &'static str,
    location: String,
}

impl PanicReport {
    fn new(info: &PanicHookInfo<'_>) -> Self {
        let location = info.location().map(ToString::to_string);
        Self {
            message: literal(info.payload()),
            location: location.unwrap_or_else(|| UNKNOWN_LOCATION.to_owned()),
        }
    }
}

impl fmt::Display for PanicReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.message, self.location)
    }
}

fn catch<T>(work: impl FnOnce() -> T) -> Result<T, PanicReport> {
    let outer = GUARDED.replace(true);
    // A call owns what it works on, and what calls share is sound after a panic.
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outer);
    outcome.map_err(|payload| {
        let report = CAUGHT.take().unwrap_or_else(|| PanicReport {
            message: literal(&*payload),
            location: UNKNOWN_LOCATION.to_owned(),
        });
        tracing::error!(panic = %report, "a call panicked");
        report
    })
}

fn literal(payload: &(dyn Any + Send)) -> &'static str {
    payload.downcast_ref::<&'static str>().copied().unwrap_or(WITHHELD)
}

thread_local! {
    /// Whether somebody up the stack answers for a panic.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    /// Whether panics of this thread end a task at most.
    static TASKS: Cell<bool> = const { Cell::new(false) };
    /// The way of a report from the hook to the guard.
    static CAUGHT: RefCell<Option<PanicReport>> = const { RefCell::new(None) };
}

/// Of the whole process: a crash belongs to no call.
static UNTOLD: Mutex<Option<PanicReport>> = Mutex::new(None);

const WITHHELD: &str = "(a message made at run time, withheld because it could hold a secret)";
const UNKNOWN_LOCATION: &str = "an unknown place";

#[cfg(all(test, unix))] // They start themselves again with a shell.
mod tests {
    use super::*;
    use crate::tf_provider::own_process;

    /// The hook belongs to the whole process, so each of these runs in one of its own.
    fn in_own_process(name: &str) -> Option<String> {
        let path = format!("tf_provider::panic_hook::tests::{name}");
        let text = own_process::again(&path, "true");
        if text.is_none() {
            install();
        }
        text
    }

    #[test]
    fn an_unguarded_panic_is_printed_as_a_crash_without_values() {
        let Some(text) = in_own_process("an_unguarded_panic_is_printed_as_a_crash_without_values")
        else {
            let secret = String::from("hunter2");
            assert!(panic::catch_unwind(|| panic!("a literal")).is_err());
            assert!(panic::catch_unwind(|| panic!("unexpected {secret}")).is_err());
            let first = untold().expect("the first was kept").to_string();
            assert!(first.starts_with("a literal at src/tf_provider/"), "{first}");
            assert_eq!(untold(), None, "it is told once");
            return;
        };
        let literal = "panic: a literal at src/tf_provider/panic_hook.rs:";
        assert!(text.lines().any(|line| line.starts_with(literal)), "{text}");
        assert!(text.contains("panic: (a message made at run time"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn a_guarded_panic_is_an_error_and_prints_nothing() {
        let Some(text) = in_own_process("a_guarded_panic_is_an_error_and_prints_nothing") else {
            let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
            let outcome: Result<(), _> = runtime.block_on(guarded(async {
                tokio::task::yield_now().await;
                panic!("in the second poll")
            }));
            let report = outcome.expect_err("it panicked").to_string();
            assert!(report.starts_with("in the second poll at src/"), "{report}");
            assert_eq!(runtime.block_on(guarded(async { 7 })), Ok(7));
            assert_eq!(untold(), None, "its call has told of it");
            return;
        };
        assert!(!text.contains("panic"), "{text}");
    }
}
