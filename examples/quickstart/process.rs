//! One child process with a time limit; nothing of it is left when the quickstart goes on.

use std::io::{self, PipeReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::Outcome;
use crate::interrupt::Interrupts;

/// Where a child's output goes, besides to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// Both streams, in their order, to our standard output.
    Shown,
    /// Standard output to nobody; standard error, where progress is told, to ours.
    Read,
}

/// A child that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    /// What it printed, as far as we read it.
    pub(crate) text: String,
}

/// Runs a command to its end. Fails if it cannot start, does not end in time, or somebody
/// interrupts us; not if the command itself fails.
pub(crate) fn run(
    command: Command,
    output: Output,
    limit: Duration,
    interrupts: &Interrupts,
) -> Outcome<Ended> {
    interrupts.check()?;
    let name = command.get_program().to_string_lossy().into_owned();
    let running = Running::start(command, output).map_err(|error| format!("{name}: {error}"))?;
    interrupts.will_reach(Some(running.group));
    let ended = running.ended.recv_timeout(limit);
    interrupts.will_reach(None);
    interrupts.check()?;
    let seconds = limit.as_secs();
    Ok(ended.map_err(|_| format!("{name} did not end within {seconds} s and was killed."))??)
}

/// Heads a process group, which a terminal's Ctrl-C does not reach: [`Interrupts`] passes it on,
/// once, because Terraform takes a second one as "at once, whatever is lost".
struct Running {
    group: Pid,
    ended: Receiver<io::Result<Ended>>,
}

impl Running {
    fn start(mut command: Command, output: Output) -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        if output == Output::Shown {
            command.stderr(writer.try_clone()?);
        }
        let child = command.stdin(Stdio::null()).stdout(writer).process_group(0).spawn()?;
        // The command holds our end of the pipe, which would never see its end.
        drop(command);
        let group = Pid::from_child(&child);
        let (sender, ended) = mpsc::channel();
        thread::spawn(move || sender.send(wait(child, reader, output)));
        Ok(Self { group, ended })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It fails when nobody is left, which is as good.
        let _ = kill_process_group(self.group, Signal::KILL);
    }
}

fn wait(mut child: Child, reader: PipeReader, output: Output) -> io::Result<Ended> {
    let text = read(reader, output)?;
    Ok(Ended { code: child.wait()?.code(), text })
}

fn read(mut from: PipeReader, output: Output) -> io::Result<String> {
    let mut all = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let length = from.read(&mut piece)?;
        if length == 0 {
            return Ok(String::from_utf8_lossy(&all).into_owned());
        }
        all.extend_from_slice(&piece[..length]);
        if output == Output::Shown {
            show(&piece[..length])?;
        }
    }
}

fn show(piece: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(piece)?;
    stdout.flush()
}
