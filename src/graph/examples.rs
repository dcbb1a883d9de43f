//! One error of every kind there is, for tests that hold all of them to the same rules: a line
//! added to the table of codes, or a kind added to the error, is tested from the first day.

use std::sync::Arc;

use serde_json::json;

use crate::graph::answer::Answer;
use crate::graph::codes::{Rule, Topic, rules};
use crate::graph::error::{Error, Kind};
use crate::graph::scrub::Scrub;
use crate::graph::stage::{ProxyFailure, ProxyTrouble};
use crate::graph::trust::{Stranger, TlsReason};

/// An error for each line of the table, some that the table does not know, and one of each kind
/// that does not come from the API.
pub(crate) fn every_error() -> Vec<Error> {
    let unknown = [(400, 136_999), (500, 136_999), (200, 136_999)];
    let unknown = unknown.map(|(status, code)| api_error(status, json!({ "code": code })));
    let without_code = api_error(400, json!({ "message": "Message without a code" }));
    let bare = [400, 401, 403, 404, 407, 429, 502].map(|status| from_api(status, b"<html>"));
    let own = kinds().into_iter().map(Error::new);
    let known = rules().map(of_rule);
    let all = known.chain(unknown).chain([without_code]).chain(bare).chain(own);
    all.map(|error| error.with_history(1, false)).collect()
}

/// An error to which this line of the table applies.
pub(crate) fn of_rule(rule: &'static Rule) -> Error {
    let signs = rule.example();
    let message = match signs.about {
        Some(Topic::AccountForNumber) => "Field is not on node type (WhatsAppBusinessAccount)",
        Some(Topic::Permission) => "Missing Permission",
        Some(Topic::Proof) => "Invalid appsecret_proof",
        Some(Topic::Token) => "An active access token must be used",
        None => "Message",
    };
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

fn kinds() -> Vec<Kind> {
    let host = || "graph.example".into();
    let tls = |reason| Kind::Tls { host: host(), reason, through: None };
    let mut kinds = vec![
        Kind::BodyTooLarge { status: 200 },
        Kind::Cancelled,
        Kind::Connect { host: host(), reason: "connection refused".into() },
        Kind::ConnectionLost { reason: "connection reset".into() },
        Kind::NotTried,
        Kind::Redirect { status: 302, host: None },
        Kind::Redirect { status: 302, host: Some(host()) },
        Kind::Timeout,
        Kind::Unreadable { status: 200, found: "an empty body" },
        Kind::Unsuccessful { status: 200 },
    ];
    kinds.extend(tls_reasons().map(tls));
    kinds.extend(proxy_troubles().into_iter().map(|(has_login, trouble)| {
        let (proxy, variable) = ("p.example:3128".into(), "HTTPS_PROXY");
        Kind::Proxy(Arc::new(ProxyFailure { proxy, variable, has_login, trouble }))
    }));
    kinds
}

/// Every reason why no TLS connection is made.
pub(crate) fn tls_reasons() -> [TlsReason; 11] {
    let stranger = Stranger {
        subject: "CN=graph.example".into(),
        issuer: "CN=Example CA".into(),
        unread: "/none (SSL_CERT_FILE) cannot be read: entity not found".into(),
    };
    let now = || Some("2026-11-28T12:00:00Z".into());
    [
        TlsReason::Authority,
        TlsReason::BadSignature,
        TlsReason::Expired { end: Some("2026-01-01T00:00:00Z".into()), now: now() },
        TlsReason::NotYetValid { start: Some("2027-01-01T00:00:00Z".into()), now: now() },
        TlsReason::NotTls,
        TlsReason::Old,
        TlsReason::Other,
        TlsReason::OtherHost { names: "other.example".into() },
        TlsReason::Refused("it denies access"),
        TlsReason::Unfit,
        TlsReason::UnknownRoot(stranger),
    ]
}

/// Everything that a proxy can do, with and without a login in its address.
pub(crate) fn proxy_troubles() -> Vec<(bool, ProxyTrouble)> {
    let login = |schemes: &str| ProxyTrouble::Login { schemes: schemes.into() };
    let status = |status, phrase: &str| ProxyTrouble::Status { status, phrase: phrase.into() };
    let unreachable =
        |by_name| ProxyTrouble::Unreachable { by_name, reason: "connection refused".into() };
    vec![
        (false, ProxyTrouble::Closed),
        (false, login("Basic")),
        (true, login("Basic")),
        (true, login("")),
        (true, login("NTLM, Negotiate")),
        (false, login("Negotiate")),
        (false, ProxyTrouble::NotAProxy),
        (false, ProxyTrouble::Silent),
        (false, ProxyTrouble::Socks { reply: "a general failure", passing: true }),
        (false, ProxyTrouble::Socks { reply: "its rules do not allow it", passing: false }),
        (false, status(403, "Forbidden")),
        (false, status(301, "Moved")),
        (false, status(502, "")),
        (false, unreachable(false)),
        (false, unreachable(true)),
        (false, ProxyTrouble::Untrusted(TlsReason::NotTls)),
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
