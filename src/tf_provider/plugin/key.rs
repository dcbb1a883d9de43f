//! The private key of this process. It lives in memory for one run, and is never written down: the
//! certificate library and TLS use the same key instead of handing over its encoding, which would be
//! parsed and checked anew on each side, at every start.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    error::Unspecified,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use rustls::{
    SignatureAlgorithm, SignatureScheme,
    sign::{Signer, SigningKey},
};

/// An ECDSA key on the curve P-256.
#[derive(Clone)]
pub(super) struct OwnKey(Arc<EcdsaKeyPair>);

impl OwnKey {
    /// Makes a new key.
    ///
    /// # Errors
    ///
    /// The cryptographic library failed.
    pub(super) fn generate() -> Result<Self, Unspecified> {
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map(|key| Self(Arc::new(key)))
    }

    fn signature(&self, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        Ok(self.0.sign(&SystemRandom::new(), message)?.as_ref().to_vec())
    }
}

impl fmt::Debug for OwnKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnKey(..)")
    }
}

impl rcgen::PublicKeyData for OwnKey {
    fn der_bytes(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

impl rcgen::SigningKey for OwnKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.signature(message).map_err(|_| rcgen::Error::RemoteKeyError)
    }
}

impl SigningKey for OwnKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered.contains(&SCHEME).then(|| Box::new(self.clone()) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl Signer for OwnKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        self.signature(message).map_err(|_| rustls::Error::General("signing failed".to_owned()))
    }

    fn scheme(&self) -> SignatureScheme {
        SCHEME
    }
}

const SCHEME: SignatureScheme = SignatureScheme::ECDSA_NISTP256_SHA256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_another_and_none_shows_itself() {
        let keys = [OwnKey::generate(), OwnKey::generate()].map(|key| key.expect("a key"));
        let [one, other] = keys.each_ref().map(rcgen::PublicKeyData::der_bytes);
        assert_ne!(one, other);
        assert_eq!(format!("{:?}", keys[0]), "OwnKey(..)");
    }

    #[test]
    fn a_client_that_cannot_check_its_signatures_gets_none() {
        let key = OwnKey::generate().expect("a key");
        assert!(key.choose_scheme(&[SignatureScheme::ED25519, SCHEME]).is_some());
        assert!(key.choose_scheme(&[SignatureScheme::ED25519]).is_none());
    }
}
