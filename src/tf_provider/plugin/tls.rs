//! TLS between the host and this process, each side known to the other by one exact certificate.
//!
//! The host hands over its certificate in the environment and reads ours from the handshake line.
//! Both are made for a single run. rustls' own client verifier cannot be used: it refuses any
//! client certificate that may sign others, and the host's always may. Comparing the whole
//! certificate is stricter than any check of chain, name or dates could be.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use rcgen::{CertificateParams, ExtendedKeyUsagePurpose};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    crypto::{CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs},
    pki_types::{
        CertificateDer, UnixTime,
        pem::{PemObject, SectionKind},
    },
    server::{
        NoServerSessionStorage, ParsedCertificate,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
    sign::{CertifiedKey, SingleCertAndKey},
};

use crate::tf_provider::plugin::key::OwnKey;

/// The certificate of the only client that may connect.
#[derive(Clone, Debug)]
pub(super) struct ClientCertificate(CertificateDer<'static>);

impl ClientCertificate {
    /// Takes exactly one certificate out of `pem`.
    ///
    /// # Errors
    ///
    /// What else was found there.
    pub(super) fn from_pem(pem: &str) -> Result<Self, UnusableCertificate> {
        let mut sections = <(SectionKind, Vec<u8>)>::pem_slice_iter(pem.as_bytes());
        let first = sections.next().ok_or(UnusableCertificate::Absent)?;
        let (SectionKind::Certificate, der) = first.map_err(|_| UnusableCertificate::Malformed)?
        else {
            return Err(UnusableCertificate::NotACertificate);
        };
        if sections.next().is_some() {
            return Err(UnusableCertificate::MoreThanOne);
        }
        let certificate = CertificateDer::from(der);
        ParsedCertificate::try_from(&certificate).map_err(|_| UnusableCertificate::Malformed)?;
        Ok(Self(certificate))
    }
}

/// Why a text does not name one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum UnusableCertificate {
    /// No PEM section at all.
    #[error("it holds no PEM certificate")]
    Absent,
    /// Broken PEM, base64 or X.509.
    #[error("it is not a well-formed PEM certificate")]
    Malformed,
    /// Some other PEM section, a key for example.
    #[error("it holds something other than a certificate")]
    NotACertificate,
    /// Something follows the certificate.
    #[error("it holds more than the one certificate of the client")]
    MoreThanOne,
}

/// The server's side of TLS, with the certificate to announce.
#[derive(Debug)]
pub(super) struct ServerTls {
    /// For the acceptor.
    pub(super) config: Arc<ServerConfig>,
    /// For the handshake line.
    pub(super) certificate: CertificateDer<'static>,
}

impl ServerTls {
    /// Makes a certificate that is valid around `now` and a configuration which lets in `client`
    /// only. The private key exists in memory alone.
    ///
    /// # Errors
    ///
    /// The cryptographic library failed.
    pub(super) fn new(client: ClientCertificate, now: SystemTime) -> Result<Self, TlsError> {
        let provider = Arc::new(crypto());
        let key = OwnKey::generate()?;
        let certificate = own_certificate(&key, now)?;
        let certified = CertifiedKey::new(vec![certificate.clone()], Arc::new(key));
        let verifier =
            PinnedClient { client, algorithms: provider.signature_verification_algorithms };
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(Arc::new(verifier))
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
        // Without an answer to ALPN newer hosts hang up.
        config.alpn_protocols = vec![b"h2".to_vec()];
        // Every connection proves the client's key anew; there is no ticket to steal.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Self { config: Arc::new(config), certificate })
    }
}

/// TLS could not be set up.
#[derive(Debug, thiserror::Error)]
pub(super) enum TlsError {
    /// The server's own key.
    #[error("cannot make a key for this process")]
    Key(#[from] ::aws_lc_rs::error::Unspecified),
    /// The server's own certificate.
    #[error("cannot make a certificate for this process: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The configuration of rustls.
    #[error("cannot set up TLS: {0}")]
    Configuration(#[from] rustls::Error),
}

/// Accepts one certificate, byte for byte, from whoever can prove to hold its key.
#[derive(Debug)]
struct PinnedClient {
    client: ClientCertificate,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ClientCertVerifier for PinnedClient {
    fn client_auth_mandatory(&self) -> bool {
        true
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        // The host keeps its certificate to itself if it finds hints without its own name.
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if *end_entity == self.client.0 && intermediates.is_empty() {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// aws-lc-rs by name, not by process default: ring cannot verify the P-521 keys of the host.
///
/// The key exchanges are those that hosts in FIPS mode accept as well.
fn crypto() -> CryptoProvider {
    CryptoProvider {
        kx_groups: vec![
            aws_lc_rs::kx_group::X25519,
            aws_lc_rs::kx_group::SECP256R1,
            aws_lc_rs::kx_group::SECP384R1,
        ],
        ..aws_lc_rs::default_provider()
    }
}

fn own_certificate(key: &OwnKey, now: SystemTime) -> Result<CertificateDer<'static>, rcgen::Error> {
    let mut params = CertificateParams::new([HOST_NAME.to_owned()])?;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = epoch + now.saturating_sub(CLOCK_SKEW);
    params.not_after = epoch + now + LIFETIME;
    Ok(params.self_signed(key)?.into())
}

/// What the host expects in the certificate, on any transport.
const HOST_NAME: &str = "localhost";
/// How far the clock may have been set back since a moment ago.
const CLOCK_SKEW: Duration = Duration::from_hours(24);
/// Longer than any run: the host connects anew after idle hours.
const LIFETIME: Duration = Duration::from_hours(30 * 24);

#[cfg(test)]
pub(super) mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use rcgen::KeyPair;
    use rustls::pki_types::PrivateKeyDer;
    use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConnection};

    use super::*;

    /// A certificate with its key, as the host makes them.
    #[derive(Debug)]
    pub(in super::super) struct Identity {
        pub(in super::super) pem: String,
        pub(in super::super) certificate: CertificateDer<'static>,
        pub(in super::super) key: PrivateKeyDer<'static>,
    }

    impl Identity {
        /// Self-signed, P-521, allowed to sign others: what go-plugin generates.
        pub(in super::super) fn of_host() -> Self {
            let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512).expect("a key");
            let mut params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
            params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
            params.extended_key_usages =
                vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
            let certificate = params.self_signed(&key).expect("a certificate");
            let pem = pem("CERTIFICATE", certificate.der());
            Self { pem, certificate: certificate.into(), key: key.into() }
        }

        pub(in super::super) fn server(&self) -> ServerTls {
            let client = ClientCertificate::from_pem(&self.pem).expect("a certificate");
            ServerTls::new(client, SystemTime::now()).expect("TLS")
        }
    }

    /// The host's side: trusts `server` alone, shows `identity` if there is one.
    pub(in super::super) fn client_config(
        server: &CertificateDer<'static>,
        identity: Option<(CertificateDer<'static>, PrivateKeyDer<'static>)>,
    ) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(server.clone()).expect("our certificate is a sound root");
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("default versions")
            .with_root_certificates(roots);
        let mut config = match identity {
            Some((certificate, key)) => {
                builder.with_client_auth_cert(vec![certificate], key).expect("a pair")
            }
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        Arc::new(config)
    }

    /// Runs both sides in memory until neither has anything to say.
    fn shake(client: Arc<ClientConfig>, server: &ServerTls) -> Result<Vec<u8>, rustls::Error> {
        let name = "localhost".try_into().expect("a DNS name");
        let mut client = ClientConnection::new(client, name)?;
        let mut server = ServerConnection::new(server.config.clone())?;
        while client.is_handshaking() || server.is_handshaking() || client.wants_write() {
            let mut wire = Vec::new();
            client.write_tls(&mut wire).expect("memory");
            server.read_tls(&mut wire.as_slice()).expect("memory");
            server.process_new_packets()?;
            let mut wire = Vec::new();
            server.write_tls(&mut wire).expect("memory");
            client.read_tls(&mut wire.as_slice()).expect("memory");
            client.process_new_packets()?;
        }
        Ok(server.alpn_protocol().expect("ALPN was negotiated").to_vec())
    }

    #[test]
    fn the_host_gets_in_and_speaks_http2() {
        let host = Identity::of_host();
        let server = host.server();
        let config = client_config(&server.certificate, Some((host.certificate, host.key)));
        assert_eq!(shake(config, &server), Ok(b"h2".to_vec()));
    }

    #[test]
    fn a_client_without_certificate_is_refused() {
        let server = Identity::of_host().server();
        let config = client_config(&server.certificate, None);
        assert_eq!(shake(config, &server), Err(rustls::Error::NoCertificatesPresented));
    }

    #[test]
    fn another_certificate_of_the_same_shape_is_refused() {
        let (host, stranger) = (Identity::of_host(), Identity::of_host());
        let server = host.server();
        let shown = Some((stranger.certificate, stranger.key));
        let refused = shake(client_config(&server.certificate, shown), &server);
        let reason = CertificateError::ApplicationVerificationFailure;
        assert_eq!(refused, Err(rustls::Error::InvalidCertificate(reason)));
    }

    /// Signs with a key that does not belong to the certificate it shows.
    #[derive(Debug)]
    struct Thief(Arc<rustls::sign::CertifiedKey>);

    impl rustls::client::ResolvesClientCert for Thief {
        fn resolve(
            &self,
            _hints: &[&[u8]],
            _schemes: &[SignatureScheme],
        ) -> Option<Arc<rustls::sign::CertifiedKey>> {
            Some(self.0.clone())
        }

        fn has_certs(&self) -> bool {
            true
        }
    }

    #[test]
    fn a_copy_of_the_certificate_without_its_key_is_refused() {
        let (host, thief) = (Identity::of_host(), Identity::of_host());
        let server = host.server();
        let key = crypto().key_provider.load_private_key(thief.key).expect("a key");
        let stolen = rustls::sign::CertifiedKey::new(vec![host.certificate], key);
        let mut config = (*client_config(&server.certificate, None)).clone();
        config.client_auth_cert_resolver = Arc::new(Thief(Arc::new(stolen)));
        let refused = shake(Arc::new(config), &server);
        let reason = CertificateError::BadSignature;
        assert_eq!(refused, Err(rustls::Error::InvalidCertificate(reason)));
    }

    #[test]
    fn only_one_whole_certificate_is_taken() {
        let (host, other) = (Identity::of_host(), Identity::of_host());
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).expect("a key");
        let two = format!("{}{}", host.pem, other.pem);
        let key = pem("PRIVATE KEY", key.serialized_der());
        let with_key = format!("{}{key}", host.pem);
        let hollow = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for (pem, problem) in [
            ("", UnusableCertificate::Absent),
            ("garbage", UnusableCertificate::Absent),
            (hollow, UnusableCertificate::Malformed),
            (&key, UnusableCertificate::NotACertificate),
            (&two, UnusableCertificate::MoreThanOne),
            (&with_key, UnusableCertificate::MoreThanOne),
        ] {
            assert_eq!(ClientCertificate::from_pem(pem).expect_err(pem), problem, "{pem}");
        }
        assert!(ClientCertificate::from_pem(&format!("\r\n{}\r\n", host.pem)).is_ok());
    }

    fn pem(kind: &str, der: &[u8]) -> String {
        let body = STANDARD.encode(der);
        format!("-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n")
    }

    #[test]
    fn a_clock_before_1970_still_gives_a_certificate() {
        let past = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        let key = OwnKey::generate().expect("a key");
        assert!(own_certificate(&key, past).is_ok());
    }
}
