//! Real Terraform installs the release from a mirror, applies, and goes over to the next version.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    binaries::is_static,
    dist::{NAME, ROOT, VERSION, asset, folder, target},
    sandbox::DEFAULT_NUMBER,
    stage::{Stage, support},
};

#[test]
fn the_readmes_mirror_installs_this_version_and_upgrades_to_the_next() {
    let (home, mut stage) = (Home::new(), Stage::new());
    home.is_that_of(&mut stage);

    home.follow_the_readme(&folder());
    stage.configure(&support(DEFAULT_NUMBER, "048213"));
    stage.terraform.run(["init"]).expect_success();
    expect_locked(&stage, VERSION);
    stage.apply();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("048213"));
    assert_eq!(provider_versions(&stage), [VERSION]);
    stage.expect_nothing_to_do();

    let next = Next::build();
    assert!(is_static(&next.binary()), "RUSTFLAGS of somebody's own must not undo that");
    home.follow_the_readme(&next.dist());
    // The lock file holds the team to the version that it has tried.
    stage.terraform.run(["init"]).expect_success();
    expect_locked(&stage, VERSION);
    stage.terraform.run(["init", "-upgrade"]).expect_success();
    expect_locked(&stage, &next.version);

    stage.expect_nothing_to_do();
    stage.configure(&support(DEFAULT_NUMBER, "190725"));
    stage.api.forget_events();
    stage.plan(&["update whatsapp_two_step_verification.support"]);
    stage.apply_saved();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("190725"));
    assert_eq!(provider_versions(&stage), [next.version.as_str()]);
}

#[test]
fn a_zip_that_is_another_than_the_locked_one_is_refused() {
    let (home, mut stage) = (Home::new(), Stage::new());
    home.is_that_of(&mut stage);
    home.follow_the_readme(&folder());
    stage.configure(&support(DEFAULT_NUMBER, "048213"));
    stage.terraform.run(["init"]).expect_success();

    let zip = home.zip();
    fs::copy(asset("windows_amd64.zip"), &zip).expect("it was copied there by us");
    fs::remove_dir_all(stage.terraform.folder().join(".terraform")).expect("init made it");
    let refused = stage.terraform.run(["init"]).expect_failure();
    assert!(refused.stderr.contains("checksum"), "{refused}");
}

/// A person's home, and what `README.md` says to do there.
struct Home {
    folder: TempDir,
}

impl Home {
    fn new() -> Self {
        Self { folder: TempDir::new().expect("a temporary folder can be made") }
    }

    /// Terraform gets no settings but what is in this home.
    fn is_that_of(&self, stage: &mut Stage) {
        let path = self.folder.path();
        fs::write(path.join("empty.tfrc"), "").expect("the folder is writable");
        stage.terraform.set_env("HOME", &path.display().to_string());
        let settings = path.join("empty.tfrc").display().to_string();
        stage.terraform.set_env("TF_CLI_CONFIG_FILE", &settings);
    }

    /// Runs the README's commands in a checkout that has these release files.
    fn follow_the_readme(&self, dist: &Path) {
        let readme = fs::read_to_string(format!("{ROOT}/README.md")).expect("there is a README.md");
        let (_, below) = readme.split_once(MIRROR).expect("the README tells of the mirror");
        let (commands, _) = below.split_once("```").expect("a block ends");

        let checkout = TempDir::new().expect("a temporary folder can be made");
        fs::create_dir(checkout.path().join("target")).expect("the folder is writable");
        symlink(dist, checkout.path().join("target/dist")).expect("the folder is writable");
        let mut shell = Command::new("sh");
        shell.args(["-e", "-c", commands]).current_dir(checkout.path());
        let status = shell.env("HOME", self.folder.path()).status().expect("there is a shell");
        assert!(status.success(), "{commands}");
    }

    fn zip(&self) -> PathBuf {
        let mirror = ".terraform.d/plugins/registry.terraform.io/waba/whatsapp";
        self.folder.path().join(mirror).join(format!("{NAME}_{VERSION}_{PLATFORM}.zip"))
    }
}

const MIRROR: &str = "Put it into the mirror:\n\n```shell\n";

fn expect_locked(stage: &Stage, version: &str) {
    let lock = fs::read_to_string(stage.terraform.folder().join(".terraform.lock.hcl"));
    let lock = lock.expect("init writes a lock file");
    assert!(lock.contains("provider \"registry.terraform.io/waba/whatsapp\" {"), "{lock}");
    assert!(lock.contains(&format!("version = {version:?}")), "{lock}");
    assert!(lock.contains("\"h1:"), "{lock}");
}

/// The versions of the provider that the API has seen, as it names itself.
fn provider_versions(stage: &Stage) -> Vec<String> {
    let events = stage.api.events();
    let agents = events.iter().filter_map(|event| event.user_agent.as_deref());
    let mark = format!("{NAME}/");
    let mut versions: Vec<_> = agents
        .filter_map(|agent| agent.split_once(mark.as_str())?.1.split(' ').next())
        .map(str::to_owned)
        .collect();
    versions.sort();
    versions.dedup();
    versions
}

/// The same source under the next version, built and packed by its own `scripts/release`.
struct Next {
    folder: TempDir,
    version: String,
}

impl Next {
    fn build() -> Self {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let next = Self { folder, version: next_version() };
        copy_project(&next.source());
        for file in ["Cargo.toml", "Cargo.lock"] {
            next.raise_version(file);
        }
        for step in ["build", "pack"] {
            next.release(step);
        }
        next
    }

    fn source(&self) -> PathBuf {
        self.folder.path().join("source")
    }

    fn dist(&self) -> PathBuf {
        self.folder.path().join("dist")
    }

    fn binary(&self) -> Vec<u8> {
        let name = format!("bin/{PLATFORM}/{NAME}_v{}", self.version);
        fs::read(self.dist().join(name)).expect("it was built")
    }

    fn raise_version(&self, file: &str) {
        let path = self.source().join(file);
        let text = fs::read_to_string(&path).expect("it was copied");
        let package = |version: &str| format!("name = \"{NAME}\"\nversion = \"{version}\"");
        assert!(text.contains(&package(VERSION)), "{file}");
        let raised = text.replacen(&package(VERSION), &package(&self.version), 1);
        fs::write(path, raised).expect("it is ours");
    }

    fn release(&self, step: &str) {
        let mut command = Command::new(self.source().join("scripts/release"));
        command.args([step, PLATFORM]).env("RELEASE_ASSETS", self.dist());
        // The libraries are compiled there already, with the same settings.
        command.env("CARGO_TARGET_DIR", target());
        // What somebody wants of other builds must not undo what a release relies on.
        command
            .env("RUSTFLAGS", "-Ctarget-feature=-crt-static")
            .env("CARGO_BUILD_TARGET", "nowhere");
        command.env("SOURCE_DATE_EPOCH", "1700000000").env_remove("GPG_FINGERPRINT");
        let status = command.stdin(Stdio::null()).status().expect("it starts");
        assert!(status.success(), "scripts/release {step}");
    }
}

fn next_version() -> String {
    let mut parts = VERSION.split('.');
    let major = parts.next().expect("a version has a major part");
    let minor: u32 = parts.next().and_then(|part| part.parse().ok()).expect("it has a minor part");
    format!("{major}.{}.0", minor + 1)
}

/// Copies all files that belong to the project.
fn copy_project(to: &Path) {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(ROOT);
    let listed = git.output().expect("git is installed");
    let listed = String::from_utf8(listed.stdout).expect("names are UTF-8");
    for name in listed.split_terminator('\0') {
        let (there, here) = (to.join(name), Path::new(ROOT).join(name));
        fs::create_dir_all(there.parent().expect("it lies in a folder")).expect("it is writable");
        fs::copy(&here, there).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

const PLATFORM: &str = "linux_amd64";
