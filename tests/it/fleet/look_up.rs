//! Looking numbers up, one and all.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::fleet::{NUMBER, NUMBERS, RESOURCE, account, calls, configured, fleet_of};
use crate::host::Host;
use crate::host::diagnostic::Diagnostics;
use crate::host::value::unknown;
use crate::sandbox::{DEFAULT_ACCOUNT, DEFAULT_TOKEN, Fault, GraphError, Rule, Sandbox, Token};

#[tokio::test]
async fn an_id_costs_one_call_and_tells_all() {
    let api = Sandbox::start();
    let host = configured(&api, json!({})).await;
    let config = json!({ "phone_number_id": "106540352242922" });
    let (found, diagnostics) = host.provider.read_data(NUMBER, config).await;
    diagnostics.none("ReadDataSource");
    assert_eq!(found["display_phone_number"], "+1 555-010-0001");
    assert_eq!(found["verified_name"], "Sandbox Ltd");
    assert_eq!(found["is_pin_enabled"], false);
    assert_eq!(found["code_verification_status"], "VERIFIED");
    assert_eq!(found["quality_rating"], "GREEN");
    assert_eq!(found["status"], "CONNECTED");
    assert_eq!(found["name_status"], "APPROVED");
    assert_eq!(found["platform_type"], "CLOUD_API");
    assert_eq!(calls(&api), (0, 1));
    host.end().await;
}

#[tokio::test]
async fn what_meta_does_not_say_is_null() {
    let api = Sandbox::start();
    api.edit_number("106540352242922", |number| {
        (number.verified_name, number.name_status) = (None, None);
    });
    api.inject(Fault::WithoutPinFlag);
    let host = configured(&api, json!({})).await;
    let config = json!({ "phone_number_id": "106540352242922" });
    let (found, diagnostics) = host.provider.read_data(NUMBER, config).await;
    diagnostics.none("ReadDataSource");
    for attribute in ["verified_name", "name_status", "is_pin_enabled"] {
        assert_eq!(found[attribute], Value::Null);
    }
    host.end().await;
}

#[tokio::test]
async fn a_number_is_found_as_people_write_it() {
    let (_api, host) = fleet_of(150).await;
    for written in [
        "+1 555-100-0123",
        "15551000123",
        "+1 (555) 100.0123",
        "001 555 1000123",
        "\u{a0}+1\u{2011}555\u{2011}100\u{2011}0123 ",
    ] {
        let config = json!({ "display_phone_number": written });
        let (found, diagnostics) = host.provider.read_data(NUMBER, config).await;
        diagnostics.none("ReadDataSource");
        assert_eq!(found["phone_number_id"], Sandbox::number_id(123));
        assert_eq!(found["display_phone_number"], written, "as it was written");
    }
    host.end().await;
}

#[tokio::test]
async fn a_number_without_its_country_code_is_refused_with_those_it_may_mean() {
    let (_api, host) = fleet_of(30).await;
    for written in ["555-100-0007", "0555 100 0007"] {
        let error = look_up(&host, json!({ "display_phone_number": written })).await;
        let error = error.only_error_at("display_phone_number");
        assert!(error.says("country code"), "{error:?}");
        assert!(error.says("+1 555-100-0007") && error.says(&Sandbox::number_id(7)));
        assert!(!error.says("+1 555-100-0008"), "only what it may mean: {error:?}");
    }
    host.end().await;
}

#[tokio::test]
async fn no_match_lists_what_there_is() {
    let (api, host) = fleet_of(25).await;
    let error = look_up(&host, json!({ "display_phone_number": "+49 30 901820" })).await;
    let error = error.only_error_at("display_phone_number");
    assert!(error.says("+1 555-100-0000") && error.says(&Sandbox::number_id(0)), "{error:?}");
    assert!(error.says("and 5 more") && error.says(DEFAULT_ACCOUNT), "{error:?}");
    assert_eq!(calls(&api), (1, 0));
    host.end().await;
}

#[tokio::test]
async fn an_account_without_numbers_says_so() {
    let api = Sandbox::builder().account(DEFAULT_ACCOUNT).start();
    let host = configured(&api, account()).await;
    let error = look_up(&host, json!({ "display_phone_number": "+49 30 901820" })).await;
    assert!(error.only_error_at("display_phone_number").says("no phone numbers"), "{error:?}");
    host.end().await;
}

#[tokio::test]
async fn two_matches_list_both() {
    let api = Sandbox::builder().number("1", "+1 555-1").number("2", "+15 551").start();
    let host = configured(&api, account()).await;
    let error = look_up(&host, json!({ "display_phone_number": "+1 5551" })).await;
    let error = error.only_error_at("display_phone_number");
    assert!(error.says("+1 555-1: ID 1") && error.says("+15 551: ID 2"), "{error:?}");
    host.end().await;
}

#[tokio::test]
async fn many_look_ups_share_one_list() {
    let (api, host) = fleet_of(150).await;
    let look_ups = (0..150).map(async |index| {
        let config = json!({ "display_phone_number": format!("+1 555 100 {index:04}") });
        let (found, diagnostics) = host.provider.read_data(NUMBER, config).await;
        diagnostics.none("ReadDataSource");
        assert_eq!(found["phone_number_id"], Sandbox::number_id(index));
    });
    join_all(look_ups).await;
    assert_eq!(every_number(&host).await.len(), 150);
    assert_eq!(calls(&api), (2, 0));
    host.end().await;
}

#[tokio::test]
async fn a_look_up_after_a_write_sees_what_was_written() {
    let api = Sandbox::builder().numbers(2).start();
    let host = configured(&api, account()).await;
    assert_eq!(every_number(&host).await[0]["is_pin_enabled"], false);
    let number = Sandbox::number_id(0);
    let config = json!({ "phone_number_id": number, "pin": "314159" });
    let plan = host.provider.plan_create(RESOURCE, config).await;
    host.provider.apply(&plan).await.stored();
    assert_eq!(every_number(&host).await[0]["is_pin_enabled"], true);
    host.end().await;
}

#[tokio::test]
async fn every_page_of_an_account_is_read() {
    let (api, host) = fleet_of(250).await;
    let found = every_number(&host).await;
    let ids: Vec<_> = found.iter().map(|number| number["phone_number_id"].clone()).collect();
    let wanted: Vec<_> = (0..250).map(|index| json!(Sandbox::number_id(index))).collect();
    assert_eq!(ids, wanted);
    assert_eq!(calls(&api), (3, 0));
    host.end().await;
}

#[tokio::test]
async fn a_list_without_end_is_an_error() {
    for oddity in [Fault::RepeatedCursor, Fault::EmptyPageWithNext] {
        let (api, host) = fleet_of(150).await;
        api.inject(oddity);
        let (_, diagnostics) = host.provider.read_data(NUMBERS, json!({})).await;
        let error = diagnostics.only_error();
        assert!(error.says(DEFAULT_ACCOUNT) && error.says("a list"), "{error:?}");
        assert!(calls(&api).0 <= 20, "{:?}", calls(&api));
        host.end().await;
    }
}

#[tokio::test]
async fn a_token_that_may_not_see_the_account_is_explained() {
    let (api, host) = fleet_of(1).await;
    api.set_tokens([Token::new(DEFAULT_TOKEN).seeing_only(["999"])]);
    for type_name in [NUMBER, NUMBERS] {
        let config = match type_name {
            NUMBER => json!({ "display_phone_number": "+1 555" }),
            _ => json!({}),
        };
        host.provider.next_run().await;
        let (_, diagnostics) = host.provider.read_data(type_name, config).await;
        let error = diagnostics.only_error_at("business_account_id");
        assert!(error.says(DEFAULT_ACCOUNT) && error.says("system user"), "{error:?}");
        assert!(error.says("100") && error.says("subcode 33"), "{error:?}");
        assert!(!error.says("phone_number_id"), "the account is at fault: {error:?}");
    }
    host.end().await;
}

#[tokio::test]
async fn a_missing_permission_is_explained() {
    let (api, host) = fleet_of(1).await;
    let error = GraphError::new(403, 200, "(#200) Permissions error");
    api.inject(Rule::new(Fault::Error(error)).on_lists());
    let (_, diagnostics) = host.provider.read_data(NUMBERS, json!({})).await;
    let error = diagnostics.only_error_at("business_account_id");
    assert!(error.says("whatsapp_business_management"), "{error:?}");
    host.end().await;
}

#[tokio::test]
async fn the_account_may_be_given_here_or_in_the_provider_or_is_asked_for() {
    let api = Sandbox::builder().account("1").number("11", "+1 555-1").start();
    let host = configured(&api, json!({})).await;
    let (found, diagnostics) =
        host.provider.read_data(NUMBERS, json!({ "business_account_id": "1" })).await;
    diagnostics.none("ReadDataSource");
    assert_eq!(found["phone_numbers"][0]["phone_number_id"], "11");
    let (_, diagnostics) = host.provider.read_data(NUMBERS, json!({})).await;
    let error = diagnostics.only_error_at("business_account_id");
    assert!(error.says("WHATSAPP_BUSINESS_ACCOUNT_IDS"), "{error:?}");
    host.end().await;
    let host = configured(&api, json!({ "business_account_ids": unknown() })).await;
    let (_, diagnostics) = host.provider.read_data(NUMBERS, json!({})).await;
    assert!(diagnostics.only_error().says("known only after apply"), "{diagnostics:?}");
    host.end().await;
}

#[tokio::test]
async fn what_cannot_be_looked_up_is_refused_offline() {
    let host = Host::start().await;
    for (path, config) in [
        ("", json!({})),
        ("display_phone_number", json!({ "phone_number_id": "1", "display_phone_number": "+1" })),
        ("display_phone_number", json!({ "display_phone_number": "+ -" })),
        ("phone_number_id", json!({ "phone_number_id": "+1 555-010-0001" })),
        ("business_account_id", json!({ "phone_number_id": "1", "business_account_id": "x" })),
    ] {
        host.provider.validate_data(NUMBER, config).await.only_error_at(path);
    }
    let unknowns = json!({ "phone_number_id": unknown(), "business_account_id": unknown() });
    host.provider.validate_data(NUMBER, unknowns).await.none("ValidateDataSourceConfig");
    let account = json!({ "business_account_id": "1/2" });
    let refused = host.provider.validate_data(NUMBERS, account).await;
    refused.only_error_at("business_account_id");
    host.end().await;
}

async fn every_number(host: &Host) -> Vec<Value> {
    let (found, diagnostics) = host.provider.read_data(NUMBERS, json!({})).await;
    diagnostics.none("ReadDataSource");
    found["phone_numbers"].as_array().expect("a list").clone()
}

async fn look_up(host: &Host, config: Value) -> Diagnostics {
    host.provider.read_data(NUMBER, config).await.1
}
