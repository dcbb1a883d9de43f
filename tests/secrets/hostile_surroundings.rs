//! What stands between the provider and the API, or pretends to be it.

use std::{fs, net::TcpListener, process::Command};

use crate::proxy::Proxy;
use crate::sandbox::{DEFAULT_NUMBER, DEFAULT_TOKEN, Fault, PROXIED_HOST, Rule, Sandbox};
use crate::search::{Canary, search};
use crate::stage::Stage;
use crate::terraform::{Diagnostic, Finished};

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    elsewhere.set_nonblocking(true).expect("a fresh listener can be switched");
    let address = elsewhere.local_addr().expect("it is bound");
    // Few at a time: after three such answers a run is given up.
    for statuses in [&[301, 302][..], &[303, 307], &[308]] {
        let count = statuses.len();
        let api = Sandbox::builder().numbers(count as u64).start();
        let mut stage = stage(&api);
        stage.configure(&(0..count as u64).map(number).collect::<String>());
        let redirect = |which: fn(Rule) -> Rule| {
            for (index, status) in (0..).zip(statuses) {
                let to = format!("http://{address}/{DEFAULT_TOKEN}?access_token={DEFAULT_TOKEN}");
                let rule = Rule::new(Fault::Redirect { status: *status, to });
                api.inject(which(rule).on_object(Sandbox::number_id(index)));
            }
        };
        redirect(Rule::on_posts);
        let applied = stage.run(&["apply", "-json", "-auto-approve"]).expect_failure();
        assert_explained_once(&applied, count, "Redirect Refused", "does not follow redirects");
        assert_eq!((api.posts(), api.pins().len()), (count, 0));
        api.clear_faults();
        stage.run(&["apply", "-auto-approve"]).expect_success();
        redirect(Rule::on_gets);
        let planned = stage.run(&["plan", "-json"]).expect_failure();
        assert_explained_once(&planned, count, "Redirect Refused", "does not follow redirects");
        for output in [applied, planned] {
            assert!(!output.stdout.contains("access_token="), "a URL was shown: {output}");
        }
    }
    assert!(elsewhere.accept().is_err(), "somebody followed the redirect");
}

#[test]
fn addresses_that_would_give_the_token_away_are_refused_where_they_are_written() {
    let api = Sandbox::start();
    let mut stage = stage(&api);
    let refused = [
        ("http://graph.facebook.com", "plain http"),
        ("http://127.0.0.1.evil.example", "plain http"),
        ("http://localhost.evil.example:80", "plain http"),
        ("http://localhost@evil.example", "plain http"),
        ("http://127.0.0.1:80@evil.example", "plain http"),
        ("http://2130706433.evil.example", "plain http"),
        ("https://user:hunter2@graph.facebook.com", "user name or password"),
        ("https://hunter2@graph.facebook.com", "user name or password"),
        ("https://graph.facebook.com/v24.0?access_token=hunter2", "query"),
        ("https://graph.facebook.com/#hunter2", "query or a fragment"),
        ("ftp://graph.facebook.com", "https://"),
        ("graph.facebook.com", "complete URL"),
    ];
    stage.configure(&aliases(refused.map(|(url, _)| format!("base_url = \"{url}\""))));
    let validated = stage.run(&["validate", "-json"]).expect_failure();
    let diagnostics = validated.diagnostics();
    for (url, reason) in refused {
        // The line of an address with a login or a query would show it.
        let is_shown = !url.contains(['@', '?', '#']);
        let found = match is_shown {
            true => at(&diagnostics, &format!("base_url = \"{url}\"")),
            false => diagnostics
                .iter()
                .find(|found| !found.code().contains("base_url") && found.detail.contains(reason))
                .unwrap_or_else(|| panic!("{url}: {validated}")),
        };
        assert_eq!(found.summary, "Invalid Provider Configuration");
        assert!(found.detail.contains(reason), "{url}: {}", found.detail);
        assert!(!found.detail.contains("hunter2"), "{url}: {}", found.detail);
    }
    assert_eq!(diagnostics.len(), refused.len(), "{validated}");
    assert!(!validated.stdout.contains("hunter2"), "{validated}");

    let mut stage = stage.env("WHATSAPP_BASE_URL", "http://127.0.0.1.evil.example");
    stage.configure(&format!("provider \"whatsapp\" {{}}\n{}", number(0)));
    let planned = stage.run(&["plan", "-json"]).expect_failure();
    assert_all(&planned, 1, "Invalid Provider Configuration", "variable WHATSAPP_BASE_URL");
}

#[test]
fn a_phone_number_id_cannot_smuggle_a_path() {
    let api = Sandbox::start();
    let mut stage = stage(&api);
    let ids = [
        "1/../2",
        "../me",
        "1%2F2",
        "1?fields=id",
        "1#x",
        "1;x",
        "1 2",
        "1\\\\2",
        "1\\n2",
        "１２３",
        "+1 555 010 0001",
        "-1",
        "1e3",
        "0x1",
        "",
        " ",
        "me",
    ];
    let resources = ids.iter().enumerate().map(|(index, id)| resource(index, id));
    stage.configure(&resources.collect::<String>());
    let validated = stage.run(&["validate", "-json"]).expect_failure();
    let diagnostics = validated.diagnostics();
    for id in ids {
        let found = at(&diagnostics, &format!("phone_number_id = \"{id}\""));
        assert_eq!(found.summary, "Invalid Phone Number ID");
    }
    assert_eq!(diagnostics.len(), ids.len(), "{validated}");

    stage.configure(&resource(0, DEFAULT_NUMBER));
    for id in ["../me", "1?fields=id"] {
        let it = "whatsapp_two_step_verification.it_0";
        let refused = stage.run(&["import", it, id]).expect_failure();
        assert!(refused.stderr.contains("Invalid Phone Number ID"), "{refused}");
    }
    assert_eq!(api.calls(), 0);
}

#[test]
fn a_proxy_sees_the_name_of_the_host_and_encrypted_bytes() {
    let api = Sandbox::builder().token(TOKEN).start_tls();
    let port: u16 =
        api.base_url().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let proxy = Proxy::to(Some(port));
    let mut stage = stage(&api)
        .env("WHATSAPP_BASE_URL", &format!("https://{PROXIED_HOST}:{port}"))
        .env("WHATSAPP_ACCESS_TOKEN", TOKEN)
        .env("WHATSAPP_APP_SECRET", "an-app-secret")
        .env("WHATSAPP_MAX_RETRIES", "0")
        .env("HTTPS_PROXY", &proxy.url(PROXY_PASSWORD));
    stage = trusting(stage, &api);
    stage.configure(&resource(0, DEFAULT_NUMBER));
    stage.run(&["apply", "-auto-approve"]).expect_success();
    stage.run(&["plan", "-detailed-exitcode"]).expect_success();
    assert_eq!(api.pin(DEFAULT_NUMBER).as_deref(), Some(PIN));

    let seen = proxy.seen();
    assert!(seen.heads.len() >= 2 && !seen.tunnelled.is_empty());
    let canaries = [Canary::new("token", TOKEN), Canary::new("PIN", PIN)];
    for head in &seen.heads {
        assert!(head.starts_with(&format!("CONNECT {PROXIED_HOST}:{port} HTTP/1.1\r\n")), "{head}");
        assert_eq!(search(&canaries, "a head", head.as_bytes()), []);
    }
    assert_eq!(search(&canaries, "the tunnel", &seen.tunnelled), []);

    let refusing = Proxy::to(None);
    let mut stage = stage.env("HTTPS_PROXY", &refusing.url(PROXY_PASSWORD));
    let refused = stage.run(&["plan", "-json"]).expect_failure();
    assert_all(&refused, 1, "Proxy Refused the Login", "HTTPS_PROXY");
    let heads = refusing.seen().heads;
    let with_login = heads.iter().filter(|head| head.contains("roxy-")).count();
    assert_eq!((heads.len(), with_login), (2, 1), "{heads:?}");
    let found = stage
        .search(&[Canary::new("proxy's password", PROXY_PASSWORD), Canary::new("token", TOKEN)]);
    assert_eq!(found, []);
}

#[test]
fn a_call_to_this_machine_goes_through_no_proxy() {
    let api = Sandbox::start();
    let proxy = Proxy::to(None);
    let url = proxy.url(PROXY_PASSWORD);
    let mut stage = stage(&api)
        .env("HTTP_PROXY", &url)
        .env("http_proxy", &url)
        .env("HTTPS_PROXY", &url)
        .env("ALL_PROXY", &url)
        .env("NO_PROXY", "");
    stage.configure(&resource(0, DEFAULT_NUMBER));
    stage.run(&["apply", "-auto-approve"]).expect_success();
    assert_eq!(api.pin(DEFAULT_NUMBER).as_deref(), Some(PIN));
    assert_eq!(proxy.seen().heads, [] as [String; 0]);
}

#[test]
fn a_server_whose_root_is_unknown_gets_nothing_and_the_message_names_the_argument() {
    let api = Sandbox::builder().start_tls();
    let mut stage = stage(&api).env("WHATSAPP_MAX_RETRIES", "0");
    stage.configure(&resource(0, DEFAULT_NUMBER));
    let refused = stage.run(&["apply", "-json", "-auto-approve"]).expect_failure();
    assert_all(&refused, 1, "Graph API Not Trusted", "ca_certificate_file");
    assert!(refused.stdout.contains("root"), "{refused}");
    assert_eq!(api.calls(), 0);

    let other = Sandbox::builder().start_tls();
    let mut stage = trusting(stage, &other);
    let refused = stage.run(&["apply", "-json", "-auto-approve"]).expect_failure();
    assert_all(&refused, 1, "Graph API Not Trusted", "ca_certificate_file");
    assert_eq!(api.calls(), 0);

    let mut stage = trusting(stage, &api);
    stage.run(&["apply", "-auto-approve"]).expect_success();
    assert_eq!(api.pin(DEFAULT_NUMBER).as_deref(), Some(PIN));
}

#[test]
fn a_file_that_gives_no_roots_is_an_error_on_its_argument() {
    let api = Sandbox::start();
    let mut stage = stage(&api);
    let folder = stage.folder();
    let make = |name: &str, content: &str| fs::write(folder.join(name), content).expect("writable");
    make("text", "hunter2: not a certificate\n");
    make("key", &format!("-----BEGIN PRIVATE KEY-----\n{SOME_KEY}\n-----END PRIVATE KEY-----\n"));
    make("cut", "-----BEGIN CERTIFICATE-----\nMIIB\n");
    make("other", "-----BEGIN CERTIFICATE-----\naHVudGVyMg==\n-----END CERTIFICATE-----\n");
    make("empty", "");
    fs::create_dir(folder.join("folder")).expect("writable");
    let huge = fs::File::create(folder.join("huge")).expect("writable");
    huge.set_len(5 << 20).expect("a hole takes no room");
    let fifo = Command::new("mkfifo").arg(folder.join("fifo")).status().expect("mkfifo runs");
    assert!(fifo.success());
    let refused = [
        ("missing", "cannot be read"),
        ("folder", "regular file"),
        ("fifo", "regular file"),
        ("huge", "larger than 4 MiB"),
        ("text", "no PEM certificate"),
        ("key", "no PEM certificate"),
        ("empty", "no PEM certificate"),
        ("cut", "well-formed PEM"),
        ("other", "cannot be read as a certificate"),
    ];
    stage.configure(&aliases(refused.map(|(name, _)| format!("ca_certificate_file = \"{name}\""))));
    let planned = stage.run(&["plan", "-json"]).expect_failure();
    let diagnostics = planned.diagnostics();
    for (name, reason) in refused {
        let found = at(&diagnostics, &format!("ca_certificate_file = \"{name}\""));
        assert!(found.detail.contains(reason), "{name}: {}", found.detail);
    }
    assert_eq!(diagnostics.len(), refused.len(), "{planned}");
    for hidden in ["hunter2", "aHVudGVyMg", SOME_KEY] {
        assert!(!planned.stdout.contains(hidden), "the file's content was shown: {planned}");
    }
}

fn stage(api: &Sandbox) -> Stage {
    Stage::new(api).env("WHATSAPP_ACCESS_TOKEN", DEFAULT_TOKEN)
}

fn trusting(stage: Stage, api: &Sandbox) -> Stage {
    let file = stage.folder().join("ca.pem");
    fs::write(&file, api.ca_pem().expect("it speaks https")).expect("the folder is writable");
    stage.env("WHATSAPP_CA_CERTIFICATE_FILE", &file.display().to_string())
}

/// Passes when there are `count` errors, all with this title; one has this in its text, and the others
/// refer to that one.
#[track_caller]
fn assert_explained_once(finished: &Finished, count: usize, summary: &str, detail: &str) {
    let errors = finished.diagnostics();
    let having = |text: &str| errors.iter().filter(|it| it.detail.contains(text)).count();
    assert!(errors.iter().all(|it| it.summary == summary), "{finished}");
    assert_eq!((having(detail), having("see there.")), (1, count - 1), "{finished}");
}

/// Passes when there are `count` errors, all with this title and this in their text.
#[track_caller]
fn assert_all(finished: &Finished, count: usize, summary: &str, detail: &str) {
    let errors = finished.diagnostics();
    let fits = |it: &Diagnostic| it.summary == summary && it.detail.contains(detail);
    assert!(errors.len() == count && errors.iter().all(fits), "{finished}");
}

/// The diagnostic that points at this line of configuration.
#[track_caller]
fn at<'a>(diagnostics: &'a [Diagnostic], code: &str) -> &'a Diagnostic {
    let found = diagnostics.iter().find(|found| found.code() == code);
    found.unwrap_or_else(|| panic!("nothing points at {code}: {diagnostics:#?}"))
}

/// One provider block for each line, with a resource that uses it.
fn aliases<const N: usize>(lines: [String; N]) -> String {
    let block = |(index, line): (usize, &String)| {
        format!(
            "provider \"whatsapp\" {{\n  alias = \"a{index}\"\n  {line}\n}}\n{}",
            resource(index, DEFAULT_NUMBER)
                .replace('{', &format!("{{\n  provider = whatsapp.a{index}"))
        )
    };
    lines.iter().enumerate().map(block).collect()
}

fn number(index: u64) -> String {
    resource(usize::try_from(index).expect("a few"), &Sandbox::number_id(index))
}

fn resource(index: usize, id: &str) -> String {
    format!(
        "resource \"whatsapp_two_step_verification\" \"it_{index}\" {{\n  \
         phone_number_id = \"{id}\"\n  pin = \"{PIN}\"\n}}\n"
    )
}

const TOKEN: &str = "EAAGcanary-for-the-proxy";
const PIN: &str = "048213";
const PROXY_PASSWORD: &str = "hunter2-of-the-proxy";
const SOME_KEY: &str = "c29tZSBwcml2YXRlIGtleSwgbm90IHJlYWxseQ==";
