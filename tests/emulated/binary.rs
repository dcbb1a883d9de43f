//! A binary of the release, and the program that runs it here.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use crate::{
    dist::{self, NAME, VERSION},
    host::{Host, process::Launch},
    terraform::{Finished, Running},
};

/// An unpacked zip, and a script that runs what was in it.
#[derive(Debug)]
pub(crate) struct Binary {
    folder: TempDir,
    name: String,
}

impl Binary {
    /// That of this platform; `imitation` runs it.
    pub(crate) fn new(platform: &str, imitation: &[&str]) -> Self {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let dist::Entry { name, content, .. } = dist::binary(platform);
        let this = Self { folder, name };
        fs::create_dir(this.unpacked()).expect("the folder is writable");
        let program = this.unpacked().join(&this.name);
        fs::write(&program, content).expect("the folder is writable");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it is ours");
        fs::create_dir(this.scripted()).expect("the folder is writable");
        write_script(&this.script(), imitation, &program);
        this
    }

    /// The folder with the binary itself, for a Terraform of the same platform.
    pub(crate) fn unpacked(&self) -> PathBuf {
        self.folder.path().join("unpacked")
    }

    /// The folder with a script in its place, for a Terraform of this machine.
    pub(crate) fn scripted(&self) -> PathBuf {
        self.folder.path().join("scripted")
    }

    fn script(&self) -> PathBuf {
        self.scripted().join(NAME)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Finished {
        let mut command = Command::new(self.script());
        command.args(arguments).stderr(Stdio::piped());
        Running::start(&mut command, LIMIT).finish()
    }

    pub(crate) fn expect_version(&self) {
        let answer = self.run(&["--version"]).expect_success();
        let expected = format!("{NAME} {VERSION} (Terraform plugin protocol 5, go-plugin 1)");
        assert_eq!(answer.stdout.trim_end(), expected);
    }

    /// Starts it as Terraform does: handshake, mutual TLS, schemas. It ends in order when it is asked to.
    pub(crate) async fn expect_handshake(&self, network: &str) {
        let script = self.script().display().to_string();
        // What follows is the path of the binary for this machine, which is not wanted here.
        let launch = Launch::as_terraform().under(&["sh", "-c", "exec \"$0\"", &script]);
        let host = Host::launch(launch).await;
        assert!(host.line.certificate.is_some(), "TLS was asked for");
        let process = host.end().await;
        let said = process.stdout().await.text();
        assert!(said.starts_with(&format!("1|5|{network}|")), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

/// A script that hands its arguments to this program, whatever its environment.
pub(crate) fn write_script(path: &Path, imitation: &[&str], program: &Path) {
    let quoted = |word: &str| format!("'{word}' ");
    let words: String = imitation.iter().copied().map(quoted).collect();
    let text = format!("#!/bin/sh\nexec {words}'{}' \"$@\"\n", program.display());
    fs::write(path, text).expect("the folder is writable");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
}

const LIMIT: Duration = Duration::from_secs(60);
