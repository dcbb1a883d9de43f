//! The handshake line, read as strictly as the strictest Terraform does.

use std::{net::SocketAddr, path::PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use rustls::pki_types::CertificateDer;

/// Where a provider listens.
#[derive(Clone, Debug)]
pub(crate) enum Address {
    Unix(PathBuf),
    Tcp(SocketAddr),
}

impl Address {
    pub(crate) fn parse(network: &str, address: &str) -> Result<Self, String> {
        match network {
            "unix" => Ok(Self::Unix(address.into())),
            "tcp" => address
                .parse()
                .map(Self::Tcp)
                .map_err(|error| format!("the address {address:?} is no socket address: {error}")),
            other => Err(format!("the network is {other:?}, not unix or tcp")),
        }
    }
}

/// What the line says.
#[derive(Debug)]
pub(crate) struct HandshakeLine {
    pub(crate) address: Address,
    /// Absent without TLS.
    pub(crate) certificate: Option<CertificateDer<'static>>,
    /// The seventh field, which only a host that multiplexes may see.
    pub(crate) multiplexing: Option<bool>,
}

impl HandshakeLine {
    pub(crate) fn parse(line: &str) -> Result<Self, String> {
        let fields: Vec<&str> = line.split('|').collect();
        let [core, protocol, network, address, transport, certificate, rest @ ..] = &fields[..]
        else {
            return Err(format!("fewer than six fields in {line:?}"));
        };
        expect("go-plugin core version", core, "1")?;
        expect("protocol version", protocol, "5")?;
        expect("transport", transport, "grpc")?;
        Ok(Self {
            address: Address::parse(network, address)?,
            certificate: parse_certificate(certificate)?,
            multiplexing: parse_multiplexing(rest)?,
        })
    }
}

fn expect(what: &str, found: &str, wanted: &str) -> Result<(), String> {
    match found == wanted {
        true => Ok(()),
        false => Err(format!("the {what} is {found:?}, not {wanted:?}")),
    }
}

fn parse_certificate(field: &str) -> Result<Option<CertificateDer<'static>>, String> {
    if field.is_empty() {
        return Ok(None);
    }
    // Terraform ignores a field of up to 50 characters, so a short one would switch TLS off.
    if field.len() <= 50 {
        return Err(format!("the certificate has only {} characters", field.len()));
    }
    let der = STANDARD_NO_PAD
        .decode(field)
        .map_err(|error| format!("the certificate is no unpadded base64: {error}"))?;
    Ok(Some(CertificateDer::from(der)))
}

fn parse_multiplexing(rest: &[&str]) -> Result<Option<bool>, String> {
    match rest {
        [] => Ok(None),
        ["true"] => Ok(Some(true)),
        ["false"] => Ok(Some(false)),
        other => Err(format!("unexpected fields at the end: {other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_tls_has_an_empty_certificate() {
        let line = HandshakeLine::parse("1|5|tcp|127.0.0.1:4711|grpc|").expect("a good line");
        assert!(line.certificate.is_none());
        assert!(matches!(line.address, Address::Tcp(address) if address.port() == 4711));
        assert_eq!(line.multiplexing, None);
    }

    #[test]
    fn padded_base64_is_refused_as_terraform_does() {
        let padded = format!("{}=", "A".repeat(63));
        assert!(HandshakeLine::parse(&format!("1|5|unix|/s|grpc|{padded}")).is_err());
    }

    #[test]
    fn other_versions_networks_and_transports_are_refused() {
        for line in [
            "",
            "2|5|unix|/s|grpc|",
            "1|6|unix|/s|grpc|",
            "1|5.10|unix|/s|grpc|",
            "1|5|udp|/s|grpc|",
            "1|5|unix|/s|netrpc|",
            "1|5|unix|/s|grpc",
            "1|5|unix|/s|grpc||perhaps",
        ] {
            assert!(HandshakeLine::parse(line).is_err(), "{line:?} should be refused");
        }
    }
}
