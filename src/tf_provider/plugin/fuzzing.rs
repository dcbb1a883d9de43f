//! The handshake's entry point for fuzzing; see [`crate::tf_provider::fuzzing`].

use std::{ffi::OsString, path::Path};

use rustls::pki_types::CertificateDer;

use crate::tf_provider::plugin::handshake::{COOKIE, COOKIE_VALUE, Handshake, VARIABLES};
use crate::tf_provider::plugin::listener::{Address, announceable};

/// The values of the host's variables in the order of [`VARIABLES`], with a zero byte between
/// them. What is missing at the end is unset.
pub fn handshake(input: &[u8]) {
    let values: Vec<OsString> = input.split(|byte| *byte == 0).map(os_string).collect();
    let variable = |name: &str| match name {
        COOKIE => Some(OsString::from(COOKIE_VALUE)),
        _ => values.get(VARIABLES.iter().position(|known| *known == name)?).cloned(),
    };
    match Handshake::read(variable) {
        Ok(handshake) => check_line(&handshake),
        Err(error) => {
            let text = error.to_string();
            assert!(text.len() < LONGEST_ERROR && !text.contains(CANARY), "{text:?}");
            assert!(!text.contains(char::is_control), "{text:?}");
        }
    }
}

fn check_line(handshake: &Handshake) {
    assert!(handshake.ports.min <= handshake.ports.max);
    let socket = handshake.socket_folder.as_deref().unwrap_or(Path::new("/tmp")).join("s");
    let location = announceable(&socket).unwrap_or("127.0.0.1:10000").to_owned();
    let address = Address { network: "unix", location };
    let certificate = CertificateDer::from(vec![0xfb; 500]);
    let line = handshake.line(&address, handshake.client.as_ref().map(|_| &certificate));
    let line = line.strip_suffix('\n').expect("the line ends");
    let fields: Vec<&str> = line.split('|').collect();
    assert!(matches!(fields.len(), 6 | 7), "{line:?}");
    assert_eq!((fields[0], fields[1], fields[4]), ("1", "5", "grpc"));
    assert_eq!(fields[5].is_empty(), handshake.client.is_none());
    assert!(!line.contains(char::is_control), "{line:?}");
    assert!(line.len() < LONGEST_LINE, "{} bytes", line.len());
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).to_owned()
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

/// Stands in the seeds wherever a value could be repeated by an error.
const CANARY: &str = "cAnArY";
const LONGEST_ERROR: usize = 200;
/// Far below the pipe's buffer: the host reads the line after it was written.
const LONGEST_LINE: usize = 2_000;
