//! The table of error codes: what each means, whether to try again, and how long to wait.
//!
//! It is the only place that knows a code's number. A code that is not in it is judged by what the
//! answer says about itself, see [`Error::class`](crate::graph::Error::class).

use std::{ops::RangeInclusive, time::Duration};

use crate::graph::error::Class;

/// One line of the table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rule {
    codes: RangeInclusive<i64>,
    subcode: Option<i64>,
    condition: Condition,
    class: Class,
    retry: Retry,
    meaning: &'static str,
}

impl Rule {
    /// The code, or the first of a range of codes that mean the same.
    pub fn code(&self) -> i64 {
        *self.codes.start()
    }

    /// All codes of this line.
    pub fn codes(&self) -> RangeInclusive<i64> {
        self.codes.clone()
    }

    /// The subcode this line needs; `None` matches any.
    pub fn subcode(&self) -> Option<i64> {
        self.subcode
    }

    /// What kind of failure it is.
    pub fn class(&self) -> Class {
        self.class
    }

    /// Whether and when to try again.
    pub fn retry(&self) -> Retry {
        self.retry
    }

    /// What happened: a lower-case phrase without a full stop, for people.
    pub fn meaning(&self) -> &'static str {
        self.meaning
    }

    /// Whether the PIN is at fault.
    pub fn is_about_pin(&self) -> bool {
        PIN.contains(&self.code()) || self.subcode == Some(WRONG_PIN_SHAPE)
    }

    /// An answer's signs that this line applies to, so that tests can produce each line.
    pub fn example(&self) -> Signs {
        Signs {
            code: self.code(),
            subcode: self.subcode,
            is_transient: self.condition == Condition::Transient,
            is_about_proof: self.condition == Condition::AboutProof,
        }
    }

    const fn with_subcode(mut self, subcode: i64) -> Self {
        self.subcode = Some(subcode);
        self
    }

    const fn when(mut self, condition: Condition) -> Self {
        self.condition = condition;
        self
    }

    fn applies(&self, code: i64, signs: &Signs) -> bool {
        let condition = match self.condition {
            Condition::Always => true,
            Condition::AboutProof => signs.is_about_proof,
            Condition::Transient => signs.is_transient,
        };
        condition && self.codes.contains(&code)
    }
}

/// Whether and when a failed call is sent again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Retry {
    /// After the wait that the API asks for, or else a longer one each time. All calls wait.
    AfterWait,
    /// After a short wait that grows with each attempt.
    Backoff,
    /// Not now: it takes this long, which is more than a call should wait.
    Later(Duration),
    /// Never: the API refused, and would refuse again.
    Never,
}

/// What an answer says that decides which line of the table applies.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Signs {
    /// The error's code.
    pub code: i64,
    /// The error's subcode.
    pub subcode: Option<i64>,
    /// The answer calls itself transient, or its HTTP status is 500 or above.
    pub is_transient: bool,
    /// The message speaks of the `appsecret_proof`.
    pub is_about_proof: bool,
}

/// Every line of the table.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    TABLE.iter()
}

/// The line that applies, if the code is known.
pub(crate) fn find(signs: &Signs) -> Option<&'static Rule> {
    // Older answers put a registration code into the subcode, under the general code 100.
    let moved = signs.subcode.filter(|subcode| REGISTRATION.contains(subcode));
    let by_moved = moved.and_then(|code| rules().find(|rule| rule.applies(code, signs)));
    let exact = || {
        let with_subcode = |rule: &&Rule| rule.subcode.is_some() && rule.subcode == signs.subcode;
        rules().filter(with_subcode).find(|rule| rule.applies(signs.code, signs))
    };
    let general = || {
        let mut candidates = rules().filter(|rule| rule.subcode.is_none());
        candidates.find(|rule| rule.applies(signs.code, signs))
    };
    by_moved.or_else(exact).or_else(general)
}

/// What else, besides the numbers, must hold for a line to apply.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Condition {
    AboutProof,
    Always,
    Transient,
}

const fn rule(code: i64, class: Class, retry: Retry, meaning: &'static str) -> Rule {
    range(code..=code, class, retry, meaning)
}

const fn range(
    codes: RangeInclusive<i64>,
    class: Class,
    retry: Retry,
    meaning: &'static str,
) -> Rule {
    Rule { codes, subcode: None, condition: Condition::Always, class, retry, meaning }
}

const REGISTRATION: RangeInclusive<i64> = 133_000..=133_099;

/// Wrong, wrong too often, too soon after a wrong one.
const PIN: [i64; 3] = [133_005, 133_008, 133_009];
const WRONG_PIN_SHAPE: i64 = 2_388_092;
const FIVE_MINUTES: Duration = Duration::from_secs(5 * 60);
const THREE_DAYS: Duration = Duration::from_secs(72 * 60 * 60);

/// The subcode that comes with most call limits.
const TOO_MANY_CALLS: i64 = 2_446_079;

/// In the order of the codes. Where two lines have the same numbers, the first that applies wins;
/// lines with a subcode go before lines without.
///
/// 136025 is missing on purpose: nothing is known about it, so it is judged as an unknown code.
#[rustfmt::skip]
static TABLE: &[Rule] = &[
    rule(0, Class::Auth, Retry::Never, "the token's user could not be authenticated"),
    rule(1, Class::Transient, Retry::Backoff, "the API failed for an unknown reason").when(Condition::Transient),
    rule(1, Class::InvalidInput, Retry::Never, "the API could not make sense of the request"),
    rule(2, Class::Transient, Retry::Backoff, "the service is down or overloaded"),
    rule(3, Class::Permission, Retry::Never, "the app lacks a capability or permission"),
    rule(4, Class::RateLimit, Retry::AfterWait, "the app has used up its calls"),
    rule(4, Class::RateLimit, Retry::AfterWait, "the app has used up its calls").with_subcode(TOO_MANY_CALLS),
    rule(10, Class::Permission, Retry::Never, "a permission was not granted or was removed"),
    rule(17, Class::RateLimit, Retry::AfterWait, "the token's user has used up its calls"),
    rule(17, Class::RateLimit, Retry::AfterWait, "the token's user has used up its calls").with_subcode(TOO_MANY_CALLS),
    rule(32, Class::RateLimit, Retry::AfterWait, "the token's user has used up its calls to pages"),
    rule(33, Class::NotFound, Retry::Never, "the phone number was deleted"),
    rule(100, Class::NotFound, Retry::Never, "the object does not exist, or the token may not see it").with_subcode(33),
    rule(100, Class::InvalidInput, Retry::Never, "the PIN does not have six digits").with_subcode(WRONG_PIN_SHAPE),
    rule(100, Class::Auth, Retry::Never, "the app secret is missing or belongs to another app").when(Condition::AboutProof),
    rule(100, Class::InvalidInput, Retry::Never, "a field or value of the request is not accepted"),
    rule(102, Class::Auth, Retry::Never, "the token's session is not valid"),
    rule(104, Class::Auth, Retry::Never, "the call carried no usable token or signature"),
    rule(190, Class::Auth, Retry::Never, "the app is no longer authorised by the token's user").with_subcode(458),
    rule(190, Class::Auth, Retry::Never, "the token's user must log in and pass a check").with_subcode(459),
    rule(190, Class::Auth, Retry::Never, "the token ended when its user's password changed").with_subcode(460),
    rule(190, Class::Auth, Retry::Never, "the token has expired").with_subcode(463),
    rule(190, Class::Auth, Retry::Never, "the token's user is not confirmed").with_subcode(464),
    rule(190, Class::Auth, Retry::Never, "the token was invalidated").with_subcode(467),
    rule(190, Class::Auth, Retry::Never, "the token's session is not valid").with_subcode(492),
    rule(190, Class::Auth, Retry::Never, "the token is malformed, expired or revoked"),
    range(200..=299, Class::Permission, Retry::Never, "a permission is missing").with_subcode(1_349_174),
    range(200..=299, Class::Permission, Retry::Never, "a permission is missing").with_subcode(1_349_175),
    range(200..=299, Class::Permission, Retry::Never, "a permission is missing").with_subcode(1_349_176),
    range(200..=299, Class::Permission, Retry::Never, "a permission is missing, or terms were not accepted"),
    rule(341, Class::RateLimit, Retry::AfterWait, "the app has reached a temporary limit"),
    rule(368, Class::AccountState, Retry::Never, "the account is restricted for breaking a policy"),
    rule(613, Class::RateLimit, Retry::AfterWait, "a limit of this feature was reached"),
    rule(803, Class::NotFound, Retry::Never, "the object does not exist, or the token may not see it"),
    rule(2500, Class::InvalidInput, Retry::Never, "the API does not know this path or version"),
    range(80_000..=80_006, Class::RateLimit, Retry::AfterWait, "a business has used up its calls"),
    range(80_000..=80_006, Class::RateLimit, Retry::AfterWait, "a business has used up its calls").with_subcode(TOO_MANY_CALLS),
    rule(80_007, Class::RateLimit, Retry::AfterWait, "the WhatsApp Business Account has reached its rate limit"),
    rule(80_007, Class::RateLimit, Retry::AfterWait, "the WhatsApp Business Account has reached its rate limit").with_subcode(TOO_MANY_CALLS),
    rule(80_008, Class::RateLimit, Retry::AfterWait, "the WhatsApp Business Account has used up its calls"),
    rule(80_009, Class::RateLimit, Retry::AfterWait, "a business has used up its calls"),
    rule(80_014, Class::RateLimit, Retry::AfterWait, "a business has used up its calls"),
    rule(130_429, Class::RateLimit, Retry::AfterWait, "the throughput limit was reached"),
    rule(131_000, Class::Transient, Retry::Backoff, "the API failed for an unknown reason"),
    rule(131_005, Class::Permission, Retry::Never, "access was denied"),
    rule(131_008, Class::InvalidInput, Retry::Never, "a parameter is missing"),
    rule(131_009, Class::InvalidInput, Retry::Never, "a parameter has a value that is not accepted"),
    rule(131_016, Class::Transient, Retry::Backoff, "a service is temporarily unavailable"),
    rule(131_031, Class::AccountState, Retry::Never, "the account is locked, or a value does not match it"),
    rule(131_045, Class::AccountState, Retry::Never, "the registration of the number is broken"),
    rule(131_048, Class::RateLimit, Retry::AfterWait, "the limit against spam was reached"),
    rule(131_056, Class::RateLimit, Retry::AfterWait, "the limit of a sender and recipient was reached"),
    rule(131_057, Class::Transient, Retry::Later(FIVE_MINUTES), "the account is in maintenance"),
    rule(133_000, Class::AccountState, Retry::Never, "an earlier deregistration did not finish"),
    rule(133_004, Class::Transient, Retry::Backoff, "the registration service is temporarily unavailable"),
    rule(133_005, Class::InvalidInput, Retry::Never, "the PIN does not match the number's PIN"),
    rule(133_006, Class::AccountState, Retry::Never, "the number is not verified"),
    rule(133_008, Class::RateLimit, Retry::Never, "a wrong PIN was given too often"),
    rule(133_009, Class::RateLimit, Retry::Never, "a PIN was given too soon after the last one"),
    rule(133_010, Class::AccountState, Retry::Never, "the number is not registered"),
    rule(133_015, Class::AccountState, Retry::Later(FIVE_MINUTES), "the number is being deleted"),
    rule(133_016, Class::RateLimit, Retry::Later(THREE_DAYS), "the number was registered and deregistered too often"),
    rule(141_000, Class::AccountState, Retry::Never, "the number is not linked and needs to be registered"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(code: i64, subcode: Option<i64>) -> Signs {
        Signs { code, subcode, is_transient: false, is_about_proof: false }
    }

    #[test]
    fn every_line_is_found_by_its_own_signs() {
        for rule in rules() {
            let found = find(&rule.example()).expect("the line itself at least");
            assert_eq!(found, rule);
        }
    }

    #[test]
    fn every_line_has_a_meaning_that_reads_as_a_phrase() {
        for rule in rules() {
            let meaning = rule.meaning();
            assert!(meaning.starts_with(char::is_lowercase), "{meaning}");
            assert!(!meaning.ends_with('.') && meaning.len() < 70, "{meaning}");
        }
    }

    #[test]
    fn lines_are_in_the_order_of_their_codes() {
        assert!(TABLE.is_sorted_by_key(Rule::code));
    }

    #[test]
    fn registration_codes_are_found_as_code_and_as_subcode() {
        let registration: Vec<_> =
            rules().filter(|rule| REGISTRATION.contains(&rule.code())).collect();
        assert_eq!(registration.len(), 9);
        for rule in registration {
            assert_eq!(find(&signs(rule.code(), None)), Some(rule));
            assert_eq!(find(&signs(100, Some(rule.code()))), Some(rule));
        }
    }

    #[test]
    fn a_wrong_pin_and_its_blocks_are_never_tried_again() {
        for code in [133_005, 133_008, 133_009, 133_016] {
            let rule = find(&signs(code, None)).expect("known");
            assert!(matches!(rule.retry(), Retry::Never | Retry::Later(_)), "{code}");
        }
    }

    #[test]
    fn a_missing_object_is_told_from_a_bad_parameter() {
        assert_eq!(find(&signs(100, Some(33))).map(Rule::class), Some(Class::NotFound));
        assert_eq!(find(&signs(100, None)).map(Rule::class), Some(Class::InvalidInput));
        assert_eq!(find(&signs(100, Some(1))).map(Rule::class), Some(Class::InvalidInput));
        let proof = Signs { is_about_proof: true, ..signs(100, None) };
        assert_eq!(find(&proof).map(Rule::class), Some(Class::Auth));
    }

    #[test]
    fn code_1_is_transient_only_if_the_answer_says_so() {
        assert_eq!(find(&signs(1, None)).map(Rule::class), Some(Class::InvalidInput));
        let transient = Signs { is_transient: true, ..signs(1, None) };
        assert_eq!(find(&transient).map(Rule::class), Some(Class::Transient));
    }

    #[test]
    fn codes_nobody_described_are_not_in_the_table() {
        for code in [-1, 5, 136_025, 133_099, i64::MAX] {
            assert_eq!(find(&signs(code, None)), None, "{code}");
        }
    }
}
