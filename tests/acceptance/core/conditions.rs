//! A number in each condition that DESIGN.md's table has a row for, and what each column does with it.

use serde_json::{Value, json};

use crate::{
    sandbox::{DEFAULT_NUMBER, Fault, Loss, PhoneNumber, Rule, Sandbox},
    stage::{Stage, support},
    terraform::{Diagnostic, Finished},
};

/// What Meta says of a number.
#[derive(Clone, Copy)]
pub(super) enum Says {
    On,
    Off,
    Nothing,
    Missing,
}

pub(super) fn known(says: Says) -> Stage {
    known_by(&support(DEFAULT_NUMBER, OLD), says)
}

/// A number whose PIN was set long ago, and of which Meta says this since.
pub(super) fn known_by(configuration: &str, says: Says) -> Stage {
    let mut stage = Stage::new();
    stage.terraform.set_env("WHATSAPP_MAX_RETRIES", "0");
    stage.configure(configuration);
    stage.apply().expect_silence();
    stage.edit_state(|attributes| {
        attributes.insert("last_set_at".to_owned(), json!("2026-01-01T00:00:00Z"));
    });
    let_say(&stage, says);
    stage
}

/// A number that is declared, and that Terraform does not know yet.
pub(super) fn foreign(says: Says) -> Stage {
    let number = PhoneNumber::new(DEFAULT_NUMBER, "+1 555-010-0001").with_pin("111222");
    let stage = Stage::with(Sandbox::builder().with_number(number).start());
    stage.configure(&support(DEFAULT_NUMBER, OLD));
    let_say(&stage, says);
    stage
}

/// A number of which nobody knows whether the new PIN was set.
pub(super) fn unknown() -> Stage {
    let stage = known(Says::On);
    stage.configure(&support(DEFAULT_NUMBER, NEW));
    stage.api.inject(Rule::new(Fault::Lost(Loss::Close)).on_posts());
    stage.try_to_apply().expect_failure();
    stage.api.clear_faults();
    stage.api.forget_events();
    stage
}

pub(super) fn let_say(stage: &Stage, says: Says) {
    stage.api.forget_events();
    match says {
        Says::On => {}
        Says::Off => stage.api.switch_pin_off(DEFAULT_NUMBER),
        Says::Nothing => {
            stage.api.inject(Rule::new(Fault::WithoutPinFlag).on_gets());
        }
        Says::Missing => stage.api.remove_number(DEFAULT_NUMBER),
    }
}

pub(super) fn left_off() -> String {
    support(DEFAULT_NUMBER, OLD).replace("\n}", "\n  keep_enabled    = false\n}")
}

pub(super) fn refresh_only(stage: &Stage) -> Finished {
    stage.terraform.run(["apply", "-json", "-refresh-only", "-auto-approve"])
}

pub(super) fn import(stage: &Stage) -> Finished {
    stage.terraform.run(["import", "-no-color", SUPPORT, DEFAULT_NUMBER])
}

/// A refresh alone is told twice of what it finds: in its plan and in its apply.
#[track_caller]
pub(super) fn expect(finished: &Finished, title: &str) {
    let is_it = |it: &Diagnostic| !it.is_error() && it.summary == title;
    assert!(finished.diagnostics().iter().any(is_it), "{finished}");
}

/// One PIN was sent, and nothing is left to do about it.
#[track_caller]
pub(super) fn expect_sent(stage: &Stage, pin: &str) {
    assert_eq!((stage.api.posts(), stage.api.pin(DEFAULT_NUMBER).as_deref()), (1, Some(pin)));
    stage.plan(&[]);
}

#[track_caller]
pub(super) fn expect_stored(stage: &Stage, pin: &Value, is_pin_enabled: &Value) {
    let state = &stage.state()["support"];
    assert_eq!((&state["pin"], &state["is_pin_enabled"]), (pin, is_pin_enabled));
}

/// Terraform forgets the number with one warning, and nothing of it changes at Meta.
#[track_caller]
pub(super) fn expect_forgotten(stage: Stage, more: &[&str], stays: &str) {
    let before = stage.api.pins();
    let arguments = ["apply", "-json", "-destroy", "-auto-approve"];
    let destroyed = stage.terraform.run(arguments.iter().chain(more)).expect_success();
    destroyed.expect_warning(stays);
    assert!(stage.state().is_empty());
    assert_eq!((stage.api.posts(), stage.api.pins()), (0, before));
}

pub(super) const STAYS_ON: &str = "Two-Step Verification Stays On";
pub(super) const STAYS_OFF: &str = "Two-Step Verification Stays Off";

pub(super) const OLD: &str = "058213";
pub(super) const NEW: &str = "730164";
pub(super) const SUPPORT: &str = "whatsapp_two_step_verification.support";
pub(super) const UPDATE: &str = "update whatsapp_two_step_verification.support";
pub(super) const OFF: &str = "Two-Step Verification Is Off";
pub(super) const SILENT: &str = "Meta Does Not Say Whether Two-Step Verification Is On";
pub(super) const MISSING: &str = "Phone Number Not Found or Not Visible";
