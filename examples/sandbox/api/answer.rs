//! An answer before it is sent, with the headers that Meta's edge puts on it.

use std::time::{Duration, Instant, SystemTime};

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use futures_util::stream;
use serde_json::{Value, json};

use super::call::Call;
use super::graph_error::GraphError;
use super::versions;

/// Status, headers, body, and how the body travels.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Payload,
    pub(super) delivery: Delivery,
    /// Graph's error code, for the event log.
    pub(super) code: Option<i64>,
}

/// A body that can still be changed as JSON, or only as bytes.
#[derive(Debug)]
pub(super) enum Payload {
    Json(Value),
    Raw(Vec<u8>),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Delivery {
    Whole,
    /// Half of the promised bytes, then the connection ends.
    Half,
    /// One byte, a pause, one byte…
    Drip(Duration),
}

impl Answer {
    /// HTTP 200 with `body`, for an object that belongs to `account`.
    pub(super) fn ok(call: &Call, account: &str, body: Value) -> Self {
        Self::new(call, 200, body, business_usage(account, 0, 0))
    }

    /// `error`; `account` is known if the object could be found.
    pub(super) fn error(call: &Call, account: Option<&str>, error: &GraphError) -> Self {
        let usage = account.map_or_else(app_usage, |account| business_usage(account, 0, 0));
        let mut answer = Self::new(call, error.status, error.envelope(call), usage);
        answer.code = Some(error.code);
        if error.status == 400 {
            let challenge = header_text(&error.message);
            let challenge =
                format!("OAuth \"Facebook Platform\" \"invalid_request\" \"{challenge}\"");
            answer.set_header("WWW-Authenticate", challenge);
        }
        for (name, value) in &error.headers {
            answer.set_header(name, value.clone());
        }
        answer
    }

    /// Something that is not Graph's: a page of a proxy.
    pub(super) fn foreign(status: u16, content_type: &str, body: &str) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".into(), content_type.into())],
            body: Payload::Raw(body.as_bytes().to_vec()),
            delivery: Delivery::Whole,
            code: None,
        }
    }

    pub(super) fn set_header(&mut self, name: &str, value: String) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value));
    }

    /// Until when this answer tells the caller to stay away.
    pub(super) fn told_to_wait(&self) -> Option<Instant> {
        // Taken before the time of day is, so that a pause in between does not make the wait longer
        // than the caller can know.
        let now = Instant::now();
        let header =
            |name: &str| self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        let retry_after = header("Retry-After").and_then(|(_, value)| retry_after(value));
        let usage = header("X-Business-Use-Case-Usage").and_then(|(_, value)| usage_wait(value));
        retry_after.max(usage).filter(|wait| !wait.is_zero()).map(|wait| now + wait)
    }

    pub(super) fn into_response(self) -> Response {
        let mut response = Response::new(self.delivery.body(self.body.into_bytes()));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) =
                (HeaderName::try_from(name), HeaderValue::try_from(value))
            {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    fn new(call: &Call, status: u16, body: Value, usage: (String, String)) -> Self {
        let mut headers = vec![
            ("Content-Type".into(), "application/json; charset=UTF-8".into()),
            ("X-Fb-Request-Id".into(), call.trace_id.clone()),
            ("X-Fb-Trace-Id".into(), call.trace_id.chars().rev().collect()),
            usage,
        ];
        headers.extend(version_headers(call));
        Self { status, headers, body: Payload::Json(body), delivery: Delivery::Whole, code: None }
    }
}

impl Payload {
    pub(super) fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Json(value) => value.to_string().into_bytes(),
            Self::Raw(bytes) => bytes,
        }
    }

    /// The bytes, for changes that JSON cannot express.
    pub(super) fn bytes_mut(&mut self) -> &mut Vec<u8> {
        if let Self::Json(value) = self {
            *self = Self::Raw(value.to_string().into_bytes());
        }
        match self {
            Self::Raw(bytes) => bytes,
            Self::Json(_) => unreachable!("was turned into bytes above"),
        }
    }
}

impl Delivery {
    fn body(self, bytes: Vec<u8>) -> Body {
        match self {
            Self::Whole => Body::from(bytes),
            Self::Half => half(bytes),
            Self::Drip(pause) => drip(bytes, pause),
        }
    }
}

/// Usage header of a resolved object: key is the account, minutes are 0 unless it is throttled.
pub(super) fn business_usage(account: &str, percent: u8, minutes: u64) -> (String, String) {
    let entry = json!({
        "type": "whatsapp_business_management",
        "call_count": percent,
        "total_cputime": 0,
        "total_time": 0,
        "estimated_time_to_regain_access": minutes,
    });
    ("X-Business-Use-Case-Usage".into(), json!({ account: [entry] }).to_string())
}

/// Meta sends this one instead when it could not resolve the object.
fn app_usage() -> (String, String) {
    let usage = json!({ "call_count": 0, "total_cputime": 0, "total_time": 0 });
    ("X-App-Usage".into(), usage.to_string())
}

/// The version that serves the call, and a warning if it is not the one that was asked for.
fn version_headers(call: &Call) -> Vec<(String, String)> {
    let Some(asked) = call.version().filter(|version| versions::is_known(version)) else {
        return Vec::new();
    };
    let serving = versions::serving(asked);
    let mut headers = vec![("Facebook-Api-Version".into(), serving.into())];
    if serving != asked {
        let warning = format!("The call was upgraded to {serving}, as {asked} has expired.");
        headers.push(("X-Ad-Api-Version-Warning".into(), warning));
    }
    headers
}

/// Seconds, or the moment as an HTTP date.
fn retry_after(value: &str) -> Option<Duration> {
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    httpdate::parse_http_date(value).ok()?.duration_since(SystemTime::now()).ok()
}

fn usage_wait(value: &str) -> Option<Duration> {
    let usage: Value = serde_json::from_str(value).ok()?;
    let entries = usage.as_object()?.values().filter_map(Value::as_array).flatten();
    let minutes = entries.filter_map(|entry| entry["estimated_time_to_regain_access"].as_u64());
    minutes.max().map(|minutes| Duration::from_secs(minutes * 60))
}

/// Promises all bytes, sends half of them, fails.
fn half(mut bytes: Vec<u8>) -> Body {
    bytes.truncate(bytes.len() / 2);
    let half = Bytes::from(bytes);
    Body::from_stream(stream::unfold(Some(half), |half| async {
        match half {
            Some(bytes) if !bytes.is_empty() => Some((Ok(bytes), Some(Bytes::new()))),
            Some(_) => {
                // The half must be on the wire before the connection is torn down.
                tokio::time::sleep(Duration::from_millis(10)).await;
                Some((Err(std::io::ErrorKind::ConnectionReset.into()), None))
            }
            None => None::<(Result<Bytes, std::io::Error>, _)>,
        }
    }))
}

fn drip(bytes: Vec<u8>, pause: Duration) -> Body {
    let bytes = Bytes::from(bytes);
    Body::from_stream(stream::unfold(bytes, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        let drop = rest.split_to(1);
        tokio::time::sleep(pause).await;
        Some((Ok::<_, std::io::Error>(drop), rest))
    }))
}

/// A header may hold printable ASCII only, and the message stands in quotes.
fn header_text(message: &str) -> String {
    message.chars().map(|c| if (' '..='~').contains(&c) && c != '"' { c } else { '\'' }).collect()
}
