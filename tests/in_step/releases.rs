//! `scripts/check-tag` is the one judge of changelog and tag: here it judges this checkout, and shows
//! that it refuses what is wrong.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::{root, text};

const CARGO: &str = "[package]\nname = \"x\"\nversion = \"1.2.3\"\n";
const RELEASED: &str = "# Changelog\n\n\
    ## 1.2.3 (November 3, 2026)\n\nFEATURES:\n\n* one\n  and its second line\n\nNOTES:\n\n* two\n\n\
    ## 1.2.0 (October 30, 2026)\n\nBUG FIXES:\n\n* three\n";

#[test]
fn the_changelog_of_this_checkout_is_in_order() {
    assert_eq!(refusal(&check_tag(root(), &[])), "");
}

#[test]
fn the_tag_of_this_commit_names_the_version_and_the_changelog_dates_it() {
    if !root().join(".git").exists() {
        return; // An unpacked archive has no tags.
    }
    let git = Command::new("git").args(["tag", "--points-at", "HEAD"]).current_dir(root()).output();
    let git = git.expect("a checkout comes with git");
    assert!(git.status.success(), "{}", String::from_utf8_lossy(&git.stderr));
    let tags = String::from_utf8(git.stdout).expect("tags are UTF-8");
    for tag in tags.lines().filter(|tag| is_release(tag)) {
        assert_eq!(refusal(&check_tag(root(), &[tag])), "", "{tag}");
    }
}

#[test]
fn only_a_v_and_a_digit_begin_the_tag_of_a_release() {
    assert!(is_release("v1.2.3") && is_release("v0"));
    assert!(!is_release("1.2.3") && !is_release("vanilla") && !is_release("v"));
}

#[test]
fn a_fitting_tag_is_answered_with_what_the_changelog_says() {
    let answer = check_tag(project(CARGO, RELEASED).path(), &["v1.2.3"]);
    assert_eq!(refusal(&answer), "");
    let notes = String::from_utf8(answer.stdout).expect("the changelog is UTF-8");
    assert_eq!(notes, "FEATURES:\n\n* one\n  and its second line\n\nNOTES:\n\n* two\n");
}

#[test]
fn an_unreleased_version_is_in_order_until_a_tag_names_it() {
    let unreleased = RELEASED.replace("November 3, 2026", "Unreleased");
    let project = project(CARGO, &unreleased);
    assert_eq!(refusal(&check_tag(project.path(), &[])), "");
    assert!(refusal(&check_tag(project.path(), &["v1.2.3"])).contains("1.2.3 has no date yet"));
}

#[test]
fn a_tag_that_is_not_the_version_is_refused() {
    let project = project(CARGO, RELEASED);
    for tag in ["v1.2.4", "v1.2.3-rc.1", "1.2.3", "v1.2.03", "v1.2.3\n", "refs/tags/v1.2.3", ""] {
        let refusal = refusal(&check_tag(project.path(), &[tag]));
        assert!(refusal.contains("v1.2.3 would fit"), "{tag:?}: {refusal}");
    }
}

#[test]
fn a_changelog_out_of_order_is_refused() {
    // What becomes of the changelog in order, and what is said then.
    let faults = [
        ("## 1.2.3 ", "## 1.3.0 ", "begins with 1.3.0, but Cargo.toml says 1.2.3"),
        ("(November 3, 2026)", "", "'## 1.2.3 ' is not like"),
        ("(November 3, 2026)", "(November 3 2026)", "'November 3 2026' is not a date"),
        ("(November 3, 2026)", "(November 03, 2026)", "'November 03, 2026' is not a date"),
        ("(November 3, 2026)", "(November 31, 2026)", "'November 31, 2026' is not a date"),
        ("(November 3, 2026)", "(2026-11-03)", "'2026-11-03' is not a date"),
        ("(November 3, 2026)", "(unreleased)", "'unreleased' is not a date"),
        ("(October 30, 2026)", "(Unreleased)", "only the newest version can be unreleased"),
        ("(October 30, 2026)", "(December 1, 2026)", "1.2.0 is dated later than 1.2.3"),
        ("## 1.2.0 ", "## 1.10.0 ", "1.10.0 stands below 1.2.3"),
        ("## 1.2.0 ", "## 1.2.3 ", "1.2.3 stands below 1.2.3"),
        ("## 1.2.0 ", "## v1.2.0 ", "'## v1.2.0 (October 30, 2026)' is not like"),
        ("FEATURES:", "NEWS:", "'NEWS:' is neither an entry nor a new section"),
        ("FEATURES:", "Features:", "'Features:' is neither an entry nor a new section"),
        ("FEATURES:", "### FEATURES", "'### FEATURES' is neither an entry nor a new section"),
        ("FEATURES:", "NOTES:", "'NOTES:' is neither an entry nor a new section"),
        ("FEATURES:\n\n", "", "'* one' is neither an entry nor a new section"),
        ("* one\n  and its second line\n", "", "'NOTES:' is neither an entry nor a new section"),
        ("* one\n", "* \n", "'* ' is neither an entry nor a new section"),
        ("* three\n", "", "nothing is said below this heading"),
        ("BUG FIXES:\n\n* three\n", "", "nothing is said below this heading"),
        (RELEASED, "# Changelog\n", "has no version"),
    ];
    for (right, wrong, said) in faults {
        let changelog = RELEASED.replacen(right, wrong, 1);
        assert_ne!(changelog, RELEASED, "{right:?} is not there to be replaced");
        let refusal = refusal(&check_tag(project(CARGO, &changelog).path(), &[]));
        assert!(refusal.contains(said), "{wrong:?} should say {said:?}, and says {refusal:?}");
    }
}

#[test]
fn a_changelog_that_cannot_be_read_is_named() {
    let project = project(CARGO, RELEASED);
    let changelog = project.path().join("CHANGELOG.md");
    fs::write(&changelog, b"\xff\xfe").expect("the folder is writable");
    assert!(refusal(&check_tag(project.path(), &[])).contains("can't decode byte 0xff"));
    fs::remove_file(&changelog).expect("it was there");
    assert!(refusal(&check_tag(project.path(), &[])).contains("CHANGELOG.md"));
}

#[test]
fn only_the_package_s_own_version_counts() {
    let of_another = "[package]\nname = \"x\"\n\n[package.metadata]\nversion = \"1.2.3\"\n";
    let refusal = refusal(&check_tag(project(of_another, RELEASED).path(), &[]));
    assert!(refusal.contains("Cargo.toml says None"), "{refusal}");
    assert!(text("Cargo.toml").contains("[package]\n"), "the real one has such a table");
}

fn is_release(tag: &str) -> bool {
    tag.strip_prefix('v').is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
}

/// A folder with the script, and with this Cargo.toml and this changelog.
fn project(cargo: &str, changelog: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let scripts = folder.path().join("scripts");
    fs::create_dir(&scripts).expect("the folder is empty");
    fs::copy(root().join("scripts/check-tag"), scripts.join("check-tag")).expect("it is there");
    for (name, text) in [("Cargo.toml", cargo), ("CHANGELOG.md", changelog)] {
        fs::write(folder.path().join(name), text).expect("the folder is writable");
    }
    folder
}

fn check_tag(project: &Path, arguments: &[&str]) -> Output {
    let script = project.join("scripts/check-tag");
    let output = Command::new("python3").arg(script).args(arguments).output();
    output.expect("python3 is what CONTRIBUTING.md asks for")
}

/// Why the script refuses; nothing when it agrees.
fn refusal(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.success(), said.is_empty(), "{output:?}");
    assert!(!said.contains("Traceback"), "{said}");
    said
}
