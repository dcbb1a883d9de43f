//! What a failure says about the API, and not about one number.

use crate::graph::class::Class;
use crate::graph::codes::Retry;
use crate::graph::error::Error;

/// What a failed attempt is a sign of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sign {
    /// Nothing: the call was stopped, or something else than the API has answered.
    None,
    /// The API, or the way to it, is down.
    Outage,
    /// The token is not accepted, or the secret that goes with it: no call will be.
    Token,
    /// The API is up: it has refused this call.
    Up,
}

impl Sign {
    /// `by_own_token`: whether the call was made with the token that all others are made with.
    pub(crate) fn of(error: &Error, by_own_token: bool) -> Self {
        let has_code = error.code().is_some();
        match error.class() {
            Class::Cancelled | Class::NotTried => Self::None,
            Class::Auth if has_code && by_own_token => Self::Token,
            Class::BodyTooLarge
            | Class::Connect
            | Class::ConnectionLost
            | Class::Proxy
            | Class::Redirect
            | Class::Timeout
            | Class::Tls
            | Class::UnreadableAnswer => Self::Outage,
            // A number in maintenance is that number's own matter.
            Class::Transient if has_its_own_time(error) => Self::Up,
            Class::Transient => Self::Outage,
            Class::Unsuccessful => Self::Up,
            // A refusal that comes with a status of 500 leaves open what went wrong.
            _ if error.http_status() >= Some(500) => match has_code {
                true => Self::None,
                false => Self::Outage,
            },
            // Without a code, it may come from anything on the way.
            _ => match has_code {
                true => Self::Up,
                false => Self::None,
            },
        }
    }
}

fn has_its_own_time(error: &Error) -> bool {
    error.rule().is_some_and(|rule| matches!(rule.retry(), Retry::Later(_)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::graph::answer::Answer;
    use crate::graph::examples::every_error;
    use crate::graph::scrub::Scrub;

    fn api(status: u16, code: i64) -> Error {
        let body = json!({ "error": { "code": code, "error_subcode": 33 } }).to_string();
        status_with(status, &body)
    }

    fn status_with(status: u16, body: &str) -> Error {
        let answer = Answer { status, body: body.as_bytes().to_vec(), redirect_host: None };
        Error::new(answer.read(&Scrub::default()).expect_err("an error"))
    }

    #[test]
    fn failures_of_the_api_are_told_from_those_of_a_number() {
        for (error, expected) in [
            (api(400, 100), Sign::Up),
            (api(403, 10), Sign::Up),
            (api(400, 80_007), Sign::Up),
            (api(400, 133_010), Sign::Up),
            (api(500, 131_057), Sign::Up),
            (api(503, 2), Sign::Outage),
            (api(500, 131_000), Sign::Outage),
            (api(500, 133_000), Sign::None),
            (api(401, 190), Sign::Token),
            (status_with(502, "<html>"), Sign::Outage),
            (status_with(500, ""), Sign::Outage),
            (status_with(200, "<html>"), Sign::Outage),
            (status_with(403, "<html>"), Sign::None),
            (status_with(404, ""), Sign::None),
        ] {
            assert_eq!(Sign::of(&error, true), expected, "{error}");
        }
    }

    #[test]
    fn another_token_that_is_refused_ends_nothing() {
        assert_eq!(Sign::of(&api(401, 190), false), Sign::Up);
    }

    #[test]
    fn every_failure_on_the_way_is_one_of_the_way() {
        let on_the_way =
            [Class::Connect, Class::ConnectionLost, Class::Proxy, Class::Timeout, Class::Tls];
        for error in every_error().into_iter().filter(|error| on_the_way.contains(&error.class())) {
            assert_eq!(Sign::of(&error, true), Sign::Outage, "{error}");
        }
    }
}
