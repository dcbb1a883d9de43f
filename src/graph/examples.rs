//! One error of every kind there is, for tests that hold all of them to the same rules: a line
//! added to the table of codes, or a kind added to the error, is tested from the first day.

use serde_json::json;

use crate::graph::answer::Answer;
use crate::graph::codes::{Rule, rules};
use crate::graph::error::{Error, Kind, TlsReason};
use crate::graph::scrub::Scrub;

/// An error for each line of the table, some that the table does not know, and one of each kind
/// that does not come from the API.
pub(crate) fn every_error() -> Vec<Error> {
    let unknown = [(400, 136_025), (500, 136_025), (200, 136_025)];
    let unknown = unknown.map(|(status, code)| api_error(status, json!({ "code": code })));
    let bare = [400, 401, 403, 404, 407, 429, 502].map(|status| from_api(status, b"<html>"));
    let own = kinds().map(Error::new);
    let known = rules().map(of_rule);
    let all = known.chain(unknown).chain(bare).chain(own);
    all.map(|error| error.with_history(1, false)).collect()
}

/// An error to which this line of the table applies.
pub(crate) fn of_rule(rule: &'static Rule) -> Error {
    let signs = rule.example();
    let message = if signs.is_about_proof { "Invalid appsecret_proof" } else { "Message" };
    let error = json!({
        "code": signs.code,
        "error_subcode": signs.subcode,
        "is_transient": signs.is_transient,
        "message": message,
        "fbtrace_id": "AbCdEf",
    });
    api_error(400, error)
}

fn api_error(status: u16, error: serde_json::Value) -> Error {
    from_api(status, json!({ "error": error }).to_string().as_bytes())
}

fn from_api(status: u16, body: &[u8]) -> Error {
    let answer = Answer { status, body: body.to_vec(), redirect_host: None };
    Error::new(answer.read(&Scrub::default()).expect_err("an answer that reports a failure"))
}

fn kinds() -> [Kind; 13] {
    let host = || "graph.example".into();
    let tls = |reason| Kind::Tls { host: host(), reason };
    [
        Kind::BodyTooLarge { status: 200 },
        Kind::Cancelled,
        Kind::Connect { host: host(), reason: "connection refused".into() },
        Kind::ConnectionLost { reason: "connection reset".into() },
        Kind::Redirect { status: 302, host: None },
        Kind::Redirect { status: 302, host: Some(host()) },
        Kind::Timeout,
        tls(TlsReason::Expired),
        tls(TlsReason::OtherHost),
        tls(TlsReason::Other("the peer does not speak TLS".into())),
        tls(TlsReason::UnknownRoot),
        Kind::Unreadable { status: 200, found: "an empty body" },
        Kind::Unsuccessful { status: 200 },
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::graph::class::Class;

    /// The last class in the order of the alphabet.
    const CLASSES: usize = Class::Unsuccessful as usize + 1;

    #[test]
    fn each_line_of_the_table_has_its_error() {
        for rule in rules() {
            assert_eq!(of_rule(rule).rule(), Some(rule));
        }
    }

    #[test]
    fn every_class_occurs() {
        let classes: HashSet<_> = every_error().iter().map(Error::class).collect();
        assert_eq!(classes.len(), CLASSES);
    }

    #[test]
    fn every_error_is_one_short_lower_case_phrase() {
        for error in every_error() {
            let text = error.to_string();
            assert!(text.starts_with(char::is_lowercase) && !text.ends_with('.'), "{text}");
            assert!(text.len() < 100 && !text.contains("://"), "{text}");
        }
    }
}
