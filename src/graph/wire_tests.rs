//! The client against a real socket: what it sends, what it survives, when it stops.

use std::{
    error::Error as _,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{net::TcpSocket, sync::Notify, time::timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::graph::class::Class;
use crate::graph::client::{Client, Settings};
use crate::graph::error::{Error, TlsReason};
use crate::graph::ids::PhoneNumberId;
use crate::graph::phone_numbers::{PhoneNumber, PhoneNumberFields};
use crate::graph::pin::Pin;
use crate::graph::roots::RootCertificates;
use crate::graph::test_server::{
    Handle, Heard, Reply, Server, TestClock, answer, json, pem, success,
};
use crate::graph::token::{AccessToken, AppSecret};

const TOKEN: &str = "EAAG\"t\\%41é";
const PIN: &str = "058213";

fn settings(port: u16) -> Settings {
    Settings {
        base_url: format!("http://127.0.0.1:{port}").parse().expect("loopback is allowed"),
        api_version: "v24.0".parse().expect("a version"),
        access_token: AccessToken::parse(TOKEN).expect("a token"),
        app_secret: None,
        request_timeout: Duration::from_secs(20),
        max_retries: 4,
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
async fn an_endless_body_is_refused_and_not_asked_for_again() {
    let server = Server::start(|_| Reply::Flood).await;
    let error = set_pin_now(&client(&server)).await.expect_err("too large");
    assert_eq!(error.class(), Class::BodyTooLarge);
    assert_eq!((error.attempts(), error.outcome_unknown()), (1, true));
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
}

#[tokio::test]
async fn a_stop_before_the_call_sends_nothing() {
    let server = Server::start(|_| success()).await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let error = set_pin(&client(&server), &cancel).await.expect_err("stopped");
    assert_eq!((error.class(), error.attempts(), server.heard()), (Class::Cancelled, 0, 0));
    assert!(!error.outcome_unknown());
}

#[tokio::test]
async fn a_stop_ends_a_wait_at_once_and_says_what_is_unknown() {
    let server = Server::start(|_| json(500, r#"{"error":{"code":2}}"#)).await;
    let clock = TestClock::frozen();
    let client = client_with(settings(server.port), &clock);
    let cancel = CancellationToken::new();
    let (result, ()) = tokio::join!(set_pin(&client, &cancel), async {
        bounded(clock.slept.notified()).await;
        cancel.cancel();
    });
    let error = result.expect_err("stopped");
    assert_eq!((error.class(), error.attempts()), (Class::Cancelled, 1));
    assert!(error.outcome_unknown());
    let last = error.source().map(ToString::to_string);
    assert_eq!(last.as_deref(), Some("the API reported error 2"));
}

#[tokio::test]
async fn a_stop_ends_the_wait_at_the_gate() {
    let server = Server::start(|_| throttled(30)).await;
    let clock = TestClock::frozen();
    let client = client_with(settings(server.port), &clock);
    let cancel = CancellationToken::new();
    let (result, ()) = tokio::join!(set_pin(&client, &cancel), async {
        bounded(clock.slept.notified()).await;
        cancel.cancel();
    });
    let error = result.expect_err("stopped");
    assert_eq!((error.class(), error.attempts()), (Class::Cancelled, 1));
    assert!(!error.outcome_unknown(), "a throttled call was not carried out");
}

#[tokio::test]
async fn a_write_on_the_wire_is_awaited_after_a_stop_and_its_answer_counts() {
    let cancel = CancellationToken::new();
    let said = Arc::new(Notify::new());
    let (stop, say) = (cancel.clone(), said.clone());
    let server = Server::start(move |_| {
        stop.cancel();
        Reply::When(say.clone(), answer(200, &[], r#"{"success":true}"#))
    })
    .await;
    let client = client(&server);
    let (result, ()) = tokio::join!(set_pin(&client, &cancel), async {
        bounded(cancel.cancelled()).await;
        said.notify_one();
    });
    result.expect("set, although stopped");
}

#[tokio::test]
async fn a_read_on_the_wire_is_dropped_at_a_stop() {
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let server = Server::start(move |_| {
        stop.cancel();
        Reply::Silence
    })
    .await;
    let (id, client) = (number(), client(&server));
    let call = client.phone_number(&id, PhoneNumberFields::PinStatus, &cancel);
    let error = bounded(call).await.expect_err("stopped");
    assert_eq!((error.class(), error.attempts()), (Class::Cancelled, 1));
}

/// Serves `limit` calls, then none for ten seconds, and so on; counts the calls it had forbidden.
struct Limited {
    limit: usize,
    state: Mutex<LimitedState>,
    clock: Arc<TestClock>,
}

#[derive(Default)]
struct LimitedState {
    served: usize,
    closed_at: Duration,
    forbidden: usize,
}

impl Limited {
    fn reply(&self) -> Reply {
        let now = self.clock.passed();
        let mut state = self.state.lock().expect("unpoisoned");
        let until = state.closed_at + Duration::from_secs(10);
        if state.served == self.limit && now >= until {
            state.served = 0;
        }
        if state.served < self.limit {
            state.served += 1;
            if state.served == self.limit {
                state.closed_at = now;
            }
            return success();
        }
        // What was on its way when the limit was reached could not know.
        state.forbidden += usize::from(now > state.closed_at);
        throttled((until - now).as_secs())
    }
}

#[tokio::test]
async fn fifty_calls_against_a_limit_all_finish_and_none_is_sent_while_told_to_wait() {
    for limit in [1, 3, 20] {
        let clock = TestClock::new();
        let limited = Arc::new(Limited { limit, state: Mutex::default(), clock: clock.clone() });
        let api = limited.clone();
        let server = Server::start(move |_| api.reply()).await;
        let client = client_with(settings(server.port), &clock);
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let client = client.clone();
            calls.spawn(async move { set_pin_now(&client).await });
        }
        while let Some(done) = calls.join_next().await {
            done.expect("no panic").expect("set");
        }
        let forbidden = limited.state.lock().expect("unpoisoned").forbidden;
        assert_eq!(forbidden, 0, "limit {limit}");
    }
}

#[tokio::test]
async fn a_limit_that_never_lifts_is_waited_for_by_all_together_and_not_one_after_the_other() {
    let server = Server::start(|_| throttled(10)).await;
    let clock = TestClock::new();
    let client = client_with(settings(server.port), &clock);
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let client = client.clone();
        calls.spawn(async move { set_pin_now(&client).await });
    }
    while let Some(done) = calls.join_next().await {
        let error = done.expect("no panic").expect_err("throttled for ever");
        assert_eq!((error.class(), error.code()), (Class::RateLimit, Some(80_007)));
        assert_eq!(error.minutes_to_wait(), Some(1));
        assert!((1..=5).contains(&error.attempts()), "{error:?}");
    }
    // One call alone waits four times. Some of the fifty start late: this clock runs ahead of them.
    let (passed, heard) = (clock.passed().as_secs() / 10, server.heard());
    assert!((4..=15).contains(&passed) && heard <= 50 + 15, "{passed} waits, {heard} calls");
}

#[tokio::test]
async fn a_long_wait_is_reported_and_nobody_else_runs_into_it() {
    let usage = r#"{"1":[{"type":"x","estimated_time_to_regain_access":19}]}"#;
    let server = Server::start(move |_| {
        let headers = [("x-business-use-case-usage", usage)];
        Reply::Bytes(answer(400, &headers, r#"{"error":{"code":80008,"fbtrace_id":"T"}}"#))
    })
    .await;
    let clock = TestClock::new();
    let client = client_with(settings(server.port), &clock);
    let first = set_pin_now(&client).await.expect_err("throttled");
    assert_eq!((first.class(), first.minutes_to_wait()), (Class::RateLimit, Some(19)));
    assert_eq!(first.attempts(), 1);
    clock.pass(Duration::from_secs(10 * 60));
    let second = set_pin_now(&client).await.expect_err("held back");
    assert_eq!((second.class(), second.minutes_to_wait()), (Class::RateLimit, Some(9)));
    assert_eq!((second.code(), second.fbtrace_id()), (Some(80_008), Some("T")));
    assert_eq!((second.attempts(), server.heard()), (0, 1));
    clock.pass(Duration::from_secs(9 * 60));
    set_pin_now(&client).await.expect_err("throttled again");
    assert_eq!(server.heard(), 2);
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
async fn an_answer_that_repeats_our_secrets_does_not_show_them() {
    let server = Server::start(|heard| {
        let error = serde_json::json!({ "error": {
            "code": 100,
            "message": format!("{} {} {}", heard.line, heard.body, TOKEN),
            "error_user_title": TOKEN,
            "error_user_msg": heard.body,
            "error_data": heard.line,
            "fbtrace_id": "s3cret",
        }});
        json(400, &error.to_string())
    })
    .await;
    let secret = AppSecret::parse("s3cret").expect("a secret");
    let proof = secret.proof(&AccessToken::parse(TOKEN).expect("a token"));
    let settings = Settings { app_secret: Some(secret), ..settings(server.port) };
    let client = client_with(settings.clone(), &TestClock::new());
    let error = set_pin_now(&client).await.expect_err("refused");
    let shown = format!("{error} {error:?} {error:#?} {client:?} {settings:?}");
    assert!(shown.contains("[redacted]"));
    for secret in [TOKEN, PIN, "s3cret", proof.expose(), "EAAG"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

/// Everything that is logged while it is the default, from whatever library.
#[derive(Clone, Default)]
struct Heap(Arc<Mutex<String>>);

impl<S: tracing::Subscriber> Layer<S> for Heap {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut lines = self.0.lock().expect("unpoisoned");
        event.record(&mut |field: &tracing::field::Field, value: &dyn std::fmt::Debug| {
            lines.push_str(&format!("{field}={value:?} "));
        });
        lines.push('\n');
    }
}

#[tokio::test]
async fn a_log_line_tells_the_attempt_and_no_secret() {
    let server = Server::start(|_| refusal(190)).await;
    let secret = AppSecret::parse("s3cret").expect("a secret");
    let settings = Settings { app_secret: Some(secret), ..settings(server.port) };
    let client = client_with(settings, &TestClock::new());
    let heap = Heap::default();
    let subscriber = tracing_subscriber::registry().with(heap.clone());
    // While there is only one subscriber, tracing remembers the "nobody listens" of the other
    // tests' threads for this one too. A second subscriber makes it ask them all.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let guard = tracing::subscriber::set_default(subscriber);
    set_pin_now(&client).await.expect_err("refused");
    drop(guard);
    let lines = heap.0.lock().expect("unpoisoned").clone();
    let told = "method=POST path=/106540352242922 attempt=1 status=400 code=190 elapsed_ms=0";
    assert!(lines.contains(told), "{lines}");
    for secret in ["EAAG", PIN, "s3cret", "appsecret_proof"] {
        assert!(!lines.contains(secret), "{secret} in {lines}");
    }
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
    assert_eq!(stranger.tls_reason(), Some(&TlsReason::UnknownRoot));
    assert_eq!(stranger.host(), Some("localhost"));
    assert!(!stranger.outcome_unknown());
    call("localhost", own.clone()).await.expect("trusted");
    let other = call("127.0.0.1", own).await.expect_err("another name");
    assert_eq!(other.tls_reason(), Some(&TlsReason::OtherHost), "{other}");
    assert_eq!(server.heard(), 1, "no request was sent to a server that is not trusted");
}
