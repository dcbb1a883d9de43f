//! The README's first command, run as people run it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::terraform::{Finished, Running, cli};

#[test]
fn the_whole_story_is_told() {
    // Fetches a missing CLI before the clock of the story runs.
    let cli = cli();
    let folder = TempDir::with_prefix("quickstart-").expect("a temporary folder can be made");
    let told = run(&mut quickstart(folder.path())).expect_success();

    let mut rest = told.stdout.as_str();
    for sentence in STORY {
        let sentence = sentence.replace("$ terraform", &format!("$ {}", cli.product.command()));
        let found = rest.find(&sentence);
        let found = found.unwrap_or_else(|| panic!("no {sentence:?} in its place\n{told}"));
        rest = &rest[found + sentence.len()..];
    }
    assert!(!told.stdout.contains('\u{1b}'), "colours in a file\n{told}");
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

/// Builds into the folder that this test was built into, so that next to nothing is left to build.
pub(crate) fn quickstart(folder: &Path) -> Command {
    let binary = Path::new(env!("CARGO_BIN_EXE_terraform-provider-whatsapp"));
    let profile = binary.parent().expect("a binary lies in a folder");
    let target = profile.parent().expect("a profile's folder lies in the target folder");
    let profile = match profile.file_name().and_then(|name| name.to_str()) {
        Some("debug") => "dev",
        Some(name) => name,
        None => panic!("{profile:?} is no profile's folder"),
    };
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--example", "quickstart", "--profile", profile, "--target-dir"]);
    cargo.arg(target).arg("--").arg(folder).current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo
}

pub(crate) fn run(quickstart: &mut Command) -> Finished {
    Running::start(quickstart.stderr(Stdio::piped()), STORY_LIMIT).finish()
}

/// The main sentences, in their order.
const STORY: [&str; 23] = [
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
    "== 8. Destroy",
    "Two-Step Verification Stays On",
    "== Done: every step did what it said",
];

/// A build of everything on a slow machine, and ten Terraform commands.
const STORY_LIMIT: Duration = Duration::from_secs(30 * 60);
