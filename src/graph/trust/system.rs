//! The roots of a Linux system, found as Go finds them.
//!
//! - Of a list of files the first that can be read counts; `SSL_CERT_FILE` puts one in the list's
//!   place.
//! - All files in some folders count, but not in folders below them; `SSL_CERT_DIR` names others,
//!   parted by colons. Each variable replaces its own half only, and counts as unset when empty.
//! - What cannot be read is passed over in silence. So that people find out, what the variables name
//!   in vain is kept for the message about an unknown root.
//! - When nothing at all was found and neither variable is set, Mozilla's roots in this program
//!   count. Whoever set one narrowed trust, and must not get a wider list in return.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::{CertificateError, Error, RootCertStore};

use crate::graph::roots::RootCertificates;
use crate::graph::trust::pem;
use crate::graph::trust::signers::possible_signers;
use crate::graph::way_out::Surroundings;

/// The roots, read when they are first needed.
#[derive(Debug)]
pub(super) struct Roots {
    extra: RootCertificates,
    places: Places,
    crypto: Arc<CryptoProvider>,
    first: OnceLock<Vec<CertificateDer<'static>>>,
    all: OnceLock<Vec<CertificateDer<'static>>>,
}

impl Roots {
    pub(super) fn new(
        extra: RootCertificates,
        surroundings: &Surroundings,
        crypto: &Arc<CryptoProvider>,
    ) -> Result<Self, Error> {
        let places = Places::of(surroundings);
        let (first, all) = (OnceLock::new(), OnceLock::new());
        Ok(Self { extra, places, crypto: crypto.clone(), first, all })
    }

    /// Asks the first roots, and all of them if those do not trust the certificates that were shown.
    pub(super) fn judge(
        &self,
        shown: &[&CertificateDer<'_>],
        judge: impl Fn(&dyn ServerCertVerifier) -> Result<ServerCertVerified, Error>,
    ) -> Result<ServerCertVerified, Error> {
        let unknown = || Err(Error::InvalidCertificate(CertificateError::UnknownIssuer));
        let ask = |roots| self.verifier(roots).map_or_else(unknown, |roots| judge(&*roots));
        let first = self.first.get_or_init(|| self.with_extra(self.places.in_files()));
        let judged = ask(possible_signers(first, shown));
        // Not only when the issuer is unknown: a newer root may have the name of an older one.
        if !matches!(judged, Err(Error::InvalidCertificate(_))) {
            return judged;
        }
        let all = self.all.get_or_init(|| self.with_extra(self.places.everything()));
        match possible_signers(all, shown) {
            // What else is wrong with the certificate is found by whatever roots there are.
            signers if signers.is_empty() => ask(all.iter().collect()),
            signers => ask(signers),
        }
    }

    /// What the environment names in vain.
    pub(super) fn unread(&self) -> Box<str> {
        self.places.unread().join(", ").into()
    }

    fn with_extra(&self, system: Vec<CertificateDer<'static>>) -> Vec<CertificateDer<'static>> {
        let extra = self.extra.iter().map(|root| CertificateDer::from_slice(root).into_owned());
        extra.chain(system).collect()
    }

    /// `None` if there is no root to trust.
    fn verifier(&self, roots: Vec<&CertificateDer<'static>>) -> Option<Arc<WebPkiServerVerifier>> {
        let mut store = RootCertStore::empty();
        let mut seen = HashSet::new();
        let roots = roots.into_iter().filter(|root| seen.insert(*root));
        store.add_parsable_certificates(roots.cloned());
        let builder =
            WebPkiServerVerifier::builder_with_provider(store.into(), self.crypto.clone());
        builder.build().ok()
    }
}

/// Where roots are looked for.
#[derive(Debug)]
struct Places {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
    file_is_named: bool,
    folders_are_named: bool,
}

impl Places {
    fn of(surroundings: &Surroundings) -> Self {
        let (file, folders) = (surroundings.root_file(), surroundings.root_folders());
        Self {
            file_is_named: file.is_some(),
            folders_are_named: folders.is_some(),
            files: file.map_or_else(|| FILES.map(PathBuf::from).into(), |file| vec![file.into()]),
            folders: folders.map_or_else(
                || FOLDERS.map(PathBuf::from).into(),
                |folders| std::env::split_paths(folders).collect(),
            ),
        }
    }

    fn in_files(&self) -> Vec<CertificateDer<'static>> {
        let content = self.files.iter().find_map(|file| read(file).ok());
        content.map(|content| pem::certificates(&content)).unwrap_or_default()
    }

    fn everything(&self) -> Vec<CertificateDer<'static>> {
        let mut roots = self.in_files();
        for folder in &self.folders {
            for file in files_in(folder) {
                roots.extend(read(&file).map(|text| pem::certificates(&text)).unwrap_or_default());
            }
        }
        if roots.is_empty() && !self.file_is_named && !self.folders_are_named {
            tracing::info!("This system has no root certificates; those in the program count");
            roots.extend(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
        }
        roots
    }

    fn unread(&self) -> Vec<String> {
        let mut unread = Vec::new();
        let named = [("SSL_CERT_FILE", self.file_is_named, &self.files)];
        for (variable, _, files) in named.into_iter().filter(|(_, is_named, _)| *is_named) {
            for file in files {
                match read(file) {
                    Ok(text) if pem::certificates(&text).is_empty() => {
                        unread.push(format!("{} ({variable}) holds none", file.display()));
                    }
                    Ok(_) => {}
                    Err(error) => unread.push(vain(variable, file, &error)),
                }
            }
        }
        if self.folders_are_named {
            for folder in &self.folders {
                if let Err(error) = fs::read_dir(folder) {
                    unread.push(vain("SSL_CERT_DIR", folder, &error));
                }
            }
        }
        unread
    }
}

fn vain(variable: &str, place: &Path, error: &io::Error) -> String {
    format!("{} ({variable}) cannot be read: {}", place.display(), error.kind())
}

/// Anything but a file could hang.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    match fs::metadata(path)?.is_file() {
        true => fs::read(path),
        false => Err(io::ErrorKind::InvalidInput.into()),
    }
}

/// The files of a folder, without links to others in it, which would only be read twice.
fn files_in(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| {
        let target = fs::read_link(path);
        !target.is_ok_and(|target| target.components().count() == 1)
    })
}

const FILES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];
const FOLDERS: [&str; 2] = ["/etc/ssl/certs", "/etc/pki/tls/certs"];
