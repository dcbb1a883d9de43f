//! The roots of macOS and Windows, which judge certificates themselves. Terraform asks them likewise,
//! and reads neither `SSL_CERT_FILE` nor `SSL_CERT_DIR` there.

use std::sync::Arc;

use rustls::Error;
use rustls::client::danger::{ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls_platform_verifier::Verifier;

use crate::graph::roots::RootCertificates;
use crate::graph::way_out::Surroundings;

/// The platform's roots, and those that were added.
#[derive(Debug)]
pub(super) struct Roots(Verifier);

impl Roots {
    pub(super) fn new(
        extra: RootCertificates,
        _: &Surroundings,
        crypto: &Arc<CryptoProvider>,
    ) -> Result<Self, Error> {
        let extra = extra.iter().map(|root| CertificateDer::from_slice(root).into_owned());
        let extra: Vec<_> = extra.collect();
        let verifier = if extra.is_empty() {
            // Windows makes a store of its own even for none, and Wine cannot.
            Verifier::new(crypto.clone())
        } else {
            Verifier::new_with_extra_roots(extra, crypto.clone())
        };
        verifier.map(Self)
    }

    pub(super) fn judge(
        &self,
        _: &[&CertificateDer<'_>],
        judge: impl Fn(&dyn ServerCertVerifier) -> Result<ServerCertVerified, Error>,
    ) -> Result<ServerCertVerified, Error> {
        judge(&self.0)
    }

    /// The environment names no places here.
    pub(super) fn unread(&self) -> Box<str> {
        "".into()
    }
}
