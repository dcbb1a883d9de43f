//! Everything that can go wrong on request.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

use super::answer::{Answer, Delivery};
use super::call::Call;
use super::graph_error::GraphError;
use super::throttle::Throttle;

/// One way to misbehave. Unless said otherwise a fault distorts the true answer, so a write **is**
/// carried out; faults that answer *instead* leave a write undone.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Waits (JSON: milliseconds) before the call is carried out. Adds to any other fault.
    Delay(#[serde(deserialize_with = "millis")] Duration),
    /// Names another version in `Facebook-Api-Version`. Adds to any other fault.
    ServedVersion(String),

    /// Instead: any error.
    Error(GraphError),
    /// Instead, when an account's budget of calls is used up: a rate limit.
    Throttle(Throttle),
    /// Instead: HTTP 200 with an `error` object.
    OkWithError(GraphError),
    /// Instead: HTTP 200 `{"success":false}`.
    SuccessFalse,
    /// Instead: a proxy's HTML page with this status.
    Html(u16),
    /// Instead: a redirect with this status to this URL.
    Redirect {
        /// 302, 307 and so on.
        status: u16,
        /// The `Location`.
        to: String,
    },
    /// Instead: the connection ends without an answer.
    Close,
    /// Instead: nothing, for ever.
    Hang,

    /// The call is carried out, the answer is lost.
    Lost(Loss),
    /// The call is carried out, the answer comes later (JSON: milliseconds).
    DelayAnswer(#[serde(deserialize_with = "millis")] Duration),
    /// The connection ends in the middle of the body.
    CloseMidBody,
    /// One byte of the body per pause (JSON: milliseconds).
    Drip(#[serde(deserialize_with = "millis")] Duration),
    /// The body is no text, let alone JSON.
    Garbage,
    /// No body at all.
    EmptyBody,
    /// The body stops in the middle, properly framed.
    CutJson,
    /// The JSON is called `text/html`.
    WrongContentType,
    /// The body is followed by blanks until it is larger than 1 MiB.
    OversizedBody,
    /// A further field holds arrays nested ten thousand deep.
    DeepNesting,
    /// A byte order mark before the JSON.
    ByteOrderMark,
    /// The body is compressed although nobody offered to read that.
    Gzip,
    /// Texts that hold digits only, such as `id`, come as numbers.
    NumbersForStrings,
    /// `{"success":"true"}`, or `"false"`: a text where a boolean belongs.
    SuccessAsText,
    /// `is_pin_enabled` is left out, as fields without a value are.
    WithoutPinFlag,
    /// A field that nobody asked for.
    ExtraField,

    /// List: `after` and `next` lead to the same page again and again.
    RepeatedCursor,
    /// List: no data, yet a `next`.
    EmptyPageWithNext,
    /// List: pages hold at most so many numbers, whatever `limit` says.
    ShortPages(usize),
    /// List, instead: page number `page` (from 1) fails.
    FailOnPage {
        /// Which page.
        page: u64,
        /// How.
        error: GraphError,
    },
    /// List: the number is deleted once page number `page` has been served.
    VanishAfterPage {
        /// Which page.
        page: u64,
        /// Phone number ID.
        number: String,
    },
}

/// How an answer is lost after the call was carried out.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// The connection ends.
    Close,
    /// Nothing comes, for ever.
    Hang,
    /// A proxy's HTML page with this status, such as 502.
    Html(u16),
    /// Graph's own error, such as code 2 with HTTP 500.
    Error(GraphError),
}

/// How an exchange ends.
#[derive(Debug)]
pub(super) enum Ending {
    Answer(Answer),
    Close,
    Hang,
}

/// When a fault takes effect.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stage {
    /// Together with anything else.
    Beside,
    /// Before the call is carried out, and in its place.
    Instead,
    /// On the true answer.
    After,
}

impl Fault {
    pub(super) fn stage(&self) -> Stage {
        match self {
            Self::Delay(_) | Self::ServedVersion(_) => Stage::Beside,
            Self::Error(_)
            | Self::Throttle(_)
            | Self::OkWithError(_)
            | Self::SuccessFalse
            | Self::Html(_)
            | Self::Redirect { .. }
            | Self::Close
            | Self::Hang
            | Self::FailOnPage { .. } => Stage::Instead,
            _ => Stage::After,
        }
    }

    /// Whether the true answer does not get through; two such faults cannot strike one call.
    pub(super) fn takes_the_answer(&self) -> bool {
        self.stage() == Stage::Instead || matches!(self, Self::Lost(_))
    }

    /// The page of a list on which alone this fault strikes.
    pub(super) fn page(&self) -> Option<u64> {
        match self {
            Self::FailOnPage { page, .. } | Self::VanishAfterPage { page, .. } => Some(*page),
            _ => None,
        }
    }

    /// Whether the fault concerns lists only.
    pub(super) fn is_about_lists(&self) -> bool {
        matches!(self, Self::RepeatedCursor | Self::EmptyPageWithNext | Self::ShortPages(_))
            || self.page().is_some()
    }

    /// What comes in the place of the true answer; `None` for faults of another stage.
    pub(super) fn instead(&self, call: &Call, account: Option<&str>) -> Option<Ending> {
        let answer = match self {
            Self::Error(error) | Self::FailOnPage { error, .. } => {
                Answer::error(call, account, error)
            }
            Self::OkWithError(error) => {
                Answer { status: 200, ..Answer::error(call, account, error) }
            }
            Self::SuccessFalse => success_false(call, account),
            Self::Html(status) => html(*status),
            Self::Redirect { status, to } => redirect(*status, to),
            Self::Close => return Some(Ending::Close),
            Self::Hang => return Some(Ending::Hang),
            _ => return None,
        };
        Some(Ending::Answer(answer))
    }

    /// The variant's name, for the event log.
    pub(super) fn name(&self) -> String {
        let debug = format!("{self:?}");
        debug.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
    }
}

impl Loss {
    pub(super) fn ending(&self, call: &Call, account: Option<&str>) -> Ending {
        match self {
            Self::Close => Ending::Close,
            Self::Hang => Ending::Hang,
            Self::Html(status) => Ending::Answer(html(*status)),
            Self::Error(error) => Ending::Answer(Answer::error(call, account, error)),
        }
    }
}

fn success_false(call: &Call, account: Option<&str>) -> Answer {
    Answer::ok(call, account.unwrap_or_default(), serde_json::json!({ "success": false }))
}

fn html(status: u16) -> Answer {
    let page = format!("<html><head><title>{status}</title></head><body>Sorry.</body></html>");
    Answer::foreign(status, "text/html; charset=utf-8", &page)
}

fn redirect(status: u16, to: &str) -> Answer {
    let mut answer = Answer::foreign(status, "text/plain", "");
    answer.set_header("Location", to.to_owned());
    answer
}

pub(super) fn millis<'de, D: Deserializer<'de>>(number: D) -> Result<Duration, D::Error> {
    u64::deserialize(number).map(Duration::from_millis)
}
