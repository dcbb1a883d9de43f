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
    let workshop = Workshop::packed();
    for rest in ["linux_amd64.zip", "manifest.json"] {
        let again = fs::read(workshop.asset(rest)).expect("it was packed");
        let before = fs::read(asset(rest)).expect("it was packed before");
        assert!(again == before, "{rest}: was it packed on another commit? Then pack once more");
    }
}

/// A release may lie there unsigned, as it does before a release workflow has its key.
#[test]
fn a_signature_that_lies_there_is_one_that_a_registry_takes() {
    let signature = asset("SHA256SUMS.sig");
    if signature.exists() {
        Workshop::new().expect_fit(&signature);
    }
}

#[test]
fn an_rsa_key_signs_the_checksums() {
    let workshop = Workshop::packed();
    let key = workshop.make_key("rsa2048", "");
    workshop.sign(&key, &[]).expect("the key is fit");
    workshop.verify();
}

#[test]
fn a_person_s_own_settings_of_gpg_change_nothing() {
    let workshop = Workshop::packed();
    let key = workshop.make_key("rsa2048", "");
    fs::write(workshop.folder.path().join("gpg.conf"), "armor\n").expect("the folder is writable");
    workshop.sign(&key, &[]).expect("the key is fit");
    workshop.verify();
}

#[test]
fn a_passphrase_opens_the_key() {
    let workshop = Workshop::packed();
    let key = workshop.make_key("rsa2048", "a phrase with blanks");
    let open = ("GPG_PASSPHRASE", "a phrase with blanks");
    workshop.sign(&key, &[open]).expect("the phrase is right");
    workshop.verify();
    assert!(workshop.end_agent().expect("gpgconf comes with gpg").success());
    let refusal = workshop.sign(&key, &[("GPG_PASSPHRASE", "wrong")]).expect_err("it is wrong");
    assert!(refusal.contains("gpg failed with exit code"), "{refusal}");
    assert!(!workshop.signature().exists(), "an older signature must not stay");
}

#[test]
fn packing_again_leaves_no_signature_of_what_was_there_before() {
    let workshop = Workshop::packed();
    let key = workshop.make_key("rsa2048", "");
    workshop.sign(&key, &[]).expect("the key is fit");
    workshop.run(&["pack"], &[]).expect("there is nothing to object to");
    assert!(!workshop.signature().exists());
}

#[test]
fn a_key_that_no_registry_takes_is_refused() {
    let workshop = Workshop::packed();
    let key = workshop.make_key("ed25519", "");
    let refusal = workshop.sign(&key, &[]).expect_err("the curve is refused");
    assert!(refusal.contains("neither RSA nor DSA"), "{refusal}");
}

/// Gpg signs with a subkey if there is one.
#[test]
fn a_subkey_that_no_registry_takes_is_refused() {
    let workshop = Workshop::packed();
    let key = workshop.make_key("rsa2048", "");
    workshop.gpg(&["--passphrase", "", "--quick-add-key", &key, "ed25519", "sign", "1d"]);
    let refusal = workshop.sign(&key, &[]).expect_err("the curve is refused");
    assert!(refusal.contains("which signed, is neither RSA nor DSA"), "{refusal}");
    assert!(!workshop.signature().exists(), "what is refused must not lie there to be published");
}

#[test]
fn a_name_of_several_keys_is_refused() {
    let workshop = Workshop::packed();
    workshop.make_key("rsa2048", "");
    let another = "old-release@example.com";
    workshop.gpg(&["--passphrase", "", "--quick-generate-key", another, "rsa2048", "sign", "1d"]);
    let refusal = workshop.sign("release@example.com", &[]).expect_err("which of them?");
    assert!(refusal.contains("names 2 keys"), "{refusal}");
}

#[test]
fn signing_without_a_key_fails() {
    let refusal = Workshop::packed().run(&["sign"], &[]).expect_err("there is no key");
    assert!(refusal.contains("GPG_FINGERPRINT is not set"), "{refusal}");
}

#[test]
fn a_time_that_no_zip_can_hold_is_refused() {
    let workshop = Workshop::new();
    for time in ["0", "tomorrow", "99999999999"] {
        let refusal = workshop.run(&["pack"], &[("SOURCE_DATE_EPOCH", time)]);
        let refusal = refusal.expect_err("it is no time of a zip");
        assert!(refusal.starts_with("scripts/release: SOURCE_DATE_EPOCH is "), "{refusal}");
    }
}

#[test]
fn what_a_step_does_not_take_is_refused() {
    for arguments in [&["sbom", "linux_amd64"][..], &["all", "linux_amd64"], &["linux_amd64"]] {
        let refusal = Workshop::new().run(arguments, &[]).expect_err("it is no such step");
        assert!(refusal.starts_with("scripts/release: not understood: "), "{refusal}");
    }
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

    fn packed() -> Self {
        let workshop = Self::new();
        workshop.run(&["pack"], &[]).expect("there is nothing to object to");
        workshop
    }

    fn signature(&self) -> PathBuf {
        self.asset("SHA256SUMS.sig")
    }

    fn asset(&self, rest: &str) -> PathBuf {
        self.folder.path().join(format!("{NAME}_{VERSION}_{rest}"))
    }

    fn sign(&self, key: &str, variables: &[(&str, &str)]) -> Result<(), String> {
        self.run(&["sign"], &[&[("GPG_FINGERPRINT", key)], variables].concat())
    }

    /// Gives what was said if it fails.
    fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Result<(), String> {
        let mut command = Command::new(Path::new(ROOT).join("scripts/release"));
        command.args(arguments).env("RELEASE_ASSETS", self.folder.path());
        command.env("GNUPGHOME", self.folder.path());
        for name in ["GPG_FINGERPRINT", "GPG_PASSPHRASE"] {
            command.env_remove(name);
        }
        let ended = command.envs(variables.iter().copied()).output().expect("it starts");
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        if ended.status.success() { Ok(()) } else { Err(said) }
    }

    /// A key of this algorithm; gives its fingerprint.
    fn make_key(&self, algorithm: &str, passphrase: &str) -> String {
        let what = ["--quick-generate-key", "release@example.com", algorithm, "sign", "1d"];
        self.gpg(&[&["--passphrase", passphrase], &what[..]].concat());
        let listed = self.gpg(&["--with-colons", "--list-secret-keys"]);
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let line = listed.lines().find(|line| line.starts_with("fpr:")).expect("a key has one");
        line.split(':').nth(9).expect("it is the tenth field").to_owned()
    }

    fn verify(&self) {
        let files = [self.signature(), self.asset("SHA256SUMS")];
        let files = files.map(|path| path.display().to_string());
        self.gpg(&["--verify", &files[0], &files[1]]);
        self.expect_fit(&self.signature());
    }

    fn expect_fit(&self, signature: &Path) {
        let content = fs::read(signature).expect("there is a signature");
        // RFC 4880, section 4.2: a packet begins with a byte that has its highest bit.
        assert!(
            content.first().is_some_and(|first| first & 0x80 != 0),
            "the registries want it binary"
        );
        let packets = self.gpg(&["--list-packets", &signature.display().to_string()]);
        let packets = String::from_utf8_lossy(&packets.stdout);
        let is_fit = |kind| packets.contains(&format!(":signature packet: algo {kind},"));
        assert!(is_fit("1") || is_fit("17"), "neither RSA nor DSA: {packets}");
    }

    /// Ends the agent that keeps keys open; the next command starts another.
    fn end_agent(&self) -> io::Result<ExitStatus> {
        let mut command = Command::new("gpgconf");
        command.args(["--kill", "all"]).env("GNUPGHOME", self.folder.path()).status()
    }

    fn gpg(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("gpg");
        command
            .args(["--batch", "--pinentry-mode=loopback"])
            .args(arguments)
            .env("GNUPGHOME", self.folder.path());
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
