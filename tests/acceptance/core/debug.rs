//! A provider that runs on its own with `--debug`, and a CLI that attaches to it.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use crate::{
    sandbox::{DEFAULT_NUMBER, DEFAULT_TOKEN},
    stage::{Stage, support},
};

#[test]
fn the_printed_variable_attaches_the_cli_to_the_running_provider() {
    let mut stage = Stage::new().without_token();
    stage.terraform.unset_env("WHATSAPP_BASE_URL");
    // Only this process knows where the API is and how to get in: another could set no PIN.
    let mut provider = Running::start(&stage);
    stage.terraform.set_env("TF_REATTACH_PROVIDERS", &provider.reattach());
    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    stage.apply().expect_silence();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("058213"));
    stage.expect_nothing_to_do();
}

#[test]
fn one_process_that_serves_many_runs_takes_no_number_for_declared_twice() {
    let mut stage = Stage::new();
    let mut provider = Running::start(&stage);
    stage.terraform.set_env("TF_REATTACH_PROVIDERS", &provider.reattach());
    for (name, pin) in [("support", "058213"), ("support", "730164"), ("sales", "730164")] {
        stage.configure(&support(DEFAULT_NUMBER, pin).replace("support", name));
        stage.terraform.run(["plan", "-json"]).expect_success();
        stage.apply();
        stage.expect_nothing_to_do();
    }
    let again = ["-replace=whatsapp_two_step_verification.sales"];
    for _ in 0..2 {
        stage.plan_with(&again);
        let warning = stage.apply_saved().expect_warning("Two-Step Verification Stays On");
        assert!(warning.detail.contains(DEFAULT_NUMBER), "each run says it once: {warning:?}");
    }
    assert_eq!(stage.api.posts(), 5);
}

/// A provider in debug mode, which ends when this is dropped.
struct Running(Child);

impl Running {
    fn start(stage: &Stage) -> Self {
        let mut provider = Command::new(env!("CARGO_BIN_EXE_terraform-provider-whatsapp"));
        provider.arg("--debug").stdin(Stdio::null()).stdout(Stdio::piped());
        provider.env("WHATSAPP_BASE_URL", stage.api.base_url());
        provider.env("WHATSAPP_ACCESS_TOKEN", DEFAULT_TOKEN);
        // Its socket goes with the stage, however it ends.
        provider.env("TMPDIR", stage.terraform.folder());
        Self(provider.spawn().expect("the provider was built"))
    }

    /// The value of the variable that it prints.
    fn reattach(&mut self) -> String {
        let lines = BufReader::new(self.0.stdout.take().expect("it is piped")).lines();
        let (sender, found) = mpsc::channel();
        thread::spawn(move || {
            let value = |line: String| {
                let value = line.trim().strip_prefix("TF_REATTACH_PROVIDERS=")?;
                Some(value.trim_matches('\'').to_owned())
            };
            // Without a value the sender goes, and whoever waits is told.
            lines.map_while(Result::ok).find_map(value).map(|value| sender.send(value))
        });
        found.recv_timeout(START_LIMIT).expect("the provider prints the variable")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail when it has ended by itself, which is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The provider starts within a moment; a busy machine may take longer.
const START_LIMIT: Duration = Duration::from_secs(60);
