//! Which roots count, in folders and files of the test's own.

use std::ffi::OsString;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType};
use rcgen::{IsCa, KeyPair};
use rustls::client::danger::ServerCertVerifier;

use super::*;
use crate::graph::test_server::pem;

/// An authority, and a certificate that it signed for `api.example`.
struct Signed {
    root: String,
    leaf: CertificateDer<'static>,
}

fn signed(name: &str) -> Signed {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.distinguished_name.push(DnType::OrganizationName, "Example");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = || KeyPair::generate().expect("a key");
    let root = CertifiedIssuer::self_signed(params, key()).expect("a root");
    let params = CertificateParams::new(["api.example".to_owned()]).expect("a name");
    let leaf = params.signed_by(&key(), &root).expect("a certificate");
    Signed { root: pem(root.as_ref()), leaf: leaf.der().clone() }
}

fn verifier(variables: &[(&str, OsString)], extra: RootCertificates) -> Verifier {
    let surroundings = Surroundings::read(|name| {
        variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| value.clone())
    });
    let crypto = Arc::new(aws_lc_rs::default_provider());
    let roots = system::Roots::new(extra, &surroundings, &crypto).expect("roots");
    Verifier { roots, crypto }
}

fn judge(verifier: &Verifier, leaf: &CertificateDer<'static>) -> Result<(), TlsReason> {
    let name = ServerName::try_from("api.example").expect("a name");
    let judged = verifier.verify_server_cert(leaf, &[], &name, &[], UnixTime::now());
    judged.map(drop).map_err(|error| TlsReason::of(&error))
}

#[test]
fn a_root_that_was_added_counts_beside_the_systems() {
    let signed = signed("Example CA");
    let extra = RootCertificates::from_pem(signed.root.as_bytes()).expect("a root");
    assert_eq!(judge(&verifier(&[], extra), &signed.leaf), Ok(()));
    let Err(TlsReason::UnknownRoot(who)) = judge(&verifier(&[], Default::default()), &signed.leaf)
    else {
        panic!("trusted by nobody");
    };
    assert_eq!((&*who.issuer, &*who.unread), ("CN=Example CA, O=Example", ""));
}

#[cfg(not(any(windows, target_vendor = "apple")))]
mod of_linux {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use super::*;

    /// Two authorities in a file and in a folder, and what else may lie there.
    fn places(folder: &Path, first: &Signed, second: &Signed) {
        let write = |name: &str, content: &str| {
            fs::create_dir_all(folder.join(name).parent().expect("below")).expect("writable");
            fs::write(folder.join(name), content).expect("writable");
        };
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        write("first.pem", &format!("# comment\r\n{broken}{}", first.root.replace('\n', "\r\n")));
        write("bom.pem", &format!("\u{feff}{}", first.root));
        write("empty.pem", "");
        write("with/second", &second.root);
        write("with/below/first.pem", &first.root);
        fs::create_dir_all(folder.join("linked")).expect("writable");
        symlink("dangling", folder.join("linked/inside")).expect("writable");
        symlink(folder.join("with/second"), folder.join("linked/outside.0")).expect("writable");
    }

    #[test]
    fn the_variables_replace_each_its_half_and_what_cannot_be_read_is_passed_over() {
        let (first, second) = (signed("First"), signed("Second"));
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        places(folder, &first, &second);
        let at = |name: &str| folder.join(name).into_os_string();
        let both = |a: &str, b: &str| {
            let mut list = at(a);
            list.push(":");
            list.push(at(b));
            list
        };
        // What is set, and whether the first and the second authority are trusted then.
        let file = |value: OsString| vec![("SSL_CERT_FILE", value)];
        let dir = |value: OsString| vec![("SSL_CERT_DIR", value)];
        let cases = [
            (vec![], (false, false)),
            (file(at("first.pem")), (true, false)),
            (file("".into()), (false, false)),
            (file(at("bom.pem")), (false, false)),
            (file(at("empty.pem")), (false, false)),
            (file(at("missing")), (false, false)),
            (file(at("with")), (false, false)),
            (dir(at("with")), (false, true)),
            (dir(both("missing", "with")), (false, true)),
            (dir(at("linked")), (false, true)),
            (dir(at("first.pem")), (false, false)),
            (dir("".into()), (false, false)),
            ([file(at("first.pem")), dir(at("with"))].concat(), (true, true)),
            ([file(at("missing")), dir(at("missing"))].concat(), (false, false)),
        ];
        for (variables, trusted) in cases {
            let verifier = verifier(&variables, RootCertificates::default());
            let judged = [&first, &second].map(|signed| judge(&verifier, &signed.leaf).is_ok());
            assert_eq!((judged[0], judged[1]), trusted, "{variables:?}");
        }
    }

    #[test]
    fn a_newer_root_with_the_name_of_an_older_one_is_found_in_the_folder() {
        let (old, new) = (signed("Same"), signed("Same"));
        let folder = tempfile::tempdir().expect("a folder");
        places(folder.path(), &old, &new);
        let at = |name: &str| folder.path().join(name).into_os_string();
        let file = [("SSL_CERT_FILE", at("first.pem")), ("SSL_CERT_DIR", at("nowhere"))];
        let judged = judge(&verifier(&file, RootCertificates::default()), &new.leaf);
        assert_eq!(judged, Err(TlsReason::BadSignature));
        let both = [("SSL_CERT_FILE", at("first.pem")), ("SSL_CERT_DIR", at("with"))];
        assert_eq!(judge(&verifier(&both, RootCertificates::default()), &new.leaf), Ok(()));
    }

    #[test]
    fn what_is_named_in_vain_is_told_with_its_variable() {
        let (first, second) = (signed("First"), signed("Second"));
        let folder = tempfile::tempdir().expect("a folder");
        places(folder.path(), &first, &second);
        let at = |name: &str| folder.path().join(name).into_os_string();
        let told = |variables: &[(&str, OsString)]| match judge(
            &verifier(variables, RootCertificates::default()),
            &first.leaf,
        ) {
            Err(TlsReason::UnknownRoot(who)) => who.unread,
            other => panic!("{other:?}"),
        };
        let text = told(&[("SSL_CERT_FILE", at("empty.pem"))]);
        assert!(text.ends_with("empty.pem (SSL_CERT_FILE) holds none"), "{text}");
        let text = told(&[("SSL_CERT_FILE", at("none")), ("SSL_CERT_DIR", at("nowhere"))]);
        assert!(text.contains("(SSL_CERT_FILE) cannot be read: entity not found"), "{text}");
        assert!(text.contains("nowhere (SSL_CERT_DIR) cannot be read"), "{text}");
        assert_eq!(&*told(&[("SSL_CERT_DIR", at("with"))]), "");
    }
}
