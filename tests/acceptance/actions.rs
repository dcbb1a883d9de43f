//! Actions under every Terraform that has them: triggered, invoked by name, failed, saved, stopped.

use std::time::Duration;

use crate::sandbox::{DEFAULT_NUMBER, Event, Fault, GraphError, Loss, PhoneNumber, Rule, Sandbox};
use crate::stage::Stage;
use crate::terraform::Finished;

const VERSIONS: [&str; 2] = ["1.14", "1.15"];
const PIN: &str = "730164";
const REGISTER: &str = "-invoke=action.whatsapp_register_phone_number.support";
const SET: &str = "-invoke=action.whatsapp_set_two_step_verification_pin.emergency";

#[test]
fn a_first_pin_registers_the_number_and_no_later_apply_does() {
    for version in VERSIONS {
        let stage = stage(version);
        stage.configure(&triggered("after_create"));
        // A saved plan has no PIN: whoever applies it gives the variable again.
        stage.terraform.run(["plan", "-out=saved"]).expect_success();
        let applied = stage.terraform.run(["apply", "saved"]).expect_success();
        assert!(applied.stdout.contains("was registered"), "{applied}");
        assert_registered(&stage);
        stage.terraform.run(["plan", "-detailed-exitcode"]).expect_success();
        let again = invoke(&stage, REGISTER).expect_success();
        assert!(again.stdout.contains("nothing was sent"), "{again}");
        assert_eq!(stage.api.registrations(), 1);
    }
}

#[test]
fn a_registration_that_failed_leaves_the_pin_and_says_how_to_go_on() {
    for version in VERSIONS {
        let stage = stage(version);
        stage.configure(&triggered("after_create"));
        let refusal = Fault::Error(GraphError::new(400, 133_006, "(#133006) verify"));
        let rule = Rule { edge: Some("register".into()), ..Rule::new(refusal) };
        stage.api.inject(rule.on_object(DEFAULT_NUMBER));
        let failed = stage.terraform.run(["apply", "-auto-approve"]).expect_failure();
        let told = flat(&failed);
        assert!(told.contains("133006") && told.contains("-invoke=action."), "{failed}");
        assert!(!told.contains(PIN), "{failed}");
        assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some(PIN));
        // The action is not repeated by itself.
        stage.terraform.run(["plan", "-detailed-exitcode"]).expect_success();
        stage.api.clear_faults();
        invoke(&stage, REGISTER).expect_success();
        assert_registered(&stage);
        assert_eq!(stage.api.registrations(), 2);
    }
}

#[test]
fn a_registration_before_the_resource_keeps_it_from_being_made_if_it_fails() {
    for version in VERSIONS {
        let stage = stage(version);
        stage.configure(&triggered("before_create"));
        stage.api.inject(Rule {
            edge: Some("register".into()),
            ..Rule::new(Fault::Error(GraphError::new(400, 133_005, "(#133005) mismatch")))
        });
        let failed = stage.terraform.run(["apply", "-auto-approve"]).expect_failure();
        assert!(flat(&failed).contains("holds the change up"), "{failed}");
        assert_eq!(stage.api.pin(DEFAULT_NUMBER), None);
        stage.api.clear_faults();
        stage.terraform.run(["apply", "-auto-approve"]).expect_success();
        assert_registered(&stage);
    }
}

#[test]
fn a_lost_answer_is_read_back_and_never_sent_again() {
    for version in VERSIONS {
        let stage = stage(version);
        stage.configure(&triggered("after_create"));
        let lost = Rule::new(Fault::Lost(Loss::Close));
        stage.api.inject(Rule { edge: Some("register".into()), ..lost });
        let applied = stage.terraform.run(["apply", "-auto-approve"]).expect_success();
        assert!(flat(&applied).contains("Registered Without an Answer"), "{applied}");
        assert_eq!(stage.api.registrations(), 1);
    }
}

#[test]
fn a_run_that_is_stopped_in_a_registration_waits_for_its_answer_and_sends_no_second() {
    for version in VERSIONS {
        let stage = stage(version);
        stage.configure(&triggered("after_create"));
        let slow = Fault::DelayAnswer(Duration::from_secs(3));
        stage.api.inject(Rule { edge: Some("register".into()), ..Rule::new(slow) });
        let apply = stage.terraform.start(["apply", "-auto-approve"]);
        let arrived =
            |events: &[Event]| events.iter().any(|event| event.path.ends_with("/register"));
        assert!(stage.api.wait_for(Duration::from_secs(120), arrived));
        apply.interrupt();
        apply.finish();
        assert_eq!(stage.api.registrations(), 1);
        assert_registered(&stage);
    }
}

#[test]
fn numbers_side_by_side_are_each_registered_once() {
    let ids: Vec<_> = (0..5).map(|index| format!("\"{}\"", Sandbox::number_id(index))).collect();
    let one = triggered("after_create")
        .replace("\"support\" {", "\"support\" {\n  for_each = local.ids")
        .replace("number.support]", "number.support[each.key]]")
        .replace(&format!("\"{DEFAULT_NUMBER}\""), "each.key");
    let (one, _) = one.split_once("action \"whatsapp_set").expect("the emergency comes last");
    let configuration = format!("locals {{\n  ids = toset([{}])\n}}\n{one}", ids.join(", "));
    for version in VERSIONS {
        let stage = on(version, Sandbox::builder().numbers_with(5, PhoneNumber::fresh).start());
        stage.configure(&configuration);
        stage.terraform.run(["apply", "-auto-approve"]).expect_success();
        assert_eq!((stage.api.registrations(), stage.api.pins().len()), (5, 5));
    }
}

#[test]
fn a_region_is_refused_before_the_change_where_the_version_of_the_api_takes_none() {
    for version in VERSIONS {
        let mut stage = stage(version);
        let pin = "    pin             = var.pin\n  }\n}\n\naction \"whatsapp_set";
        let region = format!("    data_localization_region = \"BR\"\n{pin}");
        stage.configure(&triggered("after_create").replace(pin, &region));
        stage.terraform.set_env("WHATSAPP_API_VERSION", "v20.0");
        let refused = stage.terraform.run(["apply", "-auto-approve"]).expect_failure();
        assert!(flat(&refused).contains("v21.0 or later"), "{refused}");
        assert_eq!((stage.api.posts(), stage.api.pin(DEFAULT_NUMBER)), (0, None));
        stage.terraform.set_env("WHATSAPP_API_VERSION", "v24.0");
        stage.terraform.run(["apply", "-auto-approve"]).expect_success();
        assert_registered(&stage);
    }
}

/// OpenTofu has none, nor has Terraform before 1.14.
#[test]
fn a_client_without_actions_runs_the_provider_as_one_with_them() {
    let plain = triggered("after_create");
    let (plain, _) = plain.split_once("action \"").expect("the actions come last");
    let (before, rest) = plain.split_once("\n  lifecycle").expect("there is a trigger");
    let (_, after) = rest.split_once("\n  }\n").expect("the trigger's block ends");
    let told = ["1.12", "1.15"].map(|version| {
        let stage = stage(version);
        stage.configure(&format!("{before}{after}"));
        let schema = stage.terraform.run(["providers", "schema", "-json"]).expect_success().json();
        let providers = schema["provider_schemas"].as_object().cloned().unwrap_or_default();
        let mut offers = providers.into_iter().next().expect("one provider").1;
        let offers = offers.as_object_mut().expect("what it offers");
        let has_actions = offers.remove("action_schemas").is_some();
        assert_eq!(has_actions, version != "1.12", "{version}");
        offers.remove("list_resource_schemas");
        stage.terraform.run(["apply", "-auto-approve"]).expect_success();
        stage.terraform.run(["plan", "-detailed-exitcode"]).expect_success();
        let calls: Vec<_> =
            stage.api.events().into_iter().map(|event| (event.method, event.path)).collect();
        (offers.clone(), calls, stage.api.pin(DEFAULT_NUMBER))
    });
    assert_eq!(told[0], told[1]);
    let stage = stage("1.12");
    stage.configure(&triggered("after_create"));
    let refused = stage.terraform.run(["validate"]).expect_failure();
    assert!(flat(&refused).contains("action"), "the client names what it does not know: {refused}");
    assert_eq!(stage.api.calls(), 0);
}

#[test]
fn an_emergency_sets_a_pin_and_touches_no_state() {
    for version in VERSIONS {
        let stage = stage(version);
        stage.configure(&triggered("after_create"));
        stage.terraform.run(["apply", "-auto-approve"]).expect_success();
        let before = stage.state_file()["resources"].clone();
        let run = stage.terraform.run(["apply", "-auto-approve", "-var=pin=904517", SET]);
        let run = run.expect_success();
        assert!(run.stdout.contains("until its version changes"), "{run}");
        assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("904517"));
        assert_eq!(stage.state_file()["resources"], before);
    }
}

fn stage(version: &str) -> Stage {
    let number = PhoneNumber::new(DEFAULT_NUMBER, "+1 555-010-0001").fresh();
    on(version, Sandbox::builder().with_number(number).start())
}

fn on(version: &str, api: Sandbox) -> Stage {
    let Stage { terraform, api } = Stage::with(api);
    let terraform = terraform.env("TERRAFORM_VERSION", version).env("TF_VAR_pin", PIN);
    Stage { terraform, api }
}

fn invoke(stage: &Stage, action: &str) -> Finished {
    stage.terraform.run(["apply", "-auto-approve", action])
}

#[track_caller]
fn assert_registered(stage: &Stage) {
    stage.api.edit_number(DEFAULT_NUMBER, |number| {
        assert_eq!(number.status.as_deref(), Some("CONNECTED"));
        assert_eq!(number.pin.as_deref(), Some(PIN));
    });
}

/// What was printed, without the frame and the line ends that Terraform puts into long texts.
fn flat(finished: &Finished) -> String {
    let text = format!("{} {}", finished.stdout, finished.stderr).replace(['│', '╵', '╷'], " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn triggered(event: &str) -> String {
    format!(
        r#"
variable "pin" {{
  type      = string
  ephemeral = true
  sensitive = true
}}

resource "whatsapp_two_step_verification" "support" {{
  phone_number_id = "{DEFAULT_NUMBER}"
  pin_wo          = var.pin
  pin_wo_version  = "1"

  lifecycle {{
    action_trigger {{
      events  = [{event}]
      actions = [action.whatsapp_register_phone_number.support]
    }}
  }}
}}

action "whatsapp_register_phone_number" "support" {{
  config {{
    phone_number_id = "{DEFAULT_NUMBER}"
    pin             = var.pin
  }}
}}

action "whatsapp_set_two_step_verification_pin" "emergency" {{
  config {{
    phone_number_id = "{DEFAULT_NUMBER}"
    pin             = var.pin
  }}
}}
"#
    )
}
