//! What a proxy is told about who comes.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use reqwest::header::HeaderValue;
use url::form_urlencoded::byte_serialize;
use zeroize::Zeroizing;

use crate::graph::scrub::Scrub;
use crate::graph::way_out::Proxy;

/// User name and password for a proxy, decoded to bytes that need not be text. It is zeroed when
/// dropped, and shows nothing of itself.
#[derive(Clone)]
pub(crate) struct Login {
    pub(crate) user: Zeroizing<Vec<u8>>,
    pub(crate) password: Zeroizing<Vec<u8>>,
}

impl Login {
    /// The `Proxy-Authorization` header, marked as sensitive. Its clones share one buffer, which is
    /// cleared with the last of them.
    pub(crate) fn header(&self) -> HeaderValue {
        let text = Zeroizing::new([PREFIX, &self.encoded()].concat());
        let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(text))
            .expect("base64 has no control characters");
        value.set_sensitive(true);
        value
    }

    /// An address with the login in it.
    pub(crate) fn in_front_of(&self, scheme: &str, proxy: &Proxy) -> Zeroizing<String> {
        let user = percent_encoded(&self.user);
        let password = percent_encoded(&self.password);
        Zeroizing::new(format!("{scheme}://{}:{}@{proxy}", *user, *password))
    }

    /// Whether SOCKS has a place for it: one byte for each length, no empty user, and texts, since
    /// that is what the HTTP library hands on.
    pub(super) fn fits_socks(&self) -> bool {
        let is_text = |bytes: &[u8]| bytes.len() <= 255 && std::str::from_utf8(bytes).is_ok();
        !self.user.is_empty() && is_text(&self.user) && is_text(&self.password)
    }

    /// Takes it out of texts, in every form in which a proxy might repeat it.
    pub(crate) fn hide(&self, scrub: &mut Scrub) {
        scrub.add(&self.encoded());
        for part in [&self.password, &self.user] {
            // So short a user name is a part of too many words.
            if let Ok(text) = std::str::from_utf8(part)
                && (text.len() > 2 || std::ptr::eq(part, &self.password))
            {
                scrub.add(text);
                scrub.add(&BASE64_STANDARD.encode(text));
            }
        }
    }

    fn encoded(&self) -> Zeroizing<String> {
        let plain = Zeroizing::new([self.user.as_slice(), b":", &self.password].concat());
        Zeroizing::new(BASE64_STANDARD.encode(plain.as_slice()))
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login")
    }
}

/// With room for the longest form from the start: growing would leave copies behind.
fn percent_encoded(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(3 * bytes.len()));
    // A form writes a blank as `+`, which an address does not.
    text.extend(byte_serialize(bytes).map(|part| if part == "+" { "%20" } else { part }));
    text
}

const PREFIX: &str = "Basic ";
