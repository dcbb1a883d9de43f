//! What the API itself said of a failure.

use std::fmt::Write;

use crate::graph::Error;
use crate::provider::failure::network;

/// The API's own words with everything that Meta's support asks for.
pub(crate) fn said_by_graph(error: &Error) -> String {
    let mut said = match (error.code(), error.message()) {
        (Some(code), _) => format!("Graph API error {code}"),
        (None, Some(_)) => "Graph API error without a code".to_owned(),
        (None, None) => return format!("Cause: {error}.{}", network::explained(error)),
    };
    if let Some(subcode) = error.subcode() {
        _ = write!(said, ", subcode {subcode}");
    }
    if let Some(message) = error.message() {
        _ = write!(said, ": {}", sentence(message));
    }
    for more in [error.user_title(), error.user_message(), error.details()].into_iter().flatten() {
        _ = write!(said, " {}", sentence(more));
    }
    if let Some(status) = error.http_status() {
        _ = write!(said, " (HTTP {status}");
        match error.fbtrace_id() {
            Some(trace) => _ = write!(said, ", fbtrace_id {trace})"),
            None => said.push(')'),
        }
    }
    said
}

/// A text of the API as a sentence of ours.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}
