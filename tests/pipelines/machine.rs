//! One machine of a forge: it has what its image has, and forgets everything when its job is over.

use std::{
    collections::BTreeMap,
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use crate::terraform::{Finished, Running};

/// A folder with a home, a checkout and the programs of the image.
#[derive(Debug)]
pub(crate) struct Machine {
    root: TempDir,
    environment: BTreeMap<String, String>,
}

impl Machine {
    /// With `terraform` in this version, and the programs of a forge's image that only talk to the forge.
    pub(crate) fn new(terraform_version: &str) -> Self {
        let machine = Self {
            root: TempDir::with_prefix("machine-").expect("a temporary folder can be made"),
            environment: BTreeMap::new(),
        };
        for folder in ["home", "work", "bin", "tmp"] {
            fs::create_dir(machine.path(folder)).expect("the temporary folder is writable");
        }
        // The caller's PATH leads that script to the caller's Terraform, and not back to this one.
        let path = env::var("PATH").unwrap_or_default();
        let terraform =
            format!("PATH={path:?} TERRAFORM_VERSION={terraform_version} exec {SCRIPT:?} \"$@\"");
        machine.program("terraform", &terraform);
        machine.program("apk", "exit 0");
        // Keeps what it was told to say where a test can read it.
        machine.program("gh", "while [ \"$1\" != --body-file ]; do shift; done\ncp \"$2\" said.md");
        machine
    }

    /// Where the job's steps run.
    pub(crate) fn work(&self) -> PathBuf {
        self.path("work")
    }

    /// A file in the working folder; empty if there is none.
    pub(crate) fn text(&self, file: &str) -> String {
        fs::read_to_string(self.work().join(file)).unwrap_or_default()
    }

    /// Adds a variable to the environment of all further steps.
    pub(crate) fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.environment.insert(name.into(), value.into());
    }

    /// Runs a script as both forges do: a failure ends it, one inside of a pipe too.
    pub(crate) fn run(&self, script: &str, more: &BTreeMap<String, String>) -> Finished {
        let path =
            format!("{}:{}", self.path("bin").display(), env::var("PATH").unwrap_or_default());
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
            .current_dir(self.work())
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.path("home"))
            .env("TMPDIR", self.path("tmp"))
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_CLI_ARGS", "-no-color")
            .envs(&self.environment)
            .envs(more)
            .stderr(Stdio::piped());
        Running::start(&mut command, LIMIT).finish()
    }

    fn path(&self, part: &str) -> PathBuf {
        self.root.path().join(part)
    }

    fn program(&self, name: &str, script: &str) {
        let file = self.path("bin").join(name);
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).expect("the folder is writable");
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(&file, executable).expect("the file is ours");
    }
}

/// Copies a folder with all that is in it.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder is writable");
    for entry in fs::read_dir(from).expect("the folder can be read") {
        let entry = entry.expect("the folder can be read").path();
        let target = to.join(entry.file_name().expect("entries have names"));
        if entry.is_dir() {
            copy_folder(&entry, &target);
        } else {
            fs::copy(&entry, &target).expect("files can be copied");
        }
    }
}

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/terraform");

const LIMIT: Duration = Duration::from_secs(120);
