//! Reads the file of further root certificates.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use crate::graph::RootCertificates;

/// Finds out what can be no path, without looking at any file.
pub(crate) fn check(path: &Path) -> Result<(), String> {
    let text = path.to_string_lossy();
    if text.contains("-----BEGIN") {
        return Err("is the text of a certificate, where the path of a file belongs: leave out \
                    file(...) around the path"
            .to_owned());
    }
    if text.starts_with("~") {
        return Err("begins with ~, which is not expanded here: write pathexpand(\"~/...\"), or \
                    the whole path"
            .to_owned());
    }
    Ok(())
}

/// The certificates in a file. Only a regular file of reasonable size is read: anything else could
/// hang or fill the memory. The problem is a phrase that goes on from the argument's name.
pub(crate) fn read(path: &Path) -> Result<RootCertificates, String> {
    check(path)?;
    let content = content(path)?;
    RootCertificates::from_pem(&content).map_err(|error| format!("names a file that {error}"))
}

fn content(path: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error: io::Error| format!("names a file that cannot be read: {error}");
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err("does not name a regular file".to_owned());
    }
    let mut content = Vec::new();
    let file = fs::File::open(path).map_err(unreadable)?;
    file.take(LARGEST + 1).read_to_end(&mut content).map_err(unreadable)?;
    match content.len() as u64 {
        size if size > LARGEST => Err("names a file larger than 4 MiB".to_owned()),
        _ => Ok(content),
    }
}

/// The bundles of operating systems have about 250 KiB.
const LARGEST: u64 = 4 * 1024 * 1024;
