//! The two tools that can run the provider are told apart, found, and not mixed up.

use std::{env, os::unix::fs::symlink, path::PathBuf};

use tempfile::TempDir;

use crate::terraform::{Cli, Feature, Finished, Product, Terraform};

#[test]
fn each_tool_is_known_by_what_its_version_command_prints() {
    let outdated = "Terraform v1.11.4\non linux_amd64\n\nYour version of Terraform is out of date! \
                    The latest version\nis 1.15.5.\n";
    let with_providers = "OpenTofu v1.12.5\non darwin_arm64\nrunning in FIPS 140-3 mode (not yet \
                          supported)\n+ provider registry.opentofu.org/waba/whatsapp v0.1.0\n";
    let before_its_release = "OpenTofu v1.13.0-beta1\non windows_amd64\n";
    for (text, product, version, platform) in [
        (outdated, Product::Terraform, "1.11.4", "linux_amd64"),
        (with_providers, Product::OpenTofu, "1.12.5", "darwin_arm64"),
        (before_its_release, Product::OpenTofu, "1.13.0-beta1", "windows_amd64"),
    ] {
        let cli = Cli::introduced_by(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((cli.product, cli.version.as_str()), (product, version));
        assert_eq!(cli.platform, platform);
        assert_eq!(cli.to_string(), format!("{product} {version}"));
    }
}

#[test]
fn what_is_neither_tool_is_not_taken_for_one() {
    for text in [
        "",
        "Terraform",
        "Terraform v1.11.4",
        "Terraform v1.11.4\nlinux_amd64",
        "Terraform vNext\non linux_amd64",
        "Terragrunt v1.11.4\non linux_amd64",
        "{\n  \"terraform_version\": \"1.11.4\"\n}",
    ] {
        assert!(Cli::introduced_by(text).is_none(), "{text}");
    }
}

#[test]
fn versions_are_compared_as_numbers() {
    assert!(terraform("1.14.9").has(Feature::ImportBlock), "1.14 is newer than 1.5");
    assert!(!terraform("1.2.9").has(Feature::WriteOnly), "1.2 is older than 1.11");
    assert!(terraform("2.0.0").has(Feature::Query));
}

#[test]
fn each_tool_has_a_feature_from_its_own_first_version_on() {
    let both = [Product::Terraform, Product::OpenTofu];
    for (feature, product) in Feature::ALL.into_iter().flat_map(|f| both.map(|p| (f, p))) {
        let Some((major, minor)) = feature.since(product) else { continue };
        let has = |version: &str| cli(product, version).has(feature);
        assert!(has(&format!("{major}.{minor}.0")), "{product}: {feature:?}");
        assert!(has(&format!("{major}.{minor}.0-beta1")), "{product}: {feature:?}");
        assert!(has(&format!("{major}.{}.3", minor + 1)), "{product}: {feature:?}");
        let before = minor.checked_sub(1).map(|minor| format!("{major}.{minor}.9"));
        assert!(!has(&before.unwrap_or_else(|| "0.15.5".to_owned())), "{product}: {feature:?}");
    }
}

#[test]
fn the_same_number_means_other_features() {
    assert!(terraform("1.10.5").has(Feature::Ephemeral));
    assert!(!open_tofu("1.10.9").has(Feature::Ephemeral));
    assert!(terraform("1.14.9").has(Feature::Query));
    for version in ["1.14.0", "1.15.0", "2.0.0"] {
        assert!(!open_tofu(version).has(Feature::Query), "no OpenTofu is known to have it");
    }
}

#[test]
fn tofu_is_taken_from_the_path_where_no_terraform_is() {
    let folder = folder_with(&[("tofu", "sh"), ("dirname", "dirname")]);
    let found = Cli::introduced_by(&version(&folder, "").stdout).expect("the stand-in was run");
    assert_eq!(found.to_string(), "OpenTofu 1.12.5");
}

#[test]
fn terraform_comes_first_unless_the_variable_names_tofu() {
    let folder = folder_with(&[("tofu", "sh"), ("terraform", "echo"), ("dirname", "dirname")]);
    assert_eq!(
        version(&folder, "").stdout,
        "version\n",
        "the other stand-in repeats its arguments"
    );
    let by_path = folder.path().join("tofu").display().to_string();
    for name in ["tofu", &by_path] {
        assert!(version(&folder, name).stdout.starts_with("OpenTofu v1.12.5\n"), "{name}");
    }
}

/// What `scripts/terraform version` prints when these are the only programs there are. A stand-in that
/// is a shell runs the file `version`, which says what OpenTofu 1.12.5 does.
fn version(programs: &TempDir, named_by_variable: &str) -> Finished {
    let terraform = Terraform::new()
        .env("PATH", programs.path())
        .env("TERRAFORM_VERSION", "")
        .env("TERRAFORM_BIN", named_by_variable);
    terraform.write("version", "echo OpenTofu v1.12.5\necho on linux_amd64\n");
    terraform.run(["version"]).expect_success()
}

/// A folder in which each name stands for a program of this machine.
fn folder_with(programs: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, program) in programs {
        symlink(on_path(program), folder.path().join(name)).expect("the folder is writable");
    }
    folder
}

/// Where this machine has a program.
pub(crate) fn on_path(program: &str) -> PathBuf {
    let path = env::var_os("PATH").expect("there is a PATH");
    let mut places = env::split_paths(&path).map(|folder| folder.join(program));
    places.find(|place| place.exists()).unwrap_or_else(|| panic!("no {program} on the PATH"))
}

fn terraform(version: &str) -> Cli {
    cli(Product::Terraform, version)
}

fn open_tofu(version: &str) -> Cli {
    cli(Product::OpenTofu, version)
}

fn cli(product: Product, version: &str) -> Cli {
    let text = format!("{product} v{version}\non linux_amd64\n");
    Cli::introduced_by(&text).unwrap_or_else(|| panic!("{text}"))
}
