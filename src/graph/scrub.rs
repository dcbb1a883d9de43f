//! Makes a text from the API fit to be shown: no secrets, no control characters, not endless.
//!
//! An API, a gateway or a proxy may repeat in its answer what was sent to it.

use url::form_urlencoded::byte_serialize;
use zeroize::Zeroizing;

/// The secrets of a client, each in the forms in which an answer might repeat it.
#[derive(Clone, Default)]
pub(crate) struct Scrub(Vec<Zeroizing<String>>);

impl Scrub {
    /// Also scrubs this secret.
    pub(crate) fn add(&mut self, secret: &str) {
        let forms = [Zeroizing::new(secret.to_owned()), url_encoded(secret), json_escaped(secret)];
        self.0.extend(forms.into_iter().filter(|form| !form.is_empty()));
    }

    #[cfg(all(test, target_os = "linux"))]
    pub(crate) fn forms(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|form| form.as_str())
    }

    /// The text as it may be shown: at most [`LONGEST`] characters on one line.
    pub(crate) fn clean(&self, raw: &str) -> String {
        // Control characters go first, or one in the middle of a secret would hide it.
        let mut text: String = raw.chars().filter(|c| !is_unprintable(*c)).collect();
        for secret in &self.0 {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), REDACTED);
            }
        }
        // And the length last, or the start of a secret could stay at the end.
        if let Some((end, _)) = text.char_indices().nth(LONGEST) {
            text.truncate(end);
            text.push('…');
        }
        text
    }
}

impl std::fmt::Debug for Scrub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scrub")
    }
}

// Both have room for the longest form from the start: growing would leave copies behind.

fn url_encoded(secret: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(3 * secret.len()));
    text.extend(byte_serialize(secret.as_bytes()));
    text
}

fn json_escaped(secret: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(2 * secret.len()));
    for c in secret.chars() {
        // Control characters are no part of a secret; no other needs more than a backslash.
        if matches!(c, '"' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

/// Control characters, and those that hide, or reorder their neighbours on a terminal.
pub fn is_unprintable(c: char) -> bool {
    match c {
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{feff}' => true,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{180b}'..='\u{180f}' | '\u{e0000}'..='\u{e0fff}' => true,
        _ => c.is_control(),
    }
}

const REDACTED: &str = "[redacted]";
/// Meta's own messages have less than 300 characters.
const LONGEST: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn scrub(secrets: &[&str]) -> Scrub {
        let mut scrub = Scrub::default();
        for secret in secrets {
            scrub.add(secret);
        }
        scrub
    }

    #[test]
    fn secrets_are_taken_out_in_every_form() {
        let scrub = scrub(&["EA\"G\\%é", "058213"]);
        for text in ["EA\"G\\%é", "EA\\\"G\\\\%é", "EA%22G%5C%25%C3%A9", "058213"] {
            assert_eq!(scrub.clean(&format!("bad {text}!")), "bad [redacted]!", "{text}");
        }
    }

    #[test]
    fn control_characters_cannot_hide_a_secret_or_paint_the_terminal() {
        assert_eq!(scrub(&["058213"]).clean("a\u{1b}[31m 058\u{0}213\r\n"), "a[31m [redacted]");
        assert_eq!(scrub(&[]).clean("x\u{202e}y\u{200b}z"), "xyz");
        assert_eq!(scrub(&["058213"]).clean("x\u{61c}058\u{61c}213"), "x[redacted]");
    }

    #[test]
    fn long_texts_are_cut_after_scrubbing() {
        let text = format!("{}058213", "é".repeat(LONGEST - 3));
        let clean = scrub(&["058213"]).clean(&text);
        assert_eq!(clean.chars().count(), LONGEST + 1);
        assert!(!clean.contains("058"), "not even the start of it");
    }
}
