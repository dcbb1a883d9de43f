//! What the log says about a call: one span, with the call's name and its type.

use std::sync::{Arc, Mutex};

use tokio_stream::StreamExt;
use tracing::{
    field::{Field, Visit},
    span::{Attributes, Id},
    subscriber::DefaultGuard,
};
use tracing_subscriber::{
    Registry,
    layer::{Context, Layer, SubscriberExt},
};

use super::harness::{BOOK, Server, apply, ask, book, read, stored_book};
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::proto::tfplugin5::provider_server::Provider as _;
use crate::tf_provider::value::Value;

/// The calls that were seen, each with its type.
#[derive(Clone, Debug, Default)]
struct Seen(Arc<Mutex<Vec<(String, String)>>>);

impl Seen {
    /// Watches this thread, on which the whole test runs.
    fn watch(&self) -> DefaultGuard {
        tracing::subscriber::set_default(Registry::default().with(self.clone()))
    }

    fn calls(&self) -> Vec<(String, String)> {
        self.0.lock().expect("no panic").clone()
    }
}

impl<S: tracing::Subscriber> Layer<S> for Seen {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let mut call = Call::default();
        attributes.record(&mut call);
        if !call.name.is_empty() {
            self.0.lock().expect("no panic").push((call.name, call.of));
        }
    }
}

#[derive(Default)]
struct Call {
    name: String,
    of: String,
}

impl Visit for Call {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "tf_rpc" => self.name = value.to_owned(),
            "tf_resource_type" => self.of = value.to_owned(),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

#[tokio::test]
async fn every_call_about_a_type_is_logged_with_its_name_and_the_type() {
    let server = Server::open().await;
    let seen = Seen::default();
    let watched = seen.watch();
    let request = pb::list_resource::Request { type_name: BOOK.to_owned(), ..Default::default() };
    let list = server.service.list_resource(tonic::Request::new(request)).await;
    let _events = list.expect("a stream").into_inner().collect::<Vec<_>>().await;
    ask!(server, read_resource, read(&stored_book("Dune")));
    ask!(server, apply_resource_change, apply(&Value::Null, &book([]), &book([])));
    let action_type = || "library_lend".to_owned();
    let request = pb::plan_action::Request { action_type: action_type(), ..Default::default() };
    ask!(server, plan_action, request);
    let request = pb::invoke_action::Request { action_type: action_type(), ..Default::default() };
    let action = server.service.invoke_action(tonic::Request::new(request)).await;
    let _events = action.expect("a stream").into_inner().collect::<Vec<_>>().await;
    drop(watched);
    let call = |(rpc, of): (&str, &str)| (rpc.to_owned(), of.to_owned());
    let expected = [
        ("ListResource", BOOK),
        ("ReadResource", BOOK),
        ("ApplyResourceChange", BOOK),
        ("PlanAction", "library_lend"),
        ("InvokeAction", "library_lend"),
    ];
    assert_eq!(seen.calls(), expected.map(call));
}
