//! The failure that an answer reports, and what follows from it.
//!
//! The table of codes has the first word, the answer's own `is_transient` the second, and the HTTP
//! status the last.

use std::fmt;

use serde_json::Value;

use crate::graph::class::Class;
use crate::graph::codes::{self, Retry, Rule, Signs, Topic};
use crate::graph::fields::{boolean, integer, text};
use crate::graph::scrub::Scrub;

/// What the API says about a failure, cleaned for showing.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) code: Option<i64>,
    pub(crate) subcode: Option<i64>,
    pub(crate) message: Option<String>,
    pub(crate) user_title: Option<String>,
    pub(crate) user_message: Option<String>,
    pub(crate) details: Option<String>,
    pub(crate) fbtrace_id: Option<String>,
    about: Option<Topic>,
    is_transient: Option<bool>,
}

impl ApiError {
    /// A failure that nothing but the HTTP status tells of.
    pub(crate) fn of_status(status: u16) -> Self {
        Self {
            status,
            code: None,
            subcode: None,
            message: None,
            user_title: None,
            user_message: None,
            details: None,
            fbtrace_id: None,
            about: None,
            is_transient: None,
        }
    }

    /// Reads the `error` of an answer: an object as a rule, and sometimes just a text.
    pub(crate) fn read(status: u16, error: &Value, scrub: &Scrub) -> Self {
        let shown = |raw: Option<String>| {
            raw.map(|raw| scrub.clean(&raw)).filter(|text| !text.trim().is_empty())
        };
        let text = |key| shown(text(error.get(key)));
        let message = text("message").or_else(|| shown(error.as_str().map(str::to_owned)));
        Self {
            code: integer(error.get("code")),
            subcode: integer(error.get("error_subcode")),
            about: message.as_deref().and_then(Topic::of),
            message,
            user_title: text("error_user_title"),
            user_message: text("error_user_msg"),
            details: shown(details(error.get("error_data"))),
            fbtrace_id: text("fbtrace_id"),
            is_transient: boolean(error.get("is_transient")),
            ..Self::of_status(status)
        }
    }

    pub(crate) fn rule(&self) -> Option<&'static Rule> {
        codes::find(&Signs {
            code: self.code?,
            subcode: self.subcode,
            is_transient: self.is_transient == Some(true) || self.is_of_server(),
            about: self.about,
        })
    }

    pub(crate) fn class(&self) -> Class {
        match (self.rule(), self.is_transient) {
            (Some(rule), _) => rule.class(),
            (None, Some(true)) if self.status != 429 => Class::Transient,
            (None, transient) => class_of_status(self.status, transient != Some(false)),
        }
    }

    pub(crate) fn retry(&self) -> Retry {
        let retry = match (self.rule(), self.class()) {
            (Some(rule), _) => rule.retry(),
            (None, Class::RateLimit) => Retry::AfterWait,
            (None, Class::Transient) => Retry::Backoff,
            (None, _) => Retry::Never,
        };
        match retry {
            Retry::Never | Retry::Later(_) if self.is_of_server() => Retry::Backoff,
            retry => retry,
        }
    }

    /// A failure of the service, as opposed to a refusal, says nothing about what was done.
    pub(crate) fn is_ambiguous(&self) -> bool {
        self.is_of_server() || self.class() == Class::Transient
    }

    /// The server failed, whatever code its answer has: a refusal has another status.
    fn is_of_server(&self) -> bool {
        self.status >= 500
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code, self.subcode) {
            (Some(code), Some(subcode)) => {
                write!(f, "the API reported error {code}, subcode {subcode}")
            }
            (Some(code), None) => write!(f, "the API reported error {code}"),
            (None, _) => write!(f, "the API answered with HTTP status {}", self.status),
        }
    }
}

/// `error_data` is an object with `details`, or such an object in a text, or just a text.
fn details(data: Option<&Value>) -> Option<String> {
    match data? {
        Value::Object(object) => text(object.get("details")),
        Value::String(raw) => match serde_json::from_str(raw) {
            Ok(Value::Object(object)) => text(object.get("details")),
            _ => Some(raw.clone()),
        },
        _ => None,
    }
}

fn class_of_status(status: u16, may_pass: bool) -> Class {
    match status {
        429 => Class::RateLimit,
        408 | 500.. if may_pass => Class::Transient,
        401 => Class::Auth,
        403 => Class::Permission,
        404 | 410 => Class::NotFound,
        400 | 405 | 406 | 411..=417 | 422 => Class::InvalidInput,
        _ => Class::Other,
    }
}
