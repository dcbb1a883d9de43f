//! Runs the Terraform CLI in a world of its own: own folder, own environment, own time limit.
//!
//! A test makes a [`Terraform`], writes configuration into it and runs commands; each gives a
//! [`Finished`] to look at. The provider under test is the binary that Cargo has just built: a
//! development override stands for `terraform init`.

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

use crate::command::{Finished, Running};

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
        let answer = Running::start(&mut command, FETCH_LIMIT).finish().expect_success().json();
        let version =
            answer["terraform_version"].as_str().expect("the CLI says its version").to_owned();
        let mut parts = version.split('.').map(|part| part.parse().ok());
        match (parts.next().flatten(), parts.next().flatten()) {
            (Some(major), Some(minor)) => Self { version, numbers: (major, minor) },
            _ => panic!("the CLI gives its version as {version:?}"),
        }
    }
}

fn settings() -> String {
    let binaries = Path::new(env!("CARGO_BIN_EXE_terraform-provider-whatsapp")).parent();
    let folder = binaries.expect("a binary lies in a folder");
    format!(
        r#"
provider_installation {{
  dev_overrides {{
    "waba/whatsapp" = {folder:?}
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

const COMMAND_LIMIT: Duration = Duration::from_secs(120);
const FETCH_LIMIT: Duration = Duration::from_secs(20 * 60);

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, sync::mpsc, thread, time::Instant};

    use super::*;

    #[test]
    fn a_command_without_end_is_killed_with_its_children() {
        let terraform = Terraform::new().time_limit(Duration::from_secs(3));
        terraform.write("main.tf", &provisioner("sleep 600"));
        let start = Instant::now();
        terraform.run(["apply", "-auto-approve"]).expect_time_out();
        // The provisioner's shell holds Terraform's standard output: it would make us wait.
        assert!(start.elapsed() < Duration::from_secs(60));
    }

    #[test]
    fn an_interrupted_command_ends_as_it_sees_fit() {
        let door = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = door.local_addr().expect("it is bound").port();
        let terraform = Terraform::new();
        let knock = format!("bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port} && sleep 600'");
        terraform.write("main.tf", &provisioner(&knock));

        let apply = terraform.start(["apply", "-auto-approve"]);
        let (sender, knocked) = mpsc::channel();
        thread::spawn(move || sender.send(door.accept()));
        let _visitor = knocked.recv_timeout(COMMAND_LIMIT).expect("the provisioner runs");
        apply.interrupt();
        assert!(apply.finish().expect_failure().stdout.contains("Interrupt received"));
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

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let terraform = Terraform::new().env("TERRAFORM_VERSION", "").env("TERRAFORM_BIN", "/nope");
        let refused = terraform.run(["version"]).expect_exit_code(127);
        assert!(refused.stderr.contains("TERRAFORM_BIN names no program that can be run: /nope"));
    }

    #[test]
    fn a_version_that_cannot_be_had_gets_the_list_of_those_that_can() {
        let terraform = Terraform::new().env("TERRAFORM_VERSION", "0.11");
        let refused = terraform.run(["version"]).expect_failure();
        assert!(refused.stderr.contains("Terraform 0.11 cannot be fetched"), "{refused}");
        assert!(refused.stderr.contains("1.8.4"), "{refused}");
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
