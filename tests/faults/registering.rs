//! Registering a number while the Graph API fails: whatever goes wrong, one invocation sends one
//! registration and never a second, for ten in 72 hours block a number.

use std::time::Duration;

use serde_json::Value;

use crate::sandbox::{DEFAULT_TOKEN, Fault, PhoneNumber, Rule, Sandbox};
use crate::table::of_writes;
use crate::terraform::{Finished, Terraform};

/// Each fault strikes one registration, and the one after it in the table would strike a second.
#[test]
fn no_two_faults_make_an_invocation_send_two_registrations() {
    let faults = of_writes();
    let next = faults.iter().cycle().skip(1);
    let pairs: Vec<_> = faults.iter().zip(next).collect();
    let versions = ["1.14", "1.15"].into_iter().cycle();
    std::thread::scope(|scope| {
        for (batch, version) in pairs.chunks(pairs.len().div_ceil(2)).zip(versions) {
            scope.spawn(move || {
                let numbers = batch.iter().enumerate().map(|(index, (first, second))| {
                    let name = format!("{} and {}", first.0, second.0);
                    Struck::new(index, name, [first.1.clone(), second.1.clone()])
                });
                check(version, &numbers.collect::<Vec<_>>());
            });
        }
    });
}

fn check(version: &str, numbers: &[Struck]) {
    let terraform = Terraform::new()
        .time_limit(LIMIT)
        .env("TERRAFORM_VERSION", version)
        .env("WHATSAPP_ACCESS_TOKEN", DEFAULT_TOKEN)
        .env("WHATSAPP_REQUEST_TIMEOUT", "5s")
        .env("WHATSAPP_MAX_RETRIES", "3");
    let blocks: String = numbers.iter().map(Struck::configuration).collect();
    terraform.write("main.tf", &format!("{HEAD}{blocks}"));
    let applied = terraform.run(["apply", "-json", "-auto-approve", "-parallelism=100"]);
    let told = diagnostics(&applied);
    for number in numbers {
        let Struck { name, api, id, .. } = number;
        assert_eq!(api.registrations(), 1, "{name}\n{applied}");
        assert!(api.pin(id).is_some(), "{name}: the PIN is set all the same\n{applied}");
        let about = |text: &&String| text.contains(id.as_str());
        let errors: Vec<_> = told.iter().filter(about).collect();
        let says_how = errors.iter().any(|text| text.contains("-invoke=action."));
        // What nobody complains about was done.
        assert!(says_how || number.is_registered(), "{name}: {errors:?}\n{applied}");
    }
    // What is left is not repeated by itself.
    numbers.iter().for_each(|number| number.api.clear_faults());
    terraform.run(["plan", "-detailed-exitcode"]).expect_success();
    terraform.run(["apply", "-auto-approve"]).expect_success();
    for Struck { name, api, .. } in numbers {
        assert_eq!(api.registrations(), 1, "{name}");
    }
}

/// A fresh number with an API of its own, whose registration is struck.
struct Struck {
    alias: String,
    name: String,
    id: String,
    api: Sandbox,
}

impl Struck {
    fn new(index: usize, name: String, faults: [Fault; 2]) -> Self {
        let id = Sandbox::number_id(u64::try_from(index).expect("there are few faults"));
        let number = PhoneNumber::new(&id, "+1 555-010-0001").fresh();
        let api = Sandbox::builder().with_number(number).start();
        for fault in faults {
            api.inject(Rule { edge: Some("register".into()), ..Rule::new(fault).times(1) });
        }
        Self { alias: format!("w{index}"), name, id, api }
    }

    fn is_registered(&self) -> bool {
        let mut registered = false;
        self.api.edit_number(&self.id, |number| registered = number.registered);
        registered
    }

    fn configuration(&self) -> String {
        let Self { alias, id, api, .. } = self;
        format!(
            r#"
provider "whatsapp" {{
  alias    = "{alias}"
  base_url = "{base_url}"
}}

resource "whatsapp_two_step_verification" "{alias}" {{
  provider        = whatsapp.{alias}
  phone_number_id = "{id}"
  pin_wo          = "730164"
  pin_wo_version  = "1"

  lifecycle {{
    action_trigger {{
      events  = [after_create]
      actions = [action.whatsapp_register_phone_number.{alias}]
    }}
  }}
}}

action "whatsapp_register_phone_number" "{alias}" {{
  provider = whatsapp.{alias}

  config {{
    phone_number_id = "{id}"
    pin             = "730164"
  }}
}}
"#,
            base_url = api.base_url(),
        )
    }
}

/// Title and text of each error.
fn diagnostics(run: &Finished) -> Vec<String> {
    let events = run.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let errors = events.filter(|event| event["diagnostic"]["severity"] == "error");
    errors.map(|event| event["diagnostic"].to_string()).collect()
}

/// A registration that is never answered has its minute.
const LIMIT: Duration = Duration::from_secs(300);

const HEAD: &str = r#"
terraform {
  required_providers {
    whatsapp = {
      source = "waba/whatsapp"
    }
  }
}
"#;
