//! What a user reads when something on the way to the API fails, and not the API.

use crate::graph::{Error, ProxyFailure, ProxyTrouble, Refusal, Stranger, TlsReason, Why};
use crate::tf_provider::Diagnostic;

/// A variable for proxies cannot be read, so that no call is made.
pub(crate) fn unreadable_proxy(refusal: &Refusal) -> Diagnostic {
    let Refusal { variable, why } = refusal;
    Diagnostic::error(
        "Proxy Setting Not Readable",
        format!(
            "The environment variable {variable} {why}. Nothing was sent, because a call must not \
             go past a proxy that was meant.\n\n{} To use no proxy, unset the variable, or name \
             the API's host in NO_PROXY.",
            repair(*why)
        ),
    )
}

fn repair(why: Why) -> &'static str {
    match why {
        Why::Blank => {
            "Write the address without blanks and line ends around and in it. Files that become \
             variables often end in a line end."
        }
        Why::Login | Why::LoginAfterHost => {
            "In a user name or password write \\ as %5C, # as %23, / as %2F, ? as %3F, % as %25, and \
             any other sign that is not a letter, a digit or one of -._~!$&'()*+,;=:@ likewise."
        }
        Why::Scheme => {
            "Write http://HOST:PORT, or https:// or socks5:// in its place, without quotes around \
             it. Other kinds of proxies, SOCKS 4 among them, are not spoken to."
        }
        Why::SocksLogin => {
            "A SOCKS proxy takes a user name of 1 to 255 bytes and a password of at most 255, and \
             both have to be UTF-8."
        }
        Why::NotText => "Write the address in plain letters.",
        _ => {
            "Write http://HOST:PORT, or http://USER:PASSWORD@HOST:PORT, without quotes around it, \
             and an IPv6 address in brackets."
        }
    }
}

/// The title of a failure that a proxy is at fault for.
pub(super) fn proxy_title(error: &Error) -> &'static str {
    let Some(ProxyFailure { has_login, trouble, .. }) = error.proxy() else {
        return "Proxy Failed";
    };
    match trouble {
        ProxyTrouble::Login { .. } if *has_login => "Proxy Refused the Login",
        ProxyTrouble::Login { .. } => "Proxy Asks for a Login",
        ProxyTrouble::Unreachable { .. } => "Proxy Not Reachable",
        ProxyTrouble::Untrusted(_) => "Proxy Not Trusted",
        ProxyTrouble::Silent | ProxyTrouble::Closed => "Proxy Gave No Answer",
        ProxyTrouble::NotAProxy => "Not a Proxy",
        trouble if is_on_the_far_side(trouble) => "Proxy Could Not Reach the API",
        _ => "Proxy Refused the Connection",
    }
}

/// What is known beyond the failure itself: where on the way it was, and what a certificate says.
pub(super) fn explained(error: &Error) -> String {
    let reason = error.tls_reason().or_else(|| match &error.proxy()?.trouble {
        ProxyTrouble::Untrusted(reason) => Some(reason),
        _ => None,
    });
    let mut text = reason.map(certificate).unwrap_or_default();
    if let Some(stage) = error.stage() {
        text += &format!(" Where on the way: {stage}.");
    }
    text
}

fn certificate(reason: &TlsReason) -> String {
    match reason {
        TlsReason::Expired { end: Some(end), now: Some(now) } => {
            format!(" It was valid until {end}, and the clock of this machine says {now}.")
        }
        TlsReason::NotYetValid { start: Some(start), now: Some(now) } => {
            format!(" It will be valid from {start}, and the clock of this machine says {now}.")
        }
        TlsReason::OtherHost { names } if names.is_empty() => {
            " The certificate has no name of a host in it.".to_owned()
        }
        TlsReason::OtherHost { names } => format!(" The certificate is for {names}."),
        TlsReason::UnknownRoot(Stranger { subject, issuer, unread }) => {
            let mut text = String::new();
            if !issuer.is_empty() {
                text += &format!(" The certificate is for \"{subject}\", signed by \"{issuer}\".");
            }
            if !unread.is_empty() {
                text += &format!(" Of the places that the environment names for roots, {unread}.");
            }
            text
        }
        _ => String::new(),
    }
}

/// What to do next.
pub(super) fn step(error: &Error) -> String {
    match (error.proxy(), error.tls_reason()) {
        (Some(failure), _) => after_proxy(failure),
        (None, Some(reason)) => after_tls(reason).to_owned(),
        (None, None) => "Check that this machine reaches the host. A proxy is used only if the \
                         environment variable HTTPS_PROXY names one. If the provider's argument \
                         base_url or the environment variable WHATSAPP_BASE_URL names the host, \
                         check that too."
            .to_owned(),
    }
}

fn after_proxy(failure: &ProxyFailure) -> String {
    let ProxyFailure { variable, has_login, trouble, .. } = failure;
    match trouble {
        ProxyTrouble::Login { schemes } if lacks_basic(schemes) => format!(
            "The proxy takes a login by {schemes}, which neither this provider nor the tool that \
             runs it can give; they send a user name and a password as Basic. Ask who runs the proxy for an \
             exception, or run a local proxy that logs in, and name that in {variable}."
        ),
        ProxyTrouble::Login { .. } if *has_login => format!(
            "Correct the user name and password in {variable}. The login was sent once and is not \
             sent again by this run, because proxies lock accounts after a few wrong ones."
        ),
        ProxyTrouble::Login { .. } => format!(
            "Write the login into {variable}: http://USER:PASSWORD@HOST:PORT, with signs such as \
             \\, #, / and % percent-encoded."
        ),
        ProxyTrouble::Unreachable { .. } => {
            format!("Check the host and port in {variable}, and that this machine reaches them.")
        }
        ProxyTrouble::Untrusted(TlsReason::NotTls) => format!(
            "The address in {variable} begins with https://, which means that TLS is spoken with \
             the proxy itself. Most proxies are spoken to in plain, also for https calls: write \
             http:// there."
        ),
        ProxyTrouble::Untrusted(reason) => format!("{} {FOR_PROXIES}", after_tls(reason)),
        ProxyTrouble::Closed | ProxyTrouble::Silent | ProxyTrouble::NotAProxy => format!(
            "Check that {variable} names the proxy's own port and the right kind of proxy (http://, \
             https:// or socks5://), and look at the proxy's log."
        ),
        trouble if is_on_the_far_side(trouble) => {
            "The proxy itself works. Try again in a few minutes; if it goes on, ask who runs the \
             proxy whether it reaches the API's host."
                .to_owned()
        }
        _ => format!(
            "Ask who runs the proxy to allow connections to the API's host on its port, or name \
             another proxy in {variable}."
        ),
    }
}

/// Whether the proxy was willing, and what lies behind it was not there.
fn is_on_the_far_side(trouble: &ProxyTrouble) -> bool {
    match trouble {
        ProxyTrouble::Socks { passing, .. } => *passing,
        ProxyTrouble::Status { status, .. } => matches!(status, 408 | 429 | 500..=599),
        _ => false,
    }
}

fn lacks_basic(schemes: &str) -> bool {
    !schemes.is_empty() && !schemes.split(", ").any(|scheme| scheme.eq_ignore_ascii_case("basic"))
}

fn after_tls(reason: &TlsReason) -> &'static str {
    match reason {
        TlsReason::UnknownRoot(_) => {
            "If a company proxy stands in between, save its root certificate as a PEM file and set \
             the provider's argument ca_certificate_file, or the environment variable \
             WHATSAPP_CA_CERTIFICATE_FILE, to its path. Otherwise update the system's root \
             certificates."
        }
        TlsReason::Expired { .. } | TlsReason::NotYetValid { .. } => {
            "Check this machine's clock first, then who really answers: a proxy may present an old \
             certificate. ca_certificate_file does not help against that."
        }
        TlsReason::OtherHost { .. } => {
            "Check the host in the provider's argument base_url, or in WHATSAPP_BASE_URL. If it is \
             right, something on the way answers in its place."
        }
        TlsReason::BadSignature => {
            "Something on the way changed the certificate, or its root has the name of a trusted \
             one and another key: if a company proxy got a new root certificate, put it into the \
             file that ca_certificate_file names."
        }
        TlsReason::Authority => {
            "The server shows the certificate of an authority. Let that authority sign one for the \
             server, and keep only the authority's in ca_certificate_file."
        }
        TlsReason::NotTls => {
            "Check the port in the provider's argument base_url, or in WHATSAPP_BASE_URL: what \
             listens there speaks plain HTTP or something else. A login page of a network answers \
             like that too."
        }
        TlsReason::Old => {
            "TLS 1.2 or 1.3 is needed. Meta offers both, so a device on the way may answer in its \
             place: ask who runs the network."
        }
        _ => {
            "Check the provider's argument base_url and any proxy on the way. If a company proxy \
             presents its own certificates, set ca_certificate_file to its root certificate."
        }
    }
}

const FOR_PROXIES: &str = "All of this is about the proxy, not about the API.";
