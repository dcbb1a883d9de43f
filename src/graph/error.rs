//! What a caller gets when a call did not work: one struct that answers questions.
//!
//! The kind behind it is private, so that it can grow. No answer to any question holds a URL, a
//! query or a secret, and no error of an HTTP library is ever passed on.

use std::{error, fmt, sync::Arc, time::Duration};

use crate::graph::api_error::ApiError;
use crate::graph::class::Class;
use crate::graph::codes::{Retry, Rule, Topic};
use crate::graph::stage::{ProxyFailure, Stage};
pub use crate::graph::trust::TlsReason;

/// A failed call.
///
/// Its `Display` is one short phrase about this layer alone; [`source`](error::Error::source) is
/// the failed attempt that came before, where there was one.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: Kind,
    attempts: u32,
    outcome_unknown: bool,
    wait: Option<Duration>,
    /// Whether the API has named the wait; else it is our own guess.
    wait_is_named: bool,
    before: Option<Error>,
    stage: Option<Stage>,
}

/// What went wrong, before it is known what follows from it.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Api(Arc<ApiError>),
    BodyTooLarge { status: u16 },
    Cancelled,
    NotTried,
    Connect { host: Box<str>, reason: Box<str> },
    ConnectionLost { reason: Box<str> },
    Redirect { status: u16, host: Option<Box<str>> },
    Timeout,
    Proxy(Arc<ProxyFailure>),
    Tls { host: Box<str>, reason: TlsReason, through: Option<Box<str>> },
    Unreadable { status: u16, found: &'static str },
    Unsuccessful { status: u16 },
}

impl Error {
    pub(crate) fn new(kind: Kind) -> Self {
        let wait = match &kind {
            Kind::Api(api) => match api.retry() {
                Retry::Later(wait) => Some(wait),
                _ => None,
            },
            _ => None,
        };
        Self(Box::new(Inner {
            kind,
            attempts: 0,
            outcome_unknown: false,
            wait,
            wait_is_named: false,
            before: None,
            stage: None,
        }))
    }

    pub(crate) fn at(mut self, stage: Option<Stage>) -> Self {
        self.0.stage = stage;
        self
    }

    /// The caller asked to stop before anything was sent.
    pub fn stopped() -> Self {
        Self::new(Kind::Cancelled)
    }

    /// The call was not tried, because another one has failed.
    pub(crate) fn stopped_by(because: &Self) -> Self {
        Self::new(Kind::NotTried).after(Some(because.clone()))
    }

    /// A wait, and whether the API has named it.
    pub(crate) fn with_wait(mut self, wait: Option<Duration>, is_named: bool) -> Self {
        self.0.wait = wait.or(self.0.wait);
        self.0.wait_is_named = is_named;
        self
    }

    /// The rest of the same wait.
    pub(crate) fn with_wait_left(mut self, left: Duration) -> Self {
        self.0.wait = Some(left);
        self
    }

    pub(crate) fn with_history(mut self, attempts: u32, outcome_unknown: bool) -> Self {
        self.0.attempts = attempts;
        self.0.outcome_unknown = outcome_unknown;
        self
    }

    pub(crate) fn after(mut self, before: Option<Error>) -> Self {
        self.0.before = before;
        self
    }

    /// What kind of failure it is.
    pub fn class(&self) -> Class {
        match &self.0.kind {
            Kind::Api(api) => api.class(),
            Kind::BodyTooLarge { .. } => Class::BodyTooLarge,
            Kind::Cancelled => Class::Cancelled,
            Kind::NotTried => Class::NotTried,
            Kind::Connect { .. } => Class::Connect,
            Kind::ConnectionLost { .. } => Class::ConnectionLost,
            Kind::Proxy(_) => Class::Proxy,
            Kind::Redirect { .. } => Class::Redirect,
            Kind::Timeout => Class::Timeout,
            Kind::Tls { .. } => Class::Tls,
            Kind::Unreadable { .. } => Class::UnreadableAnswer,
            Kind::Unsuccessful { .. } => Class::Unsuccessful,
        }
    }

    /// Graph's error code.
    pub fn code(&self) -> Option<i64> {
        self.api().and_then(|api| api.code)
    }

    /// Graph's error subcode.
    pub fn subcode(&self) -> Option<i64> {
        self.api().and_then(|api| api.subcode)
    }

    /// The line of the table of codes that applies, if the code is known.
    pub fn rule(&self) -> Option<&'static Rule> {
        self.api().and_then(ApiError::rule)
    }

    /// The ID under which Meta's support finds the call.
    pub fn fbtrace_id(&self) -> Option<&str> {
        self.api().and_then(|api| api.fbtrace_id.as_deref())
    }

    /// Graph's message for developers, cleaned: one line, bounded, without secrets.
    pub fn message(&self) -> Option<&str> {
        self.api().and_then(|api| api.message.as_deref())
    }

    /// Graph's title for users, cleaned like [`message`](Self::message).
    pub fn user_title(&self) -> Option<&str> {
        self.api().and_then(|api| api.user_title.as_deref())
    }

    /// Graph's message for users, cleaned like [`message`](Self::message).
    pub fn user_message(&self) -> Option<&str> {
        self.api().and_then(|api| api.user_message.as_deref())
    }

    /// What Graph's `error_data` says, cleaned like [`message`](Self::message).
    pub fn details(&self) -> Option<&str> {
        self.api().and_then(|api| api.details.as_deref())
    }

    /// The answer's HTTP status, if there was an answer.
    pub fn http_status(&self) -> Option<u16> {
        match &self.0.kind {
            Kind::Api(api) => Some(api.status),
            Kind::BodyTooLarge { status }
            | Kind::Redirect { status, .. }
            | Kind::Unreadable { status, .. }
            | Kind::Unsuccessful { status } => Some(*status),
            _ => None,
        }
    }

    /// The host that could not be reached, or was not trusted, or that a redirect points to.
    pub fn host(&self) -> Option<&str> {
        match &self.0.kind {
            Kind::Connect { host, .. } | Kind::Tls { host, .. } => Some(host),
            Kind::Redirect { host, .. } => host.as_deref(),
            _ => None,
        }
    }

    /// Why no TLS connection was made, for [`Class::Tls`].
    pub fn tls_reason(&self) -> Option<&TlsReason> {
        match &self.0.kind {
            Kind::Tls { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// Where on its way the call failed; `None` if it was answered, or never left.
    pub fn stage(&self) -> Option<Stage> {
        self.0.stage
    }

    /// What a proxy did, for [`Class::Proxy`].
    pub fn proxy(&self) -> Option<&ProxyFailure> {
        match &self.0.kind {
            Kind::Proxy(failure) => Some(failure),
            _ => None,
        }
    }

    /// The failure because of which the call was not tried, for [`Class::NotTried`].
    pub fn not_tried_because(&self) -> Option<&Self> {
        self.0.before.as_ref().filter(|_| matches!(self.0.kind, Kind::NotTried))
    }

    /// How long the API wants to be left alone, or how long the condition is known to last,
    /// counted from the moment the call failed.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.wait
    }

    /// The wait that the API has named, in minutes, rounded up. `None` where it named nothing, even
    /// if the client keeps a pause of its own.
    pub fn minutes_to_wait(&self) -> Option<u64> {
        let named = self.0.wait.filter(|_| self.0.wait_is_named);
        named.map(|wait| wait.as_secs().div_ceil(60).max(1))
    }

    /// How often the call was sent: 0 if it never left.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether a write was perhaps carried out all the same: some attempt reached the API and got
    /// no definite answer. Always false for a read.
    pub fn outcome_unknown(&self) -> bool {
        self.0.outcome_unknown
    }

    /// Whether an earlier attempt at a write got no definite answer, and the last one did: a refusal.
    pub fn was_refused_after_loss(&self) -> bool {
        self.0.outcome_unknown && self.http_status().is_some() && !self.is_ambiguous()
    }

    /// Whether the version is at fault: the API does not know it, or serves it no more.
    pub fn is_about_version(&self) -> bool {
        self.rule().is_some_and(Rule::is_about_version)
    }

    /// Whether the ID of a WhatsApp Business Account was given for that of a phone number.
    pub fn is_account_for_number(&self) -> bool {
        self.rule().is_some_and(|rule| rule.is_about(Topic::AccountForNumber))
    }

    /// Whether the limit that was met is one of an account, which concerns no other.
    pub(crate) fn is_limit_of_account(&self) -> bool {
        self.rule().is_some_and(Rule::is_limit_of_account)
    }

    /// Whether the PIN that was sent is at fault, and not the number, the token or the service.
    pub fn is_about_pin(&self) -> bool {
        self.rule().is_some_and(Rule::is_about_pin)
    }

    /// Whether the `appsecret_proof` is missing or wrong.
    pub fn is_about_app_secret(&self) -> bool {
        self.rule().is_some_and(|rule| rule.is_about(Topic::Proof))
    }

    pub(crate) fn retry(&self) -> Retry {
        match &self.0.kind {
            Kind::Api(api) => api.retry(),
            Kind::Proxy(failure) => failure.trouble.retry(),
            Kind::BodyTooLarge { .. }
            | Kind::Connect { .. }
            | Kind::ConnectionLost { .. }
            | Kind::Timeout
            | Kind::Unreadable { .. } => Retry::Backoff,
            Kind::Cancelled
            | Kind::NotTried
            | Kind::Redirect { .. }
            | Kind::Tls { .. }
            | Kind::Unsuccessful { .. } => Retry::Never,
        }
    }

    /// Whether this failure leaves open if a write was carried out.
    pub(crate) fn is_ambiguous(&self) -> bool {
        match &self.0.kind {
            Kind::Api(api) => api.is_ambiguous(),
            Kind::BodyTooLarge { .. }
            | Kind::ConnectionLost { .. }
            | Kind::Timeout
            | Kind::Unreadable { .. } => true,
            Kind::Cancelled
            | Kind::NotTried
            | Kind::Connect { .. }
            | Kind::Proxy(_)
            | Kind::Redirect { .. }
            | Kind::Tls { .. }
            | Kind::Unsuccessful { .. } => false,
        }
    }

    fn api(&self) -> Option<&ApiError> {
        match &self.0.kind {
            Kind::Api(api) => Some(api),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            Kind::Api(api) => api.fmt(f),
            Kind::BodyTooLarge { .. } => f.write_str("the answer is larger than 1 MiB"),
            Kind::NotTried => f.write_str("the call was not tried, because others had failed"),
            Kind::Cancelled => f.write_str("the call was stopped before it was done"),
            Kind::Connect { host, reason } => write!(f, "no connection to {host}: {reason}"),
            Kind::ConnectionLost { reason } => write!(f, "the connection was lost: {reason}"),
            Kind::Proxy(failure) => failure.fmt(f),
            Kind::Redirect { status, host: Some(host) } => {
                write!(f, "the answer was a redirect to {host} (HTTP {status})")
            }
            Kind::Redirect { status, .. } => write!(f, "the answer was a redirect (HTTP {status})"),
            Kind::Timeout => f.write_str("no complete answer came within the time limit"),
            Kind::Tls { host, reason, through: None } => {
                write!(f, "no TLS connection to {host}: {reason}")
            }
            Kind::Tls { host, reason, through: Some(proxy) } => {
                write!(f, "no TLS connection to {host} through the proxy {proxy}: {reason}")
            }
            Kind::Unreadable { status, found } => {
                write!(f, "the answer (HTTP {status}) holds {found}")
            }
            Kind::Unsuccessful { .. } => {
                f.write_str("the API answered that the call did not succeed")
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("attempts", &self.0.attempts)
            .field("outcome_unknown", &self.0.outcome_unknown)
            .field("wait", &self.0.wait)
            .field("before", &self.0.before)
            .field("stage", &self.0.stage)
            .finish()
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.0.before.as_ref().map(|before| before as &(dyn error::Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_pointer_and_travels_between_threads() {
        fn travels<T: Send + Sync + 'static>() {}
        travels::<Error>();
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn minutes_are_rounded_up() {
        let minutes = |seconds| {
            let wait = Some(Duration::from_secs(seconds));
            Error::new(Kind::Timeout).with_wait(wait, true).minutes_to_wait()
        };
        assert_eq!(minutes(1), Some(1));
        assert_eq!(minutes(60), Some(1));
        assert_eq!(minutes(61), Some(2));
        assert_eq!(Error::new(Kind::Timeout).minutes_to_wait(), None);
        let own = Error::new(Kind::Timeout).with_wait(Some(Duration::from_secs(4)), false);
        assert_eq!(own.minutes_to_wait(), None, "a wait of our own is nobody's wish");
    }
}
