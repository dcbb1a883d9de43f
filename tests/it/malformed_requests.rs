//! Hostile bytes where values are expected: an error to read, no crash, no hang, no large memory.

use std::fs;

use serde_json::json;

use crate::host::{
    Host, diagnostic,
    message::{capabilities, dynamic, raw, unwrap},
    proto::tfplugin5::{self as wire, Diagnostic, DynamicValue, RawState, ResourceIdentityData},
    within,
};

#[tokio::test]
async fn hostile_configurations_are_refused() {
    let host = Host::start().await;
    let mut client = host.provider.client();
    for (name, value) in hostile_values() {
        let request = wire::prepare_provider_config::Request { config: Some(value.clone()) };
        let answer = unwrap("PrepareProviderConfig", client.prepare_provider_config(request).await);
        assert_refused("PrepareProviderConfig", name, answer.diagnostics);

        let request = wire::configure::Request {
            terraform_version: "1.14.9".to_owned(),
            config: Some(value.clone()),
            client_capabilities: capabilities(),
        };
        let answer = unwrap("Configure", client.configure(request).await);
        assert_refused("Configure", name, answer.diagnostics);

        let request = wire::validate_resource_type_config::Request {
            type_name: RESOURCE.to_owned(),
            config: Some(value),
            client_capabilities: capabilities(),
        };
        let answer = client.validate_resource_type_config(request).await;
        let answer = unwrap("ValidateResourceTypeConfig", answer);
        assert_refused("ValidateResourceTypeConfig", name, answer.diagnostics);
    }
    assert_unharmed(host).await;
}

#[tokio::test]
async fn hostile_states_are_refused() {
    let host = Host::start().await;
    let mut client = host.provider.client();
    for (name, value) in hostile_values() {
        let request = wire::read_resource::Request {
            type_name: RESOURCE.to_owned(),
            current_state: Some(value.clone()),
            ..Default::default()
        };
        let answer = unwrap("ReadResource", client.read_resource(request).await);
        assert_refused("ReadResource", name, answer.diagnostics);

        let request = wire::generate_resource_config::Request {
            type_name: RESOURCE.to_owned(),
            state: Some(value),
        };
        let answer =
            unwrap("GenerateResourceConfig", client.generate_resource_config(request).await);
        assert_refused("GenerateResourceConfig", name, answer.diagnostics);
    }
    assert_unharmed(host).await;
}

#[tokio::test]
async fn hostile_values_in_any_place_of_a_plan_are_refused() {
    let host = Host::start().await;
    let mut client = host.provider.client();
    let good = good_value(&host);
    for (name, value) in hostile_values() {
        for place in 0..3 {
            let at = |position| Some(if place == position { value.clone() } else { good.clone() });
            let request = wire::plan_resource_change::Request {
                type_name: RESOURCE.to_owned(),
                prior_state: at(0),
                proposed_new_state: at(1),
                config: at(2),
                client_capabilities: capabilities(),
                ..Default::default()
            };
            let answer = unwrap("PlanResourceChange", client.plan_resource_change(request).await);
            assert_refused("PlanResourceChange", name, answer.diagnostics);
        }
    }
    assert_unharmed(host).await;
}

#[tokio::test]
async fn hostile_values_in_any_place_of_an_apply_are_refused() {
    let host = Host::start().await;
    let mut client = host.provider.client();
    let good = good_value(&host);
    for (name, value) in hostile_values() {
        for place in 0..3 {
            let at = |position| Some(if place == position { value.clone() } else { good.clone() });
            let request = wire::apply_resource_change::Request {
                type_name: RESOURCE.to_owned(),
                prior_state: at(0),
                planned_state: at(1),
                config: at(2),
                ..Default::default()
            };
            let answer = unwrap("ApplyResourceChange", client.apply_resource_change(request).await);
            assert_refused("ApplyResourceChange", name, answer.diagnostics);
        }
    }
    assert_unharmed(host).await;
}

#[tokio::test]
async fn hostile_identities_are_refused() {
    let host = Host::start().await;
    let mut client = host.provider.client();
    for (name, value) in hostile_values() {
        let request = wire::import_resource_state::Request {
            type_name: RESOURCE.to_owned(),
            identity: Some(ResourceIdentityData { identity_data: Some(value) }),
            ..Default::default()
        };
        let answer = unwrap("ImportResourceState", client.import_resource_state(request).await);
        assert_refused("ImportResourceState", name, answer.diagnostics);
    }
    assert_unharmed(host).await;
}

#[tokio::test]
async fn hostile_state_files_are_refused() {
    let host = Host::start().await;
    let mut client = host.provider.client();
    let deep = format!("{{\"id\":{}", "[".repeat(100_000));
    for json in ["{", "[]", "7", "\"text\"", r#"{"phone_number_id": {}}"#, deep.as_str()] {
        let name = &json[..json.len().min(30)];
        let request = wire::upgrade_resource_state::Request {
            type_name: RESOURCE.to_owned(),
            version: 0,
            raw_state: raw(json),
        };
        let answer = unwrap("UpgradeResourceState", client.upgrade_resource_state(request).await);
        assert_refused("UpgradeResourceState", name, answer.diagnostics);
        let request = move_request(raw(json));
        let answer = unwrap("MoveResourceState", client.move_resource_state(request).await);
        assert_refused("MoveResourceState", name, answer.diagnostics);
    }
    let flatmap =
        RawState { json: Vec::new(), flatmap: [("id".to_owned(), "1".to_owned())].into() };
    let answer = client.move_resource_state(move_request(Some(flatmap))).await;
    unwrap("MoveResourceState with a flatmap", answer);
    assert_unharmed(host).await;
}

#[tokio::test]
async fn an_empty_stored_state_is_an_error_and_not_a_vanished_object() {
    let host = Host::start().await;
    let mut client = host.provider.client();
    for raw_state in [None, Some(RawState::default()), raw("null")] {
        let name = format!("{raw_state:?}");
        let request = wire::upgrade_resource_state::Request {
            type_name: RESOURCE.to_owned(),
            version: 0,
            raw_state: raw_state.clone(),
        };
        let answer = unwrap("UpgradeResourceState", client.upgrade_resource_state(request).await);
        assert_refused("UpgradeResourceState", &name, answer.diagnostics);
        let answer = client.move_resource_state(move_request(raw_state)).await;
        let answer = unwrap("MoveResourceState", answer);
        assert_refused("MoveResourceState", &name, answer.diagnostics);
    }
    host.end().await;
}

#[tokio::test]
async fn private_data_that_is_not_ours_does_no_harm() {
    let host = Host::start().await;
    let rubbish = b"\xff\x00{\"set_at\":".to_vec();
    let good = good_value(&host);
    let request = wire::plan_resource_change::Request {
        type_name: RESOURCE.to_owned(),
        prior_state: Some(good.clone()),
        proposed_new_state: Some(good.clone()),
        config: Some(good),
        prior_private: rubbish,
        ..Default::default()
    };
    let answer = host.provider.client().plan_resource_change(request).await;
    let answer = unwrap("PlanResourceChange", answer);
    diagnostic::read(answer.diagnostics).no_errors("PlanResourceChange");
    assert_unharmed(host).await;
}

fn hostile_values() -> Vec<(&'static str, DynamicValue)> {
    let cases: [(&str, &[u8]); 14] = [
        ("a code that does not exist", &[0xc1]),
        ("a cut map", &[0x86, 0xa2, b'i', b'd']),
        ("a map of 4 billion", &[0xdf, 0xff, 0xff, 0xff, 0xff]),
        ("an array of 4 billion", &[0xdd, 0xff, 0xff, 0xff, 0xff]),
        ("a string of 4 GiB", &[0xdb, 0xff, 0xff, 0xff, 0xff, b'x']),
        ("bytes of 4 GiB", &[0xc6, 0xff, 0xff, 0xff, 0xff, 0]),
        ("an extension of 4 GiB", &[0xc9, 0xff, 0xff, 0xff, 0xff, 12]),
        ("an empty object", &[0x80]),
        ("a number", &[0x07]),
        ("a string", &[0xa1, b'x']),
        ("a string that is not UTF-8", &[0x81, 0xa2, 0xff, 0xfe, 0xc0]),
        ("a map with a number as key", &[0x81, 0x01, 0x02]),
        ("an attribute that does not exist", &[0x81, 0xa5, b'b', b'o', b'g', b'u', b's', 0xc0]),
        ("a key 4 GiB long", &[0x81, 0xdb, 0xff, 0xff, 0xff, 0xff]),
    ];
    let msgpack = |bytes: Vec<u8>| DynamicValue { msgpack: bytes, json: Vec::new() };
    let mut values: Vec<_> =
        cases.into_iter().map(|(name, bytes)| (name, msgpack(bytes.to_vec()))).collect();
    values.push(("arrays 100,000 deep", msgpack(vec![0x91; 100_000])));
    let deep_below_a_key = [&[0x81, 0xa2, b'i', b'd'][..], &[0x81, 0xa0].repeat(100_000)].concat();
    values.push(("maps 100,000 deep", msgpack(deep_below_a_key)));
    values.push(("broken JSON", DynamicValue { msgpack: Vec::new(), json: b"{\"id\":".to_vec() }));
    values
}

/// A complete object of the resource.
fn good_value(host: &Host) -> DynamicValue {
    let kind = host.provider.schemas.resource(RESOURCE).kind();
    dynamic(&kind, &json!({ "phone_number_id": "106540352242922", "pin": "271828" }))
}

fn move_request(source_state: Option<RawState>) -> wire::move_resource_state::Request {
    wire::move_resource_state::Request {
        source_provider_address: "registry.terraform.io/waba/whatsapp".to_owned(),
        source_type_name: RESOURCE.to_owned(),
        target_type_name: RESOURCE.to_owned(),
        source_state,
        ..Default::default()
    }
}

fn assert_refused(call: &str, name: &str, diagnostics: Vec<Diagnostic>) {
    assert!(diagnostic::read(diagnostics).has_errors(), "{call} accepts {name}");
}

/// The same process still answers, has stayed small, and ends in order.
async fn assert_unharmed(host: Host) {
    let answer = within(5, "an answer after the rubbish", host.provider.prepare(json!({}))).await;
    answer.none("PrepareProviderConfig");
    let status = format!("/proc/{}/status", host.process.id().as_raw_nonzero());
    // Only Linux tells; elsewhere the answer above has to do.
    if let Ok(status) = fs::read_to_string(status) {
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let digits: String =
            peak.unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
        let kibibytes: u64 = digits.parse().expect("a peak of the memory in KiB");
        assert!(kibibytes < 200 << 10, "the provider has grown to {kibibytes} KiB");
    }
    host.end().await;
}

const RESOURCE: &str = "whatsapp_two_step_verification";
