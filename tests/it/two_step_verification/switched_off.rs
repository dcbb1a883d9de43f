//! Two-step verification that others have switched off, and the attribute that says what to do then.

use serde_json::{Value, json};

use crate::graph_stub::GraphStub;
use crate::host::{Host, calls::Stored, value::unknown};
use crate::two_step_verification::{
    RESOURCE, assert_updates_in_place, created, plain, post, ready,
};

#[tokio::test]
async fn a_pin_switched_off_by_others_is_planned_to_be_set_again_in_place() {
    let (graph, host) = ready().await;
    let off = found_off(&graph, &host, plain("271828")).await;
    let plan = host.provider.plan_update(RESOURCE, &off, plain("271828")).await;
    assert_updates_in_place(&plan);
    assert_eq!(plan.value["is_pin_enabled"], true);
    let stored = host.provider.apply(&plan).await.stored();
    assert_eq!(stored.value["is_pin_enabled"], true);
    assert_eq!(graph.requests().pop(), Some(post("271828")));
    host.end().await;
}

#[tokio::test]
async fn a_pin_switched_off_stays_off_where_the_configuration_says_so() {
    let (graph, host) = ready().await;
    let keep = |keep: bool| {
        let mut config = plain("271828");
        config["keep_enabled"] = json!(keep);
        config
    };
    let off = found_off(&graph, &host, keep(false)).await;
    let plan = host.provider.plan_update(RESOURCE, &off, keep(false)).await;
    assert!(plan.is_empty(), "{plan:?}");
    assert_updates_in_place(&host.provider.plan_update(RESOURCE, &off, keep(true)).await);
    assert_updates_in_place(&host.provider.plan_update(RESOURCE, &off, plain("271828")).await);
    host.end().await;
}

#[tokio::test]
async fn a_change_of_keep_enabled_alone_is_stored_and_sends_nothing() {
    let (graph, host) = ready().await;
    let mut stored = created(&host, plain("271828")).await;
    stored.value["is_pin_enabled"] = Value::Null;
    let mut config = plain("271828");
    config["keep_enabled"] = json!(false);
    let plan = host.provider.plan_update(RESOURCE, &stored, config).await;
    plan.diagnostics.none("PlanResourceChange");
    let mut expected = stored.value.clone();
    expected["keep_enabled"] = json!(false);
    assert_eq!(plan.value, expected);
    assert_eq!(host.provider.apply(&plan).await.stored().value, expected);
    assert_eq!(graph.requests(), [post("271828")], "only the create");
    host.end().await;
}

#[tokio::test]
async fn what_a_plan_leaves_open_is_settled_by_the_apply() {
    let (graph, host) = ready().await;
    let off = found_off(&graph, &host, plain("271828")).await;
    let mut open = plain("271828");
    open["keep_enabled"] = unknown();
    let plan = host.provider.plan_update(RESOURCE, &off, open).await;
    assert_eq!(
        (&plan.value["is_pin_enabled"], &plan.value["last_set_at"]),
        (&unknown(), &unknown())
    );
    let mut silent = created(&host, plain("271828")).await;
    silent.value["is_pin_enabled"] = Value::Null;
    let mut open = plain("271828");
    open["pin"] = unknown();
    let plan = host.provider.plan_update(RESOURCE, &silent, open).await;
    assert_eq!(plan.value["is_pin_enabled"], unknown(), "it may turn out to be the same PIN");
    host.end().await;
}

/// The state of a number that was set long ago, and that a refresh has found switched off.
async fn found_off(graph: &GraphStub, host: &Host, config: Value) -> Stored {
    let mut stored = created(host, config).await;
    stored.value["last_set_at"] = json!("2024-01-01T00:00:00Z");
    graph.disable_pin();
    let answer = host.provider.read(RESOURCE, &stored).await;
    answer.diagnostics.no_errors("ReadResource");
    assert_eq!(answer.diagnostics.warnings().count(), 1, "{answer:?}");
    let off = answer.stored();
    assert_eq!(off.value["is_pin_enabled"], false);
    off
}
