//! Which way a call takes out of this machine: directly, or through a proxy.
//!
//! The rules are those of Go, which Terraform follows, so that a run whose `init` reaches a registry
//! reaches the API in the same way. They were read in Go's `net/http/httpproxy`, `net/url` and
//! `net/http`, tried with Go 1.26 and 1.27, and are held to by a table of what Go did
//! (`go-rules.json`). Everything in here is pure: the environment is handed in.
//!
//! 1. `HTTPS_PROXY`, or `https_proxy` if that is not set or empty, names the proxy. No other variable
//!    does: `HTTP_PROXY` is for plain HTTP, which only goes to this machine; `ALL_PROXY` and
//!    `REQUEST_METHOD` mean nothing here, nor do the settings of an operating system.
//! 2. `localhost` and loopback addresses are never proxied.
//! 3. `NO_PROXY`, or `no_proxy`, lists hosts that are not proxied either: see `no_proxy`.
//! 4. Else the call goes through the proxy, if its address can be read: see `address`.
//!
//! In one thing this is stricter than Go, which goes on without a proxy, or dials a host that nobody
//! meant, when it cannot read an address. Here that is a [`Refusal`]: a token never goes past a proxy
//! that somebody wanted.

mod address;
mod login;
mod no_proxy;
mod surroundings;

#[cfg(test)]
mod go_rules;

use std::fmt;

use url::Host;

pub use surroundings::Surroundings;

pub(crate) use login::Login;

use surroundings::Value;

/// The way of all calls to one host.
#[derive(Debug)]
pub(crate) enum Way {
    Direct,
    Through(Proxy),
}

/// A proxy, and how to speak to it.
#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    pub(crate) scheme: Scheme,
    pub(crate) host: Host<String>,
    pub(crate) port: u16,
    pub(crate) login: Option<Login>,
    /// The environment variable that names it.
    pub(crate) variable: &'static str,
}

/// What is spoken with a proxy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Scheme {
    /// `CONNECT` over plain TCP.
    Http,
    /// `CONNECT` over TLS.
    Https,
    /// SOCKS 5; the proxy resolves names.
    Socks,
}

/// Why no call is made at all: a variable that is set cannot be read. Its value is not repeated, for
/// it may hold a password.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the environment variable {variable} {why}")]
pub struct Refusal {
    /// The environment variable.
    pub variable: &'static str,
    /// What is wrong with its value.
    pub why: Why,
}

/// What is wrong with the value of a variable.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Why {
    /// White space or a control character anywhere in it.
    #[error("contains a blank, a line end or a control character")]
    Blank,
    /// The host is neither a name nor an address.
    #[error("names a host that is none")]
    Host,
    /// A sign in the login that has to be percent-encoded, or a `%` that encodes nothing.
    #[error("contains a login with a sign that has to be percent-encoded")]
    Login,
    /// An `@` after a `/`, `?` or `#`: these are part of a login that has to be percent-encoded.
    #[error("contains a login with /, ? or #, which have to be percent-encoded")]
    LoginAfterHost,
    /// There is no host.
    #[error("names no host")]
    NoHost,
    /// Not Unicode.
    #[error("is not valid Unicode")]
    NotText,
    /// Something behind host and port that is no path, such as a second address.
    #[error("has something after host and port that does not belong there")]
    Path,
    /// A port that is no number from 1 to 65535, or an IPv6 address without brackets.
    #[error("names a port that is no number from 1 to 65535")]
    Port,
    /// A login that SOCKS cannot carry.
    #[error("contains a login that SOCKS cannot carry")]
    SocksLogin,
    /// A scheme that no proxy of a kind known here has.
    #[error("names a kind of proxy that is not known")]
    Scheme,
}

/// The way to a host.
pub(crate) fn way(
    surroundings: &Surroundings,
    host: &Host<&str>,
    port: u16,
) -> Result<Way, Refusal> {
    let Some((variable, value)) = surroundings.first_of(["HTTPS_PROXY", "https_proxy"]) else {
        return Ok(Way::Direct);
    };
    if is_this_machine(host) {
        return Ok(Way::Direct);
    }
    if let Some((variable, value)) = surroundings.first_of(["NO_PROXY", "no_proxy"])
        && no_proxy::covers(text(variable, value)?, host, port)
    {
        return Ok(Way::Direct);
    }
    let address = address::parse(text(variable, value)?);
    let (scheme, host, port, login) = address.map_err(|why| Refusal { variable, why })?;
    if scheme == Scheme::Socks && login.as_ref().is_some_and(|login| !login.fits_socks()) {
        return Err(Refusal { variable, why: Why::SocksLogin });
    }
    Ok(Way::Through(Proxy { scheme, host, port, login, variable }))
}

/// Hosts that no proxy could reach, by their name alone: nothing is looked up.
fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.to_canonical().is_loopback(),
    }
}

fn text<'a>(variable: &'static str, value: &'a Value) -> Result<&'a str, Refusal> {
    value.text().ok_or(Refusal { variable, why: Why::NotText })
}

impl fmt::Display for Proxy {
    /// Host and port, as it is named to people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}
