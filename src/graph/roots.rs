//! Root certificates to trust beside the system's, checked before any call needs them.

use std::fmt;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// Root certificates; none by default.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RootCertificates(Vec<CertificateDer<'static>>);

impl RootCertificates {
    /// Reads all certificates of a PEM text. Other sections and text between them are passed over,
    /// as bundles have comments, and so is a byte order mark, which editors of Windows put first.
    pub fn from_pem(pem: &[u8]) -> Result<Self, ParseRootsError> {
        let pem = pem.strip_prefix(BYTE_ORDER_MARK).unwrap_or(pem);
        let sections = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
        let roots = sections.map_err(|_| ParseRootsError::Malformed)?;
        if roots.is_empty() {
            return Err(ParseRootsError::NoCertificate);
        }
        let mut store = RootCertStore::empty();
        for (root, position) in roots.iter().zip(1..) {
            let added = store.add(root.clone());
            added.map_err(|_| ParseRootsError::NotACertificate { position })?;
        }
        Ok(Self(roots))
    }

    /// Each certificate in DER form.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(|root| root.as_ref())
    }
}

impl fmt::Debug for RootCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootCertificates({})", self.0.len())
    }
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a text gives no root certificates. Nothing of the text is repeated: it may be a private key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseRootsError {
    /// Broken PEM: a section without end, or with something other than base64 in it.
    #[error("is not well-formed PEM")]
    Malformed,
    /// No PEM section of the kind `CERTIFICATE`.
    #[error("holds no PEM certificate (-----BEGIN CERTIFICATE-----)")]
    NoCertificate,
    /// A section of that kind whose content is something else.
    #[error("holds something that cannot be read as a certificate: section {position}")]
    NotACertificate {
        /// Which of the certificates, from 1.
        position: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::test_server;

    fn pem() -> String {
        let names = vec!["localhost".to_owned()];
        test_server::pem(&rcgen::generate_simple_self_signed(names).expect("made").cert)
    }

    #[test]
    fn a_bundle_with_comments_and_other_sections_gives_its_certificates() {
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        let marked = format!("\u{feff}{}", pem().replace('\n', "\r\n"));
        assert!(RootCertificates::from_pem(marked.as_bytes()).is_ok());
        let bundle = format!("# Example CA\n{}{key}\n\n# Another\n{}", pem(), pem());
        let roots = RootCertificates::from_pem(bundle.as_bytes()).expect("two certificates");
        assert_eq!(roots.iter().count(), 2);
        assert_eq!(format!("{roots:?}"), "RootCertificates(2)");
    }

    #[test]
    fn each_mistake_has_its_own_refusal() {
        let not_one = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let cases = [
            (String::new(), ParseRootsError::NoCertificate),
            ("no PEM at all".to_owned(), ParseRootsError::NoCertificate),
            ("-----BEGIN CERTIFICATE-----\n".to_owned(), ParseRootsError::Malformed),
            (not_one.replace("AAAA", "%%%%"), ParseRootsError::Malformed),
            (pem() + not_one, ParseRootsError::NotACertificate { position: 2 }),
        ];
        for (text, refusal) in cases {
            assert_eq!(RootCertificates::from_pem(text.as_bytes()), Err(refusal), "{text}");
        }
        assert_eq!(RootCertificates::from_pem(&[0, 0xff]), Err(ParseRootsError::NoCertificate));
    }
}
