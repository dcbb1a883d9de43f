//! The signature, with keys that live as long as a test. Each test packs into a folder of its own.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Output},
};

use tempfile::TempDir;

use crate::dist::{NAME, ROOT, VERSION, asset, folder};

#[test]
fn packing_again_makes_the_same_files() {
    let workshop = Workshop::new();
    workshop.pack(&[]).expect("there is nothing to object to");
    for rest in ["linux_amd64.zip", "manifest.json"] {
        let again = fs::read(workshop.asset(rest)).expect("it was packed");
        assert!(again == fs::read(asset(rest)).expect("it was packed before"), "{rest}");
    }
    assert!(!workshop.asset("SHA256SUMS.sig").exists(), "there was no key");
}

#[test]
fn an_rsa_key_signs_the_checksums() {
    let workshop = Workshop::new();
    let key = workshop.make_key("rsa2048", "");
    workshop.pack(&[("GPG_FINGERPRINT", &key)]).expect("the key is fit");
    workshop.verify();
}

#[test]
fn a_passphrase_opens_the_key() {
    let workshop = Workshop::new();
    let key = workshop.make_key("rsa2048", "a phrase with blanks");
    let open = ("GPG_PASSPHRASE", "a phrase with blanks");
    workshop.pack(&[("GPG_FINGERPRINT", &key), open]).expect("the phrase is right");
    workshop.verify();
    assert!(workshop.end_agent().expect("gpgconf comes with gpg").success());
    let refusal = workshop.pack(&[("GPG_FINGERPRINT", &key), ("GPG_PASSPHRASE", "wrong")]);
    assert!(refusal.expect_err("the phrase is wrong").contains("gpg failed with exit code"));
    assert!(!workshop.asset("SHA256SUMS.sig").exists(), "an older signature must not stay");
}

#[test]
fn a_key_that_no_registry_takes_is_refused() {
    let workshop = Workshop::new();
    let key = workshop.make_key("ed25519", "");
    let refusal = workshop.pack(&[("GPG_FINGERPRINT", &key)]).expect_err("the curve is refused");
    assert!(refusal.contains("neither RSA nor DSA"), "{refusal}");
}

#[test]
fn a_release_lacks_no_platform_that_was_asked_for() {
    let refusal = Workshop::new().run(&["pack", "linux_amd64", "darwin_arm64"], &[]);
    let refusal = refusal.expect_err("darwin_arm64 was not laid there");
    assert!(refusal.contains(&format!("{VERSION} was not built for darwin_arm64")), "{refusal}");
}

/// A folder with one binary to pack, and a key ring of its own.
struct Workshop {
    folder: TempDir,
}

impl Workshop {
    fn new() -> Self {
        let workshop = Self { folder: TempDir::new().expect("a temporary folder can be made") };
        let binary = format!("bin/linux_amd64/{NAME}_v{VERSION}");
        let there = workshop.folder.path().join(&binary);
        fs::create_dir_all(there.parent().expect("it lies in a folder")).expect("it is writable");
        fs::copy(folder().join(&binary), there).expect("it was built");
        workshop
    }

    fn asset(&self, rest: &str) -> PathBuf {
        self.folder.path().join(format!("{NAME}_{VERSION}_{rest}"))
    }

    /// Gives what was said if packing fails.
    fn pack(&self, variables: &[(&str, &str)]) -> Result<(), String> {
        self.run(&["pack"], variables)
    }

    fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Result<(), String> {
        let mut command = Command::new(Path::new(ROOT).join("scripts/release"));
        command.args(arguments).env("RELEASE_ASSETS", self.folder.path());
        command.env("GNUPGHOME", self.folder.path()).env_remove("GPG_FINGERPRINT");
        let ended = command.envs(variables.iter().copied()).output().expect("it starts");
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        if ended.status.success() { Ok(()) } else { Err(said) }
    }

    /// A key of this algorithm; gives its fingerprint.
    fn make_key(&self, algorithm: &str, passphrase: &str) -> String {
        let opening = ["--pinentry-mode=loopback", "--passphrase", passphrase];
        let what = ["--quick-generate-key", "release@example.com", algorithm, "sign", "1d"];
        self.gpg(&[&opening[..], &what[..]].concat());
        let listed = self.gpg(&["--with-colons", "--list-secret-keys"]);
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let line = listed.lines().find(|line| line.starts_with("fpr:")).expect("a key has one");
        line.split(':').nth(9).expect("it is the tenth field").to_owned()
    }

    fn verify(&self) {
        let (signature, sums) = (self.asset("SHA256SUMS.sig"), self.asset("SHA256SUMS"));
        let files = [signature, sums].map(|path| path.display().to_string());
        self.gpg(&["--verify", &files[0], &files[1]]);
        let signature = fs::read(&files[0]).expect("there is a signature");
        assert!(!signature.starts_with(b"-----"), "the registries want it binary");
    }

    /// Ends the agent that keeps keys open; the next command starts another.
    fn end_agent(&self) -> io::Result<ExitStatus> {
        let mut command = Command::new("gpgconf");
        command.args(["--kill", "all"]).env("GNUPGHOME", self.folder.path()).status()
    }

    fn gpg(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("gpg");
        command.arg("--batch").args(arguments).env("GNUPGHOME", self.folder.path());
        let ended = command.output().expect("gpg is installed");
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        ended
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // gpg leaves an agent running, which would hold on to a folder that is gone.
        let _ = self.end_agent();
    }
}
