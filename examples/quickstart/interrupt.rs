//! Ctrl-C, passed on to the child that is running, so that it can end in good order.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::Outcome;

/// Whether somebody wants the quickstart to end, and which child has to be told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupts(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    interrupted: bool,
    child: Option<Pid>,
}

impl Interrupts {
    /// Takes SIGINT and SIGTERM over from the system, until the process ends.
    pub(crate) fn listen() -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
        let (mut interrupt, mut terminate) = {
            let _context = runtime.enter();
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
        };
        let interrupts = Self::default();
        let told = interrupts.clone();
        let forever = async move {
            loop {
                tokio::select! { _ = interrupt.recv() => {} _ = terminate.recv() => {} }
                told.pass_on();
            }
        };
        thread::spawn(move || runtime.block_on(forever));
        Ok(interrupts)
    }

    /// The process group that is to hear of an interrupt, also of one that came already.
    pub(crate) fn will_reach(&self, child: Option<Pid>) {
        let mut state = self.state();
        state.child = child;
        if state.interrupted {
            state.tell_child();
        }
    }

    /// Fails after an interrupt.
    pub(crate) fn check(&self) -> Outcome {
        if self.state().interrupted { Err("it was interrupted.".into()) } else { Ok(()) }
    }

    fn pass_on(&self) {
        let mut state = self.state();
        state.interrupted = true;
        state.tell_child();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn tell_child(&self) {
        if let Some(group) = self.child {
            // It fails when the child has ended meanwhile, which is what was wanted.
            let _ = kill_process_group(group, Signal::INT);
        }
    }
}
