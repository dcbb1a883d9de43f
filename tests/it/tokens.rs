//! The access token: known or not, missing, or written in one of the ways people write it.

use serde_json::{Value, json};

use crate::{
    graph_stub::GraphStub,
    host::{Host, process::Launch, value::unknown},
};

#[tokio::test]
async fn blanks_and_line_ends_around_a_token_do_no_harm() {
    for token in ["EAAtest", "  EAAtest", "EAAtest\n", "\tEAAtest \r\n"] {
        let by_argument = applied(json!({ "access_token": token }), Launch::as_terraform()).await;
        assert_eq!(by_argument, Ok(()), "{token:?}");
        let launch = Launch::as_terraform().env("WHATSAPP_ACCESS_TOKEN", token);
        assert_eq!(applied(json!({}), launch).await, Ok(()), "{token:?}");
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_one_is_refused_by_the_name_of_its_argument_without_showing_it() {
    let cases = [
        ("", "is empty"),
        (" \n", "is empty"),
        ("Bearer EAAtest", "Bearer"),
        ("bearer EAAtest", "Bearer"),
        ("EAA test", "blanks"),
        ("EAA\ntest", "line ends"),
    ];
    for (token, words) in cases {
        let host = Host::start().await;
        let refusal = host.provider.configure(json!({ "access_token": token })).await;
        let error = refusal.only_error_at("");
        assert!(
            error.says("access_token") && error.says(words) && !error.says("EAAtest"),
            "{token:?}: {error:?}"
        );
        host.end().await;
    }
}

#[tokio::test]
async fn a_token_that_is_missing_or_not_known_yet_is_named_when_a_call_needs_it() {
    let cases = [
        (json!({}), Launch::as_terraform()),
        (json!({}), Launch::as_terraform().env("WHATSAPP_ACCESS_TOKEN", "")),
        // Another token than the one that will come must not be used in its place.
        (
            json!({ "access_token": unknown() }),
            Launch::as_terraform().env("WHATSAPP_ACCESS_TOKEN", "EAAother"),
        ),
    ];
    for (config, launch) in cases {
        let error = applied(config, launch).await.expect_err("there is no token");
        assert!(error.contains("access_token"), "{error}");
        assert!(error.contains("WHATSAPP_ACCESS_TOKEN"), "{error}");
    }
}

/// Plans and applies a PIN; the text of the error if it cannot be applied.
async fn applied(mut config: Value, launch: Launch) -> Result<(), String> {
    let graph = GraphStub::start().await;
    let host = Host::launch(launch).await;
    config["base_url"] = graph.url().into();
    host.provider.configure(config).await.none("Configure");
    let pin = json!({ "phone_number_id": "106540352242922", "pin": "271828" });
    let plan = host.provider.plan_create("whatsapp_two_step_verification", pin).await;
    plan.diagnostics.none("PlanResourceChange");
    let answer = host.provider.apply(&plan).await;
    host.end().await;
    match answer.diagnostics.has_errors() {
        false => Ok(()),
        true => {
            assert!(graph.requests().is_empty(), "nothing is called without the token");
            Err(format!("{:?}", answer.diagnostics))
        }
    }
}
