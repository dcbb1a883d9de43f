//! What is left of a panic: its place, and never its message, which could hold a secret.
//!
//! The real provider has no input that makes it panic, and a switch for it would be a back door. So
//! this is shown on a provider of the same SDK, whose calls panic in the ways of ordinary mistakes.

use crate::sandbox::Sandbox;
use crate::search::Canary;
use crate::stage::Stage;
use crate::stand_ins::StandIn;
use crate::terraform::{Product, cli};

#[test]
fn a_panic_in_any_call_is_told_without_its_message() {
    let api = Sandbox::start();
    let stand_in = StandIn::new();
    let mut stage = stand_in.beside(Stage::new(&api)).env("STAND_IN_SECRET", SECRET);
    let mut fails = |during: &str, arguments: &[&str], call: &str| {
        stage.configure(&format!(
            "resource \"aws_panicking\" \"it\" {{\n  during = \"{during}\"\n}}\n"
        ));
        let failed = stage.run(arguments).expect_failure();
        let told = failed.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(call) && told.contains("stand_in.rs:"), "{during}: {failed}");
        assert!(!told.contains("Plugin did not respond"), "{during}: {failed}");
        failed
    };
    let guarded = |call: &str| format!("The provider panicked during {call}");
    fails("validate", &["validate"], &guarded("ValidateResourceTypeConfig"));
    fails("plan", &["plan"], &guarded("PlanResourceChange"));
    fails("create", &["apply", "-auto-approve"], &guarded("ApplyResourceChange"));
    let crash = fails("nothing but crash", &["apply", "-auto-approve"], "A thread has panicked.");
    let diagnostics = crash.stderr.split("Stack trace").next().unwrap_or_default();
    let diagnostics = diagnostics.split_whitespace().filter(|word| *word != "│");
    let diagnostics = diagnostics.collect::<Vec<_>>().join(" ");
    assert!(diagnostics.contains(OUTSIDE) && diagnostics.contains("stand_in.rs:"), "{crash}");
    // Some versions of OpenTofu print no trace.
    if cli().product == Product::Terraform {
        assert!(crash.stderr.contains("Stack trace from the terraform-provider-aws"), "{crash}");
        assert!(crash.stderr.contains("panic: (a message made at run time"), "{crash}");
    }

    stage.configure("resource \"aws_panicking\" \"it\" {\n  during = \"read\"\n}\n");
    stage.run(&["apply", "-auto-approve"]).expect_success();
    let failed = stage.run(&["plan"]).expect_failure();
    assert!(failed.stderr.contains("The provider panicked during ReadResource"), "{failed}");

    let found = stage.search(&[Canary::new("the secret", SECRET)]);
    let found: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

const OUTSIDE: &str = "The provider panicked outside of any call: (a message made at run time";

/// A PIN, and long enough to be recognised in a part of a message.
const SECRET: &str = "048213-canary\"of\\the%panicé";
