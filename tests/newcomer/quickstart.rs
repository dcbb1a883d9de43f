//! The README's first command, run as people run it.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::terraform::{Feature, Finished, Running, cli};

#[test]
fn the_whole_story_is_told() {
    // Fetches a missing CLI before the clock of the story runs.
    let cli = cli();
    let folder = TempDir::with_prefix("quickstart-").expect("a temporary folder can be made");
    let told = run(&mut quickstart(folder.path())).expect_success();

    let mut rest = told.stdout.as_str();
    let registration = if cli.has(Feature::Actions) { &REGISTRATION[..] } else { &[] };
    let end = if cli.has(Feature::Actions) { "== 9. Destroy" } else { "== 8. Destroy" };
    for sentence in STORY.iter().chain(registration).chain(&[end]).chain(&END) {
        let sentence = sentence.replace("$ terraform", &format!("$ {}", cli.product.command()));
        let found = rest.find(&sentence);
        let found = found.unwrap_or_else(|| panic!("no {sentence:?} in its place\n{told}"));
        rest = &rest[found + sentence.len()..];
    }
    assert!(!told.stdout.contains('\u{1b}'), "colours in a file\n{told}");
    let mentioned = told.stdout.contains("hotline") || told.stdout.contains("/register");
    assert_eq!(
        mentioned,
        cli.has(Feature::Actions),
        "a client without actions hears of none\n{told}"
    );
    for kept in ["main.tf", "sales.tf", "terraform.tfstate", "terraformrc"] {
        assert!(folder.path().join(kept).exists(), "{kept} is gone");
    }
}

#[test]
fn a_folder_with_other_things_in_it_is_left_alone() {
    let folder = TempDir::with_prefix("quickstart-").expect("a temporary folder can be made");
    std::fs::write(folder.path().join("precious"), "").expect("the folder is writable");
    let refused = run(&mut quickstart(folder.path())).expect_failure();
    assert!(refused.stderr.contains("is not empty"), "{refused}");
    assert!(folder.path().join("precious").exists());
}

#[test]
fn help_is_printed_and_nothing_is_made() {
    let folder = TempDir::with_prefix("quickstart-").expect("a temporary folder can be made");
    let there = folder.path().join("made");
    let told = run(&mut example("quickstart", &["--help"])).expect_success();
    assert!(told.stdout.contains("Usage:") && !told.stdout.contains("== "), "{told}");
    let flag = run(&mut example("quickstart", &["--hepl"])).expect_exit_code(2);
    assert_eq!(flag.stdout, "", "{flag}");
    let two = [there.to_str().expect("in UTF-8"), "more"];
    run(&mut example("quickstart", &two)).expect_exit_code(2);
    assert!(!there.exists());
}

#[test]
fn the_sandbox_tells_all_it_can_and_of_a_port_in_use_in_one_line() {
    let told = run(&mut example("sandbox", &["--help"])).expect_success();
    for part in ["--port", "POST /_sandbox/clock", "vanish_after_page"] {
        assert!(told.stdout.contains(part), "{part}: {told}");
    }
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = taken.local_addr().expect("it is bound").port().to_string();
    let mut second = example("sandbox", &["--port", &port]);
    let refused = run(second.env("CARGO_TERM_QUIET", "true")).expect_exit_code(1);
    let lines: Vec<_> = refused.stderr.lines().collect();
    let [line] = lines[..] else { panic!("{refused}") };
    assert!(line.contains(&format!("cannot listen on port {port}")), "{refused}");
}

/// Builds into the folder that this test was built into, so that next to nothing is left to build.
pub(crate) fn quickstart(folder: &Path) -> Command {
    example("quickstart", &[folder])
}

fn example(name: &str, arguments: &[impl AsRef<OsStr>]) -> Command {
    let binary = Path::new(env!("CARGO_BIN_EXE_terraform-provider-whatsapp"));
    let profile = binary.parent().expect("a binary lies in a folder");
    let target = profile.parent().expect("a profile's folder lies in the target folder");
    let profile = match profile.file_name().and_then(|name| name.to_str()) {
        Some("debug") => "dev",
        Some(name) => name,
        None => panic!("{profile:?} is no profile's folder"),
    };
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--example", name, "--profile", profile, "--target-dir"]);
    cargo.arg(target).arg("--").args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo
}

pub(crate) fn run(quickstart: &mut Command) -> Finished {
    Running::start(quickstart.stderr(Stdio::piped()), STORY_LIMIT).finish()
}

/// The main sentences, in their order.
const STORY: [&str; 20] = [
    "== 1. Install the provider",
    "$ terraform init",
    "== 2. Set a PIN",
    "$ terraform apply -auto-approve",
    "Resources: 1 added, 0 changed, 0 destroyed.",
    "pin set",
    "== 3. Plan again",
    "No changes.",
    "== 4. Change the PIN",
    "Resources: 0 added, 1 changed, 0 destroyed.",
    "pin set",
    "== 5. Repair what somebody switched off",
    "which you would never do",
    "Two-Step Verification Is Off",
    "Resources: 0 added, 1 changed, 0 destroyed.",
    "pin set",
    "== 6. Import a number that has a PIN already",
    "Import successful!",
    "== 7. Apply after the import",
    "pin set",
];

/// What only clients with actions are shown.
const REGISTRATION: [&str; 6] = [
    "== 8. Register a number",
    "hotline.tf",
    "Resources: 1 added, 0 changed, 0 destroyed.",
    "/106540352242924/register  -> 200",
    "No changes.",
    "GET",
];

const END: [&str; 2] = ["Two-Step Verification Stays On", "== Done: every step did what it said"];

/// A build of everything on a slow machine, and ten Terraform commands.
const STORY_LIMIT: Duration = Duration::from_secs(30 * 60);
