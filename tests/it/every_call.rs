//! Each call of the protocol gets an answer. A gRPC status would read as "Plugin error" to users.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tonic::{Response, Status, Streaming, transport::Channel};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::host::{
    Host, diagnostic,
    message::{capabilities, dynamic, raw, unwrap},
    proto::{
        plugin::{grpc_broker_client::GrpcBrokerClient, grpc_stdio_client::GrpcStdioClient},
        tfplugin5::{
            self as wire, Diagnostic, DynamicValue, ResourceIdentityData,
            provider_client::ProviderClient,
        },
    },
    value::{Kind, decode},
    within,
};

#[tokio::test]
async fn the_names_agree_with_the_schemas() {
    let host = Host::start().await;
    let schemas = &host.provider.schemas;
    let answer = host.provider.client().get_metadata(wire::get_metadata::Request {}).await;
    let metadata = unwrap("GetMetadata", answer);
    diagnostic::read(metadata.diagnostics).none("GetMetadata");
    let names = |names: Vec<String>| names.into_iter().collect::<BTreeSet<_>>();
    let resources = metadata.resources.into_iter().map(|resource| resource.type_name).collect();
    assert!(names(resources).iter().eq(schemas.resources.keys()));
    let data_sources = metadata.data_sources.into_iter().map(|source| source.type_name).collect();
    assert!(names(data_sources).iter().eq(schemas.data_sources.keys()));
    let ephemeral = metadata.ephemeral_resources.into_iter().map(|one| one.type_name).collect();
    assert!(names(ephemeral).iter().eq(schemas.ephemeral_resources.keys()));
    let lists = metadata.list_resources.into_iter().map(|list| list.type_name).collect();
    assert!(names(lists).iter().eq(schemas.list_resources.keys()));
    host.end().await;
}

#[tokio::test]
async fn functions_are_the_same_with_and_without_the_schema() {
    let host = Host::start().await;
    let mut client = host.provider.client();
    let schema = client.get_schema(wire::get_provider_schema::Request {}).await;
    let schema = unwrap("GetSchema", schema);
    let functions =
        unwrap("GetFunctions", client.get_functions(wire::get_functions::Request {}).await);
    diagnostic::read(functions.diagnostics).none("GetFunctions");
    assert_eq!(functions.functions, schema.functions);
    host.end().await;
}

#[tokio::test]
async fn announced_capabilities_are_those_that_are_served() {
    let host = Host::start().await;
    let answer = host.provider.client().get_schema(wire::get_provider_schema::Request {}).await;
    let capabilities = unwrap("GetSchema", answer).server_capabilities.expect("capabilities");
    assert!(capabilities.plan_destroy, "the warning on destroy needs it");
    assert!(capabilities.get_provider_schema_optional, "else each process is asked for schemas");
    assert!(capabilities.move_resource_state, "Terraform would refuse moved blocks itself");
    host.end().await;
}

#[tokio::test]
async fn an_unknown_resource_type_is_an_error_in_every_call_of_its_life() {
    let host = Host::start().await;
    let mut client = host.provider.client();
    let type_name = || "whatsapp_unheard_of".to_owned();

    let request = wire::validate_resource_type_config::Request {
        type_name: type_name(),
        config: nothing(),
        client_capabilities: capabilities(),
    };
    let answer = client.validate_resource_type_config(request).await;
    refused("ValidateResourceTypeConfig", answer, |answer| answer.diagnostics);

    let request = wire::read_resource::Request { type_name: type_name(), ..Default::default() };
    refused("ReadResource", client.read_resource(request).await, |answer| answer.diagnostics);

    let request =
        wire::plan_resource_change::Request { type_name: type_name(), ..Default::default() };
    let answer = client.plan_resource_change(request).await;
    refused("PlanResourceChange", answer, |answer| answer.diagnostics);

    let request =
        wire::apply_resource_change::Request { type_name: type_name(), ..Default::default() };
    let answer = client.apply_resource_change(request).await;
    refused("ApplyResourceChange", answer, |answer| answer.diagnostics);
    host.end().await;
}

#[tokio::test]
async fn an_unknown_resource_type_is_an_error_in_every_call_about_what_is_stored() {
    let host = Host::start().await;
    let mut client = host.provider.client();
    let type_name = || "whatsapp_unheard_of".to_owned();

    let request = wire::upgrade_resource_state::Request {
        type_name: type_name(),
        version: 0,
        raw_state: raw("{}"),
    };
    let answer = client.upgrade_resource_state(request).await;
    refused("UpgradeResourceState", answer, |answer| answer.diagnostics);

    let request = wire::upgrade_resource_identity::Request {
        type_name: type_name(),
        version: 0,
        raw_identity: raw("{}"),
    };
    let answer = client.upgrade_resource_identity(request).await;
    refused("UpgradeResourceIdentity", answer, |answer| answer.diagnostics);

    let request = wire::import_resource_state::Request {
        type_name: type_name(),
        id: "1".to_owned(),
        ..Default::default()
    };
    let answer = client.import_resource_state(request).await;
    refused("ImportResourceState", answer, |answer| answer.diagnostics);

    let request = wire::move_resource_state::Request {
        source_type_name: type_name(),
        target_type_name: type_name(),
        source_state: raw("{}"),
        ..Default::default()
    };
    let answer = client.move_resource_state(request).await;
    refused("MoveResourceState", answer, |answer| answer.diagnostics);

    let request =
        wire::generate_resource_config::Request { type_name: type_name(), state: nothing() };
    let answer = client.generate_resource_config(request).await;
    refused("GenerateResourceConfig", answer, |answer| answer.diagnostics);
    host.end().await;
}

#[tokio::test]
async fn an_unknown_data_source_is_an_error_in_every_call() {
    let host = Host::start().await;
    let mut client = host.provider.client();
    let type_name = || "whatsapp_unheard_of".to_owned();

    let request =
        wire::validate_data_source_config::Request { type_name: type_name(), config: nothing() };
    let answer = client.validate_data_source_config(request).await;
    refused("ValidateDataSourceConfig", answer, |answer| answer.diagnostics);

    let request = wire::read_data_source::Request {
        type_name: type_name(),
        config: nothing(),
        ..Default::default()
    };
    refused("ReadDataSource", client.read_data_source(request).await, |answer| answer.diagnostics);
    host.end().await;
}

#[tokio::test]
async fn an_unknown_ephemeral_resource_is_an_error_in_every_call() {
    let host = Host::start().await;
    let mut client = host.provider.client();
    let type_name = || "whatsapp_unheard_of".to_owned();

    let request = wire::validate_ephemeral_resource_config::Request {
        type_name: type_name(),
        config: nothing(),
    };
    let answer = client.validate_ephemeral_resource_config(request).await;
    refused("ValidateEphemeralResourceConfig", answer, |answer| answer.diagnostics);

    let request = wire::open_ephemeral_resource::Request {
        type_name: type_name(),
        config: nothing(),
        client_capabilities: capabilities(),
    };
    let answer = client.open_ephemeral_resource(request).await;
    refused("OpenEphemeralResource", answer, |answer| answer.diagnostics);

    let request = wire::renew_ephemeral_resource::Request { type_name: type_name(), private: None };
    let answer = client.renew_ephemeral_resource(request).await;
    refused("RenewEphemeralResource", answer, |answer| answer.diagnostics);

    let request = wire::close_ephemeral_resource::Request { type_name: type_name(), private: None };
    let answer = client.close_ephemeral_resource(request).await;
    refused("CloseEphemeralResource", answer, |answer| answer.diagnostics);
    host.end().await;
}

#[tokio::test]
async fn an_unknown_list_resource_is_an_error_in_every_call() {
    let host = Host::start().await;
    let mut client = host.provider.client();
    let type_name = || "whatsapp_unheard_of".to_owned();

    let request = wire::validate_list_resource_config::Request {
        type_name: type_name(),
        config: nothing(),
        ..Default::default()
    };
    let answer = client.validate_list_resource_config(request).await;
    refused("ValidateListResourceConfig", answer, |answer| answer.diagnostics);

    let request = wire::list_resource::Request {
        type_name: type_name(),
        config: nothing(),
        include_resource_object: false,
        limit: 100,
    };
    let events = all("ListResource", client.list_resource(request).await).await;
    let diagnostics = events.into_iter().flat_map(|event| event.diagnostic).collect();
    assert!(diagnostic::read(diagnostics).has_errors(), "ListResource says nothing");
    host.end().await;
}

#[tokio::test]
async fn an_unknown_action_is_an_error_in_every_call() {
    let host = Host::start().await;
    let mut client = host.provider.client();
    let action_type = || "whatsapp_unheard_of".to_owned();

    let request =
        wire::validate_action_config::Request { type_name: action_type(), config: nothing() };
    let answer = client.validate_action_config(request).await;
    refused("ValidateActionConfig", answer, |answer| answer.diagnostics);

    let request = wire::plan_action::Request {
        action_type: action_type(),
        config: nothing(),
        client_capabilities: capabilities(),
    };
    refused("PlanAction", client.plan_action(request).await, |answer| answer.diagnostics);

    let request = wire::invoke_action::Request {
        action_type: action_type(),
        config: nothing(),
        client_capabilities: capabilities(),
    };
    let events = all("InvokeAction", client.invoke_action(request).await).await;
    let [wire::invoke_action::Event { r#type: Some(event) }] = &events[..] else {
        panic!("exactly one completion ends an action, not {events:?}");
    };
    let wire::invoke_action::event::Type::Completed(completed) = event else {
        panic!("a completion ends an action, not {event:?}");
    };
    assert!(diagnostic::read(completed.diagnostics.clone()).has_errors());
    host.end().await;
}

#[tokio::test]
async fn an_unknown_function_is_an_error() {
    let host = Host::start().await;
    let request =
        wire::call_function::Request { name: "unheard_of".to_owned(), arguments: Vec::new() };
    let answer = unwrap("CallFunction", host.provider.client().call_function(request).await);
    assert!(answer.error.is_some_and(|error| !error.text.is_empty()));
    host.end().await;
}

#[tokio::test]
async fn stored_identities_are_read_back() {
    let host = Host::start().await;
    let stored = upgraded_identity(&host, r#"{ "phone_number_id": "106540352242922" }"#).await;
    assert_eq!(stored, json!({ "phone_number_id": "106540352242922" }));
    let absent = upgraded_identity(&host, "").await;
    assert_eq!(absent, Value::Null, "a state from before identities has none to upgrade");
    host.end().await;
}

#[tokio::test]
async fn preparing_the_provider_accepts_an_empty_and_an_unknown_configuration() {
    let host = Host::start().await;
    host.provider.prepare(json!({})).await.none("PrepareProviderConfig");
    let unknown = crate::host::value::unknown();
    let config = json!({ "access_token": unknown, "base_url": unknown, "max_retries": unknown });
    host.provider.prepare(config).await.none("PrepareProviderConfig");
    host.end().await;
}

#[tokio::test]
async fn other_hosts_may_ask_for_the_plugins_health() {
    let host = Host::start().await;
    let request = HealthCheckRequest { service: "plugin".to_owned() };
    let answer = HealthClient::new(host.provider.channel()).check(request).await;
    assert_eq!(unwrap("Health/Check", answer).status(), ServingStatus::Serving);
    host.end().await;
}

#[tokio::test]
async fn side_streams_open_at_once_and_stay_silent() {
    let host = Host::start().await;
    let channel = || host.provider.channel();
    let mut stdio = GrpcStdioClient::new(channel());
    let stdio = within(2, "StreamStdio", stdio.stream_stdio(())).await;
    let mut stdio = unwrap("StreamStdio", stdio);
    let mut broker = GrpcBrokerClient::new(channel());
    let broker = within(2, "StartStream", broker.start_stream(tokio_stream::pending())).await;
    let mut broker = unwrap("StartStream", broker);
    host.provider.prepare(json!({})).await.none("PrepareProviderConfig");
    tokio::select! {
        biased;
        data = stdio.message() => panic!("unexpected end or data of stdio: {data:?}"),
        offer = broker.message() => panic!("unexpected end or data of the broker: {offer:?}"),
        () = host.provider.stop() => {}
    }
    host.end().await;
}

async fn upgraded_identity(host: &Host, json: &str) -> Value {
    let type_name = "whatsapp_two_step_verification";
    let request = wire::upgrade_resource_identity::Request {
        type_name: type_name.to_owned(),
        version: 0,
        raw_identity: raw(json),
    };
    let mut client: ProviderClient<Channel> = host.provider.client();
    let answer = unwrap("UpgradeResourceIdentity", client.upgrade_resource_identity(request).await);
    diagnostic::read(answer.diagnostics).none("UpgradeResourceIdentity");
    let identity = answer.upgraded_identity.expect("OpenTofu fails without one");
    let ResourceIdentityData { identity_data: Some(data) } = identity else {
        panic!("an identity without data");
    };
    let kind: &Kind = &host.provider.schemas.identities[type_name];
    decode(kind, &data.msgpack).unwrap_or_else(|error| panic!("{error}"))
}

fn refused<T>(
    call: &str,
    answer: Result<Response<T>, Status>,
    diagnostics: impl FnOnce(T) -> Vec<Diagnostic>,
) {
    let diagnostics = diagnostic::read(diagnostics(unwrap(call, answer)));
    assert!(diagnostics.has_errors(), "{call} accepts a type that does not exist");
}

async fn all<T>(call: &str, answer: Result<Response<Streaming<T>>, Status>) -> Vec<T> {
    let mut stream = unwrap(call, answer);
    let mut events = Vec::new();
    let next = async {
        while let Some(event) =
            stream.message().await.unwrap_or_else(|status| panic!("{call} broke off: {status:?}"))
        {
            events.push(event);
        }
    };
    within(10, &format!("the end of {call}"), next).await;
    events
}

fn nothing() -> Option<DynamicValue> {
    Some(dynamic(&Kind::Object(Default::default()), &json!({})))
}
