//! Why no TLS connection was made, in words of our own.

use std::fmt;
use std::time::{Duration, SystemTime};

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, PeerIncompatible};

use crate::graph::trust::Stranger;

/// Why no TLS connection was made.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TlsReason {
    /// The certificate is one for an authority, and no server's.
    Authority,
    /// A signature of the certificate, or of the server, does not fit.
    BadSignature,
    /// The certificate is past its end.
    Expired {
        /// Its end, where it is known.
        end: Option<Box<str>>,
        /// What this machine's clock said.
        now: Option<Box<str>>,
    },
    /// The certificate is not yet at its start.
    NotYetValid {
        /// Its start, where it is known.
        start: Option<Box<str>>,
        /// What this machine's clock said.
        now: Option<Box<str>>,
    },
    /// What answers does not speak TLS.
    NotTls,
    /// The server speaks no version, or nothing else, that is safe today.
    Old,
    /// Anything else.
    Other,
    /// The certificate is for other hosts.
    OtherHost {
        /// The names and addresses that it is for.
        names: Box<str>,
    },
    /// The other side ended it, with this alert.
    Refused(&'static str),
    /// The certificate has a mistake in its form, or a use that does not fit.
    Unfit,
    /// The root that signed the certificate is not among the trusted ones.
    UnknownRoot(Stranger),
}

impl TlsReason {
    pub(crate) fn of(error: &Error) -> Self {
        match error {
            Error::InvalidCertificate(error) => of_certificate(error),
            Error::NoCertificatesPresented => Self::Unfit,
            Error::InvalidMessage(
                InvalidMessage::InvalidContentType | InvalidMessage::MessageTooLarge,
            ) => Self::NotTls,
            Error::PeerIncompatible(
                PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
                | PeerIncompatible::ServerDoesNotSupportTls12Or13
                | PeerIncompatible::SupportedVersionsExtensionRequired,
            ) => Self::Old,
            Error::AlertReceived(
                AlertDescription::ProtocolVersion
                | AlertDescription::InsufficientSecurity
                | AlertDescription::HandshakeFailure,
            ) => Self::Old,
            Error::AlertReceived(alert) => Self::Refused(alert_name(*alert)),
            Error::InvalidMessage(InvalidMessage::UnknownProtocolVersion) => Self::Old,
            _ => Self::Other,
        }
    }
}

fn of_certificate(error: &CertificateError) -> TlsReason {
    use CertificateError as Certificate;
    match error {
        Certificate::UnknownIssuer => TlsReason::UnknownRoot(Stranger::default()),
        Certificate::Expired => TlsReason::Expired { end: None, now: None },
        Certificate::ExpiredContext { time, not_after } => {
            TlsReason::Expired { end: date(*not_after), now: date(*time) }
        }
        Certificate::NotValidYet => TlsReason::NotYetValid { start: None, now: None },
        Certificate::NotValidYetContext { time, not_before } => {
            TlsReason::NotYetValid { start: date(*not_before), now: date(*time) }
        }
        Certificate::NotValidForName => TlsReason::OtherHost { names: "".into() },
        Certificate::NotValidForNameContext { presented, .. } => {
            TlsReason::OtherHost { names: names(presented) }
        }
        Certificate::BadSignature => TlsReason::BadSignature,
        Certificate::Other(other) => match other.0.downcast_ref::<Stranger>() {
            Some(stranger) => TlsReason::UnknownRoot(stranger.clone()),
            None if matches!(other.0.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity)) => {
                TlsReason::Authority
            }
            None => TlsReason::Unfit,
        },
        _ => TlsReason::Unfit,
    }
}

fn date(time: UnixTime) -> Option<Box<str>> {
    let time = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(time.as_secs()))?;
    Some(humantime::format_rfc3339_seconds(time).to_string().into())
}

/// The names in a certificate, as the library gives them: `DnsName("example.com")`.
fn names(presented: &[String]) -> Box<str> {
    let plain = |name: &String| {
        let inner = name.split_once("(\"").and_then(|(_, rest)| rest.strip_suffix("\")"));
        let inner = inner.or_else(|| name.split_once('(')?.1.strip_suffix(')'));
        let text = inner.unwrap_or(name);
        text.chars().filter(|c| c.is_ascii_graphic()).take(LONGEST_NAME).collect::<String>()
    };
    let mut names: Vec<_> = presented.iter().take(MOST_NAMES).map(plain).collect();
    if presented.len() > MOST_NAMES {
        names.push(format!("{} more", presented.len() - MOST_NAMES));
    }
    names.join(", ").into()
}

fn alert_name(alert: AlertDescription) -> &'static str {
    match alert {
        AlertDescription::CertificateRequired | AlertDescription::NoCertificate => {
            "it wants a certificate of the client"
        }
        AlertDescription::UnrecognisedName => "it does not know the name of the host",
        AlertDescription::AccessDenied => "it denies access",
        AlertDescription::InternalError => "it has an internal error",
        _ => "it gave no reason that helps",
    }
}

impl fmt::Display for TlsReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Authority => "its certificate is that of an authority",
            Self::BadSignature => "a signature does not fit its certificate",
            Self::Expired { .. } => "its certificate has expired",
            Self::NotYetValid { .. } => "its certificate is not yet valid",
            Self::NotTls => "what answers there does not speak TLS",
            Self::Old => "it offers no version of TLS that is safe",
            Self::Other => "the TLS handshake failed",
            Self::OtherHost { .. } => "its certificate is for another host",
            Self::Refused(why) => return write!(f, "it ended the TLS handshake: {why}"),
            Self::Unfit => "its certificate is not fit for a server",
            Self::UnknownRoot(_) => "its certificate is signed by a root that is not trusted",
        })
    }
}

const LONGEST_NAME: usize = 80;
const MOST_NAMES: usize = 5;
