//! What appears on stderr: records that Terraform can read, and nothing when nobody listens.

use serde_json::{Value, json};

use crate::host::{Host, process::Launch};

#[tokio::test]
async fn every_line_is_a_record_that_terraform_can_read() {
    let stderr = stderr_of_a_run(Launch::as_terraform().env("TF_LOG", "TRACE")).await;
    assert!(stderr.lines().count() > 0, "at TRACE there is something to say");
    for line in stderr.lines() {
        let record: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        assert!(record["@message"].is_string(), "Terraform would crash: {line}");
        let level =
            record["@level"].as_str().unwrap_or_else(|| panic!("Terraform would crash: {line}"));
        assert!(["trace", "debug", "info", "warn", "error"].contains(&level), "{line}");
        let time = record["@timestamp"].as_str();
        assert!(time.is_some_and(is_timestamp), "Terraform cannot read the time: {line}");
    }
}

#[tokio::test]
async fn the_record_of_a_call_that_failed_says_what_failed() {
    let stderr = stderr_of_a_run(Launch::as_terraform().env("TF_LOG", "DEBUG")).await;
    let mut records = stderr.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let failed = records.find(|record| record["failed"] == true).expect("a call has failed");
    assert_eq!(failed["tf_rpc"], "ValidateResourceTypeConfig");
    let error = failed["error"].as_str().expect("what failed");
    assert!(error.starts_with("Invalid Phone Number ID: "), "{error}");
}

#[tokio::test]
async fn the_token_is_not_logged() {
    let stderr = stderr_of_a_run(Launch::as_terraform().env("TF_LOG", "TRACE")).await;
    assert!(!stderr.contains(TOKEN), "{stderr}");
}

#[tokio::test]
async fn without_tf_log_stderr_is_silent() {
    assert_eq!(stderr_of_a_run(Launch::as_terraform()).await, "");
}

async fn stderr_of_a_run(launch: Launch) -> String {
    let host = Host::launch(launch).await;
    host.provider.configure(json!({ "access_token": TOKEN })).await.none("Configure");
    let config = json!({ "phone_number_id": "no digits", "pin": "1" });
    let refusal = host.provider.validate("whatsapp_two_step_verification", config).await;
    assert!(refusal.has_errors());
    host.end().await.stderr().await.text()
}

/// RFC 3339 with exactly six digits of fraction: anything else turns the record into plain text.
fn is_timestamp(text: &str) -> bool {
    let fits = |mask: &str| {
        text.len() == mask.len()
            && text.chars().zip(mask.chars()).all(|(found, wanted)| match wanted {
                '0' => found.is_ascii_digit(),
                '+' => found == '+' || found == '-',
                _ => found == wanted,
            })
    };
    fits("0000-00-00T00:00:00.000000Z") || fits("0000-00-00T00:00:00.000000+00:00")
}

const TOKEN: &str = "EAAcanary-of-the-logs";
