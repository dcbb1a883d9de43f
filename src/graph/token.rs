//! The secrets that prove who is calling: access token, app secret, and the proof made of both.

use std::fmt;

use aws_lc_rs::hmac;
use bytes::Bytes;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::graph::ids::AppId;
use crate::graph::scrub::is_unprintable;

/// An access token: visible characters without blanks, never empty.
///
/// It has no `Display`, its `Debug` shows the type's name only, and it is zeroed when dropped.
#[derive(Clone)]
pub struct AccessToken(SecretString);

impl AccessToken {
    /// Reads a token. Blanks and line ends around it are dropped, because files and environment
    /// variables that hold a secret often end in one.
    ///
    /// Letters beyond ASCII are let through: a header can carry them, and whether the token is
    /// good is for the API to say.
    pub fn parse(text: &str) -> Result<Self, ParseSecretError> {
        let start = text.trim_start().get(..PREFIX.len());
        if start.is_some_and(|start| start.eq_ignore_ascii_case(PREFIX)) {
            return Err(ParseSecretError::BearerPrefix);
        }
        visible(text).map(|token| Self(SecretString::from(token)))
    }

    /// The `Authorization` header, marked as sensitive so that HTTP libraries do not show it. Its
    /// clones share one buffer, which is cleared with the last of them.
    pub(crate) fn authorization(&self) -> HeaderValue {
        let text = Zeroizing::new([PREFIX, self.expose()].concat());
        let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(text))
            .expect("a token holds no control characters, and a header carries any other byte");
        value.set_sensitive(true);
        value
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken")
    }
}

/// The secret of the app that issued the access token.
///
/// It has no `Display`, its `Debug` shows the type's name only, and it is zeroed when dropped.
#[derive(Clone)]
pub struct AppSecret(SecretString);

impl AppSecret {
    /// Reads an app secret by the same rules as an [`AccessToken`].
    pub fn parse(text: &str) -> Result<Self, ParseSecretError> {
        visible(text).map(|secret| Self(SecretString::from(secret)))
    }

    /// The `appsecret_proof` for calls with this token.
    pub(crate) fn proof(&self, token: &AccessToken) -> Proof {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.expose().as_bytes());
        let tag = hmac::sign(&key, token.expose().as_bytes());
        let mut text = Zeroizing::new(String::with_capacity(2 * tag.as_ref().len()));
        for byte in tag.as_ref() {
            text.push(hex_digit(byte >> 4));
            text.push(hex_digit(byte & 0xf));
        }
        Proof(SecretString::from(text.as_str()))
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for AppSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppSecret")
    }
}

/// An app as a caller of its own: its token is made of its ID and its secret, and so is the proof.
#[derive(Clone, Debug)]
pub struct App {
    token: AccessToken,
    proof: Proof,
}

impl App {
    /// The app with this ID and secret.
    pub fn new(id: &AppId, secret: &AppSecret) -> Self {
        let text = Zeroizing::new([id.as_str(), "|", secret.expose()].concat());
        let token = AccessToken(SecretString::from(text.as_str()));
        let proof = secret.proof(&token);
        Self { token, proof }
    }

    pub(crate) fn token(&self) -> &AccessToken {
        &self.token
    }

    pub(crate) fn proof(&self) -> &Proof {
        &self.proof
    }
}

/// The `appsecret_proof` of one token: 64 lower-case hexadecimal digits.
///
/// Whoever has a stolen token can use it as long as they have the proof too, so it is a secret.
#[derive(Clone)]
pub(crate) struct Proof(SecretString);

impl Proof {
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proof")
    }
}

/// Why a text is neither a token nor an app secret. The text itself is not repeated.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseSecretError {
    /// The scheme of the header was given along with the token.
    #[error("starts with \"Bearer \", which does not belong to the token")]
    BearerPrefix,
    /// A blank, a tab or a line end in the middle.
    #[error("contains blanks or line ends")]
    Blanks,
    /// Nothing was given, or nothing but blanks.
    #[error("is empty")]
    Empty,
    /// A character that cannot be seen, for example a byte order mark or a zero-width space.
    #[error("contains a control character or another character that cannot be seen")]
    Invisible,
    /// Quotes around it, which some tools leave in a variable that they read from a file.
    #[error("stands in quotes, which do not belong to it")]
    Quotes,
}

fn visible(text: &str) -> Result<&str, ParseSecretError> {
    let text = text.trim();
    if text.is_empty() {
        Err(ParseSecretError::Empty)
    } else if text.contains(char::is_whitespace) {
        Err(ParseSecretError::Blanks)
    } else if text.contains(is_unprintable) {
        Err(ParseSecretError::Invisible)
    } else if ['"', '\''].iter().any(|quote| text.starts_with(*quote) && text.ends_with(*quote)) {
        Err(ParseSecretError::Quotes)
    } else {
        Ok(text)
    }
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(nibble.into(), 16).expect("a nibble is one hexadecimal digit")
}

const PREFIX: &str = "Bearer ";

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "EAAG\"quo\\te%41é";

    fn token(text: &str) -> AccessToken {
        AccessToken::parse(text).expect("a token")
    }

    #[test]
    fn blanks_around_a_token_are_dropped() {
        assert_eq!(token(" \tEAAG1\r\n").expose(), "EAAG1");
        assert_eq!(AppSecret::parse("s3cret\n").expect("a secret").expose(), "s3cret");
    }

    #[test]
    fn each_mistake_has_its_own_refusal() {
        let cases = [
            ("", ParseSecretError::Empty),
            (" \n", ParseSecretError::Empty),
            ("Bearer EAAG", ParseSecretError::BearerPrefix),
            ("bearer  EAAG", ParseSecretError::BearerPrefix),
            ("\"EAAG\"", ParseSecretError::Quotes),
            (" 'EAAG'\n", ParseSecretError::Quotes),
            ("EA AG", ParseSecretError::Blanks),
            ("EA\nAG", ParseSecretError::Blanks),
            ("EA\u{a0}AG", ParseSecretError::Blanks),
            ("EA\u{0}AG", ParseSecretError::Invisible),
            ("\u{feff}EAAG", ParseSecretError::Invisible),
            ("EA\u{200b}AG", ParseSecretError::Invisible),
        ];
        for (text, refusal) in cases {
            assert_eq!(AccessToken::parse(text).expect_err("no token"), refusal, "{text:?}");
        }
    }

    #[test]
    fn any_visible_character_reaches_the_header_and_the_header_hides_it() {
        let header = token(CANARY).authorization();
        assert_eq!(header.as_bytes(), format!("Bearer {CANARY}").as_bytes());
        assert!(header.is_sensitive());
        assert!(!format!("{header:?}").contains("EAAG"));
    }

    #[test]
    fn the_proof_is_the_hex_hmac_of_the_token_under_the_app_secret() {
        // Computed with Python's hmac module.
        let proof = AppSecret::parse("Jefe").expect("a secret").proof(&token("what-do-ya-want"));
        assert_eq!(proof.expose(), PROOF);
    }

    #[test]
    fn debug_shows_nothing_but_the_type() {
        let secret = AppSecret::parse("s3cret").expect("a secret");
        let proof = secret.proof(&token(CANARY));
        let shown = format!("{:?} {:?} {:?}", token(CANARY), secret, proof);
        assert_eq!(shown, "AccessToken AppSecret Proof");
        let app = App::new(&"1065".parse().expect("an ID"), &secret);
        assert!(!format!("{app:?}").contains("s3cret"));
    }

    #[test]
    fn an_app_calls_with_its_id_and_secret_and_the_proof_of_both() {
        let secret = AppSecret::parse("Jefe").expect("a secret");
        let app = App::new(&"1065".parse().expect("an ID"), &secret);
        assert_eq!(app.token().authorization().as_bytes(), b"Bearer 1065|Jefe");
        assert_eq!(app.proof().expose(), secret.proof(&token("1065|Jefe")).expose());
    }

    const PROOF: &str = "13fe8ad7f64f8a5a92ee68d693eac740dcc39c90fe06191fdab94a9b1e8e3166";
}
