//! What holds of Terraform's runs themselves, whatever they are about. [`terraform`](crate::terraform)
//! serves other tests too; that it is right is tested here, once.

use std::{
    fs,
    net::TcpListener,
    panic,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use crate::terraform::{Terraform, cli};

#[test]
fn a_command_without_end_is_killed_with_its_children() {
    let terraform = Terraform::new().time_limit(Duration::from_secs(3));
    terraform.write("main.tf", &provisioner("sleep 600"));
    let start = Instant::now();
    terraform.run(["apply", "-auto-approve"]).expect_time_out();
    // The provisioner's shell holds Terraform's standard output: it would make us wait.
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn an_interrupted_command_ends_as_it_sees_fit() {
    let door = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = door.local_addr().expect("it is bound").port();
    let terraform = Terraform::new();
    let knock = format!("bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port} && sleep 600'");
    terraform.write("main.tf", &provisioner(&knock));

    let apply = terraform.start(["apply", "-auto-approve"]);
    let (sender, knocked) = mpsc::channel();
    thread::spawn(move || sender.send(door.accept()));
    let _visitor = knocked.recv_timeout(KNOCK_LIMIT).expect("the provisioner runs");
    apply.interrupt();
    assert!(apply.finish().expect_failure().stdout.contains("Interrupt received"));
}

#[test]
fn the_callers_environment_stays_outside() {
    let terraform = Terraform::new().env("VISIBLE", "yes");
    terraform.write("main.tf", &provisioner("env > environment"));
    terraform.run(["apply", "-auto-approve"]).expect_success();
    let seen = fs::read_to_string(terraform.folder().join("environment")).expect("was written");
    assert!(seen.contains("VISIBLE=yes"));
    let root = terraform.folder().parent().expect("a folder of its own").display().to_string();
    assert!(seen.contains(&format!("HOME={root}/home")), "{seen}");
    assert!(!seen.contains("CARGO_MANIFEST_DIR"), "{seen}");
}

#[test]
fn a_failure_carries_its_diagnostics() {
    let terraform = Terraform::new();
    terraform.write("main.tf", "output \"answer\" {\n  value = var.missing\n}\n");
    let refused = terraform.run(["validate", "-json"]).expect_failure().diagnostics();
    let [diagnostic] = refused.as_slice() else { panic!("{refused:?}") };
    assert_eq!(diagnostic.severity, "error");
    assert_eq!(diagnostic.summary, "Reference to undeclared input variable");
    assert!(diagnostic.detail.contains("\"missing\""));
    assert_eq!(diagnostic.code(), "value = var.missing");

    let planned = terraform.run(["plan", "-json"]).expect_failure().diagnostics();
    assert_eq!(planned.len(), 1);
    assert_eq!(planned[0].code(), "value = var.missing");
}

#[test]
fn an_unexpected_failure_shows_the_output() {
    let refused = Terraform::new().run(["bogus"]);
    let shown = panic::catch_unwind(|| refused.expect_success()).expect_err("it did not succeed");
    let shown = shown.downcast::<String>().expect("a panic with values in it has a String");
    let said = format!("{} has no command named \"bogus\"", cli().product);
    assert!(shown.contains(&said), "{shown}");
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let terraform = Terraform::new().env("TERRAFORM_VERSION", "").env("TERRAFORM_BIN", "/nope");
    let refused = terraform.run(["version"]).expect_exit_code(127);
    assert!(refused.stderr.contains("TERRAFORM_BIN names no program that can be run: /nope"));
}

#[test]
fn a_version_that_cannot_be_had_gets_the_list_of_those_that_can() {
    let terraform = Terraform::new().env("TERRAFORM_VERSION", "0.11");
    let refused = terraform.run(["version"]).expect_failure();
    assert!(refused.stderr.contains("Terraform 0.11 cannot be fetched"), "{refused}");
    assert!(refused.stderr.contains("1.8.4"), "{refused}");
}

fn provisioner(command: &str) -> String {
    format!(
        r#"
resource "terraform_data" "command" {{
  provisioner "local-exec" {{
    command = "{command}"
  }}
}}
"#
    )
}

/// Terraform starts a provisioner within a second; a busy machine may take longer.
const KNOCK_LIMIT: Duration = Duration::from_secs(120);
