//! Terraform in a folder of its own, with a clock beside it.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use tempfile::TempDir;

use crate::shared::binary::{Binary, ROOT, run};
use crate::start::milliseconds;

/// A working folder with one configuration.
#[derive(Debug)]
pub(crate) struct Terraform {
    folder: TempDir,
}

impl Terraform {
    /// A folder with this configuration and no state. `provider` stands in for an installed one.
    pub(crate) fn new(provider: &Binary, configuration: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let binaries = provider.path.parent().expect("a binary lies in a folder");
        fs::write(folder.path().join(SETTINGS), settings(binaries))
            .expect("the folder is writable");
        let terraform = Self { folder };
        terraform.configure(configuration);
        terraform
    }

    /// Another configuration for the same state.
    pub(crate) fn configure(&self, configuration: &str) {
        let path = self.folder.path().join("main.tf");
        fs::write(path, configuration).expect("the folder is writable");
    }

    /// Milliseconds to create everything from nothing.
    pub(crate) fn apply(&self) -> f64 {
        // The first time there is none.
        let _ = fs::remove_file(self.folder.path().join("terraform.tfstate"));
        self.timed(&["apply", "-auto-approve"])
    }

    /// Milliseconds to find out that nothing has to be done.
    pub(crate) fn plan(&self) -> f64 {
        // With this switch changes are a failure.
        self.timed(&["plan", "-detailed-exitcode"])
    }

    fn timed(&self, arguments: &[&str]) -> f64 {
        let mut command = terraform();
        command.args(arguments).args(["-input=false", "-no-color"]).current_dir(&self.folder);
        command.env("HOME", self.folder.path());
        command.env("TF_CLI_CONFIG_FILE", self.folder.path().join(SETTINGS));
        let begun = Instant::now();
        run(command.stdin(Stdio::null()));
        milliseconds(begun)
    }
}

/// The version of the Terraform that is used.
pub(crate) fn version() -> String {
    let answer = run(terraform().args(["version", "-json"]));
    let answer: serde_json::Value = serde_json::from_str(&answer).expect("-json gives JSON");
    answer["terraform_version"].as_str().expect("the version is a text").to_owned()
}

/// Only these variables reach it.
fn terraform() -> Command {
    let mut command = Command::new(format!("{ROOT}/scripts/terraform"));
    let passed_on = ["PATH", "TERRAFORM_BIN", "TERRAFORM_VERSION"];
    let passed_on = passed_on.map(|name| (name, std::env::var_os(name)));
    command.env_clear().env("CHECKPOINT_DISABLE", "1");
    command.envs(passed_on.into_iter().filter_map(|(name, value)| Some((name, value?))));
    command
}

fn settings(binaries: &Path) -> String {
    format!(
        "provider_installation {{\n  dev_overrides {{ \"waba/whatsapp\" = {binaries:?} }}\n  \
         direct {{}}\n}}\n"
    )
}

const SETTINGS: &str = "terraformrc";
