//! The list of an account's numbers for `terraform query`.

use serde_json::{Value, json};

use crate::fleet::{RESOURCE, account, arrived, calls, configured, fleet_of};
use crate::host::{Host, within};
use crate::sandbox::{DEFAULT_ACCOUNT, Fault, GraphError, PhoneNumber, Rule, Sandbox};

#[tokio::test]
async fn numbers_are_listed_with_their_names_all_or_those_that_are_on_or_off() {
    let api = Sandbox::builder()
        .with_number(PhoneNumber::new("1", "+1 555-1").with_pin("271828"))
        .with_number(PhoneNumber::new("2", "+1 555-2"))
        .with_number(PhoneNumber::new("3", "+1 555-3").with_pin("271828"))
        .start();
    let host = configured(&api, account()).await;
    let mut listed = Vec::new();
    for (filter, expected) in [
        (json!({ "is_pin_enabled": true }), &["1", "3"][..]),
        (json!({ "is_pin_enabled": false }), &["2"]),
        (json!({}), &["1", "2", "3"]),
    ] {
        let (found, diagnostics) = host.provider.list(RESOURCE, filter, false, 100).await;
        diagnostics.none("ListResource");
        let ids: Vec<_> = found.iter().map(|item| &item.identity["phone_number_id"]).collect();
        assert_eq!(ids, expected);
        listed = found;
    }
    assert_eq!(listed[2].display_name, "+1 555-3 (Sandbox Ltd)");
    assert!(listed.iter().all(|item| item.object.is_none()), "nobody asked for it");
    host.end().await;
}

#[tokio::test]
async fn listed_objects_become_configuration_that_says_what_is_missing() {
    let (_api, host) = fleet_of(3).await;
    let (listed, diagnostics) = host.provider.list(RESOURCE, json!({}), true, 100).await;
    let warnings: Vec<_> = diagnostics.warnings().collect();
    let [warning] = warnings[..] else { panic!("one warning, not {diagnostics:?}") };
    assert!(warning.says("pin_wo_version"), "{warning:?}");
    let state = listed[0].object.clone().expect("it was asked for");
    assert_eq!(state["id"], Sandbox::number_id(0));
    let (config, diagnostics) = host.provider.generate_config(RESOURCE, &state).await;
    diagnostics.none("GenerateResourceConfig");
    let members = config.as_object().expect("a configuration");
    let written: Vec<_> = members.iter().filter(|(_, value)| !value.is_null()).collect();
    assert_eq!(written, [(&"phone_number_id".to_owned(), &json!(Sandbox::number_id(0)))]);
    let refused = host.provider.validate(RESOURCE, config).await;
    let error = refused.only_error();
    assert!(error.summary == "PIN Missing" && error.says("generated"), "{error:?}");
    host.end().await;
}

#[tokio::test]
async fn nothing_is_generated_from_nothing() {
    let host = Host::start().await;
    let (config, diagnostics) = host.provider.generate_config(RESOURCE, &Value::Null).await;
    diagnostics.none("GenerateResourceConfig");
    assert_eq!(config, Value::Null);
    host.end().await;
}

#[tokio::test]
async fn a_limit_saves_pages() {
    let (api, host) = fleet_of(1_000).await;
    let (listed, diagnostics) = host.provider.list(RESOURCE, json!({}), false, 5).await;
    diagnostics.none("ListResource");
    assert_eq!((listed.len(), calls(&api)), (5, (1, 0)));
    host.end().await;
}

#[tokio::test]
async fn all_pages_are_listed() {
    let (api, host) = fleet_of(250).await;
    let (listed, diagnostics) = host.provider.list(RESOURCE, json!({}), false, 1_000).await;
    diagnostics.none("ListResource");
    assert_eq!((listed.len(), calls(&api)), (250, (3, 0)));
    host.end().await;
}

#[tokio::test]
async fn a_failure_ends_the_list_after_what_was_found() {
    let (api, host) = fleet_of(150).await;
    let error = GraphError::unsupported("get", DEFAULT_ACCOUNT);
    api.inject(Fault::FailOnPage { page: 2, error });
    let (listed, diagnostics) = host.provider.list(RESOURCE, json!({}), false, 1_000).await;
    assert_eq!(listed.len(), 100);
    let error = diagnostics.only_error_at("business_account_id");
    assert!(error.says(DEFAULT_ACCOUNT) && error.says("system user"), "{error:?}");
    host.end().await;
}

#[tokio::test]
async fn another_served_version_is_said_once() {
    let (api, host) = fleet_of(3).await;
    api.inject(Fault::ServedVersion("v23.0".to_owned()));
    let (listed, diagnostics) = host.provider.list(RESOURCE, json!({}), false, 100).await;
    assert_eq!((listed.len(), diagnostics.warnings().count()), (3, 1), "{diagnostics:?}");
    host.end().await;
}

#[tokio::test]
async fn stop_ends_a_list() {
    let (api, host) = fleet_of(1).await;
    api.inject(Rule::new(Fault::Hang).on_lists());
    let stop = async {
        arrived(&api, 1).await;
        host.provider.stop().await;
    };
    let list = host.provider.list(RESOURCE, json!({}), false, 100);
    let both = futures_util::future::join(list, stop);
    let ((_, diagnostics), ()) = within(5, "the end of the list", both).await;
    assert!(diagnostics.only_error().says("stop"), "{diagnostics:?}");
    host.end().await;
}
