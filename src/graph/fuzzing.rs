//! Entry points for fuzzing: any answer of the API, and what has to hold whatever it says.
//!
//! No build for users contains this module. The targets in `fuzz/` call these functions with bytes
//! that libFuzzer makes up, the tests with the seeds that lie there; a panic is a finding.

use std::str::FromStr;
use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};

use crate::graph::answer::{Answer, read_success};
use crate::graph::error::{Error, Kind};
use crate::graph::ids::PhoneNumberId;
use crate::graph::paging::read_page;
use crate::graph::phone_numbers::PhoneNumber;
use crate::graph::registration::{RegistrationState, further};
use crate::graph::retry::{LONGEST_PAUSE, decide};
use crate::graph::scrub::{Scrub, is_unprintable};
use crate::graph::token_details::TokenDetails;
use crate::graph::usage::{BUSINESS_USAGE, LONGEST, RequestedWait};

/// An answer: two bytes for its status, then its body.
pub fn answer(input: &[u8]) {
    let Some((&[high, low], body)) = input.split_first_chunk() else { return };
    let status = 100 + u16::from_be_bytes([high, low]) % 900;
    let mut scrub = Scrub::default();
    SECRETS.iter().for_each(|secret| scrub.add(secret));
    let answer = Answer { status, body: body.to_vec(), redirect_host: None };
    match answer.read(&scrub) {
        Ok(object) => {
            check_number(PhoneNumber::read(&object, &scrub));
            let success = read_success(status, &object);
            let page = read_page(&object, &scrub);
            let page = page.map_err(|found| Kind::Unreadable { status, found });
            let number = PhoneNumberId::from_str(NUMBER).expect("it is one");
            let state = RegistrationState::read(&number, status, &object, &scrub);
            let page = page.map(|(numbers, _)| numbers.into_iter().for_each(check_number));
            let state = state.map(check_state);
            for kind in success.err().into_iter().chain(page.err()).chain(state.err()) {
                check_error(kind);
            }
            check_token(TokenDetails::read(&object, &scrub));
            check_texts(further(object, &scrub));
        }
        Err(kind) => check_error(kind),
    }
}

/// Headers, one a line: in turns a `Retry-After` and an `X-Business-Use-Case-Usage`.
pub fn usage(input: &[u8]) {
    let mut headers = HeaderMap::new();
    for (index, line) in input.split(|byte| *byte == b'\n').take(MOST_HEADERS).enumerate() {
        let name = [RETRY_AFTER.as_str(), BUSINESS_USAGE][index % 2];
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(name, value);
        }
    }
    let requested = RequestedWait::read(&headers, SystemTime::UNIX_EPOCH + NOW);
    for wait in [requested.retry_after, requested.regain_access].into_iter().flatten() {
        assert!(!wait.is_zero() && wait <= LONGEST, "{wait:?}");
    }
    for status in [200, 400, 429, 503] {
        let body = br#"{"error":{"code":99}}"#.to_vec();
        let answer = Answer { status, body, redirect_host: None };
        let failure = Error::new(answer.read(&Scrub::default()).expect_err("it reports an error"));
        check_decision(&failure, requested);
    }
}

fn check_error(kind: Kind) {
    let error = Error::new(kind);
    let phrase = error.to_string();
    assert!(phrase.len() < LONGEST_PHRASE && is_plain(&phrase), "{phrase:?}");
    let texts = [
        error.message(),
        error.user_title(),
        error.user_message(),
        error.details(),
        error.fbtrace_id(),
    ];
    assert!(texts.iter().flatten().all(|text| !text.trim().is_empty()), "{texts:?}");
    check_texts(texts.into_iter().flatten());
    let everything = format!("{error:?}");
    // The digits of a code may be those of a PIN by chance.
    assert!(!everything.contains(SECRETS[0]) && !phrase.contains(SECRETS[0]), "{everything}");
    check_decision(&error, RequestedWait::default());
}

fn check_number(number: impl Into<Option<PhoneNumber>>) {
    let Some(number) = number.into() else { return };
    let texts = [
        number.display_phone_number,
        number.verified_name,
        number.code_verification_status,
        number.quality_rating,
        number.status,
        number.name_status,
        number.platform_type,
    ];
    check_texts(texts.into_iter().flatten());
}

fn check_state(state: RegistrationState) {
    let texts =
        [state.code_verification_status, state.name_status, state.platform_type, state.status];
    check_texts(texts.into_iter().flatten());
}

fn check_token(token: TokenDetails) {
    let names = [token.app_id, token.application, token.kind];
    check_texts(names.into_iter().flatten());
    check_texts(token.error.as_deref().map(without_code));
    check_texts(token.scopes.into_iter().chain(token.business_account_ids).flatten());
}

/// What a refusal says besides its code, whose digits may be those of a PIN by chance.
fn without_code(refusal: &str) -> &str {
    let is_code =
        |tail: &&str| tail.chars().all(|c| c.is_ascii_digit() || ", subcode)".contains(c));
    match refusal.rsplit_once(" (code ") {
        Some((message, tail)) if is_code(&tail) => message,
        _ => refusal.strip_prefix("code ").filter(is_code).map_or(refusal, |_| ""),
    }
}

fn check_texts(texts: impl IntoIterator<Item = impl AsRef<str>>) {
    for text in texts {
        let text = text.as_ref();
        assert!(is_showable(text), "{text:?}");
        assert!(text.chars().count() <= LONGEST_TEXT, "{} characters", text.chars().count());
    }
}

fn check_decision(failure: &Error, requested: RequestedWait) {
    let decision = decide(failure, requested, 1, 4, 1.0);
    assert!(decision.again_after.is_none_or(|wait| wait <= LONGEST_PAUSE), "{decision:?}");
    assert!(decision.hold.is_none_or(|wait| wait <= LONGEST), "{decision:?}");
}

fn is_showable(text: &str) -> bool {
    is_plain(text) && SECRETS.iter().all(|secret| !text.contains(secret))
}

/// One line, with nothing that hides or reorders.
fn is_plain(text: &str) -> bool {
    let reorders = |c| matches!(c, '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !text.chars().any(|c| is_unprintable(c) || reorders(c))
}

/// A token and a PIN, which the seeds hold.
const SECRETS: [&str; 2] = ["EAAGcanary", "058213"];
/// The number that the seeds are about.
const NUMBER: &str = "106540352242922";
const NOW: Duration = Duration::from_secs(1_700_000_000);
const MOST_HEADERS: usize = 64;
const LONGEST_PHRASE: usize = 200;
/// The longest that a cleaned text may be, with its ellipsis.
const LONGEST_TEXT: usize = 1_001;
