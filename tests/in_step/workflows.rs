//! The workflows call scripts that exist, and leave nothing open: no rights that they do not need, no
//! job without a limit, no action without its version.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::{root, text};

const FOLDER: &str = ".github/workflows";

#[test]
fn every_script_that_a_workflow_calls_can_be_run() {
    let mut checked = 0;
    for (path, workflow) in all() {
        for script in scripts(&workflow) {
            let file = fs::metadata(root().join(&script));
            let mode =
                file.unwrap_or_else(|_| panic!("{path}: there is no {script}")).permissions();
            assert_eq!(mode.mode() & 0o111, 0o111, "{path}: {script} is not executable");
            checked += 1;
        }
    }
    assert!(checked > 3, "only {checked} calls were found");
}

#[test]
fn every_test_that_a_workflow_names_exists() {
    for (path, workflow) in all() {
        for name in after(&workflow, "--test ") {
            let [file, folder] =
                ["", "/main"].map(|end| root().join(format!("tests/{name}{end}.rs")));
            assert!(file.exists() || folder.exists(), "{path}: there is no test {name}");
        }
    }
}

#[test]
fn no_workflow_leaves_anything_open() {
    for (path, workflow) in all() {
        assert_eq!(faults(&workflow), [""; 0], "{path}");
    }
}

#[test]
fn no_code_of_others_runs_beside_a_secret() {
    let is_trusted = |job: &str| job.contains("secrets.") || job.contains(": write");
    let mut checked = 0;
    for (path, workflow) in all() {
        for job in jobs(&workflow).into_iter().filter(|job| is_trusted(job)) {
            assert_eq!(programs_that_compile(job), [""; 0], "{path}");
            checked += 1;
        }
    }
    assert_eq!(checked, 1, "only the job that publishes has secrets");
}

#[test]
fn what_is_for_another_system_is_started_there_before_it_is_published() {
    let workflow = text(".github/workflows/release.yml");
    let jobs = jobs(&workflow);
    for (system, platform) in
        [("macos", "darwin_amd64"), ("macos", "darwin_arm64"), ("windows", "windows_amd64")]
    {
        let machine = format!("runs-on: {system}-latest");
        let parts = [machine.as_str(), platform, "--version"];
        let starts_it = |job: &&str| parts.iter().all(|part| job.contains(part));
        assert!(jobs.iter().any(starts_it), "{platform}");
    }
    assert!(workflow.contains("needs: [linux, macos, windows]"), "who packs waits for all");
}

#[test]
fn a_job_that_compiles_is_recognised() {
    let workflow = "on: x\njobs:\n  a:\n    name: A\n    # cargo\n    run: x\n  b-c:\n    run: |\n      cargo y\n";
    let jobs = jobs(workflow);
    assert_eq!(jobs.len(), 2, "{jobs:?}");
    assert_eq!(programs_that_compile(jobs[0]), [""; 0]);
    assert_eq!(programs_that_compile(jobs[1]), ["cargo y"]);
    for step in ["scripts/release", "scripts/release sbom", ".ci/run"] {
        assert_eq!(programs_that_compile(&format!("      - run: {step}\n")).len(), 1, "{step}");
    }
    assert_eq!(programs_that_compile("      - run: scripts/release sign\n"), [""; 0]);
}

#[test]
fn an_open_workflow_is_recognised() {
    let closed = "permissions:\n  contents: read\njobs:\n  a:\n    runs-on: x\n    timeout-minutes: 5\n    \
        steps:\n      - uses: actions/checkout@v6\n";
    assert_eq!(faults(closed), [""; 0]);
    assert_eq!(faults(&closed.replace("permissions", "x")), ["no permissions for all jobs"]);
    assert_eq!(faults(&closed.replace("timeout", "x")), ["1 jobs run, and 0 of them have a limit"]);
    for open in ["@main", "", "@v", "@v6 || true"] {
        let action = format!("actions/checkout{open}");
        let workflow = closed.replace("actions/checkout@v6", &action);
        assert_eq!(faults(&workflow), [format!("{action} is no version of an action")]);
    }
    let local = closed.replace("actions/checkout@v6", "./.github/workflows/ci.yml");
    assert_eq!(faults(&local), [""; 0]);
}

#[test]
fn a_call_of_a_script_is_recognised_wherever_it_stands() {
    let found = scripts(
        "run: .ci/run\nrun: a && \"scripts/b-c\" d; ./scripts/e # scripts/f\n- x/scripts/g",
    );
    assert_eq!(found, BTreeSet::from([".ci/run", "scripts/b-c", "scripts/e"].map(String::from)));
}

/// Path and text of every workflow.
pub(crate) fn all() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(FOLDER)).expect("the folder exists") {
        let path = entry.expect("readable").path();
        let text = fs::read_to_string(&path).expect("a workflow is text");
        found.push((path.display().to_string(), text));
    }
    assert!(found.len() > 1, "{FOLDER} is empty: was it moved without telling this test?");
    found
}

fn faults(workflow: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if !workflow.lines().any(|line| line == "permissions:") {
        faults.push("no permissions for all jobs".to_owned());
    }
    let count = |key: &str| workflow.lines().filter(|line| line.trim().starts_with(key)).count();
    let (jobs, limits) = (count("runs-on:"), count("timeout-minutes:"));
    if jobs != limits {
        faults.push(format!("{jobs} jobs run, and {limits} of them have a limit"));
    }
    for line in workflow.lines().filter_map(|line| line.split_once("uses: ")) {
        let action = line.1.trim();
        if !is_versioned(action) {
            faults.push(format!("{action} is no version of an action"));
        }
    }
    faults
}

/// The text of each job, without its name.
fn jobs(workflow: &str) -> Vec<&str> {
    let (_, jobs) = workflow.split_once("\njobs:\n").expect("a workflow has jobs");
    let mut starts = Vec::new();
    let mut position = 0;
    for line in jobs.split_inclusive('\n') {
        if line.starts_with("  ") && !line.starts_with("   ") && line.trim_end().ends_with(':') {
            starts.push(position);
        }
        position += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([jobs.len()]);
    starts.iter().zip(ends).map(|(start, end)| &jobs[*start..end]).collect()
}

/// The lines of a job that build or test.
fn programs_that_compile(job: &str) -> Vec<&str> {
    let lines = job.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let compiles = |line: &&str| {
        let ours = line.contains("scripts/") || line.contains(".ci/");
        let harmless = line.contains("scripts/release sign") || line.contains("scripts/check-tag");
        line.contains("cargo ") || line.contains("rustup ") || (ours && !harmless)
    };
    lines.filter(compiles).collect()
}

/// A major version at least, or a file of this repository.
fn is_versioned(action: &str) -> bool {
    let version = action.split_once("@v").map(|(_, version)| version);
    let numbered = version.is_some_and(|version| {
        !version.is_empty() && version.chars().all(|c| c == '.' || c.is_ascii_digit())
    });
    numbered || action.starts_with("./")
}

/// The scripts of this repository that a workflow calls; comments may name what they like.
fn scripts(workflow: &str) -> BTreeSet<String> {
    let lines = workflow.lines().filter_map(|line| line.split('#').next());
    let words = lines.flat_map(|line| line.split([' ', '"', '\'', ';', '(', ')', '`']));
    let words = words.map(|word| word.strip_prefix("./").unwrap_or(word));
    let ours = words.filter(|word| word.starts_with("scripts/") || word.starts_with(".ci/"));
    ours.map(str::to_owned).collect()
}

/// The words that follow this text.
fn after<'a>(workflow: &'a str, text: &'a str) -> impl Iterator<Item = &'a str> {
    workflow.split(text).skip(1).filter_map(|rest| rest.split_whitespace().next())
}
