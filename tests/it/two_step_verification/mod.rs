//! The resource, call by call, against a Graph API that only knows PINs.

mod configuration;
mod switched_off;

use serde_json::{Value, json};

use crate::{
    graph_stub::{GraphStub, Request},
    host::{
        Host,
        calls::{Planned, Stored},
        value::unknown,
    },
};

#[tokio::test]
async fn create_sends_the_pin_once_and_stores_no_write_only_value() {
    let (graph, host) = ready().await;
    let plan = host.provider.plan_create(RESOURCE, write_only("271828", 1)).await;
    assert_eq!(plan.value["id"], NUMBER, "others can use it in their plans");
    assert_eq!(plan.value["is_pin_enabled"], true);
    assert_eq!(plan.value["last_set_at"], unknown());
    assert!(graph.requests().is_empty(), "a plan to create needs no call");
    let stored = host.provider.apply(&plan).await.stored();
    assert_eq!(graph.requests(), [post("271828")]);
    assert_eq!(stored.value["id"], NUMBER);
    assert!(stored.value["last_set_at"].as_str().is_some_and(|time| time.ends_with('Z')));
    assert_eq!(stored.identity, Some(json!({ "phone_number_id": NUMBER })));
    assert!(!String::from_utf8_lossy(&stored.private).contains("271828"));
    host.end().await;
}

#[tokio::test]
async fn a_pin_with_a_leading_zero_keeps_it() {
    let (graph, host) = ready().await;
    let stored = created(&host, plain("012345")).await;
    assert_eq!(stored.value["pin"], "012345");
    assert_eq!(graph.requests(), [post("012345")]);
    host.end().await;
}

/// Terraform plans once more before it applies, and that plan is refused; this is for whoever does not.
#[tokio::test]
async fn a_second_pin_in_one_run_is_not_sent_and_leaves_a_pin_that_is_not_known() {
    let (graph, host) = ready().await;
    let stored = created(&host, plain("271828")).await;
    let update = host.provider.plan_update(RESOURCE, &stored, plain("314159")).await;
    let other = host.provider.plan_create(RESOURCE, plain("730164")).await;
    host.provider.next_run().await;
    host.provider.apply_in_run(&other).await.stored();
    let answer = host.provider.apply_in_run(&update).await;
    let error = answer.diagnostics.only_error();
    assert!(error.summary == "Second PIN for One Phone Number" && error.says("not sent"));
    let left = answer.object.expect("an error drops nothing").value;
    assert_eq!((&left["pin"], &left["last_set_at"]), (&Value::Null, &Value::Null));
    assert_eq!(graph.requests(), [post("271828"), post("730164")]);
    host.end().await;
}

#[tokio::test]
async fn an_unchanged_configuration_plans_nothing() {
    let (_graph, host) = ready().await;
    for config in [plain("271828"), write_only("271828", 1)] {
        let stored = created(&host, config.clone()).await;
        let plan = host.provider.plan_update(RESOURCE, &stored, config).await;
        assert!(plan.is_empty(), "{plan:?}");
    }
    host.end().await;
}

#[tokio::test]
async fn only_the_version_sends_a_write_only_pin_again() {
    let (graph, host) = ready().await;
    let stored = created(&host, write_only("271828", 1)).await;
    let same_version = host.provider.plan_update(RESOURCE, &stored, write_only("314159", 1)).await;
    assert!(same_version.is_empty(), "a write-only value alone is invisible");
    let next_version = host.provider.plan_update(RESOURCE, &stored, write_only("314159", 2)).await;
    assert_updates_in_place(&next_version);
    host.provider.apply(&next_version).await.stored();
    assert_eq!(graph.requests(), [post("271828"), post("314159")]);
    host.end().await;
}

#[tokio::test]
async fn a_changed_pin_updates_in_place() {
    let (graph, host) = ready().await;
    let stored = created(&host, plain("271828")).await;
    let plan = host.provider.plan_update(RESOURCE, &stored, plain("314159")).await;
    assert_updates_in_place(&plan);
    let stored = host.provider.apply(&plan).await.stored();
    assert_eq!(stored.value["pin"], "314159");
    assert_eq!(graph.requests(), [post("271828"), post("314159")]);
    host.end().await;
}

#[tokio::test]
async fn moving_to_the_write_only_argument_clears_the_stored_pin() {
    let (_graph, host) = ready().await;
    let stored = created(&host, plain("271828")).await;
    let plan = host.provider.plan_update(RESOURCE, &stored, write_only("271828", 1)).await;
    assert_updates_in_place(&plan);
    let stored = host.provider.apply(&plan).await.stored();
    assert_eq!(stored.value["pin"], Value::Null);
    host.end().await;
}

#[tokio::test]
async fn another_number_is_another_resource() {
    let (_graph, host) = ready().await;
    let stored = created(&host, plain("271828")).await;
    let config = json!({ "phone_number_id": "15550783881", "pin": "271828" });
    let plan = host.provider.plan_update(RESOURCE, &stored, config).await;
    assert_eq!(plan.requires_replace, ["phone_number_id"]);
    host.end().await;
}

#[tokio::test]
async fn destroy_warns_and_calls_nobody() {
    let (graph, host) = ready().await;
    let stored = created(&host, plain("271828")).await;
    let plan = host.provider.plan_destroy(RESOURCE, &stored).await;
    assert!(plan.diagnostics.warnings().any(|warning| warning.says("stays on")), "{plan:?}");
    let answer = host.provider.apply(&plan).await;
    answer.diagnostics.no_errors("ApplyResourceChange");
    assert!(answer.object.is_none());
    assert!(answer.diagnostics.warnings().any(|warning| warning.says("stays on")), "{answer:?}");
    assert_eq!(graph.requests(), [post("271828")], "only the create");
    host.end().await;
}

#[tokio::test]
async fn destroy_works_without_a_token() {
    let host = Host::start().await;
    host.provider.configure(json!({})).await.none("Configure");
    let value = json!({ "phone_number_id": NUMBER, "pin": "271828", "pin_wo": null,
        "pin_wo_version": null, "last_set_at": null, "id": NUMBER, "is_pin_enabled": null,
        "keep_enabled": null });
    let stored = Stored { value, private: Vec::new(), identity: None };
    let plan = host.provider.plan_destroy(RESOURCE, &stored).await;
    host.provider.apply(&plan).await.diagnostics.no_errors("ApplyResourceChange");
    host.end().await;
}

#[tokio::test]
async fn a_refresh_keeps_what_is_still_on() {
    let (graph, host) = ready().await;
    let stored = created(&host, write_only("271828", 1)).await;
    let answer = host.provider.read(RESOURCE, &stored).await;
    answer.diagnostics.none("ReadResource");
    let refreshed = answer.stored();
    assert_eq!(refreshed.value, stored.value);
    assert_eq!(refreshed.private, stored.private, "what is not returned is lost");
    assert_eq!(refreshed.identity, stored.identity);
    let read = graph.requests().pop().expect("a request for the refresh");
    let (path, query) = read.line.split_once('?').expect("only two fields are asked for");
    assert_eq!(path, format!("GET /v24.0/{NUMBER}"));
    assert!(["fields=id,is_pin_enabled", "fields=id%2Cis_pin_enabled"].contains(&query), "{query}");
    host.end().await;
}

#[tokio::test]
async fn a_refresh_right_after_our_own_change_does_not_believe_that_the_pin_is_off() {
    let (graph, host) = ready().await;
    let stored = created(&host, plain("271828")).await;
    graph.disable_pin();
    let answer = host.provider.read(RESOURCE, &stored).await;
    assert_eq!(answer.diagnostics.warnings().count(), 1, "{answer:?}");
    assert_eq!(answer.stored().value, stored.value);
    host.end().await;
}

#[tokio::test]
async fn a_time_far_in_the_future_does_not_hide_that_the_pin_is_off() {
    let (graph, host) = ready().await;
    let mut stored = created(&host, plain("271828")).await;
    stored.value["last_set_at"] = json!("2999-01-01T00:00:00Z");
    graph.disable_pin();
    let answer = host.provider.read(RESOURCE, &stored).await;
    answer.diagnostics.no_errors("ReadResource");
    assert_eq!(answer.stored().value["is_pin_enabled"], false);
    host.end().await;
}

#[tokio::test]
async fn a_refresh_mends_a_lost_id() {
    let (_graph, host) = ready().await;
    let mut stored = created(&host, plain("271828")).await;
    stored.value["id"] = Value::Null;
    let refreshed = host.provider.read(RESOURCE, &stored).await.stored();
    assert_eq!(refreshed.value["id"], NUMBER);
    host.end().await;
}

#[tokio::test]
async fn a_bad_number_in_the_state_is_not_blamed_on_the_configuration() {
    let (graph, host) = ready().await;
    let mut stored = created(&host, plain("271828")).await;
    for bad in [Value::Null, json!(""), json!("../x"), json!("+1 555 078 3881")] {
        stored.value["phone_number_id"] = bad;
        let answer = host.provider.read(RESOURCE, &stored).await;
        let error = answer.diagnostics.only_error_at("");
        assert!(error.says("state rm") && error.says("backup"), "{error:?}");
    }
    assert_eq!(graph.requests(), [post("271828")], "only the create");
    host.end().await;
}

#[tokio::test]
async fn import_takes_the_number_by_id_and_by_identity() {
    let (_graph, host) = ready().await;
    let by_id = host.provider.import(RESOURCE, NUMBER).await.stored();
    let identity = json!({ "phone_number_id": NUMBER });
    let by_identity = host.provider.import_by_identity(RESOURCE, identity.clone()).await.stored();
    for imported in [by_id, by_identity] {
        assert_eq!(imported.value["id"], NUMBER);
        assert_eq!(imported.value["phone_number_id"], NUMBER);
        assert_eq!(imported.value["last_set_at"], Value::Null);
        assert_eq!(imported.identity, Some(identity.clone()));
        let refreshed = host.provider.read(RESOURCE, &imported).await.stored();
        let plan = host.provider.plan_update(RESOURCE, &refreshed, plain("271828")).await;
        assert_updates_in_place(&plan);
    }
    host.end().await;
}

#[tokio::test]
async fn import_refuses_what_is_no_number_id() {
    let (_graph, host) = ready().await;
    for id in ["+1 555 078 3881", "abc", "1/2", "12?x", "１２３"] {
        let answer = host.provider.import(RESOURCE, id).await;
        assert!(answer.diagnostics.has_errors() && answer.object.is_none(), "{id:?}: {answer:?}");
    }
    host.end().await;
}

#[tokio::test]
async fn a_refused_create_stores_nothing_and_a_refused_update_keeps_the_old_state() {
    let (graph, host) = ready().await;
    let stored = created(&host, plain("271828")).await;
    graph.refuse(json!({ "message": "(#100) Invalid parameter", "type": "OAuthException",
        "code": 100, "fbtrace_id": "Atrace" }));
    let plan = host.provider.plan_create(RESOURCE, plain("314159")).await;
    let answer = host.provider.apply(&plan).await;
    assert!(answer.object.is_none(), "{answer:?}");
    let error = answer.diagnostics.only_error();
    assert!(error.says("Atrace") && error.says("100") && error.says(NUMBER), "{error:?}");
    assert!(!error.says("314159"));
    let plan = host.provider.plan_update(RESOURCE, &stored, plain("314159")).await;
    let answer = host.provider.apply(&plan).await;
    assert!(answer.diagnostics.has_errors());
    // Null beside an error keeps the prior state as well.
    assert!(answer.object.is_none_or(|object| object.value == stored.value));
    host.end().await;
}

#[tokio::test]
async fn a_missing_token_is_noticed_when_a_call_needs_it() {
    let graph = GraphStub::start().await;
    let host = Host::start().await;
    host.provider.configure(json!({ "base_url": graph.url() })).await.none("Configure");
    let plan = host.provider.plan_create(RESOURCE, plain("271828")).await;
    let answer = host.provider.apply(&plan).await;
    assert!(answer.diagnostics.only_error().says("access_token"), "{answer:?}");
    assert!(graph.requests().is_empty());
    host.end().await;
}

#[tokio::test]
async fn an_unknown_token_still_lets_a_plan_render() {
    let host = Host::start().await;
    let config = json!({ "access_token": unknown() });
    host.provider.configure(config).await.none("Configure");
    let plan = host.provider.plan_create(RESOURCE, plain("271828")).await;
    plan.diagnostics.no_errors("PlanResourceChange");
    host.end().await;
}

#[tokio::test]
async fn states_are_upgraded_tolerantly() {
    let host = Host::start().await;
    let json = format!(r#"{{ "phone_number_id": "{NUMBER}", "id": "{NUMBER}", "retired": [1] }}"#);
    let (value, diagnostics) = host.provider.upgrade(RESOURCE, 0, &json).await;
    diagnostics.none("UpgradeResourceState");
    assert_eq!(value["phone_number_id"], NUMBER);
    assert_eq!(value["pin_wo_version"], Value::Null);
    let json = json.replace("\"retired\": [1]", "\"pin_wo_version\": 7");
    let (value, _) = host.provider.upgrade(RESOURCE, 0, &json).await;
    assert_eq!(value["pin_wo_version"], "7", "it was a number once");
    host.end().await;
}

#[tokio::test]
async fn only_a_state_of_our_own_can_be_moved() {
    let host = Host::start().await;
    let json = format!(r#"{{ "phone_number_id": "{NUMBER}", "id": "{NUMBER}" }}"#);
    let ours = "registry.terraform.io/waba/whatsapp";
    let moved = host.provider.moved(ours, RESOURCE, &json, RESOURCE).await;
    assert_eq!(moved.stored().value["id"], NUMBER);
    for (address, type_name) in
        [(ours, "whatsapp_other"), ("registry.terraform.io/acme/other", "other_thing")]
    {
        let answer = host.provider.moved(address, type_name, &json, RESOURCE).await;
        assert!(answer.diagnostics.has_errors() && answer.object.is_none(), "{answer:?}");
    }
    host.end().await;
}

async fn ready() -> (GraphStub, Host) {
    let graph = GraphStub::start().await;
    let host = Host::start().await;
    let config = json!({ "access_token": "EAAtest", "base_url": graph.url(), "max_retries": 0 });
    host.provider.configure(config).await.none("Configure");
    (graph, host)
}

async fn created(host: &Host, config: Value) -> Stored {
    let plan = host.provider.plan_create(RESOURCE, config).await;
    host.provider.apply(&plan).await.stored()
}

fn assert_updates_in_place(plan: &Planned) {
    plan.diagnostics.no_errors("PlanResourceChange");
    assert!(!plan.is_empty(), "{plan:?}");
    assert!(plan.requires_replace.is_empty(), "{plan:?}");
    assert_eq!(plan.value["last_set_at"], unknown());
    assert_eq!(plan.value["id"], NUMBER, "known already");
}

fn plain(pin: &str) -> Value {
    json!({ "phone_number_id": NUMBER, "pin": pin })
}

fn write_only(pin: &str, version: i64) -> Value {
    json!({ "phone_number_id": NUMBER, "pin_wo": pin, "pin_wo_version": version.to_string() })
}

fn post(pin: &str) -> Request {
    Request { line: format!("POST /v24.0/{NUMBER}"), body: json!({ "pin": pin }) }
}

const RESOURCE: &str = "whatsapp_two_step_verification";
const NUMBER: &str = "106540352242922";
