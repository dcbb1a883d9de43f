//! The checks among the guides: each is seen to pass and to fail, and says what is wrong.

use std::time::SystemTime;

use crate::{
    lane::{guide, tested},
    sandbox::{DEFAULT_ACCOUNT, DEFAULT_NUMBER, DEFAULT_TOKEN, Token},
    terraform::Terraform,
};

#[test]
fn a_check_names_the_numbers_without_a_pin_and_passes_when_all_have_one() {
    let (api, terraform) = guide("check-every-number-has-a-pin");
    tested(&terraform, 2);
    assert_eq!(api.posts(), 0);

    let terraform = terraform
        .env("TF_VAR_business_account_id", DEFAULT_ACCOUNT)
        .env("TF_VAR_except", format!("[\"{SPARE}\"]"));
    let warning = the_only_warning(&terraform);
    assert!(warning.ends_with("off for +1 555-010-0001, +1 555-010-0002."), "{warning}");
    for number in [SUPPORT, SALES] {
        api.edit_number(number, |found| *found = found.clone().with_pin("271828"));
    }
    terraform.run(["plan", "-json"]).expect_success().expect_silence();
}

#[test]
fn a_check_that_may_not_read_the_account_warns_and_says_why() {
    let (api, terraform) = guide("check-every-number-has-a-pin");
    api.set_tokens([Token::new("other-token").seeing_only(["202290129340398"])]);
    let terraform = terraform
        .env("WHATSAPP_ACCESS_TOKEN", "other-token")
        .env("TF_VAR_business_account_id", DEFAULT_ACCOUNT);
    let planned = terraform.run(["plan", "-json"]).expect_success().diagnostics();
    let explained = |text: &str| planned.iter().any(|found| found.detail.contains(text));
    assert!(explained("system user"), "{planned:?}");
    assert!(planned.iter().all(|found| found.severity == "warning"), "{planned:?}");
}

#[test]
fn a_check_warns_of_a_token_that_ends_soon_or_misses_an_account() {
    let (api, terraform) = guide("check-access-token");
    tested(&terraform, 1);

    let mut token = Token::new(DEFAULT_TOKEN).seeing_only([DEFAULT_ACCOUNT]);
    token.details.expires_at = seconds_from_now(7 * 24 * 60 * 60);
    api.set_tokens([token]);
    let accounts = format!(r#"["{DEFAULT_ACCOUNT}", "202290129340398"]"#);
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
fn a_check_finds_pins_that_terraform_has_not_set_for_too_long_or_never() {
    let (api, terraform) = guide("check-age-of-pins");
    tested(&terraform, 2);

    let terraform = terraform.env("TF_VAR_phone_number_id", SUPPORT).env("TF_VAR_pin", "016253");
    // Nobody knows how old the PIN of an imported number is.
    api.edit_number(SUPPORT, |found| *found = found.clone().with_pin("271828"));
    terraform.run(["import", "whatsapp_two_step_verification.this", SUPPORT]).expect_success();
    let refreshed = terraform.run(["plan", "-refresh-only", "-json"]).expect_success();
    let [warning] = &refreshed.diagnostics()[..] else { panic!("not one warning: {refreshed}") };
    assert_eq!(warning.detail, "Terraform has not set the PIN for 2160h: set a new one.");
    terraform.run(["apply", "-auto-approve", "-json"]).expect_success().expect_silence();
    terraform.run(["plan", "-refresh-only", "-json"]).expect_success().expect_silence();
}

#[test]
fn a_check_names_the_numbers_that_are_not_connected_and_those_that_are_rated_badly() {
    let (api, terraform) = guide("check-status-of-numbers");
    tested(&terraform, 2);

    let terraform = terraform.env("TF_VAR_business_account_id", DEFAULT_ACCOUNT);
    terraform.run(["plan", "-json"]).expect_success().expect_silence();
    api.edit_number(SUPPORT, |number| number.status = Some("BANNED".into()));
    let warning = the_only_warning(&terraform);
    assert_eq!(warning, "Not connected: +1 555-010-0001 (BANNED).");
    // What Meta does not say is not held against a number.
    api.edit_number(SUPPORT, |number| number.status = None);
    api.edit_number(SALES, |number| number.quality_rating = Some("RED".into()));
    assert_eq!(the_only_warning(&terraform), "Rated badly: +1 555-010-0002.");
}

/// What the one check that fails in a plan says.
#[track_caller]
fn the_only_warning(terraform: &Terraform) -> String {
    let planned = terraform.run(["plan", "-json"]).expect_success();
    planned.expect_warning("Check block assertion failed").detail
}

const SUPPORT: &str = DEFAULT_NUMBER;
const SALES: &str = "106540352242923";
const SPARE: &str = "106540352242924";
