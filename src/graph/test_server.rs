//! A server on the loopback that answers as it is told, and a clock that does not make tests wait.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    sync::{Notify, Semaphore},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use crate::graph::clock::{Clock, Sleep};

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    /// 0 for the first one.
    pub(super) number: usize,
    /// Method and target.
    pub(super) line: String,
    pub(super) headers: Vec<u8>,
    pub(super) body: String,
}

/// What to do with a request.
pub(crate) enum Reply {
    /// These bytes, then the connection is closed.
    Bytes(Vec<u8>),
    /// A good start of an answer, then a blank every few milliseconds without end.
    Drip,
    /// An answer with this status, and as many blanks as the client will take.
    Flood(u16),
    /// The connection is closed without a word.
    HangUp,
    /// Nothing at all.
    Silence,
    /// The bytes once somebody says so.
    When(Arc<Notify>, Vec<u8>),
    /// The bytes once there is leave for one more.
    WithLeave(Arc<Semaphore>, Vec<u8>),
}

pub(crate) struct Server {
    pub(crate) port: u16,
    heard: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(reply: impl Fn(Heard) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_with(None, reply).await
    }

    pub(crate) async fn start_with(
        tls: Option<TlsAcceptor>,
        reply: impl Fn(Heard) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::new(AtomicUsize::new(0));
        let (reply, count) = (Arc::new(reply), heard.clone());
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (reply, count, tls) = (reply.clone(), count.clone(), tls.clone());
                connections.spawn(async move {
                    match tls {
                        Some(tls) => serve(tls.accept(stream).await?, &count, reply.as_ref()).await,
                        None => serve(stream, &count, reply.as_ref()).await,
                    }
                });
            }
        });
        Self { port, heard, task }
    }

    /// How many requests arrived.
    pub(crate) fn heard(&self) -> usize {
        self.heard.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An answer with a length, after which the connection is closed.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    format!("{head}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

pub(super) fn json(status: u16, body: &str) -> Reply {
    Reply::Bytes(answer(status, &[("content-type", "application/json")], body))
}

pub(super) fn success() -> Reply {
    json(200, r#"{"success":true}"#)
}

/// A certificate as the text of a PEM file.
pub(super) fn pem(certificate: &rcgen::Certificate) -> String {
    let text = BASE64_STANDARD.encode(certificate.der());
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    count: &AtomicUsize,
    reply: &(impl Fn(Heard) -> Reply + ?Sized),
) -> io::Result<()> {
    let mut heard = hear(&mut stream).await?;
    heard.number = count.fetch_add(1, Ordering::SeqCst);
    match reply(heard) {
        Reply::Bytes(bytes) => stream.write_all(&bytes).await?,
        Reply::Drip => {
            stream.write_all(endless(200).as_bytes()).await?;
            loop {
                stream.write_all(b" ").await?;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        Reply::Flood(status) => {
            stream.write_all(endless(status).as_bytes()).await?;
            loop {
                stream.write_all(&[b' '; 65_536]).await?;
            }
        }
        Reply::HangUp => {}
        Reply::Silence => std::future::pending().await,
        Reply::When(said, bytes) => {
            said.notified().await;
            stream.write_all(&bytes).await?;
        }
        Reply::WithLeave(leave, bytes) => {
            if let Ok(leave) = leave.acquire().await {
                leave.forget();
            }
            stream.write_all(&bytes).await?;
        }
    }
    stream.shutdown().await
}

async fn hear(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Heard> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.and_then(|text| text.parse().ok()).unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                let body = String::from_utf8_lossy(&bytes[end + 4..]).into_owned();
                let head = String::from_utf8_lossy(&bytes[..end]);
                let line = head.lines().next().unwrap_or_default().to_owned();
                return Ok(Heard { number: 0, line, headers: bytes[..end].to_vec(), body });
            }
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// A clock whose time passes only by sleeping, and then at once.
#[derive(Debug)]
pub(super) struct TestClock {
    start: Instant,
    passed: Mutex<Duration>,
    sleeps_end: bool,
    /// Told of each sleep.
    pub(super) slept: Notify,
}

impl TestClock {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            start: Instant::now(),
            passed: Mutex::default(),
            sleeps_end: true,
            slept: Notify::new(),
        })
    }

    /// Its sleeps never end.
    pub(super) fn frozen() -> Arc<Self> {
        Arc::new(Self {
            start: Instant::now(),
            passed: Mutex::default(),
            sleeps_end: false,
            slept: Notify::new(),
        })
    }

    pub(super) fn passed(&self) -> Duration {
        *self.passed.lock().expect("no panic while locked")
    }

    pub(super) fn pass(&self, duration: Duration) {
        *self.passed.lock().expect("no panic while locked") += duration;
    }

    fn pass_until(&self, end: Duration) {
        let mut passed = self.passed.lock().expect("no panic while locked");
        *passed = end.max(*passed);
    }
}

/// What a client holds: the test keeps the clock itself.
#[derive(Debug)]
pub(super) struct Handle(pub(super) Arc<TestClock>);

impl Clock for Handle {
    fn now(&self) -> Instant {
        self.0.start + self.0.passed()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000) + self.0.passed()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let clock = self.0.clone();
        let end = clock.passed() + duration;
        Box::pin(async move {
            clock.slept.notify_one();
            if !clock.sleeps_end {
                std::future::pending::<()>().await;
            }
            // Others may still have something to do at this moment.
            tokio::task::yield_now().await;
            clock.pass_until(end);
        })
    }

    /// This clock moves by sleeping, so nothing may sleep beside what is going on.
    fn beside(&self, _duration: Duration) -> Sleep {
        Box::pin(std::future::pending())
    }

    fn chance(&self) -> f64 {
        1.0
    }
}

/// The start of an answer whose end is the connection's.
fn endless(status: u16) -> String {
    format!("HTTP/1.1 {status} Some Reason\r\nconnection: close\r\n\r\n{{")
}
