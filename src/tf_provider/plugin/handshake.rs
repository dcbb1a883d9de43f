//! The handshake: what the host says in the environment, and the one line it gets in return.
//!
//! Nothing here touches the process. The environment comes as a look-up, the answer is a text, so
//! that hostile surroundings can be tried out in a test.

use std::{ffi::OsString, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use rustls::pki_types::CertificateDer;

use crate::tf_provider::plugin::listener::{Address, PortRange};
use crate::tf_provider::plugin::tls::{ClientCertificate, UnusableCertificate};

/// Everything the host has told this process.
#[derive(Debug)]
pub(super) struct Handshake {
    /// The only certificate a client may show. Without one the host speaks plaintext.
    pub(super) client: Option<ClientCertificate>,
    /// Where a TCP listener may be, if it comes to that.
    pub(super) ports: PortRange,
    /// The folder in which the host wants the socket.
    pub(super) socket_folder: Option<PathBuf>,
    /// Whether the host expects to read what we think of broker multiplexing.
    multiplexing_asked: bool,
}

impl Handshake {
    /// Reads the variables of go-plugin through `variable`.
    ///
    /// `PLUGIN_PROTOCOL_VERSIONS` is left alone: a server with a single protocol names it in any
    /// case. If the host does not speak it, the host's own message lists both sides.
    ///
    /// # Errors
    ///
    /// [`HandshakeError::NotStartedByHost`] without the magic cookie; otherwise the variable that
    /// cannot be used, and why.
    pub(super) fn read(
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, HandshakeError> {
        if variable(COOKIE).is_none_or(|cookie| cookie != COOKIE_VALUE) {
            return Err(HandshakeError::NotStartedByHost);
        }
        let given = |name| variable(name).filter(|value| !value.is_empty());
        if given(SOCKET_GROUP).is_some() {
            return Err(HandshakeError::SocketGroup);
        }
        Ok(Self {
            client: variable(CLIENT_CERTIFICATE).map(client_certificate).transpose()?,
            ports: ports(given(MIN_PORT), given(MAX_PORT))?,
            socket_folder: given(SOCKET_FOLDER).map(PathBuf::from),
            multiplexing_asked: given(MULTIPLEX).is_some(),
        })
    }

    /// The line for stdout, with its newline. `certificate` is our own, if TLS is on.
    ///
    /// The certificate goes without base64 padding, which the host refuses. Old hosts glue a field
    /// that they did not ask for to the certificate, so the seventh is written on request only.
    pub(super) fn line(
        &self,
        address: &Address,
        certificate: Option<&CertificateDer<'_>>,
    ) -> String {
        let certificate = certificate.map(|der| STANDARD_NO_PAD.encode(der)).unwrap_or_default();
        let multiplexing = if self.multiplexing_asked { "|false" } else { "" };
        let Address { network, location } = address;
        format!("{CORE_VERSION}|{PROTOCOL}|{network}|{location}|grpc|{certificate}{multiplexing}\n")
    }
}

/// Why the handshake cannot take place.
#[derive(Debug, thiserror::Error)]
pub(super) enum HandshakeError {
    /// Somebody started the executable by hand.
    #[error("{COOKIE} does not hold the value that Terraform and OpenTofu set")]
    NotStartedByHost,
    /// The host wants TLS, but no client can be told from another.
    #[error(
        "{CLIENT_CERTIFICATE} cannot be used, and falling back to plaintext would be unsafe: {0}"
    )]
    ClientCertificate(#[from] UnusableCertificate),
    /// A port that is not a number up to 65535.
    #[error("{variable} must be a port number from 0 to 65535")]
    Port {
        /// The variable at fault.
        variable: &'static str,
    },
    /// The range of ports has no port in it.
    #[error("{MIN_PORT} ({min}) is greater than {MAX_PORT} ({max})")]
    EmptyPortRange {
        /// The lowest port asked for.
        min: u16,
        /// The highest port asked for.
        max: u16,
    },
    /// Sharing the socket with a group would open it to others than the user.
    #[error(
        "{SOCKET_GROUP} is not supported: the socket is only for the user who starts the provider"
    )]
    SocketGroup,
}

fn client_certificate(pem: OsString) -> Result<ClientCertificate, UnusableCertificate> {
    // What is not UTF-8 is not base64 either: it stays in the text as a sign that breaks it.
    ClientCertificate::from_pem(&pem.to_string_lossy())
}

fn ports(min: Option<OsString>, max: Option<OsString>) -> Result<PortRange, HandshakeError> {
    let (min, max) = (port(MIN_PORT, min)?, port(MAX_PORT, max)?);
    if min > max {
        return Err(HandshakeError::EmptyPortRange { min, max });
    }
    Ok(PortRange { min, max })
}

fn port(variable: &'static str, value: Option<OsString>) -> Result<u16, HandshakeError> {
    let Some(value) = value else { return Ok(0) };
    let number = value.to_str().and_then(|text| text.parse().ok());
    number.ok_or(HandshakeError::Port { variable })
}

/// The version of go-plugin's handshake.
pub(super) const CORE_VERSION: u8 = 1;
/// The Terraform plugin protocol that this SDK speaks.
pub(super) const PROTOCOL: u8 = 5;

pub(super) const COOKIE: &str = "TF_PLUGIN_MAGIC_COOKIE";
pub(super) const COOKIE_VALUE: &str =
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
const CLIENT_CERTIFICATE: &str = "PLUGIN_CLIENT_CERT";
const MIN_PORT: &str = "PLUGIN_MIN_PORT";
const MAX_PORT: &str = "PLUGIN_MAX_PORT";
const SOCKET_FOLDER: &str = "PLUGIN_UNIX_SOCKET_DIR";
const SOCKET_GROUP: &str = "PLUGIN_UNIX_SOCKET_GROUP";
const MULTIPLEX: &str = "PLUGIN_MULTIPLEX_GRPC";

/// All that is read beside the cookie.
#[cfg(any(test, fuzzing))]
pub(super) const VARIABLES: [&str; 6] =
    [MULTIPLEX, SOCKET_FOLDER, MIN_PORT, MAX_PORT, SOCKET_GROUP, CLIENT_CERTIFICATE];

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::tf_provider::plugin::tls::tests::Identity;

    fn read(variables: &[(&str, &str)]) -> Result<Handshake, HandshakeError> {
        let mut environment: HashMap<&str, &str> = variables.iter().copied().collect();
        environment.entry(COOKIE).or_insert(COOKIE_VALUE);
        Handshake::read(|name| environment.get(name).map(OsString::from))
    }

    fn unix(location: &str) -> Address {
        Address { network: "unix", location: location.to_owned() }
    }

    #[test]
    fn without_the_cookie_nobody_is_served() {
        let absent = Handshake::read(|_| None);
        assert!(matches!(absent, Err(HandshakeError::NotStartedByHost)));
        for cookie in ["", "something else", &COOKIE_VALUE.to_uppercase()] {
            let wrong = read(&[(COOKIE, cookie)]);
            assert!(matches!(wrong, Err(HandshakeError::NotStartedByHost)), "{cookie:?}");
        }
    }

    #[test]
    fn whatever_versions_are_offered_the_line_names_protocol_5() {
        for offered in [None, Some("5,6"), Some("6,5"), Some("6"), Some("x,5,,5.10"), Some("")] {
            let variables: Vec<_> =
                offered.iter().map(|&value| ("PLUGIN_PROTOCOL_VERSIONS", value)).collect();
            let handshake = read(&variables).expect("versions never end the handshake");
            assert_eq!(handshake.line(&unix("/tmp/s"), None), "1|5|unix|/tmp/s|grpc|\n");
        }
    }

    #[test]
    fn the_certificate_is_announced_without_padding() {
        let handshake = read(&[]).expect("nothing beside the cookie is needed");
        for length in 60..63 {
            let certificate = CertificateDer::from(vec![0xfb; length]);
            let line = handshake.line(&unix("/tmp/s"), Some(&certificate));
            let fields: Vec<_> = line.trim_end().split('|').collect();
            assert_eq!(fields.len(), 6);
            assert_eq!(STANDARD_NO_PAD.decode(fields[5]).ok(), Some(vec![0xfb; length]));
            assert!(!line.contains('='));
        }
    }

    #[test]
    fn a_seventh_field_is_written_on_request_only() {
        let asked = read(&[(MULTIPLEX, "true")]).expect("multiplexing is only a question");
        assert_eq!(asked.line(&unix("/tmp/s"), None), "1|5|unix|/tmp/s|grpc||false\n");
        let empty = read(&[(MULTIPLEX, "")]).expect("an empty variable counts as unset");
        assert_eq!(empty.line(&unix("/tmp/s"), None), "1|5|unix|/tmp/s|grpc|\n");
    }

    #[test]
    fn ports_follow_the_host_and_mistakes_are_named() {
        let ports = |min, max| read(&[(MIN_PORT, min), (MAX_PORT, max)]).map(|read| read.ports);
        assert_eq!(ports("10000", "25000").ok(), Some(PortRange { min: 10_000, max: 25_000 }));
        assert_eq!(ports("", "").ok(), Some(PortRange { min: 0, max: 0 }));
        let named = |min, max| ports(min, max).expect_err("not a range").to_string();
        assert!(named("high", "25000").contains(MIN_PORT));
        assert!(named("1", "65536").contains(MAX_PORT));
        assert!(named("-1", "2").contains(MIN_PORT));
        assert!(named("2", "1").contains("greater"));
    }

    #[test]
    fn a_client_certificate_is_kept_and_a_bad_one_ends_the_handshake() {
        let client = Identity::of_host();
        let handshake = read(&[(CLIENT_CERTIFICATE, &client.pem)]).expect("a sound certificate");
        assert!(handshake.client.is_some());
        for bad in ["", " ", "garbage", "-----BEGIN CERTIFICATE-----"] {
            let error = read(&[(CLIENT_CERTIFICATE, bad)]).expect_err("not a certificate");
            assert!(error.to_string().contains(CLIENT_CERTIFICATE), "{error}");
        }
    }

    #[test]
    fn a_group_for_the_socket_is_refused() {
        assert!(matches!(read(&[(SOCKET_GROUP, "staff")]), Err(HandshakeError::SocketGroup)));
        assert!(read(&[(SOCKET_GROUP, "")]).is_ok());
    }

    proptest! {
        #[test]
        fn hostile_variables_give_a_handshake_or_an_error(
            values in proptest::collection::vec(hostile(), 6),
        ) {
            let mut variables: HashMap<&str, OsString> =
                VARIABLES.into_iter().zip(values).collect();
            variables.insert(COOKIE, COOKIE_VALUE.into());
            if let Ok(handshake) = Handshake::read(|name| variables.get(name).cloned()) {
                prop_assert_eq!(handshake.line(&unix("/tmp/s"), None).matches('\n').count(), 1);
            }
        }
    }

    fn hostile() -> impl Strategy<Value = OsString> {
        let digits = "[0-9]{0,7}".prop_map(OsString::from);
        let pem =
            "(-----BEGIN [A-Z ]{0,12}-----\n)?[A-Za-z0-9+/=\n]{0,80}(-----END [A-Z ]{0,12}-----)?"
                .prop_map(OsString::from);
        prop_oneof![
            Just(OsString::new()),
            digits,
            pem,
            any::<String>().prop_map(OsString::from),
            bytes()
        ]
    }

    #[cfg(unix)]
    fn bytes() -> impl Strategy<Value = OsString> {
        use std::os::unix::ffi::OsStringExt;
        any::<Vec<u8>>().prop_map(OsString::from_vec)
    }

    #[cfg(not(unix))]
    fn bytes() -> impl Strategy<Value = OsString> {
        any::<String>().prop_map(OsString::from)
    }
}
