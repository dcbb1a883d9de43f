//! The client against a real socket: what it sends, and what it survives.

mod accounts;
mod limits;
mod proxies;
mod registration;
mod secrets;
mod stops;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::TcpSocket;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::graph::class::Class;
use crate::graph::client::Client;
use crate::graph::error::{Error, TlsReason};
use crate::graph::ids::PhoneNumberId;
use crate::graph::phone_numbers::{PhoneNumber, PhoneNumberFields};
use crate::graph::pin::Pin;
use crate::graph::roots::RootCertificates;
use crate::graph::settings::Settings;
use crate::graph::stage::Stage;
use crate::graph::test_server::{
    Handle, Heard, Reply, Server, TestClock, answer, json, pem, success,
};
use crate::graph::token::{AccessToken, AppSecret};
use crate::graph::way_out::Surroundings;

const TOKEN: &str = "EAAG\"t\\%41é";
const PIN: &str = "058213";

pub(super) fn settings(port: u16) -> Settings {
    Settings {
        base_url: format!("http://127.0.0.1:{port}").parse().expect("loopback is allowed"),
        api_version: "v24.0".parse().expect("a version"),
        access_token: AccessToken::parse(TOKEN).expect("a token"),
        app_secret: None,
        request_timeout: Duration::from_secs(20),
        max_retries: 4,
        surroundings: Surroundings::default(),
        extra_roots: RootCertificates::default(),
        user_agent: "test/1".to_owned(),
    }
}

fn client_with(settings: Settings, clock: &Arc<TestClock>) -> Client {
    Client::with_clock(settings, Arc::new(Handle(clock.clone()))).expect("good settings")
}

fn client(server: &Server) -> Client {
    client_with(settings(server.port), &TestClock::new())
}

fn number() -> PhoneNumberId {
    "106540352242922".parse().expect("an ID")
}

async fn set_pin(client: &Client, cancel: &CancellationToken) -> Result<(), Error> {
    let pin = Pin::parse(PIN).expect("a PIN");
    bounded(client.set_two_step_pin(&number(), &pin, cancel)).await
}

async fn set_pin_now(client: &Client) -> Result<(), Error> {
    set_pin(client, &CancellationToken::new()).await
}

async fn read_status(client: &Client) -> Result<PhoneNumber, Error> {
    let cancel = CancellationToken::new();
    bounded(client.phone_number(&number(), PhoneNumberFields::PinStatus, &cancel)).await
}

/// No test hangs, whatever the client does.
async fn bounded<T>(future: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(30), future).await.expect("done in time")
}

fn refusal(code: i64) -> Reply {
    json(400, &format!(r#"{{"error":{{"code":{code}}}}}"#))
}

fn throttled(seconds: u64) -> Reply {
    let seconds = seconds.to_string();
    Reply::Bytes(answer(429, &[("retry-after", &seconds)], r#"{"error":{"code":80007}}"#))
}

#[tokio::test]
async fn a_pin_is_posted_with_token_and_proof_and_nothing_else() {
    let heard = Arc::new(Mutex::new(None));
    let keep = heard.clone();
    let server = Server::start(move |request| {
        *keep.lock().expect("unpoisoned") = Some(request);
        success()
    })
    .await;
    let secret = AppSecret::parse("s3cret").expect("a secret");
    let proof = secret.proof(&AccessToken::parse(TOKEN).expect("a token"));
    let settings = Settings { app_secret: Some(secret), ..settings(server.port) };
    set_pin_now(&client_with(settings, &TestClock::new())).await.expect("set");
    let Heard { line, headers, body, .. } =
        heard.lock().expect("unpoisoned").take().expect("one request");
    let target = format!("/v24.0/106540352242922?appsecret_proof={}", proof.expose());
    assert_eq!(line, format!("POST {target} HTTP/1.1"));
    assert_eq!(body, r#"{"pin":"058213"}"#);
    let headers = String::from_utf8(headers).expect("the token's letters survive");
    assert!(headers.contains(&format!("authorization: Bearer {TOKEN}\r\n")), "{headers}");
    assert!(headers.contains("content-type: application/json"), "{headers}");
    assert!(headers.contains("user-agent: test/1"), "{headers}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let trap = Server::start(|_| success()).await;
    let target = format!("http://127.0.0.1:{}/v24.0/1?x=1", trap.port);
    let server =
        Server::start(move |_| Reply::Bytes(answer(307, &[("location", &target)], ""))).await;
    let error = set_pin_now(&client(&server)).await.expect_err("refused");
    assert_eq!(error.class(), Class::Redirect);
    assert_eq!(error.host(), Some("127.0.0.1"));
    assert_eq!((error.attempts(), server.heard(), trap.heard()), (1, 1, 0));
}

#[tokio::test]
async fn a_server_that_drips_does_not_hang_a_call() {
    let server = Server::start(|_| Reply::Drip).await;
    let settings = Settings {
        request_timeout: Duration::from_millis(150),
        max_retries: 1,
        ..settings(server.port)
    };
    let error = set_pin_now(&client_with(settings, &TestClock::new())).await.expect_err("late");
    assert_eq!(error.class(), Class::Timeout);
    assert_eq!((error.attempts(), server.heard()), (2, 2));
    assert!(error.outcome_unknown());
}

#[tokio::test]
async fn a_silent_server_is_given_up_after_the_retries() {
    let server = Server::start(|_| Reply::Silence).await;
    let settings = Settings {
        request_timeout: Duration::from_millis(100),
        max_retries: 2,
        ..settings(server.port)
    };
    let error = read_status(&client_with(settings, &TestClock::new())).await.expect_err("late");
    assert_eq!(error.class(), Class::Timeout);
    assert_eq!((error.attempts(), server.heard()), (3, 3));
    assert!(!error.outcome_unknown(), "a read changes nothing");
}

#[tokio::test]
async fn a_lost_connection_is_made_again() {
    let server = Server::start(|heard| match heard.number {
        0 => Reply::HangUp,
        1 => Reply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{\"succ".to_vec()),
        _ => success(),
    })
    .await;
    set_pin_now(&client(&server)).await.expect("set at last");
    assert_eq!(server.heard(), 3);
}

#[tokio::test]
async fn an_endless_body_is_no_answer_and_the_pin_is_sent_again() {
    let server = Server::start(|_| Reply::Flood(200)).await;
    let error = set_pin_now(&client(&server)).await.expect_err("too large");
    assert_eq!(error.class(), Class::BodyTooLarge);
    assert_eq!((error.attempts(), error.outcome_unknown()), (5, true));
}

#[tokio::test]
async fn a_refusal_with_an_endless_body_is_still_a_refusal() {
    let server = Server::start(|_| Reply::Flood(403)).await;
    let error = set_pin_now(&client(&server)).await.expect_err("refused");
    assert_eq!(error.class(), Class::Permission);
    assert_eq!((error.attempts(), error.outcome_unknown()), (1, false));
}

#[tokio::test]
async fn waits_between_retries_grow() {
    let server = Server::start(|_| json(503, "")).await;
    let clock = TestClock::new();
    let client = client_with(settings(server.port), &clock);
    let error = set_pin_now(&client).await.expect_err("down");
    assert_eq!(error.class(), Class::Transient);
    assert_eq!((error.attempts(), server.heard()), (5, 5));
    assert!(error.outcome_unknown());
    assert_eq!(clock.passed(), Duration::from_millis(500 + 1_000 + 2_000 + 4_000));
}

#[tokio::test]
async fn a_refusal_is_sent_once() {
    for code in [100, 190, 133_005, 133_008, 133_009, 133_015, 133_016] {
        let server = Server::start(move |_| refusal(code)).await;
        let error = set_pin_now(&client(&server)).await.expect_err("refused");
        assert_eq!((error.code(), error.attempts(), server.heard()), (Some(code), 1, 1));
        assert!(!error.outcome_unknown());
    }
}

#[tokio::test]
async fn a_refusal_does_not_hide_that_an_earlier_attempt_was_ambiguous() {
    let server = Server::start(|heard| match heard.number {
        0 => json(500, ""),
        _ => refusal(190),
    })
    .await;
    let error = set_pin_now(&client(&server)).await.expect_err("refused");
    assert_eq!((error.class(), error.attempts()), (Class::Auth, 2));
    assert!(error.outcome_unknown());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_from_a_slow_one() {
    // Bound but not listening: nobody answers, and nobody else can get the port.
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
    let port = socket.local_addr().expect("an address").port();
    let settings = Settings { max_retries: 1, ..settings(port) };
    let error = set_pin_now(&client_with(settings, &TestClock::new())).await.expect_err("gone");
    assert_eq!((error.class(), error.attempts()), (Class::Connect, 2), "{error}");
    assert_eq!(error.to_string(), "no connection to 127.0.0.1: connection refused");
    assert!(!error.outcome_unknown(), "nothing was sent");
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_no_connection() {
    let base_url = "https://graph.invalid".parse().expect("a good URL");
    let settings = Settings {
        base_url,
        max_retries: 0,
        request_timeout: Duration::from_secs(5),
        ..settings(0)
    };
    let error = set_pin_now(&client_with(settings, &TestClock::new())).await.expect_err("no name");
    assert_eq!((error.class(), error.host()), (Class::Connect, Some("graph.invalid")));
    assert_eq!(error.stage(), Some(Stage::NameResolution));
}

#[tokio::test]
async fn another_version_is_told_once() {
    let server = Server::start(|heard| {
        let version = ["v24.0", "nonsense", "v25.0", "v26.0"][heard.number];
        let headers = [("facebook-api-version", version)];
        Reply::Bytes(answer(200, &headers, r#"{"success":true}"#))
    })
    .await;
    let client = client(&server);
    let mut told = Vec::new();
    for _ in 0..4 {
        set_pin_now(&client).await.expect("set");
        told.push(client.take_version_mismatch().map(|version| version.to_string()));
    }
    assert_eq!(told, [None, None, Some("v25.0".to_owned()), None]);
}

#[tokio::test]
async fn every_page_is_asked_for_by_our_own_address_and_with_the_proof() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let keep = lines.clone();
    let server = Server::start(move |heard| {
        keep.lock().expect("unpoisoned").push(heard.line);
        json(
            200,
            match heard.number {
                0 => {
                    r#"{"data":[{"id":"1"}],"paging":{"cursors":{"after":"a&b"},
                    "next":"https://evil.example/?access_token=x"}}"#
                }
                1 => r#"{"data":[],"paging":{"cursors":{"after":"c"},"next":"x"}}"#,
                _ => r#"{"data":[{"id":"2"}],"paging":{"cursors":{"before":"x","after":"d"}}}"#,
            },
        )
    })
    .await;
    let secret = AppSecret::parse("s3cret").expect("a secret");
    let settings = Settings { app_secret: Some(secret), ..settings(server.port) };
    let client = client_with(settings, &TestClock::new());
    let account = "7".parse().expect("an ID");
    let mut pages = client.phone_numbers(account, PhoneNumberFields::PinStatus);
    let mut sizes = Vec::new();
    while let Some(page) = bounded(pages.next_page(&CancellationToken::new())).await.expect("read")
    {
        sizes.push(page.len());
    }
    assert_eq!(sizes, [1, 0, 1]);
    let lines = lines.lock().expect("unpoisoned");
    let first = "GET /v24.0/7/phone_numbers?fields=id%2Cis_pin_enabled&limit=100&appsecret_proof=";
    assert!(lines[0].starts_with(first), "{}", lines[0]);
    assert!(lines[1].contains("&after=a%26b&appsecret_proof="), "{}", lines[1]);
    assert!(lines[2].contains("&after=c&appsecret_proof="), "{}", lines[2]);
}

#[tokio::test]
async fn a_list_in_a_circle_ends() {
    let page = r#"{"data":[],"paging":{"cursors":{"after":"same"},"next":"x"}}"#;
    let server = Server::start(move |_| json(200, page)).await;
    let account = "7".parse().expect("an ID");
    let mut pages = client(&server).phone_numbers(account, PhoneNumberFields::Details);
    let cancel = CancellationToken::new();
    assert!(bounded(pages.next_page(&cancel)).await.expect("the first page").is_some());
    let error = bounded(pages.next_page(&cancel)).await.expect_err("a circle");
    assert_eq!((error.class(), server.heard()), (Class::UnreadableAnswer, 2));
}

#[tokio::test]
async fn the_answer_about_another_number_is_not_taken_for_ours() {
    let server = Server::start(|heard| match heard.number {
        0 => json(200, r#"{"id":"9","is_pin_enabled":true}"#),
        _ => json(200, r#"{"id":106540352242922,"is_pin_enabled":"false","new":{}}"#),
    })
    .await;
    let found = read_status(&client(&server)).await.expect("read at last");
    assert_eq!((found.is_pin_enabled, server.heard()), (Some(false), 2));
}

#[tokio::test]
async fn a_server_is_trusted_only_by_a_root_and_for_its_name() {
    let names = vec!["localhost".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .expect("key and certificate fit");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let server = Server::start_with(Some(acceptor), |_| success()).await;
    let call = |host: &str, roots: RootCertificates| {
        let settings = Settings {
            base_url: format!("https://{host}:{}", server.port).parse().expect("a good URL"),
            extra_roots: roots,
            ..settings(server.port)
        };
        let client = client_with(settings, &TestClock::new());
        async move { set_pin_now(&client).await }
    };
    let own = RootCertificates::from_pem(pem(&made.cert).as_bytes()).expect("a certificate");
    let stranger = call("localhost", RootCertificates::default()).await.expect_err("not trusted");
    assert_eq!((stranger.class(), stranger.attempts()), (Class::Tls, 1), "{stranger}");
    assert_eq!(stranger.stage(), Some(Stage::Tls));
    let Some(TlsReason::UnknownRoot(who)) = stranger.tls_reason() else { panic!("{stranger:?}") };
    assert_eq!(&*who.issuer, "CN=rcgen self signed cert");
    assert_eq!(stranger.host(), Some("localhost"));
    assert!(!stranger.outcome_unknown());
    call("localhost", own.clone()).await.expect("trusted");
    let other = call("127.0.0.1", own).await.expect_err("another name");
    assert_eq!(other.tls_reason(), Some(&TlsReason::OtherHost { names: "localhost".into() }));
    assert_eq!(server.heard(), 1, "no request was sent to a server that is not trusted");
}
