//! Every guide among the examples is valid and explains itself, is named on a page, and does what it
//! says.

use std::{fs, path::Path};

use crate::{
    lane::{self, OTHER_ACCOUNT, files, folders, guide, tested, valid},
    sandbox::{DEFAULT_ACCOUNT, Event, Sandbox, Token},
    terraform::Terraform,
};

#[test]
fn every_guide_is_valid_and_explains_itself_first() {
    for folder in folders("examples/guides") {
        if needs_a_store(&folder) {
            continue; // It needs that store's provider as well.
        }
        let api = Sandbox::start();
        let needs_newest = WITHOUT_TESTS.iter().any(|name| folder.ends_with(name));
        let newest = if needs_newest { lane::newest_with_query } else { lane::newest };
        let terraform = newest(&api);
        lane::copy(&folder, &terraform);
        let main = fs::read_to_string(folder.join("main.tf")).expect("a guide has a main.tf");
        assert!(main.starts_with("# "), "{} begins without a comment", folder.display());
        valid(&terraform, ["validate", "-json"]);
    }
}

#[test]
fn every_guide_has_a_test_of_its_own_where_terraform_can_test_it() {
    for folder in folders("examples/guides") {
        let has_test = files(&folder, ".tftest.hcl").next().is_some();
        let cannot = WITHOUT_TESTS.iter().any(|name| folder.ends_with(name));
        let cannot = cannot || needs_a_store(&folder);
        assert_ne!(has_test, cannot, "{}", folder.display());
    }
}

#[test]
fn every_guide_is_named_on_a_page() {
    let pages: Vec<_> = files(Path::new("docs/guides"), ".md")
        .map(|page| fs::read_to_string(page).expect("a page is a text"))
        .collect();
    for folder in folders("examples/guides") {
        let named = format!("`{}`", folder.display());
        assert!(pages.iter().any(|page| page.contains(&named)), "no page of docs has {named}");
    }
}

#[test]
fn every_guide_stands_in_the_index_of_the_examples() {
    let index = fs::read_to_string("examples/README.md").expect("there is an index");
    for folder in folders("examples/guides") {
        let below = folder.strip_prefix("examples").expect("it lies there").display();
        assert!(index.contains(&format!("| [{below}]({below}) | ")), "no row for {below}");
    }
}

#[test]
fn pins_come_from_a_map_and_only_the_changed_version_is_sent() {
    let (api, terraform) = guide("pins-from-a-map");
    tested(&terraform, 2);
    assert_eq!(api.posts(), 3, "two to begin with, and the one whose version changed");
    assert_eq!(api.pin("106540352242922").as_deref(), Some("483920"));
    assert_eq!(api.pin("106540352242923").as_deref(), Some("725163"));
}

#[test]
fn pins_rotate_by_the_calendar() {
    let (api, terraform) = guide("rotation-by-calendar");
    tested(&terraform, 3);
    assert_eq!(api.posts(), 2);
    assert_eq!(api.pin("106540352242922").as_deref(), Some("016253"));
}

#[test]
fn pins_rotate_by_the_secrets_version() {
    let (api, terraform) = guide("rotation-by-secret-version");
    tested(&terraform, 2);
    assert_eq!(api.posts(), 2);
    assert_eq!(api.pin("106540352242922").as_deref(), Some("016253"));
}

#[test]
fn a_bought_number_gets_its_pin_and_is_registered_with_it() {
    let api = Sandbox::start();
    api.edit_number("106540352242922", |number| *number = number.clone().fresh());
    let terraform = lane::newest_with_query(&api)
        .env("TF_VAR_phone_number_id", "106540352242922")
        .env("TF_VAR_pin", "483920");
    lane::copy(Path::new("examples/guides/register-a-number"), &terraform);
    terraform.run(["apply", "-auto-approve"]).expect_success();
    assert_eq!(api.pin("106540352242922").as_deref(), Some("483920"));
    let terraform = terraform.env("TF_VAR_pin", "904517");
    let emergency = "-invoke=action.whatsapp_set_two_step_verification_pin.emergency";
    terraform.run(["apply", "-auto-approve", emergency]).expect_success();
    assert_eq!(api.pin("106540352242922").as_deref(), Some("904517"));
    assert_eq!(api.registrations(), 1);
}

#[test]
fn several_accounts_are_reached_by_alias_each_with_its_token() {
    let (api, terraform) = two_accounts("several-accounts");
    let tokens = [("sandbox-token", DEFAULT_ACCOUNT), ("other-token", OTHER_ACCOUNT)];
    api.set_tokens(tokens.map(|(token, account)| Token::new(token).seeing_only([account])));
    let accounts = format!(
        r#"{{"europe":{{"business_account_id":"102290129340398","phone_number_id":"106540352242922"}},
            "america":{{"business_account_id":"{OTHER_ACCOUNT}","phone_number_id":"206540352242922"}}}}"#
    );
    let terraform = terraform
        .env("TF_VAR_accounts", accounts)
        .env("TF_VAR_tokens", r#"{"europe":"sandbox-token","america":"other-token"}"#)
        .env("TF_VAR_pins", r#"{"europe":"483920","america":"016253"}"#);
    terraform.run(["apply", "-auto-approve"]).expect_success();
    assert_eq!(api.pin("106540352242922").as_deref(), Some("483920"));
    assert_eq!(api.pin("206540352242922").as_deref(), Some("016253"));
}

#[test]
fn existing_numbers_are_adopted_by_import_blocks() {
    let (api, terraform) = two_accounts("adopt-with-import-blocks");
    let terraform = terraform
        .env("TF_VAR_business_account_id", OTHER_ACCOUNT)
        .env("TF_VAR_numbers", r#"{"berlin":"206540352242922","bonn":"206540352242923"}"#)
        .env("TF_VAR_pin", "016253");
    // One of them has no PIN: it is adopted all the same.
    api.switch_pin_off("206540352242923");
    let applied = terraform.run(["apply", "-auto-approve"]).expect_success();
    assert!(applied.stdout.contains("2 imported, 0 added, 2 changed"), "{applied}");
    let lists = api.count(Event::is_list);
    assert_eq!((api.posts(), lists), (2, api.calls() - 2), "no number is read alone");
    terraform.run(["plan", "-detailed-exitcode"]).expect_success();
}

fn two_accounts(name: &str) -> (Sandbox, Terraform) {
    let api = lane::two_accounts().start();
    let terraform = lane::newest(&api);
    lane::copy(&Path::new("examples/guides").join(name), &terraform);
    (api, terraform)
}

/// Whether a guide requires another provider: tests/secrets has stand-ins, and runs each.
fn needs_a_store(folder: &Path) -> bool {
    let main = fs::read_to_string(folder.join("main.tf")).expect("a guide has a main.tf");
    let needs = main.contains("source  = \"hashicorp/");
    let name = folder.file_name().expect("a folder has a name").to_string_lossy();
    let is_run = include_str!("../secrets/rotation.rs").contains(&format!("folder: \"{name}\""));
    assert_eq!(needs, is_run, "{name}: tests/secrets/rotation.rs runs what needs a store");
    needs
}

/// `terraform test` knows neither queries nor what an action has done; they are run by tests of ours.
const WITHOUT_TESTS: [&str; 2] = ["adopt-by-query", "register-a-number"];
