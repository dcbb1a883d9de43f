//! `NO_PROXY`: the hosts that are called directly although there is a proxy.
//!
//! A list, parted by commas and nothing else. Blanks around an entry, empty entries and upper case
//! do not matter. An entry is
//!
//! - `*` alone: every host;
//! - a network such as `10.0.0.0/8` or `2001:db8::/32`: the addresses in it, never a name;
//! - an address, also as `10.1.2.3:443` or `[2001:db8::7]:443`: that address, never a name;
//! - a domain such as `example.com`, also with a port: it and all below it;
//! - `.example.com` or `*.example.com`: those below it only.
//!
//! A port has to be the call's, as text; `example.com:` means any. What is none of these, such as a
//! URL, something in quotes, or a `*` elsewhere, matches nothing, as in Go. Names are not looked up.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::Host;

/// Whether the list has an entry for the host.
pub(super) fn covers(list: &str, host: &Host<&str>, port: u16) -> bool {
    let entries = list.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    let mut entries = entries.map(str::to_lowercase);
    entries.any(|entry| entry == "*" || matches(&entry, host, &port.to_string()))
}

fn matches(entry: &str, host: &Host<&str>, port: &str) -> bool {
    if let Some(network) = Network::parse(entry) {
        return address(host).is_some_and(|address| network.contains(address));
    }
    let (name, wanted) = split_port(entry);
    if !wanted.is_empty() && wanted != port {
        return false;
    }
    match (name.parse::<IpAddr>(), host) {
        (Ok(listed), host) => address(host) == Some(listed.to_canonical()),
        (Err(_), Host::Domain(host)) => is_below(host, name),
        (Err(_), _) => false,
    }
}

/// An IPv4 address in the clothes of an IPv6 one counts as what it is.
fn address(host: &Host<&str>) -> Option<IpAddr> {
    match host {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some((*address).into()),
        Host::Ipv6(address) => Some(address.to_canonical()),
    }
}

/// Whether a host is in a domain, as far as the entry wants.
fn is_below(host: &str, entry: &str) -> bool {
    let entry = entry.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(entry);
    let below_only = entry.starts_with('.');
    let domain = entry.strip_prefix('.').unwrap_or(entry);
    let domain = match domain.is_ascii() {
        true => domain.to_owned(),
        false => Host::parse(domain).map_or(domain.to_owned(), |ascii| ascii.to_string()),
    };
    if domain.is_empty() && !below_only {
        return false;
    }
    match host.strip_suffix(&domain) {
        Some("") => !below_only,
        Some(rest) => rest.ends_with('.'),
        None => false,
    }
}

/// Name and port of an entry; the port is empty if there is none. An IPv6 address needs brackets to
/// have a port, and has none without them.
fn split_port(entry: &str) -> (&str, &str) {
    let bracketed = entry.strip_prefix('[').and_then(|rest| rest.split_once("]:"));
    if let Some((address, port)) = bracketed {
        return (address, port);
    }
    match entry.split_once(':') {
        Some((name, port)) if !port.contains(':') => (name, port),
        _ => (entry, ""),
    }
}

/// A network: IPv4 ones lie where IPv6 has its room for them.
struct Network {
    base: u128,
    mask: u128,
}

impl Network {
    fn parse(entry: &str) -> Option<Self> {
        let (base, bits) = entry.split_once('/')?;
        let base: IpAddr = base.parse().ok()?;
        let is_number = !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit());
        let bits: u32 = bits.parse().ok().filter(|_| is_number)?;
        let bits = match base {
            IpAddr::V4(_) if bits <= Ipv4Addr::BITS => bits + V4_AT,
            IpAddr::V6(_) if bits <= Ipv6Addr::BITS => bits,
            _ => return None,
        };
        let mask = u128::MAX.checked_shl(Ipv6Addr::BITS - bits).unwrap_or_default();
        Some(Self { base: as_number(base) & mask, mask })
    }

    fn contains(&self, address: IpAddr) -> bool {
        // Of the two kinds of addresses, a network holds one: `::/0` has no IPv4 address.
        let is_v4 = Ipv6Addr::from_bits(self.base).to_ipv4_mapped().is_some();
        is_v4 == address.is_ipv4() && as_number(address) & self.mask == self.base
    }
}

fn as_number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// How many bits of an IPv6 address stand before an IPv4 one in it.
const V4_AT: u32 = 96;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn networks_hold_one_kind_of_address() {
        let covers = |list: &str, address: &str| {
            let address: IpAddr = address.parse().expect("an address");
            let host = match address {
                IpAddr::V4(address) => Host::Ipv4(address),
                IpAddr::V6(address) => Host::Ipv6(address),
            };
            super::covers(list, &host, 443)
        };
        assert!(covers("0.0.0.0/0", "10.1.2.3") && !covers("0.0.0.0/0", "2001:db8::7"));
        assert!(covers("::/0", "2001:db8::7") && !covers("::/0", "10.1.2.3"));
        assert!(covers("::ffff:10.0.0.0/104", "10.1.2.3"));
        assert!(covers("10.1.2.3/32", "10.1.2.3") && !covers("10.1.2.3/", "10.1.2.3"));
    }

    proptest! {
        #[test]
        fn no_list_breaks_the_reader(list in r"[a-z0-9:/*\[\]., é]{0,40}") {
            let _ = covers(&list, &Host::Domain("graph.facebook.com"), 443);
        }
    }
}
