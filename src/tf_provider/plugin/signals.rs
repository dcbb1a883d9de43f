//! Which signals end the process, and which only seem to be meant for it.
//!
//! Ctrl-C reaches the whole foreground group, the plugin as well as Terraform. Terraform then stops
//! in order and still needs the plugin, so under a host SIGINT is ignored. SIGHUP likewise: Terraform
//! either dies of it, which this process notices by itself, or was started under `nohup` and goes on.
//! SIGTERM ends the process in order. In debug mode there is no host, and all three end it.
//!
//! On Windows Ctrl-Break is to Terraform what Ctrl-C is, so it is ignored likewise. When the console is
//! closed, the user logs off or the system shuts down, Terraform dies at once and the system waits some
//! seconds for us: enough to end in order.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows;

use crate::tf_provider::plugin::end::{Ending, Event};

/// Who is in charge of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    /// Terraform, which started it.
    Host,
    /// A person at a terminal, in debug mode.
    Person,
}

/// Takes the signals of this process over, and says it when one asks for the end. Needs a runtime.
///
/// # Errors
///
/// The operating system refuses a handler.
pub(super) fn listen(control: Control, ending: Ending) -> io::Result<()> {
    let mut signals = Signals::listen(control)?;
    tokio::spawn(async move {
        loop {
            signals.end_requested().await;
            ending.say(Event::Signalled);
        }
    });
    Ok(())
}

#[cfg(unix)]
#[derive(Debug)]
struct Signals {
    control: Control,
    interrupt: Signal,
    hangup: Signal,
    terminate: Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen(control: Control) -> io::Result<Self> {
        Ok(Self {
            control,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn end_requested(&mut self) {
        let from_person = self.control == Control::Person;
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv(), if from_person => {}
            _ = self.hangup.recv(), if from_person => {}
        }
    }
}

#[cfg(windows)]
#[derive(Debug)]
struct Signals {
    control: Control,
    interrupt: windows::CtrlC,
    ctrl_break: windows::CtrlBreak,
    close: windows::CtrlClose,
    logoff: windows::CtrlLogoff,
    shutdown: windows::CtrlShutdown,
}

#[cfg(windows)]
impl Signals {
    fn listen(control: Control) -> io::Result<Self> {
        Ok(Self {
            control,
            interrupt: windows::ctrl_c()?,
            ctrl_break: windows::ctrl_break()?,
            close: windows::ctrl_close()?,
            logoff: windows::ctrl_logoff()?,
            shutdown: windows::ctrl_shutdown()?,
        })
    }

    async fn end_requested(&mut self) {
        let from_person = self.control == Control::Person;
        tokio::select! {
            _ = self.close.recv() => {}
            _ = self.logoff.recv() => {}
            _ = self.shutdown.recv() => {}
            _ = self.interrupt.recv(), if from_person => {}
            _ = self.ctrl_break.recv(), if from_person => {}
        }
    }
}
