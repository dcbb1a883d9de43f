//! Terraform commands that look at configuration and call no API.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use tempfile::TempDir;

use crate::command::{Finished, Running};

/// A folder with the files named, which lie below `examples/`, and the CLI settings to use the
/// provider that Cargo has just built.
pub(crate) fn folder_with(examples: &[&str]) -> TempDir {
    let folder = TempDir::with_prefix("newcomer-").expect("a temporary folder can be made");
    for example in examples {
        let from = Path::new(EXAMPLES).join(example);
        let name = from.file_name().expect("examples are files");
        fs::copy(&from, folder.path().join(name))
            .unwrap_or_else(|error| panic!("{from:?}: {error}"));
    }
    fs::write(folder.path().join(SETTINGS), settings()).expect("the folder is writable");
    folder
}

/// Runs one command in the folder, with nothing of the caller's environment but the way to the CLI.
pub(crate) fn terraform(folder: &Path, arguments: &[&str]) -> Finished {
    version();
    let mut command = Command::new(SCRIPT);
    command.args(arguments).arg("-no-color").current_dir(folder).stderr(Stdio::piped());
    command.env_clear().envs(env::vars_os().filter(|(name, _)| {
        ["PATH", "TERRAFORM_BIN", "TERRAFORM_VERSION"].iter().any(|passed_on| name == passed_on)
    }));
    command.env("HOME", folder).env("TMPDIR", folder).env("CHECKPOINT_DISABLE", "1");
    command.env("TF_CLI_CONFIG_FILE", folder.join(SETTINGS));
    Running::start(&mut command, COMMAND_LIMIT).finish()
}

/// The CLI's version, as numbers. The first call may fetch the CLI, with the caller's proxies.
pub(crate) fn version() -> (u32, u32) {
    static VERSION: OnceLock<(u32, u32)> = OnceLock::new();
    *VERSION.get_or_init(|| {
        let mut command = Command::new(SCRIPT);
        command.args(["version", "-json"]).stderr(Stdio::inherit());
        command.env("CHECKPOINT_DISABLE", "1").env_remove("TF_CLI_CONFIG_FILE");
        let answer = Running::start(&mut command, FETCH_LIMIT).finish().expect_success().json();
        let text = answer["terraform_version"].as_str().expect("the CLI says its version");
        let mut parts = text.split('.').map(|part| part.parse().expect("numbers and dots"));
        (parts.next().expect("a major version"), parts.next().expect("a minor version"))
    })
}

fn settings() -> String {
    let binaries = Path::new(env!("CARGO_BIN_EXE_terraform-provider-whatsapp")).parent();
    let folder = binaries.expect("a binary lies in a folder");
    format!(
        "provider_installation {{\n  dev_overrides {{\n    \"waba/whatsapp\" = {folder:?}\n  }}\n}}\n"
    )
}

/// The examples' folder.
pub(crate) const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/terraform");

const SETTINGS: &str = "terraformrc";

const COMMAND_LIMIT: Duration = Duration::from_secs(120);
const FETCH_LIMIT: Duration = Duration::from_secs(20 * 60);
