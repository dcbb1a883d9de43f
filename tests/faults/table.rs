//! Every fault of the sandbox, with the figures it needs to strike a client of [`IMPATIENT`] limits.

use std::time::Duration;

use crate::sandbox::{Fault, GraphError, Loss, RetryAfter, Throttle};
use crate::worlds::Limits;

/// Makes each fault show within a second.
pub(crate) const IMPATIENT: Limits = Limits { request_timeout: "500ms", max_retries: 1 };

/// Faults that strike a PIN on its way, by name.
pub(crate) fn of_writes() -> Vec<(&'static str, Fault)> {
    let refused = |code, message: &str| Fault::Error(GraphError::new(400, code, message));
    let second = Duration::from_secs(1);
    let throttle = Throttle::new(0, second);
    vec![
        ("delay", Fault::Delay(Duration::from_millis(50))),
        ("other version", Fault::ServedVersion("v25.0".into())),
        ("number not visible", Fault::Error(GraphError::unsupported("post", "1"))),
        ("number not registered", Fault::Error(GraphError::not_registered())),
        ("token expired", Fault::Error(GraphError::new(401, 190, "Expired").subcode(463))),
        ("wrong pin", refused(133_005, "PIN mismatch")),
        ("unknown error", refused(136_025, "Unheard of")),
        ("service down", Fault::Error(GraphError::new(503, 2, "Down").transient(true))),
        ("throttle in seconds", Fault::Throttle(throttle.clone().retry_after(RetryAfter::Seconds))),
        ("throttle by date", Fault::Throttle(throttle.clone().retry_after(RetryAfter::Date))),
        ("throttle for minutes", Fault::Throttle(throttle.minutes(19))),
        ("ok with an error", Fault::OkWithError(GraphError::new(200, 2, "Down"))),
        ("success false", Fault::SuccessFalse),
        ("proxy page", Fault::Html(200)),
        ("bad gateway", Fault::Html(502)),
        ("redirect", Fault::Redirect { status: 307, to: "http://127.0.0.1:9/".into() }),
        ("connection closed", Fault::Close),
        ("no answer", Fault::Hang),
        ("answer lost: closed", Fault::Lost(Loss::Close)),
        ("answer lost: silence", Fault::Lost(Loss::Hang)),
        ("answer lost: bad gateway", Fault::Lost(Loss::Html(502))),
        ("answer lost: error", Fault::Lost(Loss::Error(GraphError::new(500, 2, "Down")))),
        ("answer too late", Fault::DelayAnswer(Duration::from_secs(2))),
        ("answer cut off", Fault::CloseMidBody),
        ("answer by drops", Fault::Drip(Duration::from_millis(100))),
        ("garbage", Fault::Garbage),
        ("empty body", Fault::EmptyBody),
        ("cut json", Fault::CutJson),
        ("wrong content type", Fault::WrongContentType),
        ("oversized body", Fault::OversizedBody),
        ("deep nesting", Fault::DeepNesting),
        ("byte order mark", Fault::ByteOrderMark),
        ("gzip", Fault::Gzip),
        ("numbers for strings", Fault::NumbersForStrings),
        ("success as text", Fault::SuccessAsText),
        ("extra field", Fault::ExtraField),
    ]
}

/// Faults that strike a refresh, be it of one number or of the whole account.
pub(crate) fn of_reads() -> Vec<(&'static str, Fault)> {
    let down = GraphError::new(503, 2, "Down");
    let gone = crate::worlds::bystander();
    let lists = [
        ("repeated cursor", Fault::RepeatedCursor),
        ("empty page", Fault::EmptyPageWithNext),
        ("short pages", Fault::ShortPages(3)),
        ("first page fails", Fault::FailOnPage { page: 1, error: down }),
        ("a number vanishes", Fault::VanishAfterPage { page: 1, number: gone }),
        ("without pin flag", Fault::WithoutPinFlag),
    ];
    of_writes().into_iter().chain(lists).collect()
}
