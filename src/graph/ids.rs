//! The IDs that name objects of the Graph API.
//!
//! They become path segments of a URL, so they are parsed once, here, into digits and nothing but
//! digits: no ID can add a segment, a query or another host to a call.

use std::{fmt, str::FromStr};

/// The ID of a WhatsApp Business phone number: 1 to 32 ASCII digits.
///
/// It is not the phone number; WhatsApp Manager and `GET /{account}/phone_numbers` show both.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PhoneNumberId(Box<str>);

impl PhoneNumberId {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is perhaps the number that people dial, written without a plus sign.
    pub fn looks_dialled(&self) -> bool {
        self.0.starts_with('0') || self.0.len() < FEWEST_DIGITS_SEEN
    }
}

impl FromStr for PhoneNumberId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        digits(text).map(Self)
    }
}

impl fmt::Display for PhoneNumberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The ID of a WhatsApp Business Account: 1 to 32 ASCII digits.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct BusinessAccountId(Box<str>);

impl BusinessAccountId {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BusinessAccountId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        digits(text).map(Self)
    }
}

impl fmt::Display for BusinessAccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The ID of a Meta app: 1 to 32 ASCII digits.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct AppId(Box<str>);

impl AppId {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AppId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        digits(text).map(Self)
    }
}

impl fmt::Display for AppId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not an ID.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseIdError {
    /// Nothing was given.
    #[error("is empty")]
    Empty,
    /// Digits with a plus sign, blanks, dashes, dots or brackets: the number people dial.
    #[error("looks like a phone number, not like an ID")]
    LooksLikePhoneNumber,
    /// Something other than ASCII digits.
    #[error("contains something other than the digits 0 to 9")]
    NotDigits,
    /// Digits, but more than any ID has.
    #[error("has more than {MAX_DIGITS} digits")]
    TooLong,
}

fn digits(text: &str) -> Result<Box<str>, ParseIdError> {
    if text.trim().is_empty() {
        Err(ParseIdError::Empty)
    } else if looks_like_phone_number(text) {
        Err(ParseIdError::LooksLikePhoneNumber)
    } else if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        Err(ParseIdError::NotDigits)
    } else if text.len() > MAX_DIGITS {
        Err(ParseIdError::TooLong)
    } else {
        Ok(text.into())
    }
}

fn looks_like_phone_number(text: &str) -> bool {
    // Blanks around an otherwise good ID come from copying, and are no sign of a phone number.
    let text = text.trim();
    let punctuation =
        |c: char| matches!(c, '+' | '-' | ' ' | '.' | '(' | ')' | '\u{a0}' | '\u{2011}');
    !is_figure(text)
        && text.contains(punctuation)
        && text.contains(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || punctuation(c))
}

/// `1.5` and `-1`: a number without quotes, and nothing that anybody dials.
fn is_figure(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let are_digits =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    are_digits(whole) && are_digits(fraction)
}

/// No ID of a phone number was seen with fewer, and none that begins with 0.
const FEWEST_DIGITS_SEEN: usize = 15;

/// IDs seen so far have 15 to 17 digits; the limit only keeps nonsense out of URLs.
const MAX_DIGITS: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> ParseIdError {
        text.parse::<PhoneNumberId>().expect_err("not an ID")
    }

    #[test]
    fn digits_are_an_id_and_are_shown_plainly() {
        let id: PhoneNumberId = "106540352242922".parse().expect("an ID");
        assert_eq!(id.to_string(), "106540352242922");
        let id: BusinessAccountId = "7".parse().expect("an ID");
        assert_eq!(id.as_str(), "7");
    }

    #[test]
    fn a_phone_number_is_told_from_an_id() {
        for text in ["+15550934873", "+1 555-093-4873", "1 555 093 4873", "(555) 093.4873"] {
            assert_eq!(refusal(text), ParseIdError::LooksLikePhoneNumber, "{text}");
        }
    }

    #[test]
    fn a_figure_is_no_phone_number() {
        for text in ["1.5", "-1", "-15550934873", "106540352242922.5"] {
            assert_eq!(refusal(text), ParseIdError::NotDigits, "{text}");
        }
    }

    #[test]
    fn digits_that_people_dial_are_an_id_that_looks_odd() {
        let looks_dialled = |text: &str| text.parse::<PhoneNumberId>().map(|id| id.looks_dialled());
        for text in ["15550934873", "0015550934873", "0106540352242922"] {
            assert_eq!(looks_dialled(text), Ok(true), "{text}");
        }
        assert_eq!(looks_dialled("106540352242922"), Ok(false));
    }

    #[test]
    fn nothing_can_smuggle_a_path_segment() {
        let smuggled = ["1/2", "..", "1?x=1", "1#x", "1%2f2", "1@evil"];
        let odd = ["\u{661}\u{662}", "1\n", "a1", " 1", "-"];
        for text in smuggled.into_iter().chain(odd) {
            assert_eq!(refusal(text), ParseIdError::NotDigits, "{text:?}");
        }
    }

    #[test]
    fn empty_and_endless_ids_are_refused() {
        assert_eq!(refusal(""), ParseIdError::Empty);
        assert_eq!(refusal(" \n"), ParseIdError::Empty);
        assert_eq!(refusal(&"1".repeat(33)), ParseIdError::TooLong);
        assert!("1".repeat(32).parse::<PhoneNumberId>().is_ok());
    }
}
