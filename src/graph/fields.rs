//! Fields of an answer, read leniently: the API writes numbers as texts and texts as numbers.

use serde_json::Value;

use crate::graph::scrub::Scrub;

/// A field as text: texts as they are, numbers by their digits, anything else not at all.
pub(crate) fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A field as text that may be shown or stored: whatever others see of an answer is read by this.
pub(crate) fn shown(value: Option<&Value>, scrub: &Scrub) -> Option<String> {
    text(value).map(|text| scrub.clean(&text))
}

/// A field as truth value, which may be written as text or number.
pub(crate) fn boolean(value: Option<&Value>) -> Option<bool> {
    let word = match value? {
        Value::Bool(known) => return Some(*known),
        other => text(Some(other))?.to_ascii_lowercase(),
    };
    match word.as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// A field as whole number, which may be written as text.
pub(crate) fn integer(value: Option<&Value>) -> Option<i64> {
    text(value)?.trim().parse().ok()
}
