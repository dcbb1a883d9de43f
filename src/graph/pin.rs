//! The two-step verification PIN.
//!
//! A PIN is a text of six digits and never a number: `012345` is a good PIN, and a number would
//! lose its zero.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

/// A two-step verification PIN: exactly six ASCII digits.
///
/// It has no `Display`, its `Debug` shows the type's name only, and it is zeroed when dropped.
#[derive(Clone)]
pub struct Pin(SecretString);

impl Pin {
    /// Reads a PIN as it is written, without trimming anything.
    pub fn parse(text: &str) -> Result<Self, ParsePinError> {
        if text.is_empty() {
            return Err(ParsePinError::Empty);
        }
        if text.trim() != text && text.trim().bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ParsePinError::Blanks);
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ParsePinError::NotDigits);
        }
        match text.len() {
            ..LENGTH => Err(ParsePinError::TooFewDigits),
            LENGTH => Ok(Self(SecretString::from(text))),
            _ => Err(ParsePinError::TooManyDigits),
        }
    }

    /// A new PIN from the operating system's generator: every PIN that is not
    /// [trivial](Self::is_trivial) is equally likely.
    pub fn random() -> Result<Self, RandomPinError> {
        loop {
            let drawn = getrandom::u32().map_err(|_| RandomPinError)?;
            if let Some(pin) = Self::from_draw(drawn).filter(|pin| !pin.is_trivial()) {
                return Ok(pin);
            }
        }
    }

    /// Whether the PIN is among the first a stranger would try: one digit six times, or a run of
    /// neighbours up or down. A run may pass from 9 to 0 and back, as on a keyboard's row:
    /// `567890` is as well known as `123456`.
    pub fn is_trivial(&self) -> bool {
        let digits = self.expose().as_bytes();
        [0, 1, 9].iter().any(|step| {
            digits.windows(2).all(|pair| (pair[0] - b'0' + step) % 10 == pair[1] - b'0')
        })
    }

    /// The six digits, for the one place that sends them and for whoever must hand them on.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The draws are cut off at a multiple of a million, so that no PIN is favoured.
    fn from_draw(drawn: u32) -> Option<Self> {
        let even = drawn < u32::MAX / COUNT * COUNT;
        let text = || Zeroizing::new(format!("{:06}", drawn % COUNT));
        even.then(|| Self(SecretString::from(text().as_str())))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin")
    }
}

/// Why a text is not a PIN. The text itself is not repeated; and there are no figures, because a log
/// that masks the PIN would take them for a part of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParsePinError {
    /// Six digits with blanks or a line end around them.
    #[error("has blanks or line ends around it")]
    Blanks,
    /// Nothing was given.
    #[error("is empty")]
    Empty,
    /// Something other than ASCII digits.
    #[error("contains something other than digits")]
    NotDigits,
    /// Perhaps written as a number, which lost a leading zero.
    #[error("has fewer than six digits")]
    TooFewDigits,
    /// More than six.
    #[error("has more than six digits")]
    TooManyDigits,
}

/// The operating system gave no random numbers.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the operating system's random generator failed")]
pub struct RandomPinError;

const LENGTH: usize = 6;
/// How many PINs there are.
const COUNT: u32 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(text: &str) -> Pin {
        Pin::parse(text).expect("a PIN")
    }

    #[test]
    fn a_leading_zero_survives() {
        assert_eq!(pin("012340").expose(), "012340");
    }

    #[test]
    fn each_mistake_has_its_own_refusal() {
        let cases = [
            ("", ParsePinError::Empty),
            ("12345", ParsePinError::TooFewDigits),
            ("1", ParsePinError::TooFewDigits),
            ("1234567", ParsePinError::TooManyDigits),
            (" 123456", ParsePinError::Blanks),
            ("123456\n", ParsePinError::Blanks),
            ("12345a", ParsePinError::NotDigits),
            ("12 456", ParsePinError::NotDigits),
            ("-12345", ParsePinError::NotDigits),
            ("１２３４５６", ParsePinError::NotDigits),
        ];
        for (text, refusal) in cases {
            assert_eq!(Pin::parse(text).expect_err("not a PIN"), refusal, "{text:?}");
            assert!(!refusal.to_string().contains(|sign: char| sign.is_ascii_digit()));
        }
    }

    #[test]
    fn debug_shows_nothing_but_the_type() {
        assert_eq!(
            format!("{:?} {:#?}", pin("058213"), Some(pin("058213"))).matches("Pin").count(),
            2
        );
        assert!(!format!("{:?}", pin("058213")).contains("058213"));
    }

    #[test]
    fn repeated_digits_and_runs_are_trivial() {
        for text in ["000000", "999999", "123456", "654321", "012345", "987654", "567890", "098765"]
        {
            assert!(pin(text).is_trivial(), "{text}");
        }
        for text in ["123457", "112233", "135790", "121212", "246802", "122345"] {
            assert!(!pin(text).is_trivial(), "{text}");
        }
        let trivial = (0..COUNT).filter_map(Pin::from_draw).filter(Pin::is_trivial).count();
        assert_eq!(trivial, 30, "ten repeats, ten runs up, ten runs down");
    }

    #[test]
    fn random_pins_are_six_digits_and_never_trivial() {
        for _ in 0..1_000 {
            let pin = Pin::random().expect("the generator works");
            assert!(Pin::parse(pin.expose()).is_ok());
            assert!(!pin.is_trivial());
        }
    }

    #[test]
    fn draws_that_would_favour_small_pins_are_thrown_away() {
        assert!(Pin::from_draw(u32::MAX).is_none());
        assert_eq!(
            Pin::from_draw(4_293_999_999).map(|p| p.expose().to_owned()).as_deref(),
            Some("999999")
        );
        assert_eq!(Pin::from_draw(7).map(|p| p.expose().to_owned()).as_deref(), Some("000007"));
    }
}
