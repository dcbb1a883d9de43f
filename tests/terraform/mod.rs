//! Runs Terraform or OpenTofu in a world of its own: own folder, own environment, own time limit.
//!
//! A test makes a [`Terraform`], writes configuration into it and runs commands; each gives a
//! [`Finished`] to look at. The provider under test is the binary that Cargo has just built: a
//! development override stands for `terraform init`.
//!
//! All tests under a real Terraform include this; that it is right is tested in `tests/acceptance`.

#![allow(dead_code, unused_imports, reason = "each of those tests uses a part")]

#[path = "../../examples/quickstart/cli.rs"]
mod cli;
mod command;
mod providers;

use std::{
    env,
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
    time::Duration,
};

use tempfile::TempDir;

pub(crate) use cli::{Cli, Feature, Product};
pub(crate) use command::{Diagnostic, Finished, Running};
pub(crate) use providers::{built, install, overrides};

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
        cli();
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

    /// Sets a variable for all further commands, over what may be there.
    pub(crate) fn set_env(&mut self, name: &str, value: &str) {
        self.unset_env(name);
        self.environment.push((name.into(), value.into()));
    }

    /// Takes a variable out of the environment of all further commands.
    pub(crate) fn unset_env(&mut self, name: &str) {
        self.environment.retain(|(known, _)| known != name);
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
        self.start(arguments).finish()
    }

    /// Starts one command, for a test that does something meanwhile.
    pub(crate) fn start<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Running {
        let mut command = Command::new(SCRIPT);
        command.args(arguments).current_dir(self.folder()).env_clear().envs(self.surroundings());
        Running::start(command.stderr(Stdio::piped()), self.time_limit)
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

/// The CLI that all tests of this process run. It is asked once; this is what fetches a missing one.
pub(crate) fn cli() -> &'static Cli {
    static CLI: OnceLock<Cli> = OnceLock::new();
    CLI.get_or_init(|| ask(None))
}

/// Asks the CLI that the caller's environment leads to, or Terraform in a version of its own.
///
/// The environment is kept: a fetch may need its proxies, and shows its progress.
pub(crate) fn ask(version: Option<&str>) -> Cli {
    let mut command = Command::new(SCRIPT);
    command.arg("version").stderr(Stdio::inherit());
    command.env("CHECKPOINT_DISABLE", "1").env_remove("TF_CLI_CONFIG_FILE");
    command.envs(version.map(|version| ("TERRAFORM_VERSION", version)));
    let answer = Running::start(&mut command, FETCH_LIMIT).finish().expect_success();
    Cli::introduced_by(&answer.stdout).unwrap_or_else(|| panic!("no version\n{answer}"))
}

fn settings() -> String {
    let binaries = Path::new(env!("CARGO_BIN_EXE_terraform-provider-whatsapp")).parent();
    overrides(&[("waba/whatsapp", binaries.expect("a binary lies in a folder"))])
}

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/terraform");

const HOME: &str = "home";
const SETTINGS: &str = "terraformrc";
const TEMPORARY: &str = "tmp";
const WORK: &str = "configuration";

/// No more of the caller's environment reaches a command: no proxy, no token, no `TF_` variable.
const PASSED_ON: [&str; 3] = ["PATH", "TERRAFORM_BIN", "TERRAFORM_VERSION"];
const FIXED: [(&str, &str); 3] =
    [("CHECKPOINT_DISABLE", "1"), ("TF_IN_AUTOMATION", "1"), ("TF_CLI_ARGS", "-no-color")];

const COMMAND_LIMIT: Duration = Duration::from_secs(120);
const FETCH_LIMIT: Duration = Duration::from_secs(20 * 60);
