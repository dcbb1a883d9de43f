//! Requests that make no sense: each is answered by an error diagnostic.

use super::harness::{BOOK, PRIVATE, Server, apply, ask, book, errors, plan, read, stored_book};
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::value::Value;

/// Bytes that are no value of any schema here.
fn nonsense() -> Vec<Option<pb::DynamicValue>> {
    let msgpack: [&[u8]; 6] = [
        b"\xc1",
        b"\x80",
        b"\x81\xa4isbn",
        b"\x93\x01\x02\x03",
        b"\xdf\xff\xff\xff\xff",
        b"\xd4\x00\x00",
    ];
    let msgpack = msgpack.map(|bytes| pb::DynamicValue { msgpack: bytes.into(), json: Vec::new() });
    let json = [b"{".as_slice(), b"[]", b"7"];
    let json = json.map(|bytes| pb::DynamicValue { msgpack: Vec::new(), json: bytes.into() });
    msgpack.into_iter().chain(json).map(Some).collect()
}

/// Asks once per bad value and demands one error each time.
macro_rules! each_is_refused {
    ($server:expr, $call:ident, $request:expr, $($field:ident),+) => {
        for bad in nonsense() {
            $({
                let mut request = $request;
                request.$field = bad.clone();
                let answer = ask!($server, $call, request);
                let place = concat!(stringify!($call), ".", stringify!($field));
                assert_eq!(errors(&answer.diagnostics).len(), 1, "{place}: {bad:?}");
            })+
        }
    };
}

#[tokio::test]
async fn every_bad_value_of_a_managed_resource_is_refused() {
    let server = Server::open().await;
    let (prior, config) = (stored_book("Dune"), book([("title", Value::Unknown)]));
    each_is_refused!(
        server,
        plan_resource_change,
        plan(&prior, &config),
        prior_state,
        proposed_new_state,
        config
    );
    let saved = book([("title", Value::string("x"))]);
    each_is_refused!(
        server,
        apply_resource_change,
        apply(&prior, &saved, &saved),
        prior_state,
        planned_state,
        config
    );
    each_is_refused!(server, read_resource, read(&prior), current_state);
    let validate = || pb::validate_resource_type_config::Request {
        type_name: BOOK.to_owned(),
        ..Default::default()
    };
    each_is_refused!(server, validate_resource_type_config, validate(), config);
    let generate = || pb::generate_resource_config::Request {
        type_name: BOOK.to_owned(),
        ..Default::default()
    };
    each_is_refused!(server, generate_resource_config, generate(), state);
}

#[tokio::test]
async fn every_bad_configuration_of_the_others_is_refused() {
    let server = Server::open().await;
    let shelf = || "library_shelf".to_owned();
    let validate =
        || pb::validate_data_source_config::Request { type_name: shelf(), ..Default::default() };
    each_is_refused!(server, validate_data_source_config, validate(), config);
    let read = || pb::read_data_source::Request { type_name: shelf(), ..Default::default() };
    each_is_refused!(server, read_data_source, read(), config);
    let ticket = || "library_ticket".to_owned();
    let validate = || pb::validate_ephemeral_resource_config::Request {
        type_name: ticket(),
        ..Default::default()
    };
    each_is_refused!(server, validate_ephemeral_resource_config, validate(), config);
    let open =
        || pb::open_ephemeral_resource::Request { type_name: ticket(), ..Default::default() };
    each_is_refused!(server, open_ephemeral_resource, open(), config);
    let list = || pb::validate_list_resource_config::Request {
        type_name: BOOK.to_owned(),
        ..Default::default()
    };
    each_is_refused!(server, validate_list_resource_config, list(), config);
    let lend = || "library_lend".to_owned();
    let validate =
        || pb::validate_action_config::Request { type_name: lend(), ..Default::default() };
    each_is_refused!(server, validate_action_config, validate(), config);
    let plan = || pb::plan_action::Request { action_type: lend(), ..Default::default() };
    each_is_refused!(server, plan_action, plan(), config);
    let prepare = || pb::prepare_provider_config::Request::default();
    each_is_refused!(server, prepare_provider_config, prepare(), config);
    let configure = || pb::configure::Request::default();
    each_is_refused!(server, configure, configure(), config);
}

/// Asks about a type that there is not.
macro_rules! is_unsupported {
    ($server:expr, $($call:ident: $module:ident.$field:ident),+ $(,)?) => {
        $({
            let request = pb::$module::Request { $field: NOTHING.to_owned(), ..Default::default() };
            let answer = ask!($server, $call, request);
            assert_eq!(errors(&answer.diagnostics), ["Unsupported Type"], stringify!($call));
        })+
    };
}

#[tokio::test]
async fn a_type_that_there_is_not_is_an_error_in_every_call() {
    const NOTHING: &str = "library_map";
    let server = Server::open().await;
    is_unsupported!(
        server,
        validate_resource_type_config: validate_resource_type_config.type_name,
        upgrade_resource_state: upgrade_resource_state.type_name,
        upgrade_resource_identity: upgrade_resource_identity.type_name,
        read_resource: read_resource.type_name,
        plan_resource_change: plan_resource_change.type_name,
        apply_resource_change: apply_resource_change.type_name,
        import_resource_state: import_resource_state.type_name,
        move_resource_state: move_resource_state.target_type_name,
        generate_resource_config: generate_resource_config.type_name,
        validate_data_source_config: validate_data_source_config.type_name,
        read_data_source: read_data_source.type_name,
        validate_ephemeral_resource_config: validate_ephemeral_resource_config.type_name,
        open_ephemeral_resource: open_ephemeral_resource.type_name,
        renew_ephemeral_resource: renew_ephemeral_resource.type_name,
        close_ephemeral_resource: close_ephemeral_resource.type_name,
        validate_list_resource_config: validate_list_resource_config.type_name,
        validate_action_config: validate_action_config.type_name,
        plan_action: plan_action.action_type,
    );
}

#[tokio::test]
async fn a_destroy_of_nothing_is_an_error_and_no_panic() {
    let server = Server::open().await;
    let planned = ask!(server, plan_resource_change, plan(&Value::Null, &Value::Null));
    assert_eq!(errors(&planned.diagnostics).len(), 1);
    let applied =
        ask!(server, apply_resource_change, apply(&Value::Null, &Value::Null, &Value::Null));
    assert_eq!(errors(&applied.diagnostics).len(), 1);
    assert_eq!(applied.private, PRIVATE);
}
