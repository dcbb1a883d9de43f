//! What Terraform prints when calls fail, with the secrets in the configuration in every way that people
//! write them.

use crate::canary::{APP_SECRET, PIN, PIN_WO, TOKEN, canaries, failures, hcl, token};
use crate::sandbox::{DEFAULT_ACCOUNT, Rule, Sandbox};
use crate::search::search;
use crate::stage::Stage;
use crate::terraform::Finished;

/// Each failure meets a stored PIN and a write-only one, each of which stands in the configuration
/// as a literal or in a variable that nobody declared sensitive; so do token and app secret.
#[test]
fn no_failure_of_a_call_shows_a_secret_in_all_of_terraforms_output() {
    let numbers = 2 * failures().len() as u64;
    let api = Sandbox::builder().with_token(token()).account(DEFAULT_ACCOUNT).numbers(numbers);
    let api = api.start();
    for by_variable in [false, true] {
        for form in ["-json", "-no-color"] {
            api.reset();
            let mut stage = Stage::new(&api)
                .env("WHATSAPP_REQUEST_TIMEOUT", "1s")
                .env("WHATSAPP_MAX_RETRIES", "0");
            stage.configure(&configuration(by_variable));
            let apply = ["apply", form, "-auto-approve", "-parallelism=100"];
            inject(&api, Rule::on_posts);
            expect_clean(&stage.run(&apply).expect_failure());
            api.clear_faults();
            expect_clean(&stage.run(&apply).expect_success());
            inject(&api, Rule::on_gets);
            expect_clean(&stage.run(&["plan", form, "-parallelism=100"]).expect_failure());
        }
    }
}

/// Each failure for two numbers, the second of which has a write-only PIN.
fn inject(api: &Sandbox, which: impl Fn(Rule) -> Rule) {
    for (failure, index) in failures().into_iter().zip((0..).step_by(2)) {
        for index in [index, index + 1] {
            let rule = which(Rule::new(failure.clone()));
            api.inject(rule.on_object(Sandbox::number_id(index)));
        }
    }
}

fn configuration(by_variable: bool) -> String {
    let secrets = [
        ("token", TOKEN),
        ("app_secret", APP_SECRET),
        ("stored_pin", PIN),
        ("write_only_pin", PIN_WO),
    ];
    let declared = secrets
        .map(|(name, secret)| format!("variable \"{name}\" {{\n  default = {}\n}}\n", hcl(secret)));
    let [token, app_secret, pin, pin_wo] = secrets.map(|(name, secret)| match by_variable {
        true => format!("var.{name}"),
        false => hcl(secret),
    });
    format!(
        r#"{variables}
provider "whatsapp" {{
  access_token = {token}
  app_secret   = {app_secret}
}}

resource "whatsapp_two_step_verification" "stored" {{
  count           = {count}
  phone_number_id = tostring({first} + 2 * count.index)
  pin             = {pin}
}}

resource "whatsapp_two_step_verification" "write_only" {{
  count           = {count}
  phone_number_id = tostring({first} + 2 * count.index + 1)
  pin_wo          = {pin_wo}
  pin_wo_version  = "1"
}}
"#,
        variables = if by_variable { declared.concat() } else { String::new() },
        count = failures().len(),
        first = Sandbox::number_id(0),
    )
}

#[track_caller]
fn expect_clean(finished: &Finished) {
    let all = format!("{}{}", finished.stdout, finished.stderr);
    assert_eq!(search(&canaries(), "all of it", all.as_bytes()), [], "{finished}");
}
