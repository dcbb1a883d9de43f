//! Through proxies of every temper: which way a call takes, what is told, and how often they are asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::*;
use crate::graph::stage::ProxyTrouble;
use crate::graph::way_out::Surroundings;

/// What a proxy does with whoever comes.
#[derive(Clone)]
enum Temper {
    /// Leads to this port, whatever is asked for, if the login fits.
    Leads(u16, Option<&'static str>),
    /// Answers with these bytes, one answer for each that comes, the last one for all further ones.
    Says(Vec<&'static str>),
    /// Says this before anybody has asked.
    Blurts(&'static str),
    /// Reads the request and waits.
    Silent,
    /// Closes in the middle of an answer.
    Cut,
    /// SOCKS: picks this method, then answers a login, then a request.
    Socks { method: u8, login: u8, reply: u8, port: u16 },
}

struct Proxy {
    port: u16,
    heads: Arc<Mutex<Vec<String>>>,
    came: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Proxy {
    async fn start(temper: Temper) -> Self {
        Self::start_with(None, temper).await
    }

    async fn start_with(tls: Option<TlsAcceptor>, temper: Temper) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (heads, came) = (Arc::<Mutex<Vec<String>>>::default(), Arc::<AtomicUsize>::default());
        let (memory, count) = (heads.clone(), came.clone());
        let task = tokio::spawn(async move {
            let mut clients = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::SeqCst);
                let (temper, memory, tls) = (temper.clone(), memory.clone(), tls.clone());
                clients.spawn(async move {
                    match tls {
                        Some(tls) => {
                            let stream = tls.accept(stream).await?;
                            serve(stream, temper, number, &memory).await
                        }
                        None => serve(stream, temper, number, &memory).await,
                    }
                });
            }
        });
        Self { port, heads, came, task }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("unpoisoned").clone()
    }

    /// How many requests came with a login.
    fn logins(&self) -> usize {
        let with_login = |head: &&String| head.to_lowercase().contains("proxy-authorization");
        self.heads().iter().filter(with_login).count()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    temper: Temper,
    number: usize,
    heads: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    if let Temper::Socks { .. } = temper {
        return serve_socks(stream, temper, heads).await;
    }
    if let Temper::Blurts(answer) = temper {
        stream.write_all(answer.as_bytes()).await?;
        return stream.shutdown().await;
    }
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    heads.lock().expect("unpoisoned").push(head.clone());
    match temper {
        Temper::Leads(port, login) => {
            if login.is_some_and(|login| !head.contains(login)) {
                return stream.write_all(REFUSED_LOGIN.as_bytes()).await;
            }
            let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
            stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
            copy_bidirectional(&mut stream, &mut server).await.map(drop)
        }
        Temper::Says(answers) => {
            let answer = answers.get(number).or(answers.last()).expect("an answer");
            stream.write_all(answer.as_bytes()).await?;
            stream.shutdown().await
        }
        Temper::Silent => std::future::pending().await,
        Temper::Cut => stream.write_all(b"HTTP/1.1 200 Conn").await,
        Temper::Socks { .. } | Temper::Blurts(_) => unreachable!("served above"),
    }
}

async fn serve_socks(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    temper: Temper,
    heads: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let Temper::Socks { method, login, reply, port } = temper else { return Ok(()) };
    let (_, count) = (stream.read_u8().await?, stream.read_u8().await?);
    let mut offered = vec![0; count.into()];
    stream.read_exact(&mut offered).await?;
    let method = if offered.contains(&method) { method } else { 0xff };
    stream.write_all(&[5, method]).await?;
    if method == 0xff {
        return stream.shutdown().await;
    }
    if method == 2 {
        let mut texts = Vec::new();
        stream.read_u8().await?;
        for _ in 0..2 {
            let mut text = vec![0; stream.read_u8().await?.into()];
            stream.read_exact(&mut text).await?;
            texts.push(String::from_utf8_lossy(&text).into_owned());
        }
        heads.lock().expect("unpoisoned").push(format!("proxy-authorization {}", texts.join("|")));
        stream.write_all(&[1, login]).await?;
        if login != 0 {
            return stream.shutdown().await;
        }
    }
    let mut request = [0; 4];
    stream.read_exact(&mut request).await?;
    let mut host = vec![0; stream.read_u8().await?.into()];
    stream.read_exact(&mut host).await?;
    let asked = stream.read_u16().await?;
    let host = String::from_utf8_lossy(&host).into_owned();
    heads.lock().expect("unpoisoned").push(format!("SOCKS {host}:{asked}"));
    stream.write_all(&[5, reply, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
    copy_bidirectional(&mut stream, &mut server).await.map(drop)
}

/// An API that only a proxy knows the way to, and whoever trusts it.
struct Api {
    server: Server,
    roots: RootCertificates,
    tls: TlsAcceptor,
}

async fn api() -> Api {
    let names = vec![HOST.to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .expect("key and certificate fit");
    let tls = TlsAcceptor::from(Arc::new(config));
    let roots = RootCertificates::from_pem(pem(&made.cert).as_bytes()).expect("a certificate");
    Api { server: Server::start_with(Some(tls.clone()), |_| success()).await, roots, tls }
}

fn client_through(value: &str, api: &Api, max_retries: u32) -> Client {
    let value = value.to_owned();
    let settings = Settings {
        base_url: format!("https://{HOST}").parse().expect("a good URL"),
        extra_roots: api.roots.clone(),
        surroundings: Surroundings::read(|name| {
            (name == "https_proxy").then(|| value.clone().into())
        }),
        request_timeout: Duration::from_secs(5),
        max_retries,
        ..settings(0)
    };
    client_with(settings, &TestClock::new())
}

async fn failure(scheme: &str, temper: Temper) -> (Error, Proxy) {
    let (api, proxy) = (api().await, Proxy::start(temper).await);
    let client = client_through(&format!("{scheme}127.0.0.1:{}", proxy.port), &api, 1);
    let error = set_pin_now(&client).await.expect_err("no way");
    assert_eq!(error.class(), Class::Proxy, "{error}");
    assert!(!error.outcome_unknown() && api.server.heard() == 0, "nothing was sent: {error}");
    assert!(error.to_string().contains(&format!("127.0.0.1:{}", proxy.port)), "{error}");
    (error, proxy)
}

#[tokio::test]
async fn a_call_goes_through_a_proxy_of_each_kind_with_its_login() {
    let api = api().await;
    let http = Proxy::start(Temper::Leads(api.server.port, Some(BASIC))).await;
    let tls = Some(api.tls.clone());
    let https = Proxy::start_with(tls, Temper::Leads(api.server.port, Some(BASIC))).await;
    let port = api.server.port;
    let socks = Proxy::start(Temper::Socks { method: 2, login: 0, reply: 0, port }).await;
    for (scheme, proxy) in [("http", &http), ("https", &https), ("socks5", &socks)] {
        for login in ["us%65r:p%40s%23s", "user:p@s%23s"] {
            let value = format!("{scheme}://{login}@127.0.0.1:{}", proxy.port);
            set_pin_now(&client_through(&value, &api, 0)).await.expect("set");
        }
    }
    for head in [http.heads(), https.heads()].concat() {
        let connect = format!("CONNECT {HOST}:443 HTTP/1.1\r\n");
        assert!(head.starts_with(&connect) && head.contains(BASIC), "{head}");
    }
    let expected = ["proxy-authorization user|p@s#s".to_owned(), format!("SOCKS {HOST}:443")];
    assert_eq!(socks.heads(), [expected.clone(), expected].concat());
    assert_eq!(api.server.heard(), 6);
}

#[tokio::test]
async fn ten_calls_at_once_send_one_refused_login_and_later_ones_none() {
    let (api, proxy) = (api().await, Proxy::start(Temper::Says(vec![REFUSED_LOGIN])).await);
    let value = format!("http://user:hunter2@127.0.0.1:{}", proxy.port);
    let client = client_through(&value, &api, 4);
    let calls = (0..10).map(|_| set_pin_now(&client));
    for failure in futures_util::future::join_all(calls).await {
        let error = failure.expect_err("refused");
        assert_eq!((error.class(), error.attempts()), (Class::Proxy, 1), "{error}");
        let failure = error.proxy().expect("a proxy's");
        let expected = ProxyTrouble::Login { schemes: "Basic".into() };
        assert_eq!((failure.has_login, &failure.trouble), (true, &expected));
        assert!(!format!("{error:?}").contains("hunter2"));
    }
    let later = set_pin_now(&client).await.expect_err("no more is tried");
    let because = later.not_tried_because().expect("what the others met");
    assert_eq!((later.attempts(), because.class()), (0, Class::Proxy));
    assert_eq!(proxy.logins(), 1, "{:?}", proxy.heads());
}

#[tokio::test]
async fn a_login_that_works_does_not_hold_up_later_calls() {
    let api = api().await;
    let proxy = Proxy::start(Temper::Leads(api.server.port, Some(BASIC))).await;
    let value = format!("http://user:p%40s%23s@127.0.0.1:{}", proxy.port);
    let client = client_through(&value, &api, 0);
    let calls = (0..10).map(|_| set_pin_now(&client));
    for done in futures_util::future::join_all(calls).await {
        done.expect("set");
    }
    assert_eq!(api.server.heard(), 10);
}

#[tokio::test]
async fn a_status_is_named_with_its_words_and_tried_again_only_if_it_may_pass() {
    let status = |status, phrase: &str| ProxyTrouble::Status { status, phrase: phrase.into() };
    let cases = [
        ("HTTP/1.1 403 Forbidden by policy\r\n\r\n", status(403, "Forbidden by policy"), 1),
        ("HTTP/1.1 301 Moved\r\nlocation: http://x/\r\n\r\n", status(301, "Moved"), 1),
        ("HTTP/1.1 201 Created\r\n\r\n", status(201, "Created"), 1),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", status(502, "Bad Gateway"), 2),
        ("HTTP/1.1 429 Slow\r\n\r\n", status(429, "Slow"), 2),
        ("SSH-2.0-OpenSSH\r\n", ProxyTrouble::NotAProxy, 2),
        ("HTTP/1.1 407\r\n\r\n", ProxyTrouble::Login { schemes: "".into() }, 1),
    ];
    for (answer, trouble, attempts) in cases {
        let (error, _proxy) = failure("http://", Temper::Says(vec![answer])).await;
        let failure = error.proxy().expect("a proxy's");
        assert_eq!((&failure.trouble, error.attempts()), (&trouble, attempts), "{answer}");
        assert_eq!(error.stage(), Some(Stage::Proxy));
        assert_eq!((failure.variable, failure.has_login), ("https_proxy", false));
    }
}

#[tokio::test]
async fn a_proxy_that_repeats_a_login_in_its_words_does_not_get_it_shown() {
    let said = "HTTP/1.1 403 user:hunter2 dXNlcjpodW50ZXIy hunter2 \u{202e}no\r\n\r\n";
    let (error, proxy) = failure("http://user:hunter2@", Temper::Says(vec![said])).await;
    let text = format!("{error} {error:?}");
    assert!(!text.contains("hunter2") && !text.contains("dXNlcjpodW50ZXIy"), "{text}");
    assert!(error.to_string().contains("HTTP status 403"), "{error}");
    // Once for the call, and once for what the library hides: neither was refused.
    assert_eq!(proxy.logins(), 2);
}

#[tokio::test]
async fn a_proxy_that_breaks_off_is_told_from_one_that_is_not_there() {
    let (error, _proxy) = failure("http://", Temper::Cut).await;
    assert_eq!(error.proxy().expect("a proxy's").trouble, ProxyTrouble::Closed);
    let api = api().await;
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
    let port = socket.local_addr().expect("an address").port();
    for (value, by_name, stage) in [
        (format!("http://127.0.0.1:{port}"), false, Stage::Connection),
        (format!("https://127.0.0.1:{port}"), false, Stage::Connection),
        (format!("socks5://127.0.0.1:{port}"), false, Stage::Connection),
        (format!("http://{}.invalid:1", "x".repeat(64)), true, Stage::NameResolution),
    ] {
        let error = set_pin_now(&client_through(&value, &api, 0)).await.expect_err("gone");
        match &error.proxy().expect("a proxy's").trouble {
            ProxyTrouble::Unreachable { by_name: found, .. } => assert_eq!(*found, by_name),
            other => panic!("{value}: {other:?}"),
        }
        assert_eq!(error.stage(), Some(stage), "{error}");
    }
}

#[tokio::test]
async fn a_proxy_that_says_nothing_is_blamed_after_a_while() {
    let (api, proxy) = (api().await, Proxy::start(Temper::Silent).await);
    let value = format!("http://user:pw1@127.0.0.1:{}", proxy.port);
    let client = client_through(&value, &api, 0);
    let started = std::time::Instant::now();
    let calls = futures_util::future::join(set_pin_now(&client), set_pin_now(&client)).await;
    for failure in [calls.0, calls.1] {
        let error = failure.expect_err("silence");
        assert_eq!(error.proxy().expect("a proxy's").trouble, ProxyTrouble::Silent, "{error}");
    }
    assert!(started.elapsed() < Duration::from_secs(20));
    assert_eq!(proxy.logins(), 1);
}

#[tokio::test]
async fn tls_with_a_proxy_is_told_from_tls_with_the_api() {
    let api = api().await;
    // It speaks plain where TLS is expected.
    let (error, _plain) = failure("https://", Temper::Blurts("HTTP/1.1 400 Bad\r\n\r\n")).await;
    assert_eq!(error.stage(), Some(Stage::ProxyTls), "{error}");
    // Its certificate is trusted by nobody; nor is that of the API behind the other one.
    let leads = Temper::Leads(api.server.port, None);
    let stranger = Proxy::start_with(Some(api.tls.clone()), leads.clone()).await;
    let plain = Proxy::start(leads).await;
    let nobody = Api { roots: RootCertificates::default(), ..api };
    let value = format!("https://127.0.0.1:{}", stranger.port);
    let error = set_pin_now(&client_through(&value, &nobody, 4)).await.expect_err("a stranger");
    let trouble = &error.proxy().expect("a proxy's").trouble;
    assert!(matches!(trouble, ProxyTrouble::Untrusted(TlsReason::UnknownRoot(_))), "{error}");
    assert_eq!((error.stage(), error.attempts()), (Some(Stage::ProxyTls), 1));
    let value = format!("http://127.0.0.1:{}", plain.port);
    let error = set_pin_now(&client_through(&value, &nobody, 4)).await.expect_err("a stranger");
    assert_eq!((error.class(), error.stage()), (Class::Tls, Some(Stage::Tls)), "{error}");
    let through = format!("through the proxy 127.0.0.1:{}", plain.port);
    assert!(error.to_string().contains(&through), "{error}");
}

#[tokio::test]
async fn each_answer_by_socks_has_its_words_and_a_refused_login_is_sent_once() {
    let temper = |method, login, reply| Temper::Socks { method, login, reply, port: 1 };
    let (error, proxy) = failure("socks5://user:pw1@", temper(2, 1, 0)).await;
    assert_eq!((error.attempts(), proxy.logins()), (1, 1), "{error}");
    assert!(matches!(error.proxy().expect("its").trouble, ProxyTrouble::Login { .. }), "{error}");
    let (error, _proxy) = failure("socks5://", temper(3, 0, 0)).await;
    assert_eq!(error.attempts(), 1, "{error}");
    for (reply, passing) in
        [(1, true), (2, false), (3, true), (4, true), (5, true), (6, true), (7, false), (8, false)]
    {
        let (error, _proxy) = failure("socks5h://", temper(0, 0, reply)).await;
        assert_eq!(error.attempts(), if passing { 2 } else { 1 }, "{reply}: {error}");
        assert!(!error.to_string().contains("did not name"), "{reply}: {error}");
    }
    let (error, _proxy) = failure("socks5://", Temper::Blurts("HTTP/1.1 400 Bad\r\n\r\n")).await;
    assert_eq!(error.stage(), Some(Stage::Proxy), "{error}");
}

#[tokio::test]
async fn a_socks_server_that_wants_no_login_gets_none() {
    let api = api().await;
    let port = api.server.port;
    let proxy = Proxy::start(Temper::Socks { method: 0, login: 0, reply: 0, port }).await;
    let value = format!("socks5://user:pw1@127.0.0.1:{}", proxy.port);
    let client = client_through(&value, &api, 0);
    for _ in 0..2 {
        set_pin_now(&client).await.expect("set");
    }
    assert_eq!((proxy.logins(), api.server.heard()), (0, 2));
    assert_eq!(proxy.came.load(Ordering::SeqCst), 3, "the first only offered a login");
}

const HOST: &str = "graph.invalid";
/// `user:p@s#s`.
const BASIC: &str = "Basic dXNlcjpwQHMjcw==";
const REFUSED_LOGIN: &str = "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n";
