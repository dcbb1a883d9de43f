//! Actions: validate, plan, and a stream that always ends with exactly one completion.

use tokio_stream::StreamExt;

use super::harness::{
    LIMIT, Server, ask, assert_panicked, assert_silent, errors, has_errors, loose, place, text,
};
use super::library::{LEAK, Library};
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::proto::tfplugin5::provider_server::Provider as _;
use crate::tf_provider::value::Value;

const LEND: &str = "library_lend";

fn loan(reader: Value) -> Option<pb::DynamicValue> {
    Some(loose([("reader", reader), ("card_wo", text(LEAK))]))
}

fn validate(reader: Value) -> pb::validate_action_config::Request {
    pb::validate_action_config::Request { type_name: LEND.to_owned(), config: loan(reader) }
}

fn plan(reader: Value) -> pb::plan_action::Request {
    let config = loan(reader);
    pb::plan_action::Request { action_type: LEND.to_owned(), config, client_capabilities: None }
}

fn invoke(reader: &str) -> pb::invoke_action::Request {
    let action_type = LEND.to_owned();
    pb::invoke_action::Request {
        action_type,
        config: loan(text(reader)),
        client_capabilities: None,
    }
}

/// What the action said, and how it ended: exactly once, and at the end.
async fn invoked(
    server: &Server<Library>,
    request: pb::invoke_action::Request,
) -> (Vec<String>, Vec<pb::Diagnostic>) {
    let stream = server.service.invoke_action(tonic::Request::new(request)).await;
    ended(stream.expect("an action answers with events, never with a status").into_inner()).await
}

async fn ended(
    stream: impl tokio_stream::Stream<Item = Result<pb::invoke_action::Event, tonic::Status>>,
) -> (Vec<String>, Vec<pb::Diagnostic>) {
    use pb::invoke_action::event::Type;
    let events = tokio::time::timeout(LIMIT, stream.collect::<Result<Vec<_>, _>>()).await;
    let mut events = events.expect("the action ends").expect("an event is never a status");
    events.iter().for_each(assert_silent);
    let last = events.pop().and_then(|event| event.r#type);
    let Some(Type::Completed(completed)) = last else { panic!("a completion, not {last:?}") };
    let said = events.into_iter().map(|event| match event.r#type {
        Some(Type::Progress(progress)) => progress.message,
        other => panic!("progress, not {other:?}"),
    });
    (said.collect(), completed.diagnostics)
}

#[tokio::test]
async fn an_action_says_what_it_does_and_is_completed() {
    let server = Server::open().await;
    let (said, diagnostics) = invoked(&server, invoke("Ada")).await;
    assert_eq!(said, ["looking for Ada"]);
    assert!(!has_errors(&diagnostics));
    assert_eq!(diagnostics[0].summary, "Late", "warnings of a success are shown");
    let card = format!("card of {} letters", LEAK.len());
    assert!(server.probe().log().contains(&card), "write-only values arrive");
}

#[tokio::test]
async fn every_line_of_a_talkative_action_arrives_in_order() {
    let (said, diagnostics) = invoked(&Server::open().await, invoke("talkative")).await;
    assert_eq!(diagnostics, []);
    let lines: Vec<String> = (0..100).map(|line| format!("page {line}")).collect();
    assert_eq!(said[1..], lines);
}

#[tokio::test]
async fn a_failure_and_a_panic_are_completed_too() {
    let server = Server::open().await;
    let (_, refused) = invoked(&server, invoke("refused")).await;
    assert_eq!(errors(&refused), ["Refused"]);
    let (said, panicked) = invoked(&server, invoke("panic")).await;
    assert_eq!(said.len(), 1);
    assert_panicked(&panicked, "InvokeAction");
}

#[tokio::test]
async fn an_action_that_cannot_begin_is_completed_with_an_error() {
    let server = Server::open().await;
    let mut unknown_type = invoke("Ada");
    unknown_type.action_type = "library_burn".to_owned();
    let mut unreadable = invoke("Ada");
    unreadable.config = Some(loose([("other", text("x"))]));
    let mut unknown = invoke("Ada");
    unknown.config = loan(Value::Unknown);
    let mut missing = invoke("Ada");
    missing.config = loan(Value::Null);
    let answers = [
        (invoked(&server, unknown_type).await, "Unsupported Type"),
        (invoked(&server, unreadable).await, "Value Not Readable"),
        (invoked(&server, unknown).await, "Values Not Known Yet"),
        (invoked(&server, missing).await, "Required Attribute Missing"),
        (invoked(&Server::closed(), invoke("Ada")).await, "Provider Bug"),
    ];
    for ((said, diagnostics), expected) in answers {
        assert_eq!(said, [""; 0], "nothing was begun");
        assert_eq!(errors(&diagnostics), [expected]);
    }
}

/// As when its variable is null, or as Terraform 1.17 does when an action is invoked by name.
#[tokio::test]
async fn a_required_secret_without_a_value_is_explained_by_both_causes_and_nothing_is_done() {
    let server = Server::open().await;
    let mut request = invoke("Ada");
    request.config = Some(loose([("reader", text("Ada")), ("card_wo", Value::Null)]));
    let (said, diagnostics) = invoked(&server, request).await;
    assert_eq!(said, [""; 0]);
    assert_eq!(errors(&diagnostics), ["Write-Only Value Missing"]);
    assert_eq!(place(&diagnostics[0]), "", "no source line with a secret in it is shown");
    for said in ["card_wo", "null in this run", "variable", "withholds", "-invoke", "1.17"] {
        assert!(diagnostics[0].detail.contains(said), "{said}: {}", diagnostics[0].detail);
    }
}

#[tokio::test]
async fn stop_ends_an_action_that_waits() {
    let server = Server::open().await;
    let stream = server.service.invoke_action(tonic::Request::new(invoke("slow"))).await;
    server.probe().started.notified().await;
    ask!(server, stop, pb::stop::Request {});
    let (_, diagnostics) = ended(stream.expect("a stream").into_inner()).await;
    assert_eq!(errors(&diagnostics), ["Refused"]);
}

#[tokio::test]
async fn a_reader_that_goes_away_does_not_cut_an_action() {
    let server = Server::open().await;
    let stream = server.service.invoke_action(tonic::Request::new(invoke("patient"))).await;
    server.probe().started.notified().await;
    drop(stream);
    server.probe().release.notify_one();
    let finished = tokio::time::timeout(LIMIT, server.probe().finished.notified()).await;
    finished.expect("the action ends");
    let log = server.probe().log();
    assert!(log.contains(&"lent".to_owned()) && log.contains(&"unheard".to_owned()), "{log:?}");
}

#[tokio::test]
async fn a_plan_warns_refuses_knows_the_client_and_takes_unknown_values() {
    let server = Server::open().await;
    assert_eq!(ask!(server, plan_action, plan(text("Ada"))).diagnostics, []);
    assert!(server.probe().log().contains(&"planned a loan".to_owned()));
    let banned = ask!(server, plan_action, plan(text("banned")));
    assert_eq!(errors(&banned.diagnostics), ["Refused"]);
    let unknown = ask!(server, plan_action, plan(Value::Unknown));
    assert!(!has_errors(&unknown.diagnostics) && unknown.diagnostics.len() == 1);
    let panicked = ask!(server, plan_action, plan(text("panic in plan")));
    assert_panicked(&panicked.diagnostics, "PlanAction");
    assert!(panicked.deferred.is_none());
}

#[tokio::test]
async fn a_validation_points_at_the_attribute_and_takes_write_only_values() {
    let server = Server::closed();
    for reader in [text("Ada"), Value::Unknown] {
        assert_eq!(ask!(server, validate_action_config, validate(reader)).diagnostics, []);
    }
    let answer = ask!(server, validate_action_config, validate(text("")));
    assert_eq!(errors(&answer.diagnostics), ["No Reader"]);
    assert_eq!(place(&answer.diagnostics[0]), "reader");
    let answer = ask!(server, validate_action_config, validate(Value::Null));
    assert_eq!(errors(&answer.diagnostics), ["Required Attribute Missing"]);
    let answer = ask!(server, validate_action_config, validate(text("panic in validate")));
    assert_panicked(&answer.diagnostics, "ValidateActionConfig");
}
