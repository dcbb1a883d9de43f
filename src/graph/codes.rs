//! The table of error codes: what each means, whether to try again, and how long to wait.
//!
//! Nothing else in this room knows a code's number. A code that is not in it is judged by what the
//! answer says about itself, see [`Error::class`](crate::graph::Error::class).

use std::{ops::RangeInclusive, time::Duration};

use crate::graph::class::Class;

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

    /// Whether the limit is one of an account, which concerns no other.
    pub(crate) fn is_limit_of_account(&self) -> bool {
        LIMITS_OF_ACCOUNTS.contains(&self.code())
    }

    /// Whether the version is at fault: a known path is not known in it, or it is served no more.
    pub(crate) fn is_about_version(&self) -> bool {
        [UNKNOWN_PATH, OLD_VERSION].contains(&self.code()) && self.condition == Condition::Always
    }

    pub(crate) fn is_about(&self, topic: Topic) -> bool {
        self.condition == Condition::About(topic)
    }

    /// Signs that this line applies to.
    #[cfg(test)]
    pub(crate) fn example(&self) -> Signs {
        Signs {
            code: self.code(),
            subcode: self.subcode,
            is_transient: self.condition == Condition::Transient,
            about: match self.condition {
                Condition::About(topic) => Some(topic),
                Condition::Always | Condition::Transient => None,
            },
        }
    }

    const fn with_subcode(mut self, subcode: i64) -> Self {
        self.subcode = Some(subcode);
        self
    }

    const fn through(mut self, last: i64) -> Self {
        self.codes = *self.codes.start()..=last;
        self
    }

    const fn later(mut self, wait: Duration) -> Self {
        self.retry = Retry::Later(wait);
        self
    }

    const fn when(mut self, condition: Condition) -> Self {
        self.condition = condition;
        self
    }

    fn applies(&self, code: i64, signs: &Signs) -> bool {
        let condition = match self.condition {
            Condition::Always => true,
            Condition::About(topic) => signs.about == Some(topic),
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
pub(crate) struct Signs {
    pub(crate) code: i64,
    pub(crate) subcode: Option<i64>,
    /// The answer calls itself transient, or its HTTP status is 500 or above.
    pub(crate) is_transient: bool,
    /// What the message speaks of, where the code alone does not tell.
    pub(crate) about: Option<Topic>,
}

/// What a message speaks of: code 100 and code 2500 stand for quite different things.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Topic {
    /// The ID is that of a WhatsApp Business Account where a phone number's is needed.
    AccountForNumber,
    /// A permission.
    Permission,
    /// The `appsecret_proof`.
    Proof,
    /// The access token.
    Token,
}

impl Topic {
    /// What a message of the API speaks of.
    pub(crate) fn of(message: &str) -> Option<Self> {
        let has = |part: &&str| message.contains(part);
        let part_of = |parts: &[&str]| parts.iter().any(has);
        if part_of(&["node type (WhatsAppBusinessAccount)"]) {
            return Some(Self::AccountForNumber);
        }
        if part_of(&["nonexisting field"]) {
            // The name of a field says nothing of what is wrong.
            return None;
        }
        if part_of(&["appsecret_proof"]) {
            return Some(Self::Proof);
        }
        if part_of(&["Need either permission", "Missing Permission", "Missing permission"]) {
            return Some(Self::Permission);
        }
        part_of(&["access token must be used"]).then_some(Self::Token)
    }
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
    About(Topic),
    Always,
    Transient,
}

/// The API refused, and would refuse again.
const fn refused(code: i64, class: Class, meaning: &'static str) -> Rule {
    let (subcode, condition) = (None, Condition::Always);
    Rule { codes: code..=code, subcode, condition, class, retry: Retry::Never, meaning }
}

/// Too many calls: a wait helps.
const fn throttled(code: i64, meaning: &'static str) -> Rule {
    Rule { retry: Retry::AfterWait, ..refused(code, Class::RateLimit, meaning) }
}

/// The service failed for a reason that passes.
const fn passing(code: i64, meaning: &'static str) -> Rule {
    Rule { retry: Retry::Backoff, ..refused(code, Class::Transient, meaning) }
}

const REGISTRATION: RangeInclusive<i64> = 133_000..=133_099;

/// Wrong, wrong too often, too soon after a wrong one.
const PIN: [i64; 3] = [133_005, 133_008, 133_009];
const WRONG_PIN_SHAPE: i64 = 2_388_092;
const UNKNOWN_PATH: i64 = 2500;
const OLD_VERSION: i64 = 2635;
const FIVE_MINUTES: Duration = Duration::from_secs(5 * 60);
const THREE_DAYS: Duration = Duration::from_secs(72 * 60 * 60);

/// Limits that Meta counts by account or business; all others are those of an app or token.
const LIMITS_OF_ACCOUNTS: RangeInclusive<i64> = 80_000..=80_014;

/// The subcode that comes with most call limits.
const TOO_MANY_CALLS: i64 = 2_446_079;

/// In the order of the codes. Where two lines have the same numbers, the first that applies wins;
/// lines with a subcode go before lines without.
static TABLE: &[Rule] = &[
    refused(0, Class::Auth, "the token's user could not be authenticated"),
    passing(1, "the API failed for an unknown reason").when(Condition::Transient),
    refused(1, Class::InvalidInput, "the API could not make sense of the request"),
    passing(2, "the service is down or overloaded"),
    refused(3, Class::Permission, "the app lacks a capability or permission"),
    throttled(4, "the app has used up its calls"),
    throttled(4, "the app has used up its calls").with_subcode(TOO_MANY_CALLS),
    refused(10, Class::Permission, "a permission was not granted or was removed"),
    throttled(17, "the token's user has used up its calls"),
    throttled(17, "the token's user has used up its calls").with_subcode(TOO_MANY_CALLS),
    throttled(32, "the token's user has used up its calls to pages"),
    refused(33, Class::NotFound, "the phone number was deleted"),
    refused(100, Class::NotFound, "the object does not exist, or the token may not see it")
        .with_subcode(33),
    refused(100, Class::InvalidInput, "the PIN does not have six digits")
        .with_subcode(WRONG_PIN_SHAPE),
    refused(100, Class::AccountState, "the number is still in use with a WhatsApp app")
        .with_subcode(2_388_001),
    refused(100, Class::Auth, "the app secret is missing or belongs to another app")
        .when(Condition::About(Topic::Proof)),
    refused(100, Class::Permission, "a permission is missing, or the account is not assigned")
        .when(Condition::About(Topic::Permission)),
    refused(100, Class::InvalidInput, "the ID is that of an account and not of a phone number")
        .when(Condition::About(Topic::AccountForNumber)),
    refused(100, Class::InvalidInput, "a field or value of the request is not accepted"),
    refused(102, Class::Auth, "the token's session is not valid"),
    refused(104, Class::Auth, "the call carried no usable token or signature"),
    refused(190, Class::Auth, "the app is no longer authorised by the token's user")
        .with_subcode(458),
    refused(190, Class::Auth, "the token's user must log in and pass a check").with_subcode(459),
    refused(190, Class::Auth, "the token ended when its user's password changed").with_subcode(460),
    refused(190, Class::Auth, "the token has expired").with_subcode(463),
    refused(190, Class::Auth, "the token's user is not confirmed").with_subcode(464),
    refused(190, Class::Auth, "the token was invalidated").with_subcode(467),
    refused(190, Class::Auth, "the token's session is not valid").with_subcode(492),
    refused(190, Class::Auth, "the token is malformed, expired or revoked"),
    refused(200, Class::Permission, "a permission is missing").through(299).with_subcode(1_349_174),
    refused(200, Class::Permission, "a permission is missing").through(299).with_subcode(1_349_175),
    refused(200, Class::Permission, "a permission is missing").through(299).with_subcode(1_349_176),
    refused(200, Class::Permission, "a permission is missing, or terms were not accepted")
        .through(299),
    throttled(341, "the app has reached a temporary limit"),
    refused(368, Class::AccountState, "the account is restricted for breaking a policy"),
    throttled(613, "a limit of this feature was reached"),
    refused(803, Class::NotFound, "the object does not exist, or the token may not see it"),
    refused(UNKNOWN_PATH, Class::Auth, "the call carried no usable token")
        .when(Condition::About(Topic::Token)),
    refused(UNKNOWN_PATH, Class::InvalidInput, "the API does not know this path or version"),
    refused(OLD_VERSION, Class::InvalidInput, "this version of the API is no longer served"),
    throttled(80_000, "a business has used up its calls").through(80_006),
    throttled(80_000, "a business has used up its calls")
        .through(80_006)
        .with_subcode(TOO_MANY_CALLS),
    throttled(80_007, "the WhatsApp Business Account has reached its rate limit"),
    throttled(80_007, "the WhatsApp Business Account has reached its rate limit")
        .with_subcode(TOO_MANY_CALLS),
    throttled(80_008, "the WhatsApp Business Account has used up its calls"),
    throttled(80_009, "a business has used up its calls"),
    throttled(80_014, "a business has used up its calls"),
    throttled(130_429, "the throughput limit was reached"),
    passing(131_000, "the API failed for an unknown reason"),
    refused(131_005, Class::Permission, "access was denied"),
    refused(131_008, Class::InvalidInput, "a parameter is missing"),
    refused(131_009, Class::InvalidInput, "a parameter has a value that is not accepted"),
    passing(131_016, "a service is temporarily unavailable"),
    refused(131_031, Class::AccountState, "the account is locked, or a value does not match it"),
    refused(131_045, Class::AccountState, "the registration of the number is broken"),
    throttled(131_048, "the limit against spam was reached"),
    throttled(131_056, "the limit of a sender and recipient was reached"),
    refused(131_057, Class::Transient, "the account is in maintenance").later(FIVE_MINUTES),
    refused(133_000, Class::AccountState, "an earlier deregistration did not finish"),
    passing(133_004, "the registration service is temporarily unavailable"),
    refused(133_005, Class::InvalidInput, "the PIN does not match the number's PIN"),
    refused(133_006, Class::AccountState, "the number is not verified"),
    refused(133_008, Class::RateLimit, "a wrong PIN was given too often"),
    refused(133_009, Class::RateLimit, "a PIN was given too soon after the last one"),
    refused(133_010, Class::AccountState, "the number is not registered"),
    refused(133_015, Class::AccountState, "the number is being deleted").later(FIVE_MINUTES),
    refused(133_016, Class::RateLimit, "the number was registered and deregistered too often")
        .later(THREE_DAYS),
    refused(136_024, Class::AccountState, "a verification code could not be requested"),
    refused(136_025, Class::InvalidInput, "a verification code was not accepted"),
    refused(141_000, Class::AccountState, "the number is not linked and needs to be registered"),
    refused(2_494_100, Class::Transient, "the number is in maintenance").later(FIVE_MINUTES),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(code: i64, subcode: Option<i64>) -> Signs {
        Signs { code, subcode, is_transient: false, about: None }
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
        for (message, class) in [
            ("Invalid appsecret_proof provided in the API argument", Class::Auth),
            ("(#100) Need either permission on WhatsApp Business Account", Class::Permission),
            ("Missing Permission", Class::Permission),
            ("(#100) Tried accessing nonexisting field (appsecret_proof)", Class::InvalidInput),
        ] {
            let about = Signs { about: Topic::of(message), ..signs(100, None) };
            assert_eq!(find(&about).map(Rule::class), Some(class), "{message}");
        }
    }

    #[test]
    fn code_1_is_transient_only_if_the_answer_says_so() {
        assert_eq!(find(&signs(1, None)).map(Rule::class), Some(Class::InvalidInput));
        let transient = Signs { is_transient: true, ..signs(1, None) };
        assert_eq!(find(&transient).map(Rule::class), Some(Class::Transient));
    }

    #[test]
    fn codes_nobody_described_are_not_in_the_table() {
        for code in [-1, 5, 136_026, 133_099, i64::MAX] {
            assert_eq!(find(&signs(code, None)), None, "{code}");
        }
    }
}
