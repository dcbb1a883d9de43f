//! The headers that say how long to wait before the next call.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::Value;

use crate::graph::ids::BusinessAccountId;

/// The waits that an answer's headers ask for; `None` where a header is absent, zero or unreadable.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct RequestedWait {
    /// From `Retry-After`: seconds, or an HTTP date seen from now.
    pub(crate) retry_after: Option<Duration>,
    /// From `X-Business-Use-Case-Usage`: the largest `estimated_time_to_regain_access` of all its
    /// keys and entries. Which of them the call counted for is not documented, so the type and the
    /// key do not matter.
    pub(crate) regain_access: Option<Duration>,
}

impl RequestedWait {
    /// Reads the headers of one answer that arrived now.
    pub(crate) fn read(headers: &HeaderMap, now: SystemTime) -> Self {
        let texts = |name: &str| -> Vec<String> {
            let values = headers.get_all(name).into_iter();
            values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect()
        };
        let retry_after = texts(RETRY_AFTER.as_str());
        let usage = texts(BUSINESS_USAGE);
        Self {
            retry_after: longest(retry_after.iter().filter_map(|text| retry_after_wait(text, now))),
            regain_access: longest(usage.iter().filter_map(|text| regain_access(text))),
        }
    }

    /// The longer of both, for a call that was throttled. The usage header is present on other
    /// answers as well, where it says nothing about the call.
    pub(crate) fn when_throttled(&self) -> Option<Duration> {
        self.retry_after.max(self.regain_access)
    }
}

/// What the headers of one answer say about limits.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Usage {
    pub(crate) requested: RequestedWait,
    /// See [`accounts`].
    pub(crate) accounts: Vec<(BusinessAccountId, Option<Duration>)>,
}

impl Usage {
    /// Reads the headers of one answer that arrived now.
    pub(crate) fn read(headers: &HeaderMap, now: SystemTime) -> Self {
        Self { requested: RequestedWait::read(headers, now), accounts: accounts(headers) }
    }
}

/// The accounts whose budgets the usage header of an answer names, each with the wait it asks for.
fn accounts(headers: &HeaderMap) -> Vec<(BusinessAccountId, Option<Duration>)> {
    let values = headers.get_all(BUSINESS_USAGE).into_iter();
    let usages = values.filter_map(|value| serde_json::from_slice::<Value>(value.as_bytes()).ok());
    let mut accounts = Vec::new();
    for usage in usages {
        for (key, entries) in usage.as_object().into_iter().flatten().take(MOST_ACCOUNTS) {
            if let (Ok(account), Some(entries)) = (key.parse(), entries.as_array()) {
                accounts.push((account, longest_of(entries)));
            }
        }
    }
    accounts
}

fn longest_of<'a>(entries: impl IntoIterator<Item = &'a Value>) -> Option<Duration> {
    let waits = entries
        .into_iter()
        .filter_map(|entry| minutes(entry.get("estimated_time_to_regain_access")?));
    longest(waits)
}

fn retry_after_wait(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
        // More digits than a number can have still mean: very long.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    httpdate::parse_http_date(text).ok()?.duration_since(now).ok()
}

fn regain_access(text: &str) -> Option<Duration> {
    let usage: Value = serde_json::from_str(text).ok()?;
    longest_of(usage.as_object()?.values().filter_map(Value::as_array).flatten())
}

fn minutes(value: &Value) -> Option<Duration> {
    let minutes = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    Duration::try_from_secs_f64(minutes.clamp(0.0, LONGEST.as_secs_f64()) * 60.0).ok()
}

fn longest(waits: impl Iterator<Item = Duration>) -> Option<Duration> {
    waits.max().filter(|wait| !wait.is_zero()).map(|wait| wait.min(LONGEST))
}

/// As many as Meta documents for one answer.
const MOST_ACCOUNTS: usize = 32;
pub(super) const BUSINESS_USAGE: &str = "x-business-use-case-usage";
/// Meta's longest block is 72 hours; this only keeps sums with it within bounds.
pub(super) const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    use super::*;

    const NOW: Duration = Duration::from_secs(1_700_000_000);

    fn read(headers: &[(&'static str, &str)]) -> RequestedWait {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_str(value).expect("a header value"));
        }
        RequestedWait::read(&map, SystemTime::UNIX_EPOCH + NOW)
    }

    fn retry_after(text: &str) -> Option<u64> {
        read(&[("retry-after", text)]).retry_after.map(|wait| wait.as_secs())
    }

    fn regain(text: &str) -> Option<u64> {
        read(&[("x-business-use-case-usage", text)]).regain_access.map(|wait| wait.as_secs())
    }

    #[test]
    fn retry_after_is_read_in_both_forms() {
        assert_eq!(retry_after("7"), Some(7));
        let date = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + NOW + Duration::from_secs(90));
        assert_eq!(retry_after(&date), Some(90));
    }

    #[test]
    fn a_retry_after_that_asks_for_nothing_is_none() {
        let past = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH);
        for text in ["0", "", "-1", "soon", "1.5", past.as_str()] {
            assert_eq!(retry_after(text), None, "{text}");
        }
    }

    #[test]
    fn an_absurd_wait_is_cut_down() {
        let month = Some(LONGEST.as_secs());
        assert_eq!(retry_after("18446744073709551616"), month);
        assert_eq!(regain(r#"{"1":[{"estimated_time_to_regain_access":1e300}]}"#), month);
    }

    #[test]
    fn the_largest_estimate_of_all_keys_and_entries_counts_in_minutes() {
        let usage = r#"{
            "102290129340398":[
                {"type":"whatsapp_business_management","estimated_time_to_regain_access":0},
                {"type":"whatsapp_business_management","estimated_time_to_regain_access":19}],
            "7":[{"type":"whatsapp","estimated_time_to_regain_access":"5"}]}"#;
        assert_eq!(regain(&usage.replace('\n', "")), Some(19 * 60));
    }

    #[test]
    fn usage_without_an_estimate_is_none() {
        for text in [
            r#"{"1":[{"call_count":1,"estimated_time_to_regain_access":0}]}"#,
            r#"{"1":[{"estimated_time_to_regain_access":-3}]}"#,
            r#"{"1":[{"estimated_time_to_regain_access":"NaN"}]}"#,
            r#"{"1":{"estimated_time_to_regain_access":3}}"#,
            r#"[]"#,
            r#"{"1":[7,null]}"#,
            "not json",
            "",
        ] {
            assert_eq!(regain(text), None, "{text}");
        }
    }

    #[test]
    fn the_longer_of_several_headers_counts() {
        let wait = read(&[
            ("retry-after", "3"),
            ("retry-after", "5"),
            ("x-business-use-case-usage", r#"{"1":[{"estimated_time_to_regain_access":1}]}"#),
        ]);
        assert_eq!(wait.when_throttled(), Some(Duration::from_secs(60)));
        assert_eq!(wait.retry_after, Some(Duration::from_secs(5)));
    }

    proptest! {
        #[test]
        fn no_header_can_break_the_reader_or_ask_for_an_endless_wait(
            bytes in proptest::collection::vec(0x20u8..=0xff, 0..80),
            minutes in any::<f64>(),
        ) {
            let mut map = HeaderMap::new();
            if let Ok(value) = HeaderValue::from_bytes(&bytes) {
                map.append(RETRY_AFTER, value.clone());
                map.append(BUSINESS_USAGE, value);
            }
            let usage = format!(r#"{{"1":[{{"estimated_time_to_regain_access":{minutes}}}]}}"#);
            map.append(BUSINESS_USAGE, HeaderValue::from_str(&usage).expect("visible letters"));
            let wait = RequestedWait::read(&map, SystemTime::UNIX_EPOCH + NOW).when_throttled();
            prop_assert!(wait.is_none_or(|wait| wait <= LONGEST));
        }
    }
}
