//! Where on its way a call failed, and what a proxy did to it.

use std::fmt;

use crate::graph::codes::Retry;
use crate::graph::trust::TlsReason;

/// The steps of a call, in their order.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Stage {
    /// A name is turned into an address: the API's, or with a proxy the proxy's.
    NameResolution,
    /// A connection is made: to the API, or with a proxy to the proxy.
    Connection,
    /// TLS is agreed on with the proxy.
    ProxyTls,
    /// The proxy is asked to connect to the API.
    Proxy,
    /// TLS is agreed on with the API.
    Tls,
    /// The request is sent.
    Sending,
    /// The request is sent, and no answer has begun.
    Waiting,
    /// The answer has begun.
    Reading,
}

/// A connection that did not come about because of a proxy.
#[derive(Clone, Debug)]
pub struct ProxyFailure {
    /// Host and port.
    pub proxy: Box<str>,
    /// The environment variable that names it.
    pub variable: &'static str,
    /// Whether the variable's value has a login.
    pub has_login: bool,
    /// What it did.
    pub trouble: ProxyTrouble,
}

/// What a proxy did instead of leading to the API.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ProxyTrouble {
    /// It closed the connection without an answer.
    Closed,
    /// It wants a login, or refused the one that it got (HTTP 407, or SOCKS). It is not asked again.
    Login {
        /// The kinds of login that it takes, in its own words, if it named any.
        schemes: Box<str>,
    },
    /// What answers there does not speak as a proxy of this kind does.
    NotAProxy,
    /// It took the connection and gave no answer in time.
    Silent,
    /// It answered by SOCKS.
    Socks {
        /// What its reply means.
        reply: &'static str,
        /// Whether another attempt may go better.
        passing: bool,
    },
    /// It answered with another HTTP status than 200.
    Status {
        /// The status.
        status: u16,
        /// Its own words beside it, cleaned, or those of the standard.
        phrase: Box<str>,
    },
    /// It could not be reached.
    Unreachable {
        /// Whether its name could not be resolved.
        by_name: bool,
        /// What the system said.
        reason: Box<str>,
    },
    /// It is to be spoken to by TLS, which was not agreed on.
    Untrusted(TlsReason),
}

impl ProxyTrouble {
    pub(crate) fn stage(&self) -> Stage {
        match self {
            Self::Unreachable { by_name: true, .. } => Stage::NameResolution,
            Self::Unreachable { .. } => Stage::Connection,
            Self::Untrusted(_) => Stage::ProxyTls,
            _ => Stage::Proxy,
        }
    }

    /// Nothing has been sent to the API, so only the proxy's patience counts.
    pub(crate) fn retry(&self) -> Retry {
        let passing = match self {
            Self::Closed | Self::NotAProxy | Self::Silent | Self::Unreachable { .. } => true,
            Self::Login { .. } | Self::Untrusted(_) => false,
            Self::Socks { passing, .. } => *passing,
            Self::Status { status, .. } => matches!(status, 408 | 429 | 500..=599),
        };
        if passing { Retry::Backoff } else { Retry::Never }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NameResolution => "name resolution",
            Self::Connection => "connection",
            Self::ProxyTls => "TLS with the proxy",
            Self::Proxy => "proxy",
            Self::Tls => "TLS with the API",
            Self::Sending => "sending",
            Self::Waiting => "waiting for the answer",
            Self::Reading => "reading the answer",
        })
    }
}

impl fmt::Display for ProxyFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy {} ", self.proxy)?;
        match &self.trouble {
            ProxyTrouble::Closed => f.write_str("closed the connection without an answer"),
            ProxyTrouble::Login { .. } if self.has_login => f.write_str("refused the login"),
            ProxyTrouble::Login { .. } => f.write_str("asks for a login"),
            ProxyTrouble::NotAProxy => f.write_str("does not answer as a proxy does"),
            ProxyTrouble::Silent => f.write_str("gave no answer in time"),
            ProxyTrouble::Socks { reply, .. } => write!(f, "answered: {reply}"),
            ProxyTrouble::Status { status, phrase } if phrase.is_empty() => {
                write!(f, "answered with HTTP status {status}")
            }
            ProxyTrouble::Status { status, phrase } => {
                write!(f, "answered with HTTP status {status} ({phrase})")
            }
            ProxyTrouble::Unreachable { reason, .. } => {
                write!(f, "could not be reached: {reason}")
            }
            ProxyTrouble::Untrusted(reason) => write!(f, "is not trusted: {reason}"),
        }
    }
}
