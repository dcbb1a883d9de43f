//! How a connection comes about, and what it is told as when it does not.
//!
//! The HTTP library connects, through a proxy too, but says little of what a proxy answered, and would
//! send a login again that was just refused. So this stands around its connector, as a layer:
//!
//! - With a login, the first connection goes alone. Calls that come meanwhile wait for it, and share
//!   its failure: ten calls at once send one login. One that was refused is never sent again.
//! - A limit holds for all of it, the waiting included.
//! - Each failure is told as what it was, with its step (`failure`). What the library hides of the
//!   proxy's answer is found out by asking once more (`probe`), never with a login that was refused.

mod failure;
mod probe;

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use reqwest::header::HeaderValue;
use rustls::ClientConfig;
use tokio::sync::Mutex;
use tokio::time::timeout;
use tower_layer::Layer;
use tower_service::Service;

pub(crate) use failure::find;

use failure::Found;

use crate::graph::error::Kind;
use crate::graph::scrub::Scrub;
use crate::graph::stage::{ProxyFailure, ProxyTrouble, Stage};
use crate::graph::way_out::Proxy;

type BoxError = Box<dyn StdError + Send + Sync>;

/// Why there is no connection. It travels in the HTTP library's own error.
#[derive(Clone, Debug)]
pub(crate) struct NotConnected {
    pub(crate) kind: Kind,
    pub(crate) stage: Stage,
}

/// Stands around the connector of the HTTP library; clones share what was learned.
#[derive(Clone)]
pub(crate) struct Guard(Arc<Shared>);

/// What all connections have in common.
struct Shared {
    /// Host and port of the API, as they are asked of a proxy.
    target: String,
    host: Box<str>,
    limit: Duration,
    through: Option<Through>,
}

/// The proxy, and what was learned about it.
struct Through {
    proxy: Proxy,
    user_agent: HeaderValue,
    tls: Arc<ClientConfig>,
    scrub: Scrub,
    worked: AtomicBool,
    /// Set when a SOCKS server turned out to want no login.
    without_login: Arc<AtomicBool>,
    arrivals: AtomicU64,
    last: Mutex<Last>,
}

/// The last failure of a connection that went alone.
#[derive(Default)]
struct Last {
    /// How many had arrived by the time that it failed, and as what.
    failure: Option<(u64, NotConnected)>,
    is_final: bool,
}

impl Guard {
    pub(crate) fn new(host: &str, port: u16, limit: Duration) -> Self {
        let target = format!("{host}:{port}");
        Self(Arc::new(Shared { target, host: host.into(), limit, through: None }))
    }

    /// For connections through a proxy. `without_login` is set when a SOCKS server wants none.
    pub(crate) fn through(
        self,
        proxy: &Proxy,
        user_agent: HeaderValue,
        tls: ClientConfig,
        without_login: Arc<AtomicBool>,
    ) -> Self {
        let mut scrub = Scrub::default();
        proxy.login.iter().for_each(|login| login.hide(&mut scrub));
        let mut tls = tls;
        // A proxy is spoken to in HTTP/1.1.
        tls.alpn_protocols.clear();
        let through = Through {
            proxy: proxy.clone(),
            user_agent,
            tls: Arc::new(tls),
            scrub,
            worked: AtomicBool::new(false),
            without_login,
            arrivals: AtomicU64::new(0),
            last: Mutex::default(),
        };
        let Shared { target, host, limit, .. } = &*self.0;
        let (target, host, limit) = (target.clone(), host.clone(), *limit);
        Self(Arc::new(Shared { target, host, limit, through: Some(through) }))
    }
}

impl Shared {
    async fn connect<C>(
        &self,
        connecting: impl Future<Output = Result<C, BoxError>>,
    ) -> Result<C, NotConnected> {
        let Some(through) = &self.through else { return self.attempt(connecting).await };
        if through.proxy.login.is_none() || through.worked.load(Ordering::Acquire) {
            return self.attempt(connecting).await;
        }
        let arrived = through.arrivals.fetch_add(1, Ordering::AcqRel);
        let turn = timeout(self.limit, through.last.lock()).await;
        let mut last = turn.map_err(|_| through.failed(ProxyTrouble::Silent))?;
        match &last.failure {
            Some((until, failure)) if last.is_final || arrived < *until => {
                return Err(failure.clone());
            }
            _ => {}
        }
        if through.worked.load(Ordering::Acquire) {
            drop(last);
            return self.attempt(connecting).await;
        }
        let attempt = self.attempt(connecting).await;
        match &attempt {
            Ok(_) => through.worked.store(true, Ordering::Release),
            Err(failure) => {
                last.is_final = failure.is_about_login();
                let until = through.arrivals.load(Ordering::Acquire);
                last.failure = Some((until, failure.clone()));
            }
        }
        attempt
    }

    async fn attempt<C>(
        &self,
        connecting: impl Future<Output = Result<C, BoxError>>,
    ) -> Result<C, NotConnected> {
        let found = match timeout(self.limit, connecting).await {
            Ok(Ok(connection)) => return Ok(connection),
            Ok(Err(error)) => failure::read(self, &*error),
            Err(_) => return Err(failure::timed_out(self).await),
        };
        Err(match (found, &self.through) {
            (Found::ToAsk(hidden), Some(through)) => failure::ask(self, through, hidden).await,
            (Found::ToAsk(_), None) => failure::timed_out(self).await,
            (Found::All(failure), _) => failure,
        })
    }
}

impl Through {
    fn failed(&self, trouble: ProxyTrouble) -> NotConnected {
        let stage = trouble.stage();
        let failure = ProxyFailure {
            proxy: self.proxy.to_string().into(),
            variable: self.proxy.variable,
            has_login: self.proxy.login.is_some(),
            trouble,
        };
        NotConnected { kind: Kind::Proxy(Arc::new(failure)), stage }
    }
}

impl<S> Layer<S> for Guard {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded { guard: self.clone(), inner }
    }
}

/// A connector with the guard around it.
#[derive(Clone)]
pub(crate) struct Guarded<S> {
    guard: Guard,
    inner: S,
}

// The library does not name its request, so this is for any.
impl<S, R> Service<R> for Guarded<S>
where
    S: Service<R, Error = BoxError> + Send,
    S::Future: Send + 'static,
    S::Response: Send,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        // It does nothing until it is polled.
        let connecting = self.inner.call(request);
        let shared = self.guard.0.clone();
        Box::pin(async move { shared.connect(connecting).await.map_err(BoxError::from) })
    }
}

impl NotConnected {
    fn is_about_login(&self) -> bool {
        matches!(&self.kind, Kind::Proxy(failure)
            if matches!(failure.trouble, ProxyTrouble::Login { .. }))
    }
}

impl fmt::Display for NotConnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no connection")
    }
}

impl StdError for NotConnected {}
