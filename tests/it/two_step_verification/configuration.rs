//! What is said about a configuration, offline.

use serde_json::{Value, json};

use crate::host::Host;
use crate::host::proto::tfplugin5::ClientCapabilities;
use crate::host::value::unknown;
use crate::two_step_verification::{NUMBER, RESOURCE, plain, write_only};

#[tokio::test]
async fn good_configurations_validate_without_token_or_network() {
    let host = Host::start().await;
    for config in [
        plain("271828"),
        write_only("271828", 1),
        json!({ "phone_number_id": unknown(), "pin": unknown() }),
        json!({ "phone_number_id": NUMBER, "pin_wo": unknown(), "pin_wo_version": unknown() }),
    ] {
        host.provider.validate(RESOURCE, config).await.none("ValidateResourceTypeConfig");
    }
    host.end().await;
}

#[tokio::test]
async fn bad_input_is_refused_at_its_attribute() {
    let host = Host::start().await;
    for (path, config) in [
        ("phone_number_id", json!({ "phone_number_id": "+1 555 078 3881", "pin": "271828" })),
        ("phone_number_id", json!({ "phone_number_id": null, "pin": "271828" })),
        ("phone_number_id", json!({ "phone_number_id": "", "pin": "271828" })),
        ("phone_number_id", json!({ "phone_number_id": "１２３", "pin": "271828" })),
        ("phone_number_id", json!({ "phone_number_id": "1/../2", "pin": "271828" })),
        ("", plain("12345")),
        ("", plain("1234567")),
        ("", plain("12345a")),
        ("", plain("１２３４５６")),
        ("", plain("")),
        ("", write_only("12345", 1)),
        ("", write_only("271828", 271_828)),
        ("pin_wo_version", versioned("")),
        ("pin_wo_version", versioned(&"a".repeat(257))),
    ] {
        let diagnostics = host.provider.validate(RESOURCE, config).await;
        let error = diagnostics.only_error_at(path);
        assert!(!error.detail.trim().is_empty(), "{error:?} does not say what to write");
    }
    host.end().await;
}

#[tokio::test]
async fn a_five_digit_pin_is_told_about_the_lost_zero() {
    let host = Host::start().await;
    let diagnostics = host.provider.validate(RESOURCE, plain("12345")).await;
    let error = diagnostics.only_error();
    assert!(error.says("zero") && error.says("quot"), "{error:?}");
    host.end().await;
}

#[tokio::test]
async fn a_version_is_any_text() {
    let host = Host::start().await;
    let longest = "é".repeat(256);
    for version in ["1", "1.5", "2026-Q4", "AWSPREVIOUS", " ", "ключ", &longest] {
        host.provider
            .validate(RESOURCE, versioned(version))
            .await
            .none("ValidateResourceTypeConfig");
    }
    host.end().await;
}

fn versioned(version: &str) -> Value {
    json!({ "phone_number_id": NUMBER, "pin_wo": "271828", "pin_wo_version": version })
}

#[tokio::test]
async fn arguments_that_contradict_each_other_are_refused() {
    let host = Host::start().await;
    for config in [
        json!({ "phone_number_id": NUMBER }),
        json!({ "phone_number_id": NUMBER, "pin": "271828", "pin_wo": "271828", "pin_wo_version": "1" }),
        json!({ "phone_number_id": NUMBER, "pin_wo": "271828" }),
        json!({ "phone_number_id": NUMBER, "pin": "271828", "pin_wo_version": "1" }),
    ] {
        let diagnostics = host.provider.validate(RESOURCE, config.clone()).await;
        assert!(diagnostics.has_errors(), "accepted: {config}");
    }
    host.end().await;
}

#[tokio::test]
async fn guessable_pins_are_warned_about() {
    let host = Host::start().await;
    for pin in ["000000", "123456", "987654"] {
        let diagnostics = host.provider.validate(RESOURCE, plain(pin)).await;
        diagnostics.no_errors("ValidateResourceTypeConfig");
        assert_eq!(diagnostics.warnings().count(), 1, "{pin}: {diagnostics:?}");
    }
    host.end().await;
}

#[tokio::test]
async fn diagnostics_never_repeat_a_pin() {
    let host = Host::start().await;
    for config in [plain("27182"), plain("2718281"), write_only("27182x", 1), plain("111111")] {
        let diagnostics = host.provider.validate(RESOURCE, config).await;
        let text = format!("{diagnostics:?}");
        assert!(!text.is_empty() && !text.contains("27182") && !text.contains("111111"), "{text}");
    }
    host.end().await;
}

#[tokio::test]
async fn clients_without_write_only_attributes_are_told_so() {
    let host = Host::start().await;
    let old = ClientCapabilities { deferral_allowed: false, write_only_attributes_allowed: false };
    for capabilities in [None, Some(old)] {
        let config = write_only("271828", 1);
        let diagnostics = host.provider.validate_for(RESOURCE, config, capabilities).await;
        let error = diagnostics.only_error_at("");
        assert!(error.says("attribute pin_wo") && error.says("1.11"), "{diagnostics:?}");
    }
    host.end().await;
}
