//! The whole life of numbers, through every kind of failure, and a search of all that is left.

use std::time::Duration;

use crate::sandbox::{
    DEFAULT_ACCOUNT, ErrorData, Fault, GraphError, Loss, Proof, Rule, Sandbox, Throttle, Token,
};
use crate::search::{Canary, Finding, search};
use crate::stage::Stage;

/// In the argument `pin`, which Terraform keeps.
pub(crate) const PIN: &str = "048213";
/// In the write-only argument, which nobody keeps.
pub(crate) const PIN_WO: &str = "073915";
const NEXT_PIN_WO: &str = "092746";
pub(crate) const TOKEN: &str = "EAAG\"canary\\of%41%{the}<&>'tokéñ€";
/// Nobody waits so long, nor for a part of it.
const LONG: Duration = Duration::from_secs(600);
pub(crate) const APP_SECRET: &str = "s3cr\\et\"canary%25%00of<&>'thé_äpp";
/// Computed with Python's hmac module.
const PROOF: &str = "84ad675542b3730f882e0a9daea761a9d6a836b40950ea2abe6e14ff6bc10763";

#[test]
fn a_whole_life_through_every_failure_leaves_no_secret_behind() {
    let api = api();
    let mut stage = Stage::new(&api)
        .env("WHATSAPP_ACCESS_TOKEN", TOKEN)
        .env("WHATSAPP_APP_SECRET", APP_SECRET)
        .env("WHATSAPP_REQUEST_TIMEOUT", "1s")
        .env("WHATSAPP_MAX_RETRIES", "0")
        .env("TF_VAR_pin", PIN_WO);

    // Each number meets a failure of its own, so that one command meets them all.
    stage.configure(&configuration(1, &listing()));
    inject(&api, Rule::on_posts);
    stage.run(&["apply", "-json", "-auto-approve"]).expect_failure();
    api.clear_faults();

    stage.run(&["plan", "-out=saved"]).expect_success();
    stage.run(&["show", "-json", "saved"]).expect_success();
    stage.run(&["apply", "saved"]).expect_success();
    assert_eq!(api.pins().len(), failures().len() + 1);
    stage.run(&["show", "-json"]).expect_success();

    inject(&api, Rule::on_gets);
    stage.run(&["plan"]).expect_failure();
    api.clear_faults();
    for failure in failures_of_lists() {
        api.inject(Rule::new(failure).on_lists());
        stage.run(&["plan", "-refresh-only"]).expect_failure();
        api.clear_faults();
    }

    let mut stage = stage.env("TF_VAR_pin", NEXT_PIN_WO);
    stage.configure(&configuration(2, ""));
    api.inject(Rule::new(Fault::Throttle(Throttle::new(3, LONG).minutes(10))).on_posts());
    stage.run(&["apply", "-auto-approve"]).expect_failure();
    api.clear_faults();
    api.set_tokens([Token::new("another")]);
    stage.run(&["apply", "-auto-approve"]).expect_failure();
    api.set_tokens([Token::new(TOKEN).with_app_secret("another")]);
    stage.run(&["apply", "-auto-approve"]).expect_failure();
    api.set_tokens([token()]);
    stage.run(&["apply", "-auto-approve"]).expect_success();
    assert_eq!(api.pin(&Sandbox::number_id(1)).as_deref(), Some(NEXT_PIN_WO));
    stage.run(&["destroy", "-auto-approve"]).expect_success();

    assert!(api.events().iter().any(|event| event.proof == Proof::Right));
    assert!(api.events().iter().all(|event| event.proof != Proof::Absent), "a call had no proof");
    let log = stage.log_of_the_provider();
    assert!(log.iter().any(|record| record.contains("Graph API call")), "{log:?}");
    assert_only(stage.search(&canaries()), is_kept_by_terraform);
    assert_eq!(stage.left_in_temporary_folder(), [] as [std::path::PathBuf; 0]);
}

/// Terraform keeps the provider block in a saved plan and copies the configuration there.
#[test]
fn a_token_in_the_provider_block_is_in_the_saved_plan_and_nowhere_else() {
    let api = api();
    let mut stage = Stage::new(&api);
    let block = format!(
        "provider \"whatsapp\" {{\n  access_token = {}\n  app_secret = {}\n}}\n",
        hcl(TOKEN),
        hcl(APP_SECRET)
    );
    stage.configure(&format!("{block}{}", stored()));
    api.inject(Rule::new(Fault::Error(echo(GraphError::new(400, 100, "no")))).times(1));
    stage.run(&["plan", "-out=saved"]).expect_success();
    stage.run(&["show", "-json", "saved"]).expect_success();
    stage.run(&["apply", "saved"]).expect_failure();
    stage.run(&["apply", "-auto-approve"]).expect_success();
    stage.run(&["show", "-json"]).expect_success();
    stage.run(&["destroy", "-auto-approve"]).expect_success();
    let kept = |found: &Finding| {
        let place = &found.place;
        is_kept_by_terraform(found)
            || ["access token", "app secret"].contains(&found.secret)
                && (place.ends_with("/configuration/main.tf")
                    || place.starts_with("saved plan's tfplan")
                    || place.starts_with("saved plan's tfconfig/m-/main.tf")
                    || place.starts_with("stdout") && place.contains("(show -json saved)"))
    };
    assert_only(stage.search(&canaries()), kept);
}

/// Terraform prints the line of configuration that an error points at, so none points at a PIN.
#[test]
fn no_error_points_at_the_line_of_a_pin() {
    let api = api();
    let mut stage = Stage::new(&api).env("WHATSAPP_ACCESS_TOKEN", TOKEN);
    stage.configure(&stored());
    api.set_tokens([Token::new(TOKEN)]);
    api.inject(Rule::new(Fault::Error(echo(GraphError::new(400, 133_005, "PIN mismatch")))));
    let applied = stage.run(&["apply", "-json", "-auto-approve"]).expect_failure();
    let diagnostics = applied.diagnostics();
    let [error] = diagnostics.as_slice() else { panic!("one error: {applied}") };
    assert!(error.code().starts_with("resource "), "{error:?}");
    assert_eq!(search(&canaries(), "all of it", applied.stdout.as_bytes()), []);
}

/// Every refusal that has to do with a secret, by literals and by variables that nobody declared
/// sensitive, for people and for programs: nothing of it in anything that Terraform prints.
#[test]
fn no_message_about_a_secret_shows_it_in_all_of_terraforms_output() {
    let api = api();
    api.set_tokens([Token::new(TOKEN)]);
    let weak = "777777";
    let cases: [(&str, &str, &str, &str); 13] = [
        ("pin", weak, "", "PIN Easy to Guess"),
        ("pin", "04821x", "", "Invalid PIN"),
        ("pin", "48213", "", "Invalid PIN"),
        // What people write in samples is somebody's PIN too.
        ("pin", "12345", "", "Invalid PIN"),
        ("pin", "0123456", "", "Invalid PIN"),
        ("pin", PIN, "pin_wo = \"073915\"\n  pin_wo_version = \"1\"", "Two PINs"),
        ("pin", PIN, "pin_wo_version = \"1\"", "PIN Version Without pin_wo"),
        ("pin_wo", PIN_WO, "", "PIN Version Missing"),
        ("pin_wo", PIN_WO, "pin_wo_version = \"073915\"", "PIN Used as Its Version"),
        ("pin_wo", PIN_WO, "pin_wo_version = \" 073915\"", "PIN Used as Its Version"),
        ("pin_wo", PIN_WO, "pin_wo_version = \"v073915\"", "PIN Used as Its Version"),
        ("pin_wo", "07391", "pin_wo_version = \"1\"", "Invalid PIN"),
        ("pin_wo", weak, "pin_wo_version = \"1\"", "PIN Easy to Guess"),
    ];
    let mut stage = Stage::new(&api).env("WHATSAPP_ACCESS_TOKEN", TOKEN);
    for (argument, secret, more, title) in cases {
        for value in [format!("\"{secret}\""), "var.value".to_owned()] {
            stage.configure(&format!(
                "variable \"value\" {{\n  default = \"{secret}\"\n}}\n\nresource \
                 \"whatsapp_two_step_verification\" \"one\" {{\n  phone_number_id = \
                 \"106540352242922\"\n  {argument} = {value}\n  {more}\n}}\n"
            ));
            for json in [&["plan", "-no-color"][..], &["plan", "-json"]] {
                let planned = stage.run(json);
                assert!(
                    planned.stdout.contains(title) || planned.stderr.contains(title),
                    "{planned}"
                );
                let all = format!("{}{}", planned.stdout, planned.stderr);
                for shown in [secret, "073915", PIN] {
                    assert!(!all.contains(shown), "{title}: {planned}");
                }
            }
        }
    }
}

/// The same of the provider block.
#[test]
fn no_message_about_the_provider_block_shows_a_token_in_all_of_terraforms_output() {
    let api = api();
    let mut stage = Stage::new(&api);
    for (argument, secret) in [
        ("access_token", "Bearer EAAGcanary"),
        ("app_secret", "s3 canary"),
        // In the wrong place, or in an address.
        ("app_id", "canary"),
        ("api_version", "EAAGcanary"),
        ("base_url", "https://user:canary@graph.example"),
        ("base_url", "https://graph.example/?access_token=canary"),
        ("base_url", "EAAGcanary"),
        ("missing_number", "EAAGcanary"),
        ("request_timeout", "0123456789abcdefcanary"),
    ] {
        for value in [format!("\"{secret}\""), "var.value".to_owned()] {
            stage.configure(&format!(
                "variable \"value\" {{\n  default = \"{secret}\"\n}}\n\nprovider \"whatsapp\" \
                 {{\n  {argument} = {value}\n}}\n{}",
                stored()
            ));
            for json in [&["plan", "-no-color"][..], &["plan", "-json"]] {
                let planned = stage.run(json).expect_failure();
                let all = format!("{}{}", planned.stdout, planned.stderr);
                assert!(all.contains("Invalid Provider Configuration"), "{planned}");
                assert!(all.contains(argument), "{planned}");
                assert!(!all.contains("canary"), "{planned}");
            }
        }
    }
}

/// Where the argument `pin` is: the configuration as the user wrote it, the state, the saved plan
/// with its copies of both, and what `show -json` makes of them.
fn is_kept_by_terraform(found: &Finding) -> bool {
    let place = &found.place;
    found.secret == "PIN in the argument pin"
        && ["plain", "JSON"].contains(&found.form)
        && (place.ends_with("/configuration/main.tf")
            || place.starts_with("terraform.tfstate")
            || place.contains("/configuration/terraform.tfstate")
            || place.starts_with("saved plan's tfplan")
            || place.starts_with("saved plan's tfstate")
            || place.starts_with("saved plan's tfconfig/m-/main.tf")
            || place.starts_with("stdout") && place.contains("(show -json"))
}

#[track_caller]
fn assert_only(found: Vec<Finding>, allowed: impl Fn(&Finding) -> bool) {
    assert!(found.iter().any(&allowed), "the search finds nothing, not even what is there");
    let wrong: Vec<_> =
        found.iter().filter(|found| !allowed(found)).map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "left behind:\n{}", wrong.join("\n"));
}

pub(crate) fn canaries() -> Vec<Canary> {
    vec![
        Canary::new("PIN in the argument pin", PIN),
        Canary::new("write-only PIN", PIN_WO),
        Canary::new("next write-only PIN", NEXT_PIN_WO),
        Canary::new("access token", TOKEN),
        Canary::new("app secret", APP_SECRET),
        Canary::new("proof", PROOF),
    ]
}

fn api() -> Sandbox {
    let count = u64::try_from(failures().len()).expect("a few") + 1;
    Sandbox::builder().with_token(token()).account(DEFAULT_ACCOUNT).numbers(count).start()
}

pub(crate) fn token() -> Token {
    Token::new(TOKEN).with_app_secret(APP_SECRET)
}

/// Number 0 has a stored PIN, the others a write-only one.
fn configuration(version: u32, more: &str) -> String {
    let count = failures().len();
    format!(
        r#"
variable "pin" {{
  type      = string
  ephemeral = true
}}

resource "whatsapp_two_step_verification" "write_only" {{
  count           = {count}
  phone_number_id = tostring({first} + count.index)
  pin_wo          = var.pin
  pin_wo_version  = {version}
}}
{stored}{more}"#,
        first = Sandbox::number_id(1),
        stored = stored(),
    )
}

fn stored() -> String {
    let number = Sandbox::number_id(0);
    format!(
        r#"
resource "whatsapp_two_step_verification" "stored" {{
  phone_number_id = "{number}"
  pin             = "{PIN}"
}}
"#
    )
}

/// A look-up of the whole account, so that failures of lists are met as well.
fn listing() -> String {
    format!(
        "data \"whatsapp_phone_numbers\" \"all\" {{\n  business_account_id = \"{DEFAULT_ACCOUNT}\"\n}}\n"
    )
}

/// A failure for each number, and for the stored PIN one that repeats everything.
fn inject(api: &Sandbox, which: impl Fn(Rule) -> Rule) {
    for (failure, index) in failures().into_iter().zip(1..) {
        api.inject(which(Rule::new(failure)).on_object(Sandbox::number_id(index)));
    }
    let echo = Fault::Error(echo(GraphError::new(400, 100, "Invalid parameter")));
    api.inject(which(Rule::new(echo)).on_object(Sandbox::number_id(0)));
}

/// Every kind that the sandbox has, but for those of lists and the rate limit, which would keep the
/// other calls back. Errors repeat the request.
pub(crate) fn failures() -> Vec<Fault> {
    let short = Duration::from_millis(100);
    let mut failures = vec![
        Fault::Delay(short),
        Fault::DelayAnswer(Duration::from_secs(3)),
        Fault::ServedVersion("v99.0".into()),
        Fault::OkWithError(echo(GraphError::new(200, 100, "Not quite"))),
        Fault::SuccessFalse,
        Fault::Html(200),
        Fault::Html(502),
        Fault::Redirect { status: 307, to: "https://elsewhere.example/".into() },
        Fault::Close,
        Fault::Hang,
        Fault::Lost(Loss::Close),
        Fault::Lost(Loss::Hang),
        Fault::Lost(Loss::Html(502)),
        Fault::Lost(Loss::Error(echo(GraphError::new(500, 2, "Service unavailable")))),
        Fault::CloseMidBody,
        Fault::Drip(short),
        Fault::EmptyBody,
        Fault::CutJson,
        Fault::WrongContentType,
        Fault::OversizedBody,
        Fault::DeepNesting,
        Fault::ByteOrderMark,
        Fault::Gzip,
        Fault::NumbersForStrings,
        Fault::SuccessAsText,
        Fault::WithoutPinFlag,
        Fault::ExtraField,
    ];
    failures.extend(errors().into_iter().map(echo).map(Fault::Error));
    failures
}

/// One of each class, in each form of `error_data`.
fn errors() -> Vec<GraphError> {
    let details = |form: fn(String) -> ErrorData| form("Details".into());
    vec![
        GraphError::new(400, 1, "An unknown error").transient(true),
        GraphError::new(500, 2, "Service unavailable"),
        GraphError::new(403, 10, "No permission").data(details(ErrorData::Object)),
        GraphError::new(403, 200, "No permission").data(details(ErrorData::Text)),
        GraphError::new(400, 368, "Blocked").data(details(ErrorData::JsonInText)),
        GraphError::new(400, 100, "Invalid").user_texts("A title", "A text for people"),
        GraphError::unsupported("post", "1"),
        GraphError::not_registered(),
        GraphError::new(400, 133_005, "PIN mismatch"),
        GraphError::new(400, 133_008, "Too many guesses"),
        GraphError::new(400, 133_016, "Blocked for days"),
        GraphError::unknown_path("/v24.0"),
        GraphError::token_missing(),
        GraphError::token_expired(),
        GraphError::proof_wrong(),
        GraphError::new(418, 987_654, "Never heard of"),
        GraphError::new(400, 100, "a\u{0}b\u{1b}[31m\u{202e}"),
    ]
}

fn failures_of_lists() -> Vec<Fault> {
    vec![
        Fault::FailOnPage { page: 1, error: echo(GraphError::new(400, 100, "No such page")) },
        Fault::Close,
    ]
}

fn echo(error: GraphError) -> GraphError {
    error.echoing()
}

pub(crate) fn hcl(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", escaped.replace("%{", "%%{").replace("${", "$${"))
}
