//! Every row of the table of what Go does, and what is wanted here.
//!
//! `go-rules.json` was made by running Go's `net/http` with the environment of each row, while a
//! recorder stood in for the network. Where `want` is not what Go did, `because` says why.

use std::collections::BTreeMap;

use serde::Deserialize;
use url::Url;

use super::*;

#[derive(Deserialize)]
struct Table {
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    env: BTreeMap<String, String>,
    url: String,
    result: Went,
    /// Missing for plain HTTP, which never leaves this machine.
    want: Option<Want>,
    because: Option<String>,
}

/// What Go did.
#[derive(Deserialize)]
struct Went {
    kind: String,
    dial: Option<String>,
    user: Option<String>,
    password: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Want {
    Direct,
    Proxy {
        scheme: String,
        host: String,
        port: u16,
        user: Option<String>,
        password: Option<String>,
    },
    Refusal {
        variable: String,
        why: String,
    },
}

fn rows() -> Vec<Row> {
    let table: Table = serde_json::from_str(include_str!("go-rules.json")).expect("a table");
    assert_eq!(table.rows.len(), 245);
    table.rows
}

fn went(row: &Row) -> Want {
    let surroundings = Surroundings::read(|name| row.env.get(name).map(std::ffi::OsString::from));
    let url = Url::parse(&row.url).expect("a URL");
    let port = url.port_or_known_default().expect("a port");
    match way(&surroundings, &url.host().expect("a host"), port) {
        Ok(Way::Direct) => Want::Direct,
        Ok(Way::Through(proxy)) => {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let scheme = match proxy.scheme {
                Scheme::Http => "http",
                Scheme::Https => "https",
                Scheme::Socks => "socks5",
            };
            Want::Proxy {
                scheme: scheme.to_owned(),
                host: proxy.host.to_string(),
                port: proxy.port,
                user: proxy.login.as_ref().map(|login| text(&login.user)),
                password: proxy.login.as_ref().map(|login| text(&login.password)),
            }
        }
        Err(Refusal { variable, why }) => {
            Want::Refusal { variable: variable.to_owned(), why: format!("{why:?}") }
        }
    }
}

#[test]
fn every_row_goes_the_way_that_is_wanted() {
    let mut wrong = Vec::new();
    for row in rows() {
        let went = went(&row);
        if let Some(want) = row.want.as_ref().filter(|want| **want != went) {
            wrong.push(format!("{}: {went:?}, wanted {want:?}", row.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_way_that_is_taken_is_the_way_of_go_and_what_differs_is_refused_for_a_reason() {
    for row in rows() {
        match row.want.as_ref() {
            Some(Want::Direct) => {
                assert!(row.result.kind == "direct" || row.because.is_some(), "{}", row.id);
            }
            Some(Want::Proxy { host, port, user, password, .. }) => {
                let went = &row.result;
                let dialled = went.dial.as_ref().map(|dialled| dialled.to_lowercase());
                assert_eq!(dialled, Some(format!("{host}:{port}")), "{}", row.id);
                // A proxy cannot tell a colon of the user name from the one behind it.
                let login = |user: &Option<String>, password: &Option<String>| {
                    Some([user.as_deref()?, password.as_deref()?].join(":"))
                };
                let sent = login(&went.user, &went.password);
                assert_eq!(sent, login(user, password), "{}", row.id);
            }
            Some(Want::Refusal { .. }) => assert!(row.because.is_some(), "{}", row.id),
            None => assert!(row.url.starts_with("http://"), "{}", row.id),
        }
    }
}

/// The heart of it, also for values that nobody thought of.
#[test]
fn a_proxy_that_is_set_is_never_passed_by_for_a_host_that_is_not_excepted() {
    use proptest::prelude::*;
    let host = Host::Domain("graph.facebook.com");
    proptest!(|(value in r"[ \x00-\x7fäß]{1,30}")| {
        let surroundings =
            Surroundings::read(|name| (name == "HTTPS_PROXY").then(|| value.clone().into()));
        prop_assert!(!matches!(way(&surroundings, &host, 443), Ok(Way::Direct)));
    });
}

#[cfg(unix)]
#[test]
fn what_is_not_unicode_is_refused_whether_it_names_a_proxy_or_exceptions() {
    use std::os::unix::ffi::OsStringExt;
    for (broken, variable) in [("https_proxy", "https_proxy"), ("NO_PROXY", "NO_PROXY")] {
        let surroundings = Surroundings::read(|name| match name {
            name if name == broken => Some(std::ffi::OsString::from_vec(vec![b'p', 0xff])),
            "HTTPS_PROXY" if broken == "NO_PROXY" => Some("http://p.example".into()),
            _ => None,
        });
        let refusal = way(&surroundings, &Host::Domain("graph.facebook.com"), 443);
        assert_eq!(refusal.expect_err("unreadable"), Refusal { variable, why: Why::NotText });
    }
}

#[test]
fn nothing_of_a_login_is_shown() {
    let value = "http://user:hunter2@p.example:1";
    let surroundings = Surroundings::read(|name| (name == "HTTPS_PROXY").then(|| value.into()));
    let way = way(&surroundings, &Host::Domain("graph.facebook.com"), 443).expect("a way");
    let shown = format!("{way:?} {surroundings:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("user"), "{shown}");
    assert!(shown.contains("HTTPS_PROXY"), "{shown}");
}
