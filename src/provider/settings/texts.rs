//! Texts and numbers that mean something in the provider block alone, and why others are refused.

use std::time::Duration;

use crate::graph::BaseUrl;
use crate::graph::base_url::ParseBaseUrlError;
use crate::provider::settings::MissingNumber;
use crate::tf_provider::Number;

pub(super) fn retries(number: &Number) -> Result<u32, &'static str> {
    let whole = number.as_u64().and_then(|number| u32::try_from(number).ok());
    whole.filter(|retries| *retries <= MOST_RETRIES).ok_or(RETRIES_RULE)
}

pub(super) fn base_url(text: &str) -> Result<BaseUrl, String> {
    text.parse().map_err(|error: ParseBaseUrlError| match error {
        ParseBaseUrlError::Version => {
            format!("{error}. Leave it out there, and set the argument api_version to it")
        }
        error => error.to_string(),
    })
}

pub(super) fn missing_number(text: &str) -> Result<MissingNumber, &'static str> {
    match text {
        "error" => Ok(MissingNumber::Error),
        "warn" => Ok(MissingNumber::Warn),
        _ => Err("is neither error nor warn"),
    }
}

pub(super) fn duration(text: &str) -> Result<Duration, &'static str> {
    let duration = humantime::parse_duration(text.trim()).map_err(|_| "is not a duration")?;
    match duration {
        Duration::ZERO => Err("is zero, which leaves no time for any answer"),
        long if long > LONGEST_TIMEOUT => Err("is longer than 10m"),
        duration => Ok(duration),
    }
}

/// What a number of retries has to be.
pub(super) const RETRIES_RULE: &str = "must be a whole number from 0 to 100";

/// A hundred retries with full backoff take well over an hour; more is a mistake.
const MOST_RETRIES: u32 = 100;

/// No answer of this API takes longer, and Terraform itself has no time-out.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(600);
