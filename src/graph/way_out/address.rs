//! The address of a proxy: `scheme://user:password@host:port`, of which only the host has to be there.
//!
//! Go parses it as a URL and, if that fails, once more with `http://` in front, which can lead to
//! hosts that nobody meant. Here one grammar covers what both attempts read alike:
//!
//! - The scheme is `http`, `https`, `socks5` or `socks5h`, in any case, and `http` if there is none.
//!   Any other means a plain HTTP proxy, as in Go, but only with a port, and not a SOCKS of an older
//!   kind, which would not understand it.
//! - Host and port end at the first `/`, `?` or `#`; what follows is ignored, as by Go, unless it
//!   shows that something else was meant.
//! - The login ends at the last `@`. User and password part at the first `:`, and are
//!   percent-decoded. Signs that a URL cannot have there must be encoded: `\` as `%5C`, `#` as `%23`.
//! - The port is a number, and that of the scheme if there is none.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::Host;
use zeroize::Zeroizing;

use crate::graph::way_out::{Login, Scheme, Why};

type Address = (Scheme, Host<String>, u16, Option<Login>);

/// Reads an address, or says why it cannot be read.
pub(super) fn parse(text: &str) -> Result<Address, Why> {
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(Why::Blank);
    }
    let (scheme, rest) = split_scheme(text)?;
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    check_rest(authority, rest)?;
    let (login, place) = match authority.rsplit_once('@') {
        Some((login, place)) => (Some(read_login(login)?), place),
        None => (None, authority),
    };
    let (host, port) = split_port(place)?;
    let (scheme, default_port) = match (scheme, port) {
        (Named::Known(scheme), _) => (scheme, default_port(scheme)),
        (Named::Other, Some(port)) => (Scheme::Http, port),
        (Named::Other, None) => return Err(Why::Scheme),
    };
    Ok((scheme, read_host(host)?, port.unwrap_or(default_port), login))
}

enum Named {
    Known(Scheme),
    /// One that Go takes for a plain HTTP proxy.
    Other,
}

fn split_scheme(text: &str) -> Result<(Named, &str), Why> {
    let Some((name, rest)) = text.split_once("://") else {
        // As in `http:proxy.example`: it could be a host and a port, but is not meant so.
        let start = text.split(':').next().filter(|start| start.len() < text.len());
        return match start.and_then(known) {
            Some(_) => Err(Why::NoHost),
            None => Ok((Named::Known(Scheme::Http), text)),
        };
    };
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let is_old_socks =
        ["socks", "socks4", "socks4a"].iter().any(|old| name.eq_ignore_ascii_case(old));
    match known(name) {
        Some(scheme) => Ok((Named::Known(scheme), rest)),
        None if is_name && !is_old_socks => Ok((Named::Other, rest)),
        None => Err(Why::Scheme),
    }
}

fn known(name: &str) -> Option<Scheme> {
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    if is("http") {
        Some(Scheme::Http)
    } else if is("https") {
        Some(Scheme::Https)
    } else if is("socks5") || is("socks5h") {
        Some(Scheme::Socks)
    } else {
        None
    }
}

fn default_port(scheme: Scheme) -> u16 {
    match scheme {
        Scheme::Http => 80,
        Scheme::Https => 443,
        Scheme::Socks => 1080,
    }
}

/// What follows host and port.
fn check_rest(authority: &str, rest: &str) -> Result<(), Why> {
    if rest.contains('@') {
        return Err(Why::LoginAfterHost);
    }
    let is_second_address = rest.starts_with("//") || authority.is_empty() && rest.starts_with('/');
    let (before_query, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
    let fragment = query.split_once('#').map_or("", |(_, fragment)| fragment);
    if is_second_address || decode(before_query).is_none() || decode(fragment).is_none() {
        return Err(Why::Path);
    }
    Ok(())
}

fn read_login(text: &str) -> Result<Login, Why> {
    let is_good = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@%".contains(c);
    if !text.chars().all(is_good) {
        return Err(Why::Login);
    }
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    let decoded = decode(user).zip(decode(password)).ok_or(Why::Login)?;
    Ok(Login { user: decoded.0, password: decoded.1 })
}

/// Without percent-encoding; `None` if a `%` encodes nothing.
fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut decoded = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => hex(bytes.next()?)? << 4 | hex(bytes.next()?)?,
            other => other,
        });
    }
    Some(decoded)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Host and port, which is `None` if there is none or an empty one.
fn split_port(place: &str) -> Result<(&str, Option<u16>), Why> {
    let end_of_host = match (place.starts_with('['), place.find(']')) {
        (true, Some(end)) => end + 1,
        (true, None) => return Err(Why::Host),
        (false, _) => place.rfind(':').unwrap_or(place.len()),
    };
    let (host, port) = place.split_at(end_of_host);
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => None,
        None => return Err(Why::Port),
        Some("") => None,
        Some(digits) => Some(read_port(digits)?),
    };
    match host {
        "" => Err(Why::NoHost),
        // Of an IPv6 address without brackets nobody can tell where the port begins.
        _ if host.contains(':') && !host.starts_with('[') => Err(Why::Port),
        _ => Ok((host, port)),
    }
}

fn read_port(digits: &str) -> Result<u16, Why> {
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let port = digits.parse().ok().filter(|port| is_number && *port > 0);
    port.ok_or(Why::Port)
}

fn read_host(text: &str) -> Result<Host<String>, Why> {
    if let Some(address) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().map(Host::Ipv6).map_err(|_| Why::Host);
    }
    let is_good = |c: char| c.is_alphanumeric() || "-._".contains(c);
    let host = Host::parse(text).ok().filter(|_| text.chars().all(is_good)).ok_or(Why::Host)?;
    match host {
        // Numbers such as `3128` or `010.1` are addresses for browsers only.
        Host::Ipv4(_) if text.parse::<Ipv4Addr>().is_err() => Err(Why::Host),
        host => Ok(host),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_was_not_tried_with_go_is_read_as_the_grammar_says() {
        let read = |text: &str| {
            let (scheme, host, port, login) = parse(text).expect("an address");
            (scheme, host.to_string(), port, login.is_some())
        };
        assert_eq!(read("SOCKS5H://p.example"), (Scheme::Socks, "p.example".into(), 1080, false));
        assert_eq!(read("http://p.example:03128"), (Scheme::Http, "p.example".into(), 3128, false));
        assert_eq!(read("http://p.example?a=%zz"), (Scheme::Http, "p.example".into(), 80, false));
        assert_eq!(read("https://u@[::1]"), (Scheme::Https, "[::1]".into(), 443, true));
    }

    #[test]
    fn what_was_not_tried_with_go_is_refused_for_its_reason() {
        for (text, why) in [
            ("http://p.example:1/%", Why::Path),
            ("http://p.example:1/#%4", Why::Path),
            ("http://[::1", Why::Host),
            ("http://[::1]3128", Why::Port),
            ("http://[p.example]:1", Why::Host),
            ("http://p.example\u{a0}:1", Why::Blank),
            ("http://a:%4g@p.example", Why::Login),
            ("1http://p.example:1", Why::Scheme),
            ("http://010.1:3128", Why::Host),
        ] {
            assert_eq!(parse(text).err(), Some(why), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_value_breaks_the_reader(text in r"[a-z0-9:/@%\[\].?#\\ é]{0,40}") {
            if let Ok((_, host, port, _)) = parse(&text) {
                prop_assert!(port > 0 && !host.to_string().is_empty());
            }
        }
    }
}
