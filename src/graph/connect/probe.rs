//! Asks a proxy once more, by hand, for what the HTTP library does not hand on of its answer.

use std::time::Duration;

use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use reqwest::header::{HOST, HeaderMap, PROXY_AUTHORIZATION, USER_AGENT};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::graph::connect::Through;
use crate::graph::way_out::Scheme;

/// What a proxy answered to `CONNECT`.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Its own words beside the status, or those of the standard.
    pub(super) phrase: String,
    pub(super) headers: HeaderMap,
}

/// Asks for the way to a host and port. `None` if no answer comes that is HTTP.
pub(super) async fn ask(through: &Through, target: &str, with_login: bool) -> Option<Answer> {
    timeout(LIMIT, connect_and_ask(through, target, with_login)).await.ok().flatten()
}

async fn connect_and_ask(through: &Through, target: &str, with_login: bool) -> Option<Answer> {
    let host = through.proxy.host.to_string();
    let host = host.trim_matches(['[', ']']).to_owned();
    let stream = TcpStream::connect((host.as_str(), through.proxy.port)).await.ok()?;
    if through.proxy.scheme != Scheme::Https {
        return exchange(stream, through, target, with_login).await;
    }
    let name = ServerName::try_from(host).ok()?;
    let stream = TlsConnector::from(through.tls.clone()).connect(name, stream).await.ok()?;
    exchange(stream, through, target, with_login).await
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    through: &Through,
    target: &str,
    with_login: bool,
) -> Option<Answer> {
    let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.ok()?;
    let request = hyper::Request::connect(target).header(HOST, target);
    let request = request.header(USER_AGENT, through.user_agent.clone());
    let request = match &through.proxy.login {
        Some(login) if with_login => request.header(PROXY_AUTHORIZATION, login.header()),
        _ => request,
    };
    let mut answer = std::pin::pin!(sender.send_request(request.body(String::new()).ok()?));
    let response = tokio::select! {
        response = &mut answer => response,
        // It may have answered before it closed.
        _ = connection => answer.await,
    };
    response.ok().as_ref().map(read)
}

fn read(response: &hyper::Response<Incoming>) -> Answer {
    let own = response.extensions().get::<hyper::ext::ReasonPhrase>();
    let own = own.map(|phrase| String::from_utf8_lossy(phrase.as_bytes()).into_owned());
    let standard = response.status().canonical_reason().unwrap_or_default();
    Answer {
        status: response.status().as_u16(),
        phrase: own.unwrap_or_else(|| standard.to_owned()),
        headers: response.headers().clone(),
    }
}

/// A proxy that has just answered answers again within this time.
const LIMIT: Duration = Duration::from_secs(5);
