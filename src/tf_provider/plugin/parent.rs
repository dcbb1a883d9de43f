//! Notices that the host is gone, even if it was killed and could not say so.
//!
//! The host reads our stderr for as long as it lives. When it dies, the kernel closes the reading end
//! of the pipe, and a poll of the writing end reports that at once, without any traffic.

#[cfg(unix)]
use std::{
    fs::File,
    io,
    os::{
        fd::{AsFd, OwnedFd},
        unix::fs::FileTypeExt,
    },
    thread,
};

#[cfg(unix)]
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Calls `gone` from a thread of its own when nobody reads stderr any more.
///
/// Only a pipe tells: with a file or a terminal as stderr nothing is watched.
#[cfg(unix)]
pub(super) fn watch(gone: impl FnOnce() + Send + 'static) {
    let Ok(stderr) = io::stderr().as_fd().try_clone_to_owned() else { return };
    let Some(pipe) = as_pipe(stderr) else { return };
    // Without a thread to spare the provider works as well, only an orphan would linger.
    let _ = thread::Builder::new().name("host watch".to_owned()).spawn(move || {
        while !reader_is_gone(&pipe, None) {}
        gone();
    });
}

/// There is nothing to poll on this platform; the end of the host's connection has to tell.
#[cfg(not(unix))]
pub(super) fn watch(_gone: impl FnOnce() + Send + 'static) {}

#[cfg(unix)]
fn as_pipe(descriptor: OwnedFd) -> Option<File> {
    let file = File::from(descriptor);
    let is_pipe = file.metadata().is_ok_and(|metadata| metadata.file_type().is_fifo());
    is_pipe.then_some(file)
}

/// Waits for `timeout`, or for good without one. A signal may end the wait early.
#[cfg(unix)]
fn reader_is_gone(pipe: &File, timeout: Option<&Timespec>) -> bool {
    // Linux reports a hang-up in any case; macOS never wakes a poll that asks for no event.
    let mut polled = [PollFd::new(pipe, PollFlags::HUP)];
    poll(&mut polled, timeout).is_ok() && !polled[0].revents().is_empty()
}

#[cfg(all(test, unix))]
mod tests {
    use std::{sync::mpsc, time::Duration};

    use super::*;

    #[test]
    fn the_end_of_the_reader_is_noticed() {
        let (reader, writer) = io::pipe().expect("a pipe");
        let pipe = as_pipe(writer.into()).expect("it is a pipe");
        assert!(!reader_is_gone(&pipe, Some(&NO_TIME)));
        let (seen, gone) = mpsc::channel();
        // As `watch` does, without a limit: where nothing wakes it, the test fails and goes on.
        thread::spawn(move || {
            while !reader_is_gone(&pipe, None) {}
            let _ = seen.send(());
        });
        drop(reader);
        assert_eq!(gone.recv_timeout(Duration::from_secs(30)), Ok(()));
    }

    #[test]
    fn a_file_is_not_watched() {
        let file = tempfile::tempfile().expect("a file");
        assert!(as_pipe(file.into()).is_none());
    }

    const NO_TIME: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };
}
