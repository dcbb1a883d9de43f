//! The names in a certificate, as people know them: `CN=Example CA, O=Example`.

use rustls::pki_types::CertificateDer;
use webpki::EndEntityCert;

use crate::graph::scrub::is_unprintable;

/// For whom a certificate is.
pub(super) fn subject(certificate: &CertificateDer<'_>) -> Box<str> {
    EndEntityCert::try_from(certificate).map_or_else(|_| "".into(), |cert| read(cert.subject()))
}

/// Who signed it.
pub(super) fn issuer(certificate: &CertificateDer<'_>) -> Box<str> {
    EndEntityCert::try_from(certificate).map_or_else(|_| "".into(), |cert| read(cert.issuer()))
}

/// Reads the parts of an X.501 name, as far as they are of known kinds.
fn read(name: &[u8]) -> Box<str> {
    let mut parts: Vec<String> = Vec::new();
    for (_, set) in Elements(name) {
        for (_, pair) in Elements(set) {
            let mut pair = Elements(pair);
            let (Some((_, kind)), Some((tag, value))) = (pair.next(), pair.next()) else {
                continue;
            };
            if let Some((_, kind)) = KINDS.iter().find(|(oid, _)| *oid == kind) {
                parts.push(format!("{kind}={}", text(tag, value)));
            }
        }
    }
    // The order differs from one authority to the next.
    parts.sort_by_key(|part| !part.starts_with("CN="));
    parts.join(", ").chars().take(LONGEST).collect::<String>().into()
}

fn text(tag: u8, value: &[u8]) -> String {
    let decoded = match tag {
        BMP_STRING => {
            let units: Vec<_> =
                value.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        _ => String::from_utf8_lossy(value).into_owned(),
    };
    decoded.chars().filter(|c| !is_unprintable(*c)).collect()
}

/// The elements of some DER, as tag and content. What is cut off ends it.
pub(super) struct Elements<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Elements<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (&[tag, first], rest) = self.0.split_first_chunk()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81 => rest.split_first().map(|(one, rest)| (usize::from(*one), rest))?,
            0x82 => {
                let (two, rest) = rest.split_first_chunk()?;
                (usize::from(u16::from_be_bytes(*two)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }
}

const KINDS: [(&[u8], &str); 4] =
    [(&[0x55, 4, 3], "CN"), (&[0x55, 4, 6], "C"), (&[0x55, 4, 10], "O"), (&[0x55, 4, 11], "OU")];
const BMP_STRING: u8 = 0x1e;
/// Longer than any honest name.
const LONGEST: usize = 200;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            prop_assert!(read(&bytes).chars().count() <= LONGEST);
        }
    }
}
