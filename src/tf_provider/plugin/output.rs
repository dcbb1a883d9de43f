//! What the process writes by itself: to stdout the few lines that belong there, to stderr why it ends.

use std::io::{self, Write};

/// Writes to stdout, which belongs to the host: a whole text at once, and nothing else ever.
///
/// # Errors
///
/// Stdout is closed.
#[expect(clippy::disallowed_methods, reason = "the only place that writes to stdout")]
pub(super) fn say(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
}

/// Says why the process ends.
pub(super) fn complain(text: &str) {
    // There is no other place to say it.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Leaves stdout: sends to stderr whatever a library might print later: the host would throw it away, and a long
/// line would block whoever prints it.
#[cfg(unix)]
pub(super) fn leave() {
    // Stdout stays as it was if that fails, which is as good for the host.
    let _ = rustix::stdio::dup2_stdout(io::stderr());
}

#[cfg(not(unix))]
pub(super) fn leave() {}
