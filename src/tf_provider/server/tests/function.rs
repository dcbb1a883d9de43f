//! CallFunction: on an unconfigured provider, and every failure is a text.

use super::harness::{Server, ask, text};
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::value::{Type, Value};
use crate::tf_provider::wire;

fn written(value: &Value, of: &Type) -> pb::DynamicValue {
    wire::write(value, of).expect("the test's value is of the type")
}

async fn call(name: &str, arguments: Vec<pb::DynamicValue>) -> pb::call_function::Response {
    let request = pb::call_function::Request { name: name.to_owned(), arguments };
    let answer = ask!(Server::closed(), call_function, request);
    assert!(answer.result.is_none() || answer.error.is_none());
    answer
}

async fn join(arguments: &[Value]) -> pb::call_function::Response {
    let written = arguments.iter().map(|argument| written(argument, &Type::String));
    call("join", written.collect()).await
}

async fn failure(arguments: &[Value]) -> (String, Option<i64>) {
    let error = join(arguments).await.error.expect("the call fails");
    (error.text, error.function_argument)
}

#[tokio::test]
async fn a_variadic_function_takes_any_number_of_further_arguments() {
    let calls = [(vec!["-"], ""), (vec!["-", "a"], "a"), (vec!["-", "a", "b", "c"], "a-b-c")];
    for (arguments, expected) in calls {
        let arguments: Vec<Value> = arguments.into_iter().map(text).collect();
        let result = join(&arguments).await.result;
        assert_eq!(result, Some(written(&text(expected), &Type::String)));
    }
}

#[tokio::test]
async fn a_failure_names_its_argument() {
    let problem = failure(&[text("-"), text("a"), text("")]).await;
    assert_eq!(problem, ("A part is empty.".to_owned(), Some(2)));
}

#[tokio::test]
async fn arguments_that_core_should_have_kept_back_are_refused_with_their_place() {
    for odd in [Value::Null, Value::Unknown] {
        let (text, place) = failure(&[text("-"), odd]).await;
        assert_eq!(place, Some(1), "{text}");
    }
    let number = written(&super::harness::number(7), &Type::Number);
    let separator = written(&text("-"), &Type::String);
    let error = call("join", vec![separator, number]).await.error.expect("not a string");
    assert_eq!(error.function_argument, Some(1));
    let (text, place) = failure(&[]).await;
    assert_eq!(place, None);
    assert!(text.contains("too few"), "{text}");
}

#[tokio::test]
async fn what_the_author_got_wrong_is_an_error() {
    let (text, _) = failure(&[super::harness::text("panic")]).await;
    assert!(text.contains("panicked during CallFunction"), "{text}");
    let (text, _) = failure(&[super::harness::text("wrong")]).await;
    assert!(text.contains("cannot be encoded"), "{text}");
}

#[tokio::test]
async fn an_unknown_function_is_an_error() {
    let error = call("split", Vec::new()).await.error.expect("there is no such function");
    assert!(error.text.contains("split"), "{}", error.text);
}
