//! Which fields Graph knows of a phone number and of an account, and how it projects an object on them.

use std::time::Instant;

use serde_json::{Map, Value, json};

use super::graph_error::GraphError;
use super::state::PhoneNumber;

/// The asked fields of a number, or the default ones; one unknown field fails the whole call.
pub(super) fn of_number(
    number: &PhoneNumber,
    fields: Option<&str>,
    now: Instant,
) -> Result<Map<String, Value>, GraphError> {
    let asked = asked(fields, &NUMBER_DEFAULTS);
    project(&asked, &NUMBER_FIELDS, NUMBER_TYPE, |field| number_value(number, field, now))
}

/// The asked fields of an account.
pub(super) fn of_account(
    id: &str,
    name: &str,
    fields: Option<&str>,
) -> Result<Map<String, Value>, GraphError> {
    let asked = asked(fields, &ACCOUNT_DEFAULTS);
    project(&asked, &ACCOUNT_FIELDS, ACCOUNT_TYPE, |field| account_value(id, name, field))
}

/// Refuses a list of an account without numbers just as one with numbers.
pub(super) fn check_number_fields(fields: Option<&str>) -> Result<(), GraphError> {
    let asked = asked(fields, &NUMBER_DEFAULTS);
    project(&asked, &NUMBER_FIELDS, NUMBER_TYPE, |_| None).map(drop)
}

/// `id` is always answered, asked for or not.
fn asked<'a>(fields: Option<&'a str>, defaults: &[&'a str]) -> Vec<&'a str> {
    let mut asked: Vec<&str> = match fields {
        Some(list) => list.split(',').map(str::trim).filter(|field| !field.is_empty()).collect(),
        None => Vec::new(),
    };
    if asked.is_empty() {
        asked.extend(defaults);
    }
    asked.push("id");
    asked
}

fn project(
    asked: &[&str],
    known: &[&str],
    node_type: &str,
    value: impl Fn(&str) -> Option<Value>,
) -> Result<Map<String, Value>, GraphError> {
    if let Some(unknown) = asked.iter().find(|field| !known.contains(field)) {
        return Err(GraphError::unknown_field(unknown, node_type));
    }
    let present = asked.iter().filter_map(|field| Some((field.to_string(), value(field)?)));
    Ok(present.collect())
}

fn number_value(number: &PhoneNumber, field: &str, now: Instant) -> Option<Value> {
    let text = |value: &Option<String>| value.clone().map(Value::String);
    match field {
        "id" => Some(json!(number.id)),
        "display_phone_number" => Some(json!(number.display_phone_number)),
        "verified_name" => text(&number.verified_name),
        "is_pin_enabled" => Some(json!(number.is_pin_enabled(now))),
        "code_verification_status" => text(&number.code_verification_status),
        "quality_rating" => text(&number.quality_rating),
        "status" => text(&number.status),
        "name_status" => text(&number.name_status),
        "platform_type" => text(&number.platform_type),
        "throughput" => Some(json!({ "level": "STANDARD" })),
        "account_mode" => Some(json!("SANDBOX")),
        other => number.extra.get(other).cloned(),
    }
}

fn account_value(id: &str, name: &str, field: &str) -> Option<Value> {
    match field {
        "id" => Some(json!(id)),
        "name" => Some(json!(name)),
        "timezone_id" => Some(json!("1")),
        "message_template_namespace" => Some(json!("00000000_0000_4000_8000_000000000000")),
        "account_review_status" => Some(json!("APPROVED")),
        "business_verification_status" => Some(json!("verified")),
        "ownership_type" => Some(json!("SELF")),
        _ => None,
    }
}

const NUMBER_TYPE: &str = "WhatsAppBusinessPhoneNumber";
const ACCOUNT_TYPE: &str = "WhatsAppBusinessAccount";

const NUMBER_DEFAULTS: [&str; 6] = [
    "verified_name",
    "display_phone_number",
    "code_verification_status",
    "quality_rating",
    "platform_type",
    "throughput",
];

const NUMBER_FIELDS: [&str; 27] = [
    "id",
    "display_phone_number",
    "verified_name",
    "is_pin_enabled",
    "code_verification_status",
    "status",
    "quality_rating",
    "quality_score",
    "platform_type",
    "throughput",
    "account_mode",
    "name_status",
    "new_name_status",
    "messaging_limit_tier",
    "whatsapp_business_manager_messaging_limit",
    "is_official_business_account",
    "is_on_biz_app",
    "is_preverified_number",
    "search_visibility",
    "last_onboarded_time",
    "certificate",
    "new_certificate",
    "health_status",
    "webhook_configuration",
    "username",
    "country_code",
    "country_dial_code",
];

const ACCOUNT_DEFAULTS: [&str; 3] = ["name", "timezone_id", "message_template_namespace"];

const ACCOUNT_FIELDS: [&str; 7] = [
    "id",
    "name",
    "timezone_id",
    "message_template_namespace",
    "account_review_status",
    "business_verification_status",
    "ownership_type",
];
