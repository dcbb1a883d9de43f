//! Every example is formatted and valid, and those that can be run are run.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::{
    lane::{self, OTHER_ACCOUNT},
    sandbox::{DEFAULT_TOKEN, Event, Sandbox, Token},
    terraform::{Finished, Terraform},
};

#[test]
fn every_example_is_formatted() {
    let (_api, terraform) = with_example("adopt-by-query");
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let examples = examples.to_str().expect("a path in UTF-8");
    terraform.run(["fmt", "-check", "-recursive", examples]).expect_success();
}

#[test]
fn every_guide_is_valid_and_explains_itself_first() {
    for guide in folders("examples/guides") {
        let api = lane::two_accounts().start();
        let needs_query = guide.ends_with("adopt-by-query") || guide.ends_with("register-a-number");
        let newest = if needs_query { lane::newest_with_query } else { lane::newest };
        let terraform = newest(&api);
        lane::copy(&guide, &terraform);
        let main = fs::read_to_string(guide.join("main.tf")).expect("a guide has a main.tf");
        assert!(main.starts_with("# "), "{} begins without a comment", guide.display());
        valid(&terraform, ["validate", "-json"]);
    }
}

#[test]
fn every_guide_has_a_test_here_or_of_its_own() {
    for guide in folders("examples/guides") {
        let files = fs::read_dir(&guide).expect("a readable folder");
        let has_test = files
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .any(|name| name.ends_with(".tftest.hcl"));
        let here = ["adopt-by-query", "register-a-number"].iter().any(|name| guide.ends_with(name));
        assert!(has_test || here, "{} is untested", guide.display());
    }
}

#[test]
fn every_data_source_example_is_valid_and_reads_what_is_there() {
    let outputs = BTreeMap::from([
        ("whatsapp_access_token", "SYSTEM_USER"),
        ("whatsapp_phone_number", "106540352242922"),
        ("whatsapp_phone_numbers", "+1 555-010-0002"),
    ]);
    for folder in folders("examples/data-sources") {
        let name = folder.file_name().and_then(OsStr::to_str).expect("a name in UTF-8");
        let output = outputs.get(name).unwrap_or_else(|| panic!("what does {name} find?"));
        let (_api, terraform) = world();
        lane::copy(&folder, &terraform);
        terraform.write("versions.tf", VERSIONS);
        valid(&terraform, ["validate", "-json"]);
        let applied = terraform.run(["apply", "-auto-approve"]).expect_success();
        assert!(applied.stdout.contains(*output), "{applied}");
    }
}

#[test]
fn the_list_resource_example_is_valid_and_finds_numbers() {
    for version in lane::WITH_QUERY {
        let api = lane::two_accounts().start();
        api.edit_number("106540352242923", |number| *number = number.clone().with_pin("271828"));
        let terraform = lane::terraform(version, &api);
        lane::copy(Path::new("examples/list-resources/whatsapp_two_step_verification"), &terraform);
        terraform.write("versions.tf", VERSIONS);
        valid(&terraform, ["validate", "-query", "-json"]);
        let listed = terraform.run(["query"]).expect_success();
        assert!(listed.stdout.contains("106540352242923"), "{listed}");
    }
}

#[test]
fn pins_come_from_a_map_and_only_the_raised_version_is_sent() {
    let (api, terraform) = with_example("pins-from-a-map");
    tested(&terraform, 2);
    assert_eq!(api.posts(), 3, "two to begin with, and one that was raised");
    assert_eq!(api.pin("106540352242922").as_deref(), Some("483920"));
    assert_eq!(api.pin("106540352242923").as_deref(), Some("725163"));
}

#[test]
fn pins_rotate_by_the_calendar() {
    let (api, terraform) = with_example("rotation-by-calendar");
    tested(&terraform, 3);
    assert_eq!(api.posts(), 2);
    assert_eq!(api.pin("106540352242922").as_deref(), Some("016253"));
}

#[test]
fn pins_rotate_by_the_secrets_version() {
    let (api, terraform) = with_example("rotation-by-secret-version");
    tested(&terraform, 2);
    assert_eq!(api.posts(), 2);
    assert_eq!(api.pin("106540352242922").as_deref(), Some("016253"));
}

#[test]
fn a_check_finds_numbers_without_a_pin() {
    let (api, terraform) = with_example("check-every-number-has-a-pin");
    tested(&terraform, 2);
    assert_eq!(api.posts(), 0);

    let terraform = terraform.env("TF_VAR_business_account_id", "102290129340398");
    let planned = terraform.run(["plan", "-json"]).expect_success().diagnostics();
    let [warning] = &planned[..] else { panic!("one warning, not {planned:?}") };
    assert_eq!((warning.severity.as_str(), warning.summary.as_str()), CHECK_FAILED);
    assert!(warning.detail.contains("off for +1 555-010-0001, +1 555-010-0002"), "{warning:?}");
}

#[test]
fn a_check_that_may_not_read_the_account_warns_and_says_why() {
    let (_api, terraform) = with_example("check-every-number-has-a-pin");
    let terraform = terraform
        .env("WHATSAPP_ACCESS_TOKEN", "other-token")
        .env("TF_VAR_business_account_id", "102290129340398");
    let planned = terraform.run(["plan", "-json"]).expect_success().diagnostics();
    let explained = |text: &str| planned.iter().any(|found| found.detail.contains(text));
    assert!(explained("system user"), "{planned:?}");
    assert!(planned.iter().all(|found| found.severity == "warning"), "{planned:?}");
}

#[test]
fn a_check_warns_of_a_token_that_ends_soon_or_misses_an_account() {
    let (api, terraform) = with_example("check-access-token");
    tested(&terraform, 1);

    let mut token = Token::new(DEFAULT_TOKEN).seeing_only(["102290129340398"]);
    token.details.expires_at = seconds_from_now(7 * 24 * 60 * 60);
    api.set_tokens([token]);
    let accounts = r#"["102290129340398", "202290129340398"]"#;
    let terraform = terraform.env("TF_VAR_business_account_ids", accounts);
    let planned = terraform.run(["plan", "-json"]).expect_success().diagnostics();
    let said = |text: &str| planned.iter().filter(|found| found.detail.contains(text)).count();
    assert_eq!(planned.len(), 2, "{planned:?}");
    assert_eq!((said("ends within 336h"), said("not for every account")), (1, 1), "{planned:?}");
}

fn seconds_from_now(seconds: u64) -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.expect("a clock after 1970").as_secs() + seconds
}

#[test]
fn a_bought_number_gets_its_pin_and_is_registered_with_it() {
    let api = lane::two_accounts().start();
    api.edit_number("106540352242922", |number| *number = number.clone().fresh());
    let terraform = lane::newest_with_query(&api)
        .env("TF_VAR_phone_number_id", "106540352242922")
        .env("TF_VAR_pin", "483920");
    lane::copy(Path::new("examples/guides/register-a-number"), &terraform);
    terraform.run(["apply", "-auto-approve"]).expect_success();
    assert_eq!(api.pin("106540352242922").as_deref(), Some("483920"));
    assert_eq!(api.registrations(), 1);
}

#[test]
fn the_examples_of_actions_are_valid() {
    for folder in folders("examples/actions") {
        let api = lane::two_accounts().start();
        let terraform = lane::newest_with_query(&api);
        lane::copy(&folder, &terraform);
        terraform.write("versions.tf", VERSIONS);
        valid(&terraform, ["validate", "-json"]);
    }
}

#[test]
fn a_check_finds_pins_that_are_too_old() {
    let (_api, terraform) = with_example("check-age-of-pins");
    tested(&terraform, 2);
}

#[test]
fn several_accounts_are_reached_by_alias() {
    let (api, terraform) = with_example("several-accounts");
    tested(&terraform, 1);
    assert_eq!(api.pin("106540352242922").as_deref(), Some("483920"));
    assert_eq!(api.pin("206540352242922").as_deref(), Some("016253"));
}

#[test]
fn existing_numbers_are_adopted_by_import_blocks() {
    let (api, terraform) = with_example("adopt-with-import-blocks");
    tested(&terraform, 1);

    let terraform = terraform
        .env("TF_VAR_business_account_id", OTHER_ACCOUNT)
        .env("TF_VAR_numbers", r#"{"berlin":"206540352242922","bonn":"206540352242923"}"#)
        .env("TF_VAR_pin", "016253");
    // One of them has no PIN: it is adopted all the same.
    api.switch_pin_off("206540352242923");
    api.forget_events();
    let applied = terraform.run(["apply", "-auto-approve"]).expect_success();
    assert!(applied.stdout.contains("2 imported, 0 added, 2 changed"), "{applied}");
    let lists = |event: &Event| event.path.ends_with("/phone_numbers");
    assert_eq!((api.posts(), api.count(lists)), (2, api.calls() - 2), "no number is read alone");
    terraform.run(["plan", "-detailed-exitcode"]).expect_success();
}

fn world() -> (Sandbox, Terraform) {
    let api = lane::two_accounts().start();
    let terraform = lane::newest(&api);
    (api, terraform)
}

fn with_example(guide: &str) -> (Sandbox, Terraform) {
    let (api, terraform) = world();
    lane::copy(&Path::new("examples/guides").join(guide), &terraform);
    (api, terraform)
}

/// Runs the example's own tests; a file that Terraform did not find would pass as well.
fn tested(terraform: &Terraform, runs: usize) -> Finished {
    let finished = terraform.run(["test"]).expect_success();
    assert!(finished.stdout.contains(&format!("{runs} passed, 0 failed")), "{finished}");
    finished
}

fn valid<const N: usize>(terraform: &Terraform, validate: [&str; N]) {
    let found = terraform.run(validate).expect_success();
    assert!(found.diagnostics().is_empty(), "{found}");
}

fn folders(parent: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).expect("the folder exists");
    let folders: Vec<_> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.is_dir())
        .collect();
    assert!(folders.len() > 1, "{parent} is empty: was it moved without telling this test?");
    folders
}

const CHECK_FAILED: (&str, &str) = ("warning", "Check block assertion failed");

const VERSIONS: &str = r#"
terraform {
  required_providers {
    whatsapp = {
      source = "waba/whatsapp"
    }
  }
}
"#;
