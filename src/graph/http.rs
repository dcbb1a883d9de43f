//! The wire: how the HTTP library is set up, and how its failures are read.
//!
//! Nothing of the library leaves this file and `client`: its errors carry URLs, so they are
//! taken apart here into kinds of our own.

use std::{error, io, time::Duration};

use reqwest::{
    Certificate, Client, ClientBuilder, Response,
    header::{HeaderValue, LOCATION},
    redirect, retry,
};
use url::Url;

use crate::graph::answer::Answer;
use crate::graph::error::{Kind, TlsReason};
use crate::graph::roots::RootCertificates;
use crate::graph::way_out::{Proxy, Refusal, Scheme, Way};

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
    /// The HTTP library could not be set up, even with the bundled root certificates.
    #[error("the HTTP client could not be set up")]
    Http,
}

/// What the HTTP library needs to know.
pub(crate) struct Setup<'a> {
    pub(crate) request_timeout: Duration,
    pub(crate) extra_roots: &'a RootCertificates,
    pub(crate) user_agent: &'a str,
    pub(crate) way: Way,
}

impl Setup<'_> {
    /// Trusts the system's roots, or the bundled ones where the system has none, and the extra
    /// ones.
    pub(crate) fn build(&self) -> Result<Client, BuildError> {
        if !HeaderValue::from_str(self.user_agent).is_ok_and(|value| !value.is_empty()) {
            return Err(BuildError::UserAgent);
        }
        if let Ok(client) = self.builder()?.build() {
            // The system has roots: the library would hide their absence behind the extra ones.
            if self.extra_roots.iter().next().is_none() {
                return Ok(client);
            }
            let merged = self.builder()?.tls_certs_merge(self.extra_roots());
            return merged.build().map_err(|_| BuildError::Http);
        }
        self.build_with_bundled_roots()
    }

    fn build_with_bundled_roots(&self) -> Result<Client, BuildError> {
        let roots = bundled_roots().chain(self.extra_roots());
        self.builder()?.tls_certs_only(roots).build().map_err(|_| BuildError::Http)
    }

    fn extra_roots(&self) -> impl Iterator<Item = Certificate> {
        certificates(self.extra_roots.iter())
    }

    fn builder(&self) -> Result<ClientBuilder, BuildError> {
        let builder = Client::builder()
            // The library would read the environment in its own way.
            .no_proxy()
            .user_agent(self.user_agent)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            // Without these, calls would go on using a connection whose other end has vanished.
            .http2_keep_alive_interval(KEEP_ALIVE)
            .http2_keep_alive_timeout(KEEP_ALIVE / 2)
            .timeout(self.request_timeout)
            .connect_timeout(self.request_timeout.mul_f64(CONNECT_SHARE).min(LONGEST_CONNECT));
        Ok(match &self.way {
            Way::Direct => builder,
            Way::Through(proxy) => builder.proxy(library_proxy(proxy)?),
        })
    }
}

/// A proxy as the HTTP library wants it. Only for SOCKS does the login stand in the address, because
/// there is no other place for it.
fn library_proxy(proxy: &Proxy) -> Result<reqwest::Proxy, BuildError> {
    let made = |address: &str| reqwest::Proxy::all(address).map_err(|_| BuildError::Http);
    match (proxy.scheme, &proxy.login) {
        (Scheme::Http, _) => made(&format!("http://{proxy}")),
        (Scheme::Https, _) => made(&format!("https://{proxy}")),
        (Scheme::Socks, None) => made(&format!("socks5h://{proxy}")),
        (Scheme::Socks, Some(login)) => made(&login.in_front_of("socks5h", proxy)),
    }
    .map(|made| match &proxy.login {
        Some(login) if proxy.scheme != Scheme::Socks => made.custom_http_auth(login.header()),
        _ => made,
    })
}

/// Reads an answer's body to its end, or until it is too large.
pub(crate) async fn receive(mut response: Response) -> Result<Answer, Kind> {
    let status = response.status().as_u16();
    let redirect_host = redirect_host(&response);
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| read_failure(&error, ""))? {
        if body.len() + chunk.len() > LARGEST_BODY {
            return Err(Kind::BodyTooLarge { status });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, body, redirect_host })
}

/// What a failure of the HTTP library means for a call to this host.
pub(crate) fn read_failure(failure: &reqwest::Error, host: &str) -> Kind {
    if let Some(tls) = find::<rustls::Error>(failure) {
        return Kind::Tls { host: host.into(), reason: tls_reason(tls) };
    }
    let reason = |default: &str| {
        let io = find::<io::Error>(failure).map(|error| error.kind().to_string());
        io.filter(|text| text != "other error").unwrap_or_else(|| default.to_owned()).into()
    };
    if failure.is_dns() {
        Kind::Connect { host: host.into(), reason: "the name could not be resolved".into() }
    } else if failure.is_connect() && failure.is_timeout() {
        Kind::Connect { host: host.into(), reason: "timed out".into() }
    } else if failure.is_connect() {
        Kind::Connect { host: host.into(), reason: reason("the network or a proxy refused it") }
    } else if failure.is_timeout() {
        Kind::Timeout
    } else {
        Kind::ConnectionLost { reason: reason("it was closed before the answer was complete") }
    }
}

fn bundled_roots() -> impl Iterator<Item = Certificate> {
    certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|root| root.as_ref()))
}

fn certificates<'a>(roots: impl Iterator<Item = &'a [u8]>) -> impl Iterator<Item = Certificate> {
    roots.filter_map(|root| Certificate::from_der(root).ok())
}

fn redirect_host(response: &Response) -> Option<Box<str>> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let target: Url = response.url().join(location).ok()?;
    target.host_str().map(Box::from)
}

fn tls_reason(error: &rustls::Error) -> TlsReason {
    use rustls::{CertificateError as Certificate, Error::InvalidCertificate};
    match error {
        InvalidCertificate(Certificate::UnknownIssuer) => TlsReason::UnknownRoot,
        InvalidCertificate(
            Certificate::Expired
            | Certificate::ExpiredContext { .. }
            | Certificate::NotValidYet
            | Certificate::NotValidYetContext { .. },
        ) => TlsReason::Expired,
        InvalidCertificate(
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. },
        ) => TlsReason::OtherHost,
        rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType) => {
            TlsReason::Other("what answers there does not speak TLS".into())
        }
        other => TlsReason::Other(other.to_string().into()),
    }
}

/// The first error of this type in the chain.
fn find<'a, E: error::Error + 'static>(error: &'a (dyn error::Error + 'static)) -> Option<&'a E> {
    if let Some(found) = error.downcast_ref::<E>() {
        // An I/O error is often only the wrapping of another one; the innermost says most.
        return inner(error).and_then(find).or(Some(found));
    }
    inner(error).and_then(find)
}

/// What an error wraps. `source` of an I/O error skips the error that it was made from.
fn inner<'a>(error: &'a (dyn error::Error + 'static)) -> Option<&'a (dyn error::Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
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
    use crate::graph::test_server;

    fn setup<'a>(extra_roots: &'a RootCertificates, user_agent: &'a str) -> Setup<'a> {
        let request_timeout = Duration::from_secs(1);
        Setup { request_timeout, extra_roots, user_agent, way: Way::Direct }
    }

    #[test]
    fn a_system_without_roots_gets_the_bundled_ones() {
        assert!(bundled_roots().count() > 50);
        let names = vec!["localhost".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
        let own = RootCertificates::from_pem(test_server::pem(&made.cert).as_bytes());
        for extra in [RootCertificates::default(), own.expect("a certificate")] {
            assert!(setup(&extra, "test/1").build().is_ok());
            assert!(setup(&extra, "test/1").build_with_bundled_roots().is_ok());
        }
    }

    #[test]
    fn a_user_agent_must_fit_into_a_header() {
        for text in ["", "two\nlines"] {
            let none = RootCertificates::default();
            assert_eq!(setup(&none, text).build().expect_err("refused"), BuildError::UserAgent);
        }
    }
}
