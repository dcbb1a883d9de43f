//! Certificates in PEM as Go reads them from a system: what is broken is passed over.
//!
//! The bundles of a system have some 200 KiB. The reader of the TLS library, which takes care that
//! nobody learns a key from its timing, would need three quarters of the time of the first call.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use rustls::pki_types::CertificateDer;

/// All sections of the kind `CERTIFICATE` that have no headers and hold base64.
pub(super) fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    let mut found = Vec::new();
    let (mut is_inside, mut text) = (false, Vec::new());
    for line in pem.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii_end();
        if line == BEGIN {
            is_inside = true;
            text.clear();
        } else if line == END {
            let decoded = is_inside.then(|| BASE64_STANDARD.decode(&text).ok()).flatten();
            found.extend(decoded.map(CertificateDer::from));
            is_inside = false;
        } else if line.starts_with(b"-----") {
            is_inside = false;
        } else if is_inside {
            text.extend_from_slice(line);
        }
    }
    found
}

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
const END: &[u8] = b"-----END CERTIFICATE-----";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_broken_is_passed_over_and_what_follows_is_read() {
        let of = |body: &str| {
            format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
        };
        let good = of("YWJj\r\nZGVm");
        let cases = [
            (good.clone(), 1),
            (good.replace('\n', "\r\n"), 1),
            (format!("# a comment\n{good}text\n{good}"), 2),
            (format!("{}{good}", of("%%%%")), 1),
            (format!("{}{good}", of("Proc-Type: 4\n\nYWJj")), 1),
            (format!("-----BEGIN CERTIFICATE-----\nYWJj\n{good}"), 1),
            (good.replace("CERTIFICATE", "TRUSTED CERTIFICATE"), 0),
            (good.replace("CERTIFICATE", "X509 CERTIFICATE"), 0),
            (format!("\u{feff}{good}"), 0),
            (format!("\u{feff}{good}{good}"), 1),
            (String::new(), 0),
        ];
        for (text, count) in cases {
            let found = certificates(text.as_bytes());
            assert_eq!(found.len(), count, "{text:?}");
            assert!(found.iter().all(|found| found.as_ref() == b"abcdef"), "{text:?}");
        }
    }
}
