//! Every code of a registration, as the action meets it and as a resource does: what it means, and a
//! next step that the one who reads it can take. No apply repeats an action.

use serde_json::json;

use super::{DEFAULT_NUMBER, PIN, fresh, host, register};
use crate::sandbox::{Fault, GraphError, Rule};

/// A refusal, what it says to whoever registers, and what to whoever applies.
struct Row {
    refusal: GraphError,
    meaning: &'static str,
    action: &'static str,
    resource: &'static str,
}

#[tokio::test]
async fn every_code_tells_an_action_to_run_again_and_a_resource_to_apply_again() {
    for Row { refusal, meaning, action, resource } in rows() {
        let code = format!("error {}", refusal.code);
        let api = fresh();
        let edge = Some("register".into());
        api.inject(Rule { edge, ..Rule::new(Fault::Error(refusal.clone())) });
        let (_, told) = register(&api, json!({})).await;
        let error = told.only_error();
        for words in [code.as_str(), meaning, action, "-invoke=action.whatsapp_register"] {
            assert!(error.says(words), "{words}: {error:?}");
        }
        assert!(!error.says("apply again") && !error.says("applying again"), "{error:?}");
        assert_eq!(api.registrations(), 1, "{code}");

        api.clear_faults();
        api.inject(Rule::new(Fault::Error(refusal)).on_posts());
        let host = host(&api, &json!({ "max_retries": 0 })).await;
        let declared = json!({ "phone_number_id": DEFAULT_NUMBER, "pin": PIN });
        let plan = host.provider.plan_create("whatsapp_two_step_verification", declared).await;
        let applied = host.provider.apply(&plan).await;
        host.end().await;
        let error = applied.diagnostics.only_error();
        for words in [code.as_str(), meaning, resource] {
            assert!(error.says(words), "{words}: {error:?}");
        }
        assert!(!error.says("-invoke") && !error.says("run the action again"), "{error:?}");
    }
}

fn rows() -> Vec<Row> {
    let graph = |code, text: &str| GraphError::new(400, code, format!("(#{code}) {text}"));
    let row = |refusal, meaning, action, resource| Row { refusal, meaning, action, resource };
    vec![
        row(
            graph(100, "Need either permission on WhatsApp Business Account"),
            "a permission is missing",
            "whatsapp_business_messaging",
            "whatsapp_business_messaging",
        ),
        row(
            graph(100, "Invalid parameter"),
            "is not accepted",
            "differs from the ID of an earlier registration",
            "Check what Meta's message names",
        ),
        row(
            GraphError::unsupported("post", DEFAULT_NUMBER),
            "may not see it",
            "assigned to the number's",
            "remove its resource",
        ),
        row(
            graph(100, "Cannot create certificate").subcode(2_388_001),
            "still in use with a WhatsApp app",
            "Delete the number's account in the WhatsApp app",
            "apply again",
        ),
        row(
            graph(131_000, "Something went wrong"),
            "unknown reason",
            "The call may have counted",
            "Try again in a few minutes",
        ),
        row(graph(133_000, "Incomplete"), "did not finish", "then run the action", "apply again"),
        row(graph(133_005, "Mismatch"), "does not match", "Do not guess", "apply the PIN"),
        row(graph(133_006, "Verify"), "not verified", "then run the action", "apply again"),
        row(graph(133_008, "Too many"), "too often", "run the action again with", "apply again"),
        row(graph(133_009, "Too fast"), "too soon", "run the action again with", "apply again"),
        row(graph(133_010, "Not registered"), "not registered", "display name", "apply again"),
        row(graph(133_015, "Deleting"), "being deleted", "run the action", "try again"),
        row(graph(133_016, "Too often"), "too often", "72 hours. Run the action", "72 hours. Try"),
        row(
            graph(2_494_100, "Maintenance"),
            "in maintenance",
            "Run the action again in about five minutes",
            "Try again in about five minutes",
        ),
    ]
}
