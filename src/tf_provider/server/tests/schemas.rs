//! GetSchema, GetMetadata, GetFunctions and GetResourceIdentitySchemas.

use super::harness::{BOOK, Server, ask};
use super::library::Library;
use crate::tf_provider::catalog::problems;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::value::Type;

fn assert_sound(schema: &pb::Schema) {
    let block = schema.block.as_ref().expect("a schema without a block crashes Terraform");
    assert!(schema.version >= 0);
    for attribute in &block.attributes {
        let name = &attribute.name;
        assert!(Type::from_json(&attribute.r#type).is_some(), "{name}: a bad type crashes core");
        assert!(!attribute.description.is_empty(), "{name}");
        assert!(attribute.required || attribute.optional || attribute.computed, "{name}");
        assert!(!(attribute.required && (attribute.optional || attribute.computed)), "{name}");
        assert!(!(attribute.write_only && attribute.computed), "{name}");
        assert!(attribute.deprecated || attribute.deprecation_message.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn every_schema_is_one_that_terraform_accepts() {
    let answer = ask!(Server::closed(), get_schema, pb::get_provider_schema::Request {});
    assert_eq!(answer.diagnostics, []);
    assert_sound(answer.provider.as_ref().expect("the provider's own schema"));
    let groups = [
        &answer.resource_schemas,
        &answer.data_source_schemas,
        &answer.ephemeral_resource_schemas,
        &answer.list_resource_schemas,
    ];
    for schemas in groups {
        assert_eq!(schemas.len(), 1);
        schemas.values().for_each(assert_sound);
    }
    assert_eq!(answer.resource_schemas[BOOK].version, 2);
    assert_eq!(answer.action_schemas.len(), 1);
    for action in answer.action_schemas.values() {
        assert_sound(action.schema.as_ref().expect("an action without a schema crashes Terraform"));
    }
    assert!(answer.provider_meta.is_none());
    let join = &answer.functions["join"];
    assert!(join.r#return.is_some(), "a function without a result crashes Terraform");
    let capabilities = answer.server_capabilities.expect("the server's capabilities");
    assert!(capabilities.plan_destroy && capabilities.get_provider_schema_optional);
    assert!(capabilities.move_resource_state && capabilities.generate_resource_config);
}

#[tokio::test]
async fn the_write_only_attribute_is_announced_as_such() {
    let answer = ask!(Server::closed(), get_schema, pb::get_provider_schema::Request {});
    let block = answer.resource_schemas[BOOK].block.as_ref().expect("a block");
    let note = block.attributes.iter().find(|attribute| attribute.name == "note_wo");
    let note = note.expect("the attribute");
    assert!(note.write_only && note.sensitive && note.optional);
}

#[tokio::test]
async fn all_answers_agree_on_what_there_is() {
    let server = Server::closed();
    let schema = ask!(server, get_schema, pb::get_provider_schema::Request {});
    let metadata = ask!(server, get_metadata, pb::get_metadata::Request {});
    let functions = ask!(server, get_functions, pb::get_functions::Request {});
    let identities =
        ask!(server, get_resource_identity_schemas, pb::get_resource_identity_schemas::Request {});
    assert_eq!(functions.functions, schema.functions);
    assert_eq!(metadata.server_capabilities, schema.server_capabilities);
    assert_eq!(metadata.resources[0].type_name, BOOK);
    assert_eq!(metadata.data_sources[0].type_name, "library_shelf");
    assert_eq!(metadata.ephemeral_resources[0].type_name, "library_ticket");
    assert_eq!(metadata.list_resources[0].type_name, BOOK);
    assert_eq!(metadata.actions[0].type_name, "library_lend");
    assert!(schema.action_schemas.contains_key("library_lend"));
    assert_eq!(metadata.functions[0].name, "join");
    let [isbn] = identities.identity_schemas[BOOK].identity_attributes.as_slice() else {
        panic!("one attribute")
    };
    assert!(isbn.required_for_import != isbn.optional_for_import);
    assert_eq!(identities.identity_schemas.len(), 1);
}

#[test]
fn a_sound_provider_has_no_problems() {
    assert_eq!(problems(&Library::default()), Vec::<String>::new());
}
