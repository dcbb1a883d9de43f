//! Certificates of the kind that Terraform makes for each plugin it starts.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P521_SHA512, date_time_ymd,
};
use rustls::{
    crypto::aws_lc_rs::sign::any_ecdsa_type,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    sign::CertifiedKey,
};

/// A self-signed certificate and its key: ECDSA P-521, and a CA although it ends the chain. Both
/// are what makes go-plugin's clients hard to authenticate.
#[derive(Clone)]
pub(crate) struct ClientIdentity {
    certificate: CertificateDer<'static>,
    key: Vec<u8>,
}

impl ClientIdentity {
    pub(crate) fn generate() -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).expect("aws-lc-rs has P-521");
        let certificate = parameters().self_signed(&key).expect("the parameters are complete");
        Self { certificate: certificate.der().clone(), key: key.serialize_der() }
    }

    /// The text of `PLUGIN_CLIENT_CERT`.
    pub(crate) fn pem(&self) -> String {
        pem("CERTIFICATE", &self.certificate)
    }

    /// What a stranger has who read the environment of the provider: the certificate, no key to it.
    pub(crate) fn without_the_key(&self) -> Self {
        Self { certificate: self.certificate.clone(), key: Self::generate().key }
    }

    /// For rustls, which must not check here whether the two belong together.
    pub(crate) fn certified_key(&self) -> Arc<CertifiedKey> {
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.key.clone()));
        let key = any_ecdsa_type(&key).expect("an ECDSA key");
        Arc::new(CertifiedKey::new(vec![self.certificate.clone()], key))
    }
}

/// One PEM block.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> =
        (0..text.len()).step_by(64).map(|start| &text[start..text.len().min(start + 64)]).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn parameters() -> CertificateParams {
    let mut parameters =
        CertificateParams::new(["localhost".to_owned()]).expect("localhost is a DNS name");
    parameters.not_before = date_time_ymd(2020, 1, 1);
    parameters.not_after = date_time_ymd(2056, 1, 1);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::KeyEncipherment,
        KeyUsagePurpose::KeyAgreement,
        KeyUsagePurpose::KeyCertSign,
    ];
    parameters.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "HashiCorp");
    name.push(DnType::CommonName, "localhost");
    parameters.distinguished_name = name;
    parameters
}
