//! One command with a time limit, what became of it, and what it said.

use std::{
    fmt,
    os::unix::process::{CommandExt, ExitStatusExt},
    process::{Child, Command, Output, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group};
use serde::Deserialize;
use serde_json::Value;

/// A command that runs; nothing of it is left when this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    command: String,
    group: Pid,
    deadline: Instant,
    ended: Receiver<Output>,
}

impl Running {
    /// Starts the command at the head of a process group, which its providers join.
    pub(crate) fn start(command: &mut Command, time_limit: Duration) -> Self {
        let text = format!("{command:?}");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).process_group(0);
        let child = command.spawn().unwrap_or_else(|error| panic!("cannot start {text}: {error}"));
        Self {
            command: text,
            group: Pid::from_child(&child),
            deadline: Instant::now() + time_limit,
            ended: wait_in_background(child),
        }
    }

    /// What Ctrl-C does at a terminal: everybody in the group gets the signal.
    pub(crate) fn interrupt(&self) {
        kill_process_group(self.group, Signal::INT).expect("the command still runs");
    }

    /// Waits until the command and all that hold its output have ended, or the time is over.
    pub(crate) fn finish(self) -> Finished {
        let time_left = self.deadline.saturating_duration_since(Instant::now());
        match self.ended.recv_timeout(time_left) {
            Ok(output) => Finished::new(&self.command, end(&output), &output),
            Err(_) => {
                self.kill();
                let output = self.ended.recv_timeout(KILL_LIMIT);
                let output = output.expect("a killed group lets go of its output");
                Finished::new(&self.command, End::TimeOut, &output)
            }
        }
    }

    fn kill(&self) {
        // It fails when there is nobody left, which is as good.
        let _ = kill_process_group(self.group, Signal::KILL);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A command that has ended, with all that it printed.
#[derive(Debug)]
pub(crate) struct Finished {
    command: String,
    end: End,
    /// What it printed to standard output.
    pub(crate) stdout: String,
    /// What it printed to standard error.
    pub(crate) stderr: String,
}

impl Finished {
    fn new(command: &str, end: End, output: &Output) -> Self {
        Self {
            command: command.to_owned(),
            end,
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Passes when the exit code is 0; shows the whole output otherwise.
    #[track_caller]
    pub(crate) fn expect_success(self) -> Self {
        self.expect_exit_code(0)
    }

    /// Passes when the exit code is 1, Terraform's for "there were errors".
    #[track_caller]
    pub(crate) fn expect_failure(self) -> Self {
        self.expect_exit_code(1)
    }

    /// Passes with this exit code only: `plan -detailed-exitcode` gives 2 for "there are changes".
    #[track_caller]
    pub(crate) fn expect_exit_code(self, code: i32) -> Self {
        assert!(self.end == End::ExitCode(code), "expected exit code {code}\n{self}");
        self
    }

    /// Passes when the command was killed because its time was over.
    #[track_caller]
    pub(crate) fn expect_time_out(self) -> Self {
        assert!(self.end == End::TimeOut, "expected a time-out\n{self}");
        self
    }

    /// Standard output as one JSON document.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON: {error}\n{self}"))
    }

    /// The diagnostics in the output of `validate -json`, or of `plan -json` and `apply -json`,
    /// which print one document per line; without the warning about our development override.
    #[track_caller]
    pub(crate) fn diagnostics(&self) -> Vec<Diagnostic> {
        let all = match serde_json::from_str::<Validation>(&self.stdout) {
            Ok(validation) => validation.diagnostics,
            Err(_) => self.stdout.lines().filter_map(|line| self.event(line).diagnostic).collect(),
        };
        all.into_iter().filter(|diagnostic| diagnostic.summary != OVERRIDE_WARNING).collect()
    }

    /// What `plan -json` means to do, as `action address` in the order of the addresses. Resources
    /// that stay as they are do not appear.
    #[track_caller]
    pub(crate) fn changes(&self) -> Vec<String> {
        let mut changes: Vec<_> = self
            .stdout
            .lines()
            .map(|line| self.event(line))
            .filter(|event| event.kind == "planned_change")
            .filter_map(|event| event.change)
            .collect();
        changes.sort_by(|a, b| a.resource.addr.cmp(&b.resource.addr));
        changes.iter().map(|change| format!("{} {}", change.action, change.resource.addr)).collect()
    }

    /// Passes when there is exactly one error with this title, and gives it.
    #[track_caller]
    pub(crate) fn expect_error(&self, summary: &str) -> Diagnostic {
        let errors = self.diagnostics().into_iter().filter(Diagnostic::is_error);
        match errors.collect::<Vec<_>>().as_slice() {
            [error] if error.summary == summary => error.clone(),
            _ => panic!("expected one error, {summary:?}\n{self}"),
        }
    }

    /// Passes when there is exactly one error, and gives it.
    #[track_caller]
    pub(crate) fn only_error(&self) -> Diagnostic {
        let errors = self.diagnostics().into_iter().filter(Diagnostic::is_error);
        match errors.collect::<Vec<_>>().as_slice() {
            [error] => error.clone(),
            _ => panic!("expected one error\n{self}"),
        }
    }

    /// Passes when every diagnostic is a warning with this title, and gives the first.
    #[track_caller]
    pub(crate) fn expect_warning(&self, summary: &str) -> Diagnostic {
        let diagnostics = self.diagnostics();
        let expected = |d: &Diagnostic| !d.is_error() && d.summary == summary;
        match diagnostics.first() {
            Some(first) if diagnostics.iter().all(expected) => first.clone(),
            _ => panic!("expected the warning {summary:?} and nothing else\n{self}"),
        }
    }

    /// Passes when there is neither an error nor a warning.
    #[track_caller]
    pub(crate) fn expect_silence(self) -> Self {
        assert!(self.diagnostics().is_empty(), "expected no diagnostics\n{self}");
        self
    }

    #[track_caller]
    fn event(&self, line: &str) -> Event {
        serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("no event: {error}: {line}\n{self}"))
    }
}

impl fmt::Display for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { command, end, stdout, stderr } = self;
        write!(f, "{command}\nended with {end:?}\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }
}

/// An error or warning as Terraform prints it with `-json`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Diagnostic {
    /// `error` or `warning`.
    pub(crate) severity: String,
    /// The title.
    pub(crate) summary: String,
    /// What follows the title; empty when there is nothing.
    #[serde(default)]
    pub(crate) detail: String,
    /// What it is about, as `type.name`; empty when Terraform does not say.
    #[serde(default)]
    pub(crate) address: String,
    snippet: Option<Snippet>,
}

impl Diagnostic {
    /// Whether it is an error, and not a warning.
    pub(crate) fn is_error(&self) -> bool {
        self.severity == "error"
    }

    /// The line of configuration it points at; empty when it points at none.
    pub(crate) fn code(&self) -> &str {
        self.snippet.as_ref().map_or("", |snippet| snippet.code.trim())
    }
}

#[derive(Clone, Debug, Deserialize)]
struct Snippet {
    code: String,
}

#[derive(Debug, Deserialize)]
struct Validation {
    diagnostics: Vec<Diagnostic>,
}

#[derive(Debug, Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    diagnostic: Option<Diagnostic>,
    change: Option<Change>,
}

#[derive(Debug, Deserialize)]
struct Change {
    action: String,
    resource: Resource,
}

#[derive(Debug, Deserialize)]
struct Resource {
    addr: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    ExitCode(i32),
    Signal(i32),
    TimeOut,
}

fn wait_in_background(child: Child) -> Receiver<Output> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let output = child.wait_with_output().expect("a child's pipes can be read");
        // Nobody listens any more when the test has given up.
        let _ = sender.send(output);
    });
    receiver
}

fn end(output: &Output) -> End {
    match (output.status.code(), output.status.signal()) {
        (Some(code), _) => End::ExitCode(code),
        (None, signal) => End::Signal(signal.unwrap_or_default()),
    }
}

const OVERRIDE_WARNING: &str = "Provider development overrides are in effect";

const KILL_LIMIT: Duration = Duration::from_secs(10);
