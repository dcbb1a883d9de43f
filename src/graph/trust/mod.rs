//! Whom a call trusts: the roots of the system, as Go finds them, and those that were added.
//!
//! Roots are read at the first TLS handshake, and no earlier: most processes never make one. On
//! Linux the file comes first, and the folders, which mostly hold the same once more, only when a
//! certificate is not trusted by the file alone: what a part of the roots proves, all prove. For the
//! same reason only those roots are asked that can have signed something that was shown.
//! On macOS and Windows the platform itself judges, as it does for Terraform.
//!
//! [`TlsReason`] says in our own words why a connection was not made.

mod name;
mod reason;

#[cfg(not(any(windows, target_vendor = "apple")))]
mod pem;
#[cfg(any(windows, target_vendor = "apple"))]
mod platform;
#[cfg(not(any(windows, target_vendor = "apple")))]
mod signers;
#[cfg(not(any(windows, target_vendor = "apple")))]
mod system;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError};
use rustls::{SignatureScheme, client::danger};

pub use reason::TlsReason;

#[cfg(any(windows, target_vendor = "apple"))]
use platform as system;

use crate::graph::roots::RootCertificates;
use crate::graph::way_out::Surroundings;

/// Who signed a certificate that is not trusted.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Stranger {
    /// For whom the certificate is, as it names itself.
    pub subject: Box<str>,
    /// Who signed the last certificate that was shown.
    pub issuer: Box<str>,
    /// Places of root certificates that the environment names and that gave none.
    pub unread: Box<str>,
}

impl fmt::Display for Stranger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown issuer")
    }
}

impl std::error::Error for Stranger {}

/// How TLS is spoken with the API and with proxies.
pub(crate) fn config(
    extra: &RootCertificates,
    surroundings: &Surroundings,
) -> Result<ClientConfig, Error> {
    let crypto = Arc::new(aws_lc_rs::default_provider());
    let roots = system::Roots::new(extra.clone(), surroundings, &crypto)?;
    let verifier = Verifier { roots, crypto: crypto.clone() };
    let builder =
        ClientConfig::builder_with_provider(crypto).with_safe_default_protocol_versions()?;
    let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Judges as the roots do, and remembers for people whom it did not trust.
#[derive(Debug)]
struct Verifier {
    roots: system::Roots,
    crypto: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let judge = |roots: &dyn danger::ServerCertVerifier| {
            roots.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        };
        let shown: Vec<_> = [end_entity].into_iter().chain(intermediates).collect();
        match self.roots.judge(&shown, judge) {
            Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {
                let last = intermediates.last().unwrap_or(end_entity);
                let stranger = Stranger {
                    subject: name::subject(end_entity),
                    issuer: name::issuer(last),
                    unread: self.roots.unread(),
                };
                let other = OtherError(Arc::new(stranger));
                Err(Error::InvalidCertificate(CertificateError::Other(other)))
            }
            judged => judged,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.crypto.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.crypto.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.crypto.signature_verification_algorithms.supported_schemes()
    }
}
