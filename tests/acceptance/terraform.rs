//! Runs the Terraform CLI in a world of its own: own folder, own environment, own time limit.
//!
//! A test makes a [`Terraform`], writes configuration into it and runs commands; each gives a
//! [`Finished`] to look at. The provider under test is the binary that Cargo has just built: a
//! development override stands for `terraform init`.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs,
    os::unix::process::{CommandExt, ExitStatusExt},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{OnceLock, mpsc},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

/// A working folder for Terraform, removed on drop, and the environment its commands run in.
#[derive(Debug)]
pub(crate) struct Terraform {
    root: TempDir,
    environment: Vec<(OsString, OsString)>,
    time_limit: Duration,
}

impl Terraform {
    /// An empty working folder. The first call of a process may fetch a Terraform CLI.
    pub(crate) fn new() -> Self {
        Cli::get();
        let root = TempDir::with_prefix("acceptance-").expect("a temporary folder can be made");
        for folder in [HOME, WORK, TEMPORARY] {
            fs::create_dir(root.path().join(folder)).expect("the temporary folder is writable");
        }
        fs::write(root.path().join(SETTINGS), settings())
            .expect("the temporary folder is writable");
        Self { root, environment: Vec::new(), time_limit: COMMAND_LIMIT }
    }

    /// Adds a variable to the environment of all further commands.
    pub(crate) fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Sets the time after which a command is killed, instead of 120 seconds.
    pub(crate) fn time_limit(mut self, time_limit: Duration) -> Self {
        self.time_limit = time_limit;
        self
    }

    /// The folder with the configuration and the state.
    pub(crate) fn folder(&self) -> PathBuf {
        self.root.path().join(WORK)
    }

    /// Writes a file into the working folder, over what may be there.
    pub(crate) fn write(&self, file: impl AsRef<Path>, text: &str) {
        fs::write(self.folder().join(file), text).expect("the working folder is writable");
    }

    /// Runs one command to its end, or to the end of its time.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Finished {
        let mut command = Command::new(SCRIPT);
        command.args(arguments).current_dir(self.folder()).env_clear().envs(self.surroundings());
        command.stderr(Stdio::piped());
        run_within(command, self.time_limit)
    }

    /// The state as `terraform show -json` prints it: `values` is absent when nothing exists.
    pub(crate) fn state(&self) -> Value {
        self.run(["show", "-json"]).expect_success().json()
    }

    fn surroundings(&self) -> Vec<(OsString, OsString)> {
        let of_caller =
            PASSED_ON.iter().filter_map(|&name| Some((name.into(), env::var_os(name)?)));
        let own_places = [("HOME", HOME), ("TMPDIR", TEMPORARY), ("TF_CLI_CONFIG_FILE", SETTINGS)]
            .map(|(name, place)| (name.into(), self.root.path().join(place).into()));
        let fixed = FIXED.map(|(name, value)| (name.into(), value.into()));
        of_caller.chain(own_places).chain(fixed).chain(self.environment.iter().cloned()).collect()
    }
}

/// The CLI that all tests of this process run.
#[derive(Debug)]
pub(crate) struct Cli {
    /// The version it gives, for example `1.12.2`.
    pub(crate) version: String,
    numbers: (u32, u32),
}

impl Cli {
    /// Asks for the version once per process; this is what fetches a missing CLI.
    pub(crate) fn get() -> &'static Self {
        static CLI: OnceLock<Cli> = OnceLock::new();
        CLI.get_or_init(Self::ask)
    }

    /// Whether the CLI has what came with `major.minor`.
    pub(crate) fn at_least(&self, major: u32, minor: u32) -> bool {
        self.numbers >= (major, minor)
    }

    /// Keeps the caller's environment: a fetch may need its proxies, and shows its progress.
    fn ask() -> Self {
        let mut command = Command::new(SCRIPT);
        command.args(["version", "-json"]).stderr(Stdio::inherit());
        command.env("CHECKPOINT_DISABLE", "1").env_remove("TF_CLI_CONFIG_FILE");
        let answer = run_within(command, FETCH_LIMIT).expect_success().json();
        let version =
            answer["terraform_version"].as_str().expect("the CLI says its version").to_owned();
        let mut parts = version.split('.').map(|part| part.parse().ok());
        match (parts.next().flatten(), parts.next().flatten()) {
            (Some(major), Some(minor)) => Self { version, numbers: (major, minor) },
            _ => panic!("the CLI gives its version as {version:?}"),
        }
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

    #[track_caller]
    fn event(&self, line: &str) -> Event {
        serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("no event: {error}: {line}\n{self}"))
    }
}

impl std::fmt::Display for Finished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
    snippet: Option<Snippet>,
}

impl Diagnostic {
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
    diagnostic: Option<Diagnostic>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    ExitCode(i32),
    Signal(i32),
    TimeOut,
}

/// The command leads a process group, so that a time-out takes its providers along.
fn run_within(mut command: Command, time_limit: Duration) -> Finished {
    let text = format!("{command:?}");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).process_group(0);
    let child = command.spawn().unwrap_or_else(|error| panic!("cannot start {text}: {error}"));
    let group = Pid::from_child(&child);
    let ended = wait_in_background(child);
    let (output, timed_out) = match ended.recv_timeout(time_limit) {
        Ok(output) => (output, false),
        Err(_) => {
            // It may have ended a moment ago: then there is nothing to kill.
            let _ = kill_process_group(group, Signal::KILL);
            (ended.recv_timeout(KILL_LIMIT).expect("a killed group closes its pipes"), true)
        }
    };
    Finished {
        command: text,
        end: if timed_out { End::TimeOut } else { end(&output) },
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn wait_in_background(child: Child) -> mpsc::Receiver<Output> {
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

fn settings() -> String {
    let binaries = Path::new(env!("CARGO_BIN_EXE_terraform-provider-whatsapp")).parent();
    let folder = binaries.expect("a binary lies in a folder").display();
    format!(
        r#"
provider_installation {{
  dev_overrides {{
    "waba/whatsapp" = "{folder}"
  }}
  direct {{}}
}}
"#
    )
}

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/terraform");

const HOME: &str = "home";
const SETTINGS: &str = "terraformrc";
const TEMPORARY: &str = "tmp";
const WORK: &str = "work";

/// No more of the caller's environment reaches a command: no proxy, no token, no `TF_` variable.
const PASSED_ON: [&str; 3] = ["PATH", "TERRAFORM_BIN", "TERRAFORM_VERSION"];
const FIXED: [(&str, &str); 3] =
    [("CHECKPOINT_DISABLE", "1"), ("TF_IN_AUTOMATION", "1"), ("TF_CLI_ARGS", "-no-color")];

const OVERRIDE_WARNING: &str = "Provider development overrides are in effect";

const COMMAND_LIMIT: Duration = Duration::from_secs(120);
const FETCH_LIMIT: Duration = Duration::from_secs(20 * 60);
const KILL_LIMIT: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_command_without_end_is_killed_with_its_children() {
        let terraform = Terraform::new().time_limit(Duration::from_secs(5));
        terraform.write("main.tf", &provisioner("sleep 600"));
        let start = Instant::now();
        terraform.run(["apply", "-auto-approve"]).expect_time_out();
        // The provisioner's shell holds Terraform's standard output: it would make us wait.
        assert!(start.elapsed() < Duration::from_secs(60));
    }

    #[test]
    fn the_callers_environment_stays_outside() {
        let terraform = Terraform::new().env("VISIBLE", "yes");
        terraform.write("main.tf", &provisioner("env > environment"));
        terraform.run(["apply", "-auto-approve"]).expect_success();
        let seen = fs::read_to_string(terraform.folder().join("environment")).expect("was written");
        assert!(seen.contains("VISIBLE=yes"));
        assert!(seen.contains(&format!("HOME={}/home", terraform.root.path().display())));
        assert!(!seen.contains("CARGO_MANIFEST_DIR"), "{seen}");
    }

    #[test]
    fn a_failure_carries_its_diagnostics() {
        let terraform = Terraform::new();
        terraform.write("main.tf", "output \"answer\" {\n  value = var.missing\n}\n");
        let refused = terraform.run(["validate", "-json"]).expect_failure().diagnostics();
        let [diagnostic] = refused.as_slice() else { panic!("{refused:?}") };
        assert_eq!(diagnostic.severity, "error");
        assert_eq!(diagnostic.summary, "Reference to undeclared input variable");
        assert!(diagnostic.detail.contains("\"missing\""));
        assert_eq!(diagnostic.code(), "value = var.missing");

        let planned = terraform.run(["plan", "-json"]).expect_failure().diagnostics();
        assert_eq!(planned.len(), 1);
        assert_eq!(planned[0].code(), "value = var.missing");
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        let cli = Cli { version: "1.10.5".to_owned(), numbers: (1, 10) };
        assert!(cli.at_least(1, 8));
        assert!(cli.at_least(1, 10));
        assert!(!cli.at_least(1, 11));
        assert!(!cli.at_least(2, 0));
    }

    #[test]
    #[should_panic(expected = "Terraform has no command named \"bogus\"")]
    fn an_unexpected_failure_shows_the_output() {
        Terraform::new().run(["bogus"]).expect_success();
    }

    fn provisioner(command: &str) -> String {
        format!(
            r#"
resource "terraform_data" "command" {{
  provisioner "local-exec" {{
    command = "{command}"
  }}
}}
"#
        )
    }
}
