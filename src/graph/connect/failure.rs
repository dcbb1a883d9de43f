//! From an error of the HTTP library's connector to what happened, and where.
//!
//! The library's own error types are not exported, but the services that give them are, and name
//! them: that is how they are told apart here. Above an error of TLS, a tunnel's error that it could
//! not connect tells the proxy from the API.

use std::error::Error as StdError;
use std::io;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use reqwest::header::{HeaderMap, PROXY_AUTHENTICATE};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower_service::Service;

use crate::graph::connect::probe::{self, Answer};
use crate::graph::connect::{NotConnected, Shared, Through};
use crate::graph::error::Kind;
use crate::graph::stage::{ProxyTrouble, Stage};
use crate::graph::trust::TlsReason;

/// Any address: hyper's own type, from which the services' error types follow.
type Address = hyper::Uri;
type ConnectError = <HttpConnector as Service<Address>>::Error;
type TunnelError = <Tunnel<HttpConnector> as Service<Address>>::Error;
type SocksError = <SocksV5<HttpConnector> as Service<Address>>::Error;

/// What a failed connection was, as far as the error tells.
pub(super) fn read(shared: &Shared, error: &(dyn StdError + 'static)) -> Found {
    let Some(through) = &shared.through else { return Found::All(direct(shared, error)) };
    if let Some(tunnel) = find::<TunnelError>(error) {
        return match of_tunnel(tunnel) {
            Ok(trouble) => Found::All(through.failed(trouble)),
            Err(hidden) => Found::ToAsk(hidden),
        };
    }
    match find::<SocksError>(error) {
        Some(socks) => Found::All(through.failed(of_socks(through, socks))),
        None => Found::All(direct(shared, error)),
    }
}

/// What an error of the connector tells.
pub(super) enum Found {
    All(NotConnected),
    ToAsk(Hidden),
}

/// What the library hides of a proxy's answer.
#[derive(Clone, Copy)]
pub(super) enum Hidden {
    /// Which kinds of login it wants.
    Schemes,
    /// Its status, or whether it answers in HTTP at all.
    Status,
}

/// Finds out what the library hides.
pub(super) async fn ask(shared: &Shared, through: &Through, hidden: Hidden) -> NotConnected {
    // Asking without a login cannot be a second refused one; and where only the status is hidden, the
    // login was not the reason.
    let with_login = matches!(hidden, Hidden::Status);
    let answer = probe::ask(through, &shared.target, with_login).await;
    through.failed(match (hidden, answer) {
        (Hidden::Schemes, Some(Answer { headers, .. })) => login(through, &headers),
        (Hidden::Schemes, None) => ProxyTrouble::Login { schemes: "".into() },
        (Hidden::Status, Some(Answer { status: 407, headers, .. })) => login(through, &headers),
        // It has thought better of it: to be tried again.
        (Hidden::Status, Some(Answer { status: 200, .. })) => ProxyTrouble::Closed,
        (Hidden::Status, Some(Answer { status, phrase, .. })) => {
            ProxyTrouble::Status { status, phrase: words(through, &phrase) }
        }
        (Hidden::Status, None) => ProxyTrouble::NotAProxy,
    })
}

/// What a connection was that did not come about in time.
pub(super) async fn timed_out(shared: &Shared) -> NotConnected {
    let reason = "timed out";
    let Some(through) = &shared.through else { return no_connection(shared, reason, false) };
    let proxy = (through.proxy.host.to_string(), through.proxy.port);
    let address = (proxy.0.trim_matches(['[', ']']), proxy.1);
    let trouble = match timeout(A_MOMENT, TcpStream::connect(address)).await {
        Ok(Ok(_)) => ProxyTrouble::Silent,
        _ => ProxyTrouble::Unreachable { by_name: false, reason: reason.into() },
    };
    through.failed(trouble)
}

/// A failure of the connection to the API itself.
fn direct(shared: &Shared, error: &(dyn StdError + 'static)) -> NotConnected {
    if let Some(tls) = find::<rustls::Error>(error) {
        let through = shared.through.as_ref().map(|through| through.proxy.to_string().into());
        let reason = TlsReason::of(tls);
        let kind = Kind::Tls { host: shared.host.clone(), reason, through };
        return NotConnected { kind, stage: Stage::Tls };
    }
    let (by_name, reason) = unreachable(error);
    let not_connected = no_connection(shared, &reason, by_name);
    match find::<ConnectError>(error) {
        Some(_) => not_connected,
        // The connection was there, and broke while TLS was agreed on.
        None => NotConnected { stage: Stage::Tls, ..not_connected },
    }
}

fn no_connection(shared: &Shared, reason: &str, by_name: bool) -> NotConnected {
    let stage = if by_name { Stage::NameResolution } else { Stage::Connection };
    let kind = Kind::Connect { host: shared.host.clone(), reason: reason.into() };
    NotConnected { kind, stage }
}

fn of_tunnel(error: &TunnelError) -> Result<ProxyTrouble, Hidden> {
    match error {
        TunnelError::ConnectFailed(error) => match find::<rustls::Error>(&**error) {
            Some(tls) => Ok(ProxyTrouble::Untrusted(TlsReason::of(tls))),
            None => {
                let (by_name, reason) = unreachable(&**error);
                Ok(ProxyTrouble::Unreachable { by_name, reason })
            }
        },
        TunnelError::ProxyAuthRequired => Err(Hidden::Schemes),
        TunnelError::TunnelUnsuccessful => Err(Hidden::Status),
        TunnelError::ProxyHeadersTooLong => Ok(ProxyTrouble::NotAProxy),
        _ => Ok(ProxyTrouble::Closed),
    }
}

fn login(through: &Through, headers: &HeaderMap) -> ProxyTrouble {
    let all = headers.get_all(PROXY_AUTHENTICATE).iter();
    let schemes = all.filter_map(|value| value.to_str().ok()?.split_whitespace().next());
    let schemes: Vec<_> = schemes.map(|scheme| words(through, scheme)).collect();
    ProxyTrouble::Login { schemes: schemes.join(", ").into() }
}

/// Words of the proxy, fit to be shown.
fn words(through: &Through, text: &str) -> Box<str> {
    through.scrub.clean(text.trim()).chars().take(LONGEST_PHRASE).collect::<String>().into()
}

fn of_socks(through: &Through, error: &SocksError) -> ProxyTrouble {
    match error {
        SocksError::Inner(error) => {
            let (by_name, reason) = unreachable(error);
            return ProxyTrouble::Unreachable { by_name, reason };
        }
        SocksError::V5(_) => {}
        SocksError::Io(error) if error.kind() != io::ErrorKind::InvalidData => {
            return ProxyTrouble::Closed;
        }
        _ => return ProxyTrouble::NotAProxy,
    }
    let text = error.to_string();
    let has_login = through.proxy.login.is_some();
    // Its replies have no exported type, only words.
    let says = |words: &str| text.contains(words);
    if says("authentication incorrectly") || says("does not support user/pass") {
        // It may well want none, which the library does not offer beside a login.
        let is_first = has_login && !through.without_login.swap(true, Ordering::AcqRel);
        let reply = match has_login {
            true => "it takes no user name and password",
            false => "it wants another kind of login",
        };
        return ProxyTrouble::Socks { reply, passing: is_first };
    }
    if says("credentials not accepted") {
        return ProxyTrouble::Login { schemes: "".into() };
    }
    let known = REPLIES.iter().find(|(words, ..)| says(words));
    let (_, reply, passing) =
        known.copied().unwrap_or(("", "a failure that it did not name", true));
    ProxyTrouble::Socks { reply, passing }
}

/// Whether a name could not be resolved, and what the system said.
fn unreachable(error: &(dyn StdError + 'static)) -> (bool, Box<str>) {
    // Resolving a name opens files too, and fails for want of them.
    let code = find::<io::Error>(error).and_then(io::Error::raw_os_error);
    if code.is_some_and(|code| TOO_MANY_OPEN_FILES.contains(&code)) {
        return (false, NO_MORE_FILES.into());
    }
    let by_name = find::<ConnectError>(error).is_some_and(|error| error.to_string() == "dns error");
    if by_name {
        return (true, "the name could not be resolved".into());
    }
    let io = find::<io::Error>(error).map(|error| error.kind().to_string());
    let known = io.filter(|text| text != "other error" && text != "uncategorized error");
    (false, known.unwrap_or_else(|| "the connection was closed".to_owned()).into())
}

/// The first error of this type in the chain; of I/O errors, which often only wrap another, the
/// innermost, which says most.
pub(crate) fn find<'a, E: StdError + 'static>(
    error: &'a (dyn StdError + 'static),
) -> Option<&'a E> {
    if let Some(found) = error.downcast_ref::<E>() {
        return inner(error).and_then(find).or(Some(found));
    }
    inner(error).and_then(find)
}

/// What an error wraps. `source` of an I/O error skips the error that it was made from.
fn inner<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

/// The replies of RFC 1928, section 6, as the library words them, in our words, and whether another
/// attempt may go better.
const REPLIES: [(&str, &str, bool); 8] = [
    ("general server failure", "a general failure", true),
    ("not allowed", "its rules do not allow the connection", false),
    ("network unreachable", "the network cannot be reached", true),
    ("host unreachable", "the host cannot be reached", true),
    ("refused", "the host refused the connection", true),
    ("expired", "the way is too long", true),
    ("command not supported", "it does not support this command", false),
    ("address type not supported", "it does not support this kind of address", false),
];
/// `EMFILE` and `ENFILE`, which are the same on every Unix; `WSAEMFILE` of Windows. The library has no
/// name for them.
const TOO_MANY_OPEN_FILES: &[i32] = if cfg!(windows) { &[10_024] } else { &[24, 23] };
const NO_MORE_FILES: &str = "this process has reached its limit of open files (ulimit -n)";
/// How long it takes to tell a silent proxy from one that cannot be reached.
const A_MOMENT: Duration = Duration::from_millis(300);
const LONGEST_PHRASE: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_this_machine_lacks_is_not_blamed_on_a_connection() {
        for code in TOO_MANY_OPEN_FILES {
            let error = io::Error::other(io::Error::from_raw_os_error(*code));
            assert_eq!(unreachable(&error), (false, NO_MORE_FILES.into()), "{code}");
        }
        let refused = io::Error::other(io::Error::from(io::ErrorKind::ConnectionRefused));
        assert_eq!(unreachable(&refused), (false, "connection refused".into()));
    }
}
