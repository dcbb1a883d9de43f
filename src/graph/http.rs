//! The wire: how the HTTP library is set up, and how its failures are read.
//!
//! Nothing of the library leaves this file and `client`: its errors carry URLs, so they are
//! taken apart here into kinds of our own.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::header::{HeaderValue, LOCATION};
use reqwest::{Client, Method, RequestBuilder, Response, redirect, retry};
use url::Url;

use crate::graph::answer::Answer;
use crate::graph::base_url::BaseUrl;
use crate::graph::connect::{Guard, NotConnected, find};
use crate::graph::error::Kind;
use crate::graph::roots::RootCertificates;
use crate::graph::stage::Stage;
use crate::graph::trust;
use crate::graph::way_out::{Proxy, Refusal, Scheme, Surroundings, Way};

/// Why no client could be built from its settings.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The user agent holds characters that a header cannot carry.
    #[error("the user agent cannot be sent as a header")]
    UserAgent,
    /// What the environment says about a proxy cannot be read, and no call may go past it.
    #[error(transparent)]
    Proxy(#[from] Refusal),
    /// The HTTP library could not be set up.
    #[error("the HTTP client could not be set up")]
    Http,
}

/// What the HTTP library needs to know.
pub(crate) struct Setup<'a> {
    pub(crate) base_url: &'a BaseUrl,
    pub(crate) request_timeout: Duration,
    pub(crate) extra_roots: &'a RootCertificates,
    pub(crate) surroundings: &'a Surroundings,
    pub(crate) user_agent: &'a str,
    pub(crate) way: Way,
}

/// The HTTP library, set up.
pub(crate) struct Wire {
    client: Client,
    /// The same without the login, for a SOCKS server that takes none: the library cannot leave the
    /// choice to the server, as Go does.
    without_login: Option<Client>,
    wants_no_login: Arc<AtomicBool>,
}

impl Wire {
    /// Whether a SOCKS server turned out to want no login, so that requests go another way than
    /// before.
    pub(crate) fn has_changed(&self) -> bool {
        self.wants_no_login.load(Ordering::Acquire)
    }

    /// Starts a request.
    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        match &self.without_login {
            Some(client) if self.wants_no_login.load(Ordering::Acquire) => {
                client.request(method, url)
            }
            _ => self.client.request(method, url),
        }
    }
}

impl Setup<'_> {
    /// Opens no connection, and reads no roots yet.
    pub(crate) fn build(&self) -> Result<Wire, BuildError> {
        let user_agent = HeaderValue::from_str(self.user_agent).ok();
        let user_agent = user_agent.filter(|value| !value.is_empty());
        let user_agent = user_agent.ok_or(BuildError::UserAgent)?;
        let wants_no_login = Arc::new(AtomicBool::new(false));
        let without_login = match &self.way {
            Way::Through(proxy) if proxy.scheme == Scheme::Socks && proxy.login.is_some() => {
                let way = Way::Through(Proxy { login: None, ..proxy.clone() });
                Some(self.client(&way, &user_agent, &wants_no_login)?)
            }
            _ => None,
        };
        let client = self.client(&self.way, &user_agent, &wants_no_login)?;
        Ok(Wire { client, without_login, wants_no_login })
    }

    fn client(
        &self,
        way: &Way,
        user_agent: &HeaderValue,
        wants_no_login: &Arc<AtomicBool>,
    ) -> Result<Client, BuildError> {
        let tls = trust::config(self.extra_roots, self.surroundings);
        let tls = tls.map_err(|_| BuildError::Http)?;
        let limit = self.request_timeout.mul_f64(CONNECT_SHARE).min(LONGEST_CONNECT);
        let guard = Guard::new(self.base_url.host(), self.base_url.port(), limit);
        let builder = Client::builder()
            // The library would read the environment in its own way.
            .no_proxy()
            .user_agent(user_agent.clone())
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            // Without these, calls would go on using a connection whose other end has vanished.
            .http2_keep_alive_interval(KEEP_ALIVE)
            .http2_keep_alive_timeout(KEEP_ALIVE / 2)
            .timeout(self.request_timeout);
        let (builder, guard) = match way {
            Way::Direct => (builder, guard),
            Way::Through(proxy) => {
                let builder = builder.proxy(library_proxy(proxy)?);
                let (tls, wants_no_login) = (tls.clone(), wants_no_login.clone());
                (builder, guard.through(proxy, user_agent.clone(), tls, wants_no_login))
            }
        };
        let builder = builder.connector_layer(guard).tls_backend_preconfigured(tls);
        builder.build().map_err(|_| BuildError::Http)
    }
}

/// A proxy as the HTTP library wants it. Only for SOCKS does the login stand in the address, because
/// there is no other place for it.
fn library_proxy(proxy: &Proxy) -> Result<reqwest::Proxy, BuildError> {
    let made = |address: &str| reqwest::Proxy::all(address).map_err(|_| BuildError::Http);
    let with_login = |made: reqwest::Proxy| match &proxy.login {
        Some(login) => made.custom_http_auth(login.header()),
        None => made,
    };
    match (proxy.scheme, &proxy.login) {
        (Scheme::Http, _) => made(&format!("http://{proxy}")).map(with_login),
        (Scheme::Https, _) => made(&format!("https://{proxy}")).map(with_login),
        (Scheme::Socks, None) => made(&format!("socks5h://{proxy}")),
        (Scheme::Socks, Some(login)) => made(&login.in_front_of("socks5h", proxy)),
    }
}

/// Reads an answer's body to its end, or until it is too large.
pub(crate) async fn receive(mut response: Response) -> Result<Answer, Kind> {
    let status = response.status().as_u16();
    let redirect_host = redirect_host(&response);
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| read_failure(&error).0)? {
        if body.len() + chunk.len() > LARGEST_BODY {
            if response.status().is_success() {
                return Err(Kind::BodyTooLarge { status });
            }
            // The status says enough, and what it says is more definite.
            body.clear();
            break;
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, body, redirect_host })
}

/// What a failure of the HTTP library means, and where on the way it was, as long as no answer has
/// begun.
pub(crate) fn read_failure(failure: &reqwest::Error) -> (Kind, Stage) {
    if let Some(NotConnected { kind, stage }) = find::<NotConnected>(failure) {
        return (kind.clone(), *stage);
    }
    if failure.is_timeout() {
        return (Kind::Timeout, Stage::Waiting);
    }
    let io = find::<io::Error>(failure).map(io::Error::kind);
    let stage = match io {
        Some(io::ErrorKind::BrokenPipe | io::ErrorKind::NotConnected) => Stage::Sending,
        _ => Stage::Waiting,
    };
    let reason = io.map(|kind| kind.to_string()).filter(|text| text != "other error");
    let reason = reason.unwrap_or_else(|| "it was closed before the answer was complete".into());
    (Kind::ConnectionLost { reason: reason.into() }, stage)
}

fn redirect_host(response: &Response) -> Option<Box<str>> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let target: Url = response.url().join(location).ok()?;
    target.host_str().map(Box::from)
}

/// Longer than any honest answer: a page of a hundred numbers has about 40 KiB.
const LARGEST_BODY: usize = 1 << 20;
/// A server that does not even accept a connection for this long will not within the rest.
const LONGEST_CONNECT: Duration = Duration::from_secs(10);
const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// Less than the whole time, so that a server that cannot be reached is told from a slow one.
const CONNECT_SHARE: f64 = 0.8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_agent_must_fit_into_a_header() {
        for text in ["", "two\nlines"] {
            let setup = Setup {
                base_url: &BaseUrl::default(),
                request_timeout: Duration::from_secs(1),
                extra_roots: &RootCertificates::default(),
                surroundings: &Surroundings::default(),
                user_agent: text,
                way: Way::Direct,
            };
            assert!(matches!(setup.build(), Err(BuildError::UserAgent)), "{text}");
        }
    }
}
