//! Which roots are worth asking. To read all 150 of a system, with what each of them allows, would be
//! most of the work of the first call; one of them has signed.

use rustls::pki_types::CertificateDer;

use crate::graph::trust::name::Elements;

/// The roots whose subject is the issuer of a certificate that was shown: no other can have signed
/// one. What cannot be read excludes nothing.
pub(super) fn possible_signers<'a>(
    roots: &'a [CertificateDer<'static>],
    shown: &[&CertificateDer<'_>],
) -> Vec<&'a CertificateDer<'static>> {
    let issuers: Option<Vec<_>> =
        shown.iter().map(|shown| names(shown).map(|names| names.issuer)).collect();
    let Some(issuers) = issuers else { return roots.iter().collect() };
    let can_have_signed = |root: &&CertificateDer<'static>| {
        names(root).is_none_or(|names| issuers.contains(&names.subject))
    };
    roots.iter().filter(can_have_signed).collect()
}

/// Who signed a certificate, and for whom it is, both as they are encoded.
struct Names<'a> {
    issuer: &'a [u8],
    subject: &'a [u8],
}

/// Finds the names by their place.
fn names<'a>(certificate: &'a CertificateDer<'_>) -> Option<Names<'a>> {
    let (_, certificate) = Elements(certificate).next()?;
    let (_, signed) = Elements(certificate).next()?;
    // A certificate of version 1 does not name its version.
    let mut fields = Elements(signed).skip_while(|(tag, _)| *tag == VERSION);
    let (_, issuer) = fields.nth(ISSUER)?;
    let (_, subject) = fields.nth(BETWEEN_ISSUER_AND_SUBJECT)?;
    Some(Names { issuer, subject })
}

const VERSION: u8 = 0xa0;
/// Behind the serial number and the algorithm.
const ISSUER: usize = 2;
/// The time for which it is valid.
const BETWEEN_ISSUER_AND_SUBJECT: usize = 1;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use webpki::EndEntityCert;

    use super::*;

    #[test]
    fn the_names_of_every_public_root_are_those_that_its_judge_reads() {
        for root in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
            let judge = EndEntityCert::try_from(root).expect("a certificate");
            let names = names(root).expect("names");
            assert_eq!((names.issuer, names.subject), (judge.issuer(), judge.subject()));
            assert_eq!(possible_signers(std::slice::from_ref(root), &[root]), [root]);
        }
    }

    #[test]
    fn a_root_of_another_name_is_not_asked() {
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS;
        let (shown, others) = roots.split_first().expect("roots");
        let subject = |root| names(root).expect("names").subject;
        assert!(others.iter().all(|other| subject(other) != subject(shown)));
        assert!(possible_signers(others, &[shown]).is_empty());
    }

    #[test]
    fn what_cannot_be_read_excludes_nothing() {
        let roots = &webpki_root_certs::TLS_SERVER_ROOT_CERTS[..2];
        let odd = CertificateDer::from(&b"\x30\x84"[..]);
        assert_eq!(possible_signers(roots, &[&roots[0], &odd]).len(), 2);
        assert_eq!(possible_signers(&[odd], &[&roots[0]]).len(), 1);
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let der = CertificateDer::from(bytes);
            prop_assert!(possible_signers(std::slice::from_ref(&der), &[&der]).len() <= 1);
        }
    }
}
