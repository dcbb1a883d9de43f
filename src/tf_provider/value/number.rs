//! Terraform's numbers, kept as decimal text.
//!
//! Terraform computes with 512-bit floats and sends what no machine type holds exactly as text:
//! `0.1` arrives as a string. Any detour through `f64` would change values.

use std::fmt;

use thiserror::Error;

/// A decimal number of any size, compared by value: `1`, `1.0` and `10e-1` are equal.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number {
    negative: bool,
    /// Significant digits without leading or trailing zeros; empty for zero.
    digits: String,
    /// The decimal point stands this many places after the first digit's left side.
    point: i32,
}

/// The text is not a number that Terraform could mean.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not a decimal number with at most {MAX_EXPONENT} places")]
pub struct ParseNumberError;

impl Number {
    /// Parses `-12.5`, `1e30` and the like. Infinities, NaN and hexadecimal are refused.
    pub fn parse(text: &str) -> Result<Self, ParseNumberError> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = split_exponent(unsigned)?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = [whole, fraction].concat();
        let is_decimal = !whole.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_decimal || digits.len() > MAX_TEXT {
            return Err(ParseNumberError);
        }
        // No overflow: MAX_TEXT bounds the length, MAX_EXPONENT the exponent.
        let number = Self::normalised(negative, &digits, exponent + whole.len() as i32);
        if number.is_within_bounds() { Ok(number) } else { Err(ParseNumberError) }
    }

    /// A finite float, as the shortest decimal text that stands for it.
    pub fn from_f64(float: f64) -> Result<Self, ParseNumberError> {
        Self::parse(&format!("{float:e}"))
    }

    /// The number as `i64`, if it is a whole number in range.
    pub fn as_i64(&self) -> Option<i64> {
        self.whole_text()?.parse().ok()
    }

    /// The number as `u64`, if it is a whole number in range.
    pub fn as_u64(&self) -> Option<u64> {
        self.whole_text()?.parse().ok()
    }

    /// The text, if the number is whole and short enough to be a machine integer.
    fn whole_text(&self) -> Option<String> {
        let places = i32::try_from(self.digits.len()).ok()?;
        (self.point >= places && self.point <= MAX_INTEGER_DIGITS).then(|| self.to_string())
    }

    /// Whether the number's own text, with any exponent it has, is read again.
    fn is_within_bounds(&self) -> bool {
        self.digits.len() <= MAX_EXPONENT
            && (self.point - 1).unsigned_abs() as usize <= MAX_EXPONENT
    }

    fn normalised(negative: bool, digits: &str, point: i32) -> Self {
        let significant = digits.trim_start_matches('0');
        let leading_zeros = digits.len() - significant.len();
        let significant = significant.trim_end_matches('0');
        if significant.is_empty() {
            // Zero equals its negative, and would not as text.
            return Self { negative: false, digits: String::new(), point: 0 };
        }
        let point = point - leading_zeros as i32;
        Self { negative, digits: significant.to_owned(), point }
    }
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        Self::normalised(
            integer < 0,
            &integer.unsigned_abs().to_string(),
            integer_point(integer.unsigned_abs()),
        )
    }
}

impl From<u64> for Number {
    fn from(integer: u64) -> Self {
        Self::normalised(false, &integer.to_string(), integer_point(integer))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        let places = self.digits.len() as i32;
        match self.point {
            _ if self.digits.is_empty() => write!(f, "{sign}0"),
            point if point > MAX_PLAIN_ZEROS + places || point < -MAX_PLAIN_ZEROS => {
                let (first, rest) = self.digits.split_at(1);
                let fraction = if rest.is_empty() { String::new() } else { format!(".{rest}") };
                write!(f, "{sign}{first}{fraction}e{:+}", point - 1)
            }
            point if point <= 0 => {
                write!(f, "{sign}0.{}{}", "0".repeat(point.unsigned_abs() as usize), self.digits)
            }
            point if point >= places => {
                write!(f, "{sign}{}{}", self.digits, "0".repeat((point - places) as usize))
            }
            point => {
                let (whole, fraction) = self.digits.split_at(point as usize);
                write!(f, "{sign}{whole}.{fraction}")
            }
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Number({self})")
    }
}

fn split_exponent(text: &str) -> Result<(&str, i32), ParseNumberError> {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return Ok((text, 0));
    };
    let exponent: i32 = exponent.parse().map_err(|_| ParseNumberError)?;
    if exponent.unsigned_abs() as usize > MAX_EXPONENT {
        return Err(ParseNumberError);
    }
    Ok((mantissa, exponent))
}

fn integer_point(integer: u64) -> i32 {
    integer.to_string().len() as i32
}

/// Bounds both digits and exponent, so that a hostile `1e999999999` cannot fill the memory.
const MAX_EXPONENT: usize = 10_000;

/// Digits of a text, with the zeros that come before and after the significant ones.
const MAX_TEXT: usize = 2 * MAX_EXPONENT;

/// Digits of the largest `u64`.
const MAX_INTEGER_DIGITS: i32 = 20;

/// Beyond this many padding zeros the text turns to scientific notation.
const MAX_PLAIN_ZEROS: i32 = 40;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).expect("the test writes a number")
    }

    #[test]
    fn equal_values_are_equal_however_they_are_written() {
        assert_eq!(number("1"), number("1.0"));
        assert_eq!(number("1000"), number("1e3"));
        assert_eq!(number("0.1"), number("1E-1"));
        assert_eq!(number("+7"), Number::from(7_i64));
    }

    #[test]
    fn text_is_plain_decimal_where_a_person_would_write_it_so() {
        for text in
            ["0", "1", "-12.5", "0.1", "0.001", "1000000000000000000000", "18446744073709551615"]
        {
            assert_eq!(number(text).to_string(), text);
        }
        assert_eq!(number("1e300").to_string(), "1e+300");
        assert_eq!(number("1.5e-300").to_string(), "1.5e-300");
    }

    #[test]
    fn zero_has_no_sign() {
        assert_eq!(number("-0"), number("0"));
        assert_eq!(number("-0.00e5").to_string(), "0");
        assert_eq!(Number::from_f64(-0.0), Ok(number("0")));
    }

    #[test]
    fn the_longest_and_the_largest_numbers_are_read_back_or_refused() {
        let nines = "9".repeat(MAX_EXPONENT);
        let read = ["1e10000", "1e-10000", "0.01e10000", "12e9999", &nines, &format!("{nines}0")];
        for text in read {
            assert_eq!(Number::parse(&number(text).to_string()), Ok(number(text)));
        }
        let refused = [
            "12e10000",
            "0.01e-10000",
            &format!("{nines}e5000"),
            &format!("{nines}9"),
            &format!("{nines}00"),
        ];
        for text in refused {
            assert_eq!(Number::parse(text), Err(ParseNumberError));
        }
    }

    #[test]
    fn integers_are_read_only_from_whole_numbers_in_range() {
        assert_eq!(number("1.0").as_i64(), Some(1));
        assert_eq!(number("-9223372036854775808").as_i64(), Some(i64::MIN));
        assert_eq!(number("18446744073709551615").as_u64(), Some(u64::MAX));
        assert_eq!(number("0").as_u64(), Some(0));
        assert_eq!(number("1.5").as_i64(), None);
        assert_eq!(number("18446744073709551616").as_u64(), None);
        assert_eq!(number("1e9000").as_i64(), None);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "-",
            ".",
            ".5",
            "1e",
            "NaN",
            "inf",
            "0x10",
            "1_000",
            "1 ",
            "--1",
            "1e99999999999",
            "٣",
        ] {
            assert_eq!(Number::parse(text), Err(ParseNumberError), "{text:?}");
        }
        assert!(Number::from_f64(f64::NAN).is_err());
        assert!(Number::from_f64(f64::INFINITY).is_err());
        assert_eq!(Number::from_f64(0.5), Ok(number("0.5")));
    }

    proptest! {
        #[test]
        fn text_is_read_back_to_the_same_number(integer: i64, places in 0_i32..80) {
            let number = number(&format!("{integer}e-{places}"));
            prop_assert_eq!(Number::parse(&number.to_string()), Ok(number));
        }

        #[test]
        fn every_machine_integer_survives(signed: i64, unsigned: u64) {
            prop_assert_eq!(Number::from(signed).as_i64(), Some(signed));
            prop_assert_eq!(Number::from(unsigned).as_u64(), Some(unsigned));
        }

        #[test]
        fn any_text_is_a_number_or_an_error(text: String) {
            let _ = Number::parse(&text);
        }
    }
}
