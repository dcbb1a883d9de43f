//! Names, checksums, manifest and bill of materials.

use std::{collections::BTreeSet, fmt::Write, fs};

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::Value;

use crate::dist::{NAME, PLATFORMS, ROOT, VERSION, folder, platforms, read, unzip};
use crate::mirror;

#[test]
fn the_files_are_those_that_a_registry_looks_for() {
    let platforms = platforms();
    for platform in PLATFORMS {
        assert!(
            platforms.iter().any(|found| found == platform),
            "{platform} is not in {platforms:?}"
        );
    }
    let zips = platforms.iter().map(|platform| format!("{platform}.zip"));
    let others = ["manifest.json", "sbom.cdx.json", "SHA256SUMS"].map(str::to_owned);
    let mut expected: BTreeSet<_> =
        zips.chain(others).map(|rest| format!("{NAME}_{VERSION}_{rest}")).collect();
    expected.extend(mirror::FILES.map(str::to_owned));

    // The signature depends on a key; tests/release/signature.rs is about it.
    let mut found = names();
    found.remove(&format!("{NAME}_{VERSION}_SHA256SUMS.sig"));
    assert_eq!(found, expected);
}

#[test]
fn every_file_has_its_checksum_in_the_list() {
    let sums = String::from_utf8(read("SHA256SUMS")).expect("the list is text");
    let mut listed = BTreeSet::new();
    for line in sums.lines() {
        let (sum, name) =
            line.split_once("  ").expect("a line is `sum  name`, as sha256sum has it");
        let content = fs::read(folder().join(name)).expect("what is listed is there");
        assert_eq!(sum, hex(digest(&SHA256, &content).as_ref()), "{name}");
        listed.insert(name.to_owned());
    }
    let mut expected = names();
    expected.retain(|name| !name.contains("SHA256SUMS"));
    expected.retain(|name| !mirror::FILES.contains(&name.as_str()));
    assert_eq!(listed, expected);
}

#[test]
fn the_manifest_is_the_one_in_the_repository() {
    // What that says is compared with the provider in tests/in_step/statements.rs.
    let ours = fs::read(format!("{ROOT}/terraform-registry-manifest.json"));
    assert_eq!(read("manifest.json"), ours.expect("there is a manifest"));
}

#[test]
fn every_zip_holds_the_executable_and_the_licences_and_nothing_else() {
    for platform in platforms() {
        let suffix = if platform.starts_with("windows") { ".exe" } else { "" };
        let entries = unzip(&platform);
        let found: Vec<_> = entries.iter().map(|entry| (entry.name.as_str(), entry.mode)).collect();
        let executable = format!("{NAME}_v{VERSION}{suffix}");
        let expected = [
            (executable.as_str(), Some(0o100755)),
            ("LICENSE", Some(0o100644)),
            ("THIRD-PARTY-NOTICES", Some(0o100644)),
        ];
        assert_eq!(found, expected, "{platform}");
    }
}

#[test]
fn the_notices_name_what_is_linked_with_its_licence() {
    for platform in platforms() {
        let entries = unzip(&platform);
        let notices = entries.iter().find(|entry| entry.name == "THIRD-PARTY-NOTICES");
        let notices = String::from_utf8_lossy(&notices.expect("each zip has notices").content);
        for package in ["reqwest", "rustls", "tonic", "aws-lc-sys"] {
            let title = format!("\n{package} {}: ", locked(package));
            assert!(notices.contains(&title), "{platform}: {title} is missing");
        }
        assert!(notices.contains("Permission is hereby granted, free of charge"), "{platform}");
        // Of tests, of the build, of macros, and of options that are off.
        for package in ["proptest", "prost-build", "serde_derive", "ring"] {
            let title = format!("\n{package} {}: ", locked(package));
            assert!(!notices.contains(&title), "{platform}: {package} is not linked");
        }
    }
}

#[test]
fn the_bill_of_materials_has_the_versions_of_the_lock_file() {
    let bill: Value = serde_json::from_slice(&read("sbom.cdx.json")).expect("it is JSON");
    assert_eq!(bill["bomFormat"], "CycloneDX");
    assert_eq!(bill["metadata"]["component"]["version"], VERSION);
    let components = bill["components"].as_array().expect("components are listed");
    for package in ["reqwest", "rustls", "tonic", "aws-lc-sys"] {
        let version = locked(package);
        let is_it = |component: &&Value| {
            component["name"] == package && component["version"] == version.as_str()
        };
        assert!(components.iter().any(|component| is_it(&component)), "{package} {version}");
    }
    let text = bill.to_string();
    for path in [ROOT, "file:///"] {
        assert!(!text.contains(path), "a checkout's path is nobody's business: {path}");
    }
}

fn names() -> BTreeSet<String> {
    let entries = fs::read_dir(folder()).expect("the folder is readable");
    let files = entries.map(|entry| entry.expect("the folder is readable").path());
    let names = files.filter(|path| path.is_file()).filter_map(|path| {
        path.file_name().map(|name| name.to_str().expect("names are ASCII").to_owned())
    });
    names.collect()
}

/// The version of a package in Cargo.lock.
fn locked(package: &str) -> String {
    let lock = fs::read_to_string(format!("{ROOT}/Cargo.lock")).expect("the lock file is readable");
    let entry = lock.split_once(&format!("name = \"{package}\"\nversion = \""));
    let (_, rest) = entry.unwrap_or_else(|| panic!("{package} is not in Cargo.lock"));
    rest.split('"').next().unwrap_or_default().to_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes what is written");
        text
    })
}
