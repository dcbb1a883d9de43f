//! What Terraform enforces for schemas, and what the documentation and the users' secrets need.

use serde_json::{Value, json};

use crate::host::{
    Host,
    diagnostic::Diagnostics,
    proto::tfplugin5::ClientCapabilities,
    schema::{Attribute, Block, Schemas},
    value::Kind,
};

#[tokio::test]
async fn every_schema_obeys_terraforms_rules() {
    let host = Host::start().await;
    for_each_block(&host.provider.schemas, |place, block| {
        for (name, attribute) in &block.attributes {
            let place = format!("{place}.{name}");
            assert_name(&place, name);
            assert_flags(&place, attribute);
        }
        for (name, nested) in &block.nested {
            assert_name(&format!("{place}.{name}"), name);
            assert!(!block.attributes.contains_key(name), "{place}.{name} is attribute and block");
            assert_ne!(nested.kind(), Kind::Dynamic);
        }
    });
    host.end().await;
}

#[tokio::test]
async fn every_schema_and_attribute_is_described() {
    let host = Host::start().await;
    for_each_block(&host.provider.schemas, |place, block| {
        assert!(!block.description.trim().is_empty(), "{place} has no description");
        for (name, attribute) in &block.attributes {
            assert!(!attribute.description.trim().is_empty(), "{place}.{name} has no description");
        }
    });
    host.end().await;
}

#[tokio::test]
async fn secrets_are_sensitive_by_their_names() {
    let host = Host::start().await;
    let mut secrets = 0;
    for_each_block(&host.provider.schemas, |place, block| {
        for (name, attribute) in &block.attributes {
            let words: Vec<&str> = name.split('_').collect();
            let secret = matches!(words[..], [.., "token" | "secret" | "pin"] | [.., "pin", "wo"]);
            assert!(!secret || attribute.sensitive, "{place}.{name} must be sensitive");
            secrets += usize::from(secret);
        }
    });
    assert!(secrets >= 4, "only {secrets} secrets found: has the rule lost its subject?");
    host.end().await;
}

/// Terraform prints the line that a diagnostic points at, and the values in it.
#[tokio::test]
async fn no_diagnostic_points_at_a_sensitive_attribute() {
    let host = Host::start().await;
    let mut refused = 0;
    let mut check = |name: &str, found: Diagnostics| {
        for diagnostic in found.iter() {
            assert_eq!(diagnostic.path, "", "{diagnostic:?}");
            assert!(diagnostic.says(name), "it names its argument: {diagnostic:?}");
            refused += 1;
        }
    };
    let sensitive = |block: &Block| {
        let all = block.attributes.iter().filter(|(_, attribute)| attribute.sensitive);
        all.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    for bad in ["", " ", "Bearer 1", "12345", "111111", "two\nlines"] {
        for name in sensitive(&host.provider.schemas.provider) {
            let config = json!({ name.as_str(): bad });
            check(&name, host.provider.prepare(config.clone()).await);
            check(&name, host.provider.configure(config).await);
        }
        for (resource, block) in &host.provider.schemas.resources {
            for name in sensitive(block) {
                let mut config = json!({ "phone_number_id": "1", name.as_str(): bad });
                config["pin_wo_version"] = if name == "pin" { Value::Null } else { json!("1") };
                for capable in [None, Some(ClientCapabilities::default())] {
                    let found = host.provider.validate_for(resource, config.clone(), capable).await;
                    check(&name, found);
                }
            }
        }
    }
    assert!(refused > 40, "only {refused} diagnostics: has the rule lost its subject?");
    host.end().await;
}

#[tokio::test]
async fn the_provider_block_is_the_documented_one() {
    let host = Host::start().await;
    let block = &host.provider.schemas.provider;
    assert_eq!(
        shape(block),
        [
            "access_token: optional sensitive",
            "api_version: optional",
            "app_id: optional",
            "app_secret: optional sensitive",
            "base_url: optional",
            "business_account_ids: optional",
            "ca_certificate_file: optional",
            "max_retries: optional",
            "missing_number: optional",
            "request_timeout: optional",
        ]
    );
    assert_eq!(block.attributes["max_retries"].kind, Kind::Number);
    host.end().await;
}

/// A user's configuration depends on these: whoever changes a line breaks somebody's run.
#[tokio::test]
async fn every_resource_is_the_documented_one() {
    let documented = [(
        "whatsapp_two_step_verification",
        vec![
            "id: computed",
            "is_pin_enabled: computed",
            "keep_enabled: optional",
            "last_set_at: computed",
            "phone_number_id: required",
            "pin: optional sensitive",
            "pin_wo: optional sensitive write-only",
            "pin_wo_version: optional",
        ],
    )];
    let host = Host::start().await;
    let resources = &host.provider.schemas.resources;
    for name in resources.keys() {
        let known = documented.iter().any(|(documented, _)| documented == name);
        assert!(known, "{name} is not in this table: write down what users may rely on");
    }
    for (name, attributes) in documented {
        assert_eq!(shape(host.provider.schemas.resource(name)), attributes, "{name}");
    }
    host.end().await;
}

#[tokio::test]
async fn a_pin_is_a_string_and_a_number_identifies_it() {
    let host = Host::start().await;
    let schemas = &host.provider.schemas;
    let block = schemas.resource("whatsapp_two_step_verification");
    assert_eq!(block.attributes["pin"].kind, Kind::String, "a number would lose leading zeros");
    assert_eq!(block.attributes["pin_wo_version"].kind, Kind::String, "stores number them freely");
    let identity = Kind::Object([("phone_number_id".to_owned(), Kind::String)].into());
    assert_eq!(schemas.identities["whatsapp_two_step_verification"], identity);
    host.end().await;
}

#[tokio::test]
async fn types_carry_the_providers_name() {
    let host = Host::start().await;
    let schemas = &host.provider.schemas;
    let names = schemas.resources.keys().chain(schemas.data_sources.keys());
    let names: Vec<_> = names
        .chain(schemas.ephemeral_resources.keys())
        .chain(schemas.list_resources.keys())
        .collect();
    assert!(!names.is_empty());
    for name in names {
        assert!(name.starts_with("whatsapp_"), "Terraform would not find the provider of {name}");
    }
    for name in schemas.list_resources.keys() {
        assert!(schemas.identities.contains_key(name), "{name} is listed without an identity");
    }
    host.end().await;
}

fn shape(block: &Block) -> Vec<String> {
    let describe = |(name, attribute): (&String, &Attribute)| {
        let flags = [
            (attribute.required, " required"),
            (attribute.optional, " optional"),
            (attribute.computed, " computed"),
            (attribute.sensitive, " sensitive"),
            (attribute.write_only, " write-only"),
        ];
        let flags = flags.into_iter().filter_map(|(set, word)| set.then_some(word));
        format!("{name}:{}", flags.collect::<String>())
    };
    block.attributes.iter().map(describe).collect()
}

fn for_each_block(schemas: &Schemas, mut visit: impl FnMut(&str, &Block)) {
    visit("provider", &schemas.provider);
    for (kind, blocks) in [
        ("resource", &schemas.resources),
        ("data", &schemas.data_sources),
        ("ephemeral", &schemas.ephemeral_resources),
        ("list", &schemas.list_resources),
    ] {
        blocks
            .iter()
            .for_each(|(name, block)| descend(&format!("{kind} {name}"), block, &mut visit));
    }
}

fn descend(place: &str, block: &Block, visit: &mut impl FnMut(&str, &Block)) {
    visit(place, block);
    for (name, nested) in &block.nested {
        descend(&format!("{place}.{name}"), &nested.block, visit);
    }
}

fn assert_name(place: &str, name: &str) {
    let lower = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let good =
        name.bytes().all(lower) && name.starts_with(|first: char| first.is_ascii_lowercase());
    assert!(good, "{place} is no good name");
    assert!(!RESERVED.contains(&name), "{place} is Terraform's own word");
}

fn assert_flags(place: &str, attribute: &Attribute) {
    let flags = (attribute.required, attribute.optional, attribute.computed);
    let good =
        [(true, false, false), (false, true, false), (false, false, true), (false, true, true)];
    assert!(good.contains(&flags), "{place} is (required, optional, computed) = {flags:?}");
    assert!(!attribute.write_only || !attribute.computed, "{place} is write-only and computed");
}

const RESERVED: [&str; 9] = [
    "count",
    "for_each",
    "depends_on",
    "lifecycle",
    "provider",
    "provisioner",
    "connection",
    "alias",
    "version",
];
