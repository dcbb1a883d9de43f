//! Looks for a secret in all forms in which software might leave it behind.

use std::{fmt, fmt::Write, iter};

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem;
use url::form_urlencoded::byte_serialize;

/// A recognisable secret with all its forms.
#[derive(Clone, Debug)]
pub(crate) struct Canary {
    name: &'static str,
    forms: Vec<(&'static str, Vec<u8>)>,
}

impl Canary {
    /// `name` is what findings call it; `text` is the secret.
    pub(crate) fn new(name: &'static str, text: &str) -> Self {
        let mut forms = Vec::new();
        for (form, found) in written(text).into_iter().chain(encoded(text.as_bytes())) {
            if !forms.iter().any(|(_, known)| *known == found.as_bytes()) {
                forms.push((form, found.into_bytes()));
            }
        }
        Self { name, forms }
    }

    /// The forms that stand in `content`.
    fn forms_in(&self, content: &[u8]) -> impl Iterator<Item = &'static str> {
        let found = self.forms.iter().filter(|(_, form)| memmem::find(content, form).is_some());
        found.map(|(name, _)| *name)
    }
}

/// A secret that was left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Which.
    pub(crate) secret: &'static str,
    /// In which form.
    pub(crate) form: &'static str,
    /// Where.
    pub(crate) place: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}) in {}", self.secret, self.form, self.place)
    }
}

/// Everything of `canaries` in `content`.
pub(crate) fn search(canaries: &[Canary], place: &str, content: &[u8]) -> Vec<Finding> {
    let found = |canary: &Canary| {
        let secret = canary.name;
        let forms: Vec<_> = canary.forms_in(content).collect();
        forms.into_iter().map(move |form| Finding { secret, form, place: place.to_owned() })
    };
    canaries.iter().flat_map(found).collect()
}

/// As texts show it.
fn written(text: &str) -> Vec<(&'static str, String)> {
    let json = json(text);
    vec![
        ("plain", text.to_owned()),
        ("JSON", json.clone()),
        ("JSON in JSON", self::json(&json)),
        ("JSON as Go writes it", go_json(&json)),
        ("JSON in ASCII", ascii_json(&json)),
        ("Rust's Debug", text.escape_debug().to_string()),
        ("form", byte_serialize(text.as_bytes()).collect()),
        ("percent", percent(text, |byte| format!("%{byte:02X}"))),
        ("percent, lower case", percent(text, |byte| format!("%{byte:02x}"))),
        ("HTML", html(text, "&quot;", "&#x27;")),
        ("HTML as Go writes it", html(text, "&#34;", "&#39;")),
    ]
}

/// As bytes, and what is made of them.
fn encoded(bytes: &[u8]) -> Vec<(&'static str, String)> {
    let hash = digest::digest(&digest::SHA256, bytes);
    let mut forms = vec![
        ("hex", hex(bytes)),
        ("hex, upper case", hex(bytes).to_uppercase()),
        ("SHA-256", hex(hash.as_ref())),
        ("SHA-256, upper case", hex(hash.as_ref()).to_uppercase()),
        ("SHA-256 in base64", STANDARD_NO_PAD.encode(hash.as_ref())),
        ("SHA-256 in base64 for URLs", URL_SAFE_NO_PAD.encode(hash.as_ref())),
    ];
    let alignments = ["base64", "base64 from a second byte", "base64 from a third byte"];
    for (before, name) in alignments.into_iter().enumerate() {
        forms.push((name, base64_core(&STANDARD_NO_PAD, bytes, before)));
        forms.push((name, base64_core(&URL_SAFE_NO_PAD, bytes, before)));
    }
    forms
}

/// The part of a base64 text that depends on `bytes` alone when `before` bytes stand before them.
fn base64_core(engine: &impl Engine, bytes: &[u8], before: usize) -> String {
    let padded: Vec<u8> = iter::repeat_n(0, before).chain(bytes.iter().copied()).collect();
    let text = engine.encode(&padded);
    // Six bits to a character: those that share bits with a neighbour can have any value.
    let first = (before * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    text[first..last].to_owned()
}

fn json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn go_json(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

fn ascii_json(json: &str) -> String {
    json.chars().fold(String::new(), |mut text, c| {
        let mut units = [0; 2];
        match c.is_ascii() {
            true => text.push(c),
            false => c.encode_utf16(&mut units).iter().for_each(|unit| {
                write!(text, "\\u{unit:04x}").expect("a String takes everything");
            }),
        }
        text
    })
}

fn percent(text: &str, escape: impl Fn(u8) -> String) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).into() } else { escape(byte) })
        .collect()
}

fn html(text: &str, quote: &str, apostrophe: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', quote).replace('\'', apostrophe)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    use super::*;

    const TEXT: &str = "EAAG\"q\\%<&'é/?+ÿ";

    fn forms(content: &str) -> Vec<&'static str> {
        let findings = search(&[Canary::new("token", TEXT)], "here", content.as_bytes());
        assert!(findings.iter().all(|found| found.secret == "token" && found.place == "here"));
        findings.into_iter().map(|found| found.form).collect()
    }

    #[test]
    fn every_written_form_is_found() {
        let cases = [
            ("EAAG\"q\\%<&'é/?+ÿ", "plain"),
            (r#"EAAG\"q\\%<&'é/?+ÿ"#, "JSON"),
            (r#"EAAG\\\"q\\\\%<&'é/?+ÿ"#, "JSON in JSON"),
            (r#"EAAG\"q\\%\u003c\u0026'é/?+ÿ"#, "JSON as Go writes it"),
            (r#"EAAG\"q\\%<&'\u00e9/?+\u00ff"#, "JSON in ASCII"),
            (r#"EAAG\"q\\%<&\'é/?+ÿ"#, "Rust's Debug"),
            ("EAAG%22q%5C%25%3C%26%27%C3%A9%2F%3F%2B%C3%BF", "form"),
            ("EAAG%22q%5c%25%3c%26%27%c3%a9%2f%3f%2b%c3%bf", "percent, lower case"),
            ("EAAG&quot;q\\%&lt;&amp;&#x27;é/?+ÿ", "HTML"),
            ("EAAG&#34;q\\%&lt;&amp;&#39;é/?+ÿ", "HTML as Go writes it"),
        ];
        for (content, form) in cases {
            assert_eq!(forms(&format!("before {content} after")), [form]);
        }
        assert_eq!(forms("EAAG\"q\\%<&'"), [] as [&str; 0], "a part is not the whole");
    }

    #[test]
    fn base64_is_found_wherever_the_secret_stands_in_it() {
        for before in ["", "a", "ab", "abc", "abcd"] {
            for after in ["", "z", "zy", "zyx"] {
                let whole = format!("{before}{TEXT}{after}");
                for text in [STANDARD.encode(&whole), URL_SAFE.encode(&whole)] {
                    let found = forms(&text);
                    assert!(found.iter().any(|form| form.starts_with("base64")), "{whole}");
                }
            }
        }
    }

    #[test]
    fn hex_and_hashes_are_found() {
        let pin = [Canary::new("PIN", "048213")];
        let found = |content: &str| {
            let findings = search(&pin, "here", content.as_bytes());
            findings.into_iter().map(|found| found.form).collect::<Vec<_>>()
        };
        assert_eq!(found("x303438323133x"), ["hex"]);
        // Computed with sha256sum.
        assert_eq!(found(HASH), ["SHA-256"]);
        assert_eq!(found(&HASH.to_uppercase()), ["SHA-256, upper case"]);
        assert_eq!(found(HASH_IN_BASE64), ["SHA-256 in base64"]);
        assert_eq!(found("{\"pin\":\"048213\"}"), ["plain"]);
        assert_eq!(found("048 213"), [] as [&str; 0]);
    }

    const HASH: &str = "2191b409a737d592021b6665b4950886f691ccb516708b60ea971a7495c83248";
    const HASH_IN_BASE64: &str = "IZG0Cac31ZICG2ZltJUIhvaRzLUWcItg6pcadJXIMkg=";
}
