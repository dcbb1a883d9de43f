//! ValidateResourceTypeConfig and its likes: without a configured provider, unknowns allowed.

use super::harness::{
    BOOK, Server, all_null, ask, assert_panicked, book, errors, loose, number, place, text, wired,
};
use super::library::{Books, LEAK};
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::value::Value;

fn validate(config: &Value, capable: bool) -> pb::validate_resource_type_config::Request {
    pb::validate_resource_type_config::Request {
        type_name: BOOK.to_owned(),
        config: wired(&Books::schema(), config),
        client_capabilities: Some(pb::ClientCapabilities {
            write_only_attributes_allowed: capable,
            ..Default::default()
        }),
    }
}

#[tokio::test]
async fn a_sound_configuration_passes_also_with_unknown_values() {
    let server = Server::closed();
    let mut unknown = all_null(&Books::schema().object_type());
    for name in ["isbn", "title", "note_wo", "pages", "tags", "ratings", "author"] {
        unknown.set_attribute(name, Value::Unknown);
    }
    for config in [book([("note_wo", text(LEAK))]), unknown] {
        let answer = ask!(server, validate_resource_type_config, validate(&config, true));
        assert_eq!(answer.diagnostics, []);
    }
}

#[tokio::test]
async fn a_write_only_value_is_refused_for_clients_that_would_store_it() {
    let server = Server::closed();
    for note in [text(LEAK), Value::Unknown] {
        let config = book([("note_wo", note)]);
        let mut without = validate(&config, false);
        without.client_capabilities = None;
        for request in [validate(&config, false), without] {
            let answer = ask!(server, validate_resource_type_config, request);
            assert_eq!(errors(&answer.diagnostics), ["Write-Only Attribute Not Supported"]);
            assert_eq!(place(&answer.diagnostics[0]), "", "Terraform would print the line");
        }
    }
    let answer = ask!(server, validate_resource_type_config, validate(&book([]), false));
    assert_eq!(answer.diagnostics, []);
}

#[tokio::test]
async fn what_the_resource_refuses_is_an_error() {
    let config = book([("title", text("invalid"))]);
    let answer = ask!(Server::closed(), validate_resource_type_config, validate(&config, true));
    assert_eq!(errors(&answer.diagnostics), ["Refused"]);
}

#[tokio::test]
async fn data_sources_ephemeral_and_list_resources_are_validated_alike() {
    let server = Server::closed();
    let data = |name| pb::validate_data_source_config::Request {
        type_name: "library_shelf".to_owned(),
        config: Some(loose([("name", name), ("writers", Value::Null), ("city", Value::Null)])),
    };
    let ephemeral = |hours| pb::validate_ephemeral_resource_config::Request {
        type_name: "library_ticket".to_owned(),
        config: Some(loose([("hours", hours), ("code", Value::Null)])),
    };
    let list = |kind| pb::validate_list_resource_config::Request {
        type_name: BOOK.to_owned(),
        config: Some(loose([("kind", kind)])),
        ..Default::default()
    };
    for (given, name, hours) in [
        (0, text("hall"), number(2)),
        (0, Value::Unknown, Value::Unknown),
        (1, text(""), number(0)),
    ] {
        let answers = [
            ask!(server, validate_data_source_config, data(name.clone())).diagnostics,
            ask!(server, validate_ephemeral_resource_config, ephemeral(hours)).diagnostics,
            ask!(server, validate_list_resource_config, list(name)).diagnostics,
        ];
        for diagnostics in answers {
            assert_eq!(errors(&diagnostics).len(), given);
            assert!(diagnostics.iter().all(|diagnostic| !place(diagnostic).is_empty()));
        }
    }
}

#[tokio::test]
async fn a_required_attribute_that_is_null_is_an_error_at_its_place() {
    let server = Server::closed();
    let config = book([("title", Value::Null)]);
    let ticket = pb::validate_ephemeral_resource_config::Request {
        type_name: "library_ticket".to_owned(),
        config: Some(loose([("hours", Value::Null), ("code", Value::Null)])),
    };
    for (diagnostics, attribute) in [
        (ask!(server, validate_resource_type_config, validate(&config, true)).diagnostics, "title"),
        (ask!(server, validate_ephemeral_resource_config, ticket).diagnostics, "hours"),
    ] {
        assert_eq!(errors(&diagnostics), ["Required Attribute Missing"]);
        assert_eq!(place(&diagnostics[0]), attribute);
    }
}

#[tokio::test]
async fn a_panic_in_any_validation_is_an_error() {
    let server = Server::closed();
    let name = || text("panic in validate");
    let config = book([("title", name())]);
    let answer = ask!(server, validate_resource_type_config, validate(&config, true));
    assert_panicked(&answer.diagnostics, "ValidateResourceTypeConfig");
    let request = pb::validate_data_source_config::Request {
        type_name: "library_shelf".to_owned(),
        config: Some(loose([("name", name()), ("writers", Value::Null), ("city", Value::Null)])),
    };
    let answer = ask!(server, validate_data_source_config, request);
    assert_panicked(&answer.diagnostics, "ValidateDataSourceConfig");
    let request = pb::validate_ephemeral_resource_config::Request {
        type_name: "library_ticket".to_owned(),
        config: Some(loose([("hours", number(-9)), ("code", Value::Null)])),
    };
    let answer = ask!(server, validate_ephemeral_resource_config, request);
    assert_panicked(&answer.diagnostics, "ValidateEphemeralResourceConfig");
    let request = pb::validate_list_resource_config::Request {
        type_name: BOOK.to_owned(),
        config: Some(loose([("kind", name())])),
        ..Default::default()
    };
    let answer = ask!(server, validate_list_resource_config, request);
    assert_panicked(&answer.diagnostics, "ValidateListResourceConfig");
}
