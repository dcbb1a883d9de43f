//! Where `pin_wo` can come from, and a PIN that goes to two places in one apply.

use crate::sandbox::{
    DEFAULT_NUMBER, DEFAULT_TOKEN, Fault, GraphError, PhoneNumber, Rule, Sandbox,
};
use crate::search::Canary;
use crate::stage::Stage;
use crate::stand_ins::StandIn;

#[test]
fn a_literal_an_ephemeral_variable_and_an_ephemeral_resource_are_sent_and_not_kept() {
    let api = Sandbox::builder().numbers(4).start();
    let mut stage = stage(&api).env("TF_VAR_pin", "073915");
    stage.configure(&sources(1));
    stage.run(&["plan", "-out=saved"]).expect_success();
    stage.run(&["show", "-json", "saved"]).expect_success();
    // A saved plan has no ephemeral value: whoever applies it gives the variable again.
    stage.run(&["apply", "saved"]).expect_success();
    let pin = |index| api.pin(&Sandbox::number_id(index)).expect("it has been set");
    assert_eq!((pin(0), pin(1)), ("730164".to_owned(), "073915".to_owned()));
    assert_eq!(pin(2), pin(3), "one opening has one PIN, wherever it goes");
    assert!(pin(2).len() == 6 && pin(2).bytes().all(|byte| byte.is_ascii_digit()));
    let first = pin(2);

    let mut stage = stage.env("TF_VAR_pin", "092746");
    stage.run(&["plan", "-detailed-exitcode"]).expect_success();
    stage.configure(&sources(2));
    stage.run(&["apply", "-auto-approve"]).expect_success();
    assert_eq!((pin(1), pin(2)), ("092746".to_owned(), pin(3)));
    assert_ne!(pin(2), first, "every run draws a PIN of its own");
    stage.run(&["show", "-json"]).expect_success();

    let drawn = [first, pin(2)];
    assert_nowhere(
        &stage,
        ["073915", "092746"].into_iter().chain(drawn.iter().map(String::as_str)),
    );
    // The literal is where the user wrote it, and where Terraform copies that to.
    let literal = stage.search(&[Canary::new("literal", "730164")]);
    assert!(!literal.is_empty());
    for found in literal {
        let is_configuration = found.place.ends_with("/configuration/main.tf")
            || found.place.starts_with("saved plan's tfconfig/m-/main.tf")
            || found.place.contains("(show -json saved)");
        assert!(is_configuration, "{found}");
    }
}

#[test]
fn the_documented_example_stores_the_same_pin_in_both_places() {
    let api = Sandbox::start();
    let stand_in = StandIn::new();
    let mut stage = stand_in.beside(stage(&api));
    stage.configure(EXAMPLE);
    stage.run(&["fmt", "-check", "-diff"]).expect_success();
    let refusal = GraphError::new(400, 100, "Not today");
    api.inject(Rule::new(Fault::Error(refusal)).on_posts().times(1));
    stage.run(&["apply", "-auto-approve"]).expect_failure();
    assert_eq!(api.pin(DEFAULT_NUMBER), None);
    let first = stand_in.stored(SECRET_ID);
    stage.run(&["apply", "-auto-approve"]).expect_success();
    assert_eq!(api.pin(DEFAULT_NUMBER).as_ref(), Some(&first), "the stored one, not another");
    assert_eq!(stand_in.stored(SECRET_ID), first);
    stage.run(&["plan", "-detailed-exitcode"]).expect_success();

    let next = "secret_string_wo_version = 2";
    stage.configure(&EXAMPLE.replace("secret_string_wo_version = 1", next));
    stage.run(&["plan", "-out=saved"]).expect_success();
    stage.run(&["apply", "saved"]).expect_success();
    let second = stand_in.stored(SECRET_ID);
    assert_eq!(api.pin(DEFAULT_NUMBER).as_ref(), Some(&second));
    assert_ne!(first, second);
    assert_nowhere(&stage, [first.as_str(), &second]);
}

#[test]
fn an_imported_number_gets_its_write_only_pin_with_the_first_apply() {
    let number = PhoneNumber::new(DEFAULT_NUMBER, "+1 555-010-0001").with_pin("111222");
    let api = Sandbox::builder().with_number(number).start();
    let mut stage = stage(&api).env("TF_VAR_pin", "073915");
    let import = format!(
        "import {{\n  to = whatsapp_two_step_verification.it\n  id = \"{DEFAULT_NUMBER}\"\n}}\n"
    );
    let resource = resource("it", DEFAULT_NUMBER, "var.pin", 1);
    stage.configure(&format!("{VARIABLE}{resource}{import}"));
    stage.run(&["plan", "-out=saved", "-detailed-exitcode"]).expect_exit_code(2);
    assert_eq!(api.posts(), 0);
    stage.run(&["apply", "saved"]).expect_success();
    assert_eq!(api.pin(DEFAULT_NUMBER).as_deref(), Some("073915"));
    stage.run(&["plan", "-detailed-exitcode"]).expect_success();
    assert_nowhere(&stage, ["073915"]);
}

fn stage(api: &Sandbox) -> Stage {
    Stage::new(api).env("WHATSAPP_ACCESS_TOKEN", DEFAULT_TOKEN)
}

#[track_caller]
fn assert_nowhere<'a>(stage: &Stage, pins: impl IntoIterator<Item = &'a str>) {
    let canaries: Vec<_> = pins.into_iter().map(|pin| Canary::new("PIN", pin)).collect();
    let found: Vec<_> = stage.search(&canaries).iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "left behind:\n{}", found.join("\n"));
}

fn sources(version: u32) -> String {
    let drawn = "ephemeral.whatsapp_pin.new.pin";
    let pins = [("literal", "\"730164\""), ("variable", "var.pin"), ("a", drawn), ("b", drawn)];
    let resources = (0..)
        .zip(pins)
        .map(|(index, (name, pin))| resource(name, &Sandbox::number_id(index), pin, version));
    format!("{VARIABLE}ephemeral \"whatsapp_pin\" \"new\" {{}}\n{}", resources.collect::<String>())
}

fn resource(name: &str, number: &str, pin: &str, version: u32) -> String {
    format!(
        r#"
resource "whatsapp_two_step_verification" "{name}" {{
  phone_number_id = "{number}"
  pin_wo          = {pin}
  pin_wo_version  = {version}
}}
"#
    )
}

const VARIABLE: &str = "variable \"pin\" {\n  type      = string\n  ephemeral = true\n}\n";

const SECRET_ID: &str = "arn:whatsapp/support-pin";

const EXAMPLE: &str =
    include_str!("../../examples/ephemeral-resources/whatsapp_pin/ephemeral-resource.tf");
