//! The CLI, Terraform or OpenTofu, whichever `scripts/terraform` finds or fetches.

use std::env;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::Outcome;
use crate::cli::Cli;
use crate::interrupt::Interrupts;
use crate::process::{self, Ended, Output};

/// Asks for the version; this is what fetches a missing CLI, and shows how far it has come.
pub(crate) fn find(interrupts: &Interrupts) -> Outcome<Cli> {
    let mut command = clean_command();
    command.arg("version");
    let answer = process::run(command, Output::Read, FETCH_LIMIT, interrupts)?;
    if answer.code != Some(0) {
        return Err("there is no Terraform CLI to run; the lines above say why.".into());
    }
    Ok(Cli::introduced_by(&answer.text).ok_or("the CLI found does not say its version.")?)
}

/// Runs commands in one folder, against one API.
#[derive(Debug)]
pub(crate) struct Terraform {
    variables: Vec<(String, String)>,
    coloured: bool,
    interrupts: Interrupts,
}

impl Terraform {
    /// With the CLI settings `settings`, and an API that answers at `base_url` to `token`.
    pub(crate) fn new(
        settings: &Path,
        base_url: &str,
        token: &str,
        coloured: bool,
        interrupts: Interrupts,
    ) -> Self {
        let settings = settings.display().to_string();
        let variables = [
            ("TF_CLI_CONFIG_FILE", settings.as_str()),
            ("WHATSAPP_BASE_URL", base_url),
            ("WHATSAPP_ACCESS_TOKEN", token),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Self { variables, coloured, interrupts }
    }

    /// Sets an environment variable for all further commands.
    pub(crate) fn export(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Runs a command in `folder` and shows what it prints.
    pub(crate) fn run(&self, folder: &Path, arguments: &[&str]) -> Outcome<Ended> {
        let mut command = clean_command();
        command.args(arguments).current_dir(folder);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        if !self.coloured {
            command.env("TF_CLI_ARGS", "-no-color");
        }
        process::run(command, Output::Shown, COMMAND_LIMIT, &self.interrupts)
    }
}

/// Leaves out what the user's shell may have set for other configurations and real accounts.
fn clean_command() -> Command {
    let mut command = Command::new(SCRIPT);
    for (name, _) in env::vars_os().filter(|(name, _)| is_foreign(name)) {
        command.env_remove(name);
    }
    // No question to a vendor about new versions, and none to the user.
    command.envs([("CHECKPOINT_DISABLE", "1"), ("TF_INPUT", "0")]);
    command
}

fn is_foreign(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("TF_") || name.starts_with("WHATSAPP_")
}

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/terraform");

const FETCH_LIMIT: Duration = Duration::from_secs(20 * 60);

const COMMAND_LIMIT: Duration = Duration::from_secs(120);
