//! A request, read once: what the rest of the sandbox needs to know of it.

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// One Graph call. It holds secrets; [`super::Event`] is the form that may be shown.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// Becomes the body's `fbtrace_id` and the header `X-Fb-Request-Id`.
    pub(super) trace_id: String,
}

impl Call {
    pub(super) async fn read(request: Request) -> Self {
        let (head, body) = request.into_parts();
        let query = head.uri.query().unwrap_or_default();
        Self {
            method: head.method.as_str().to_owned(),
            path: head.uri.path().to_owned(),
            query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers: head.headers,
            body: to_bytes(body, BODY_LIMIT).await.unwrap_or_default(),
            trace_id: String::new(),
        }
    }

    /// The API version in the path, if it starts with one.
    pub(super) fn version(&self) -> Option<&str> {
        self.segment(0).filter(|segment| segment.starts_with('v') && segment.contains('.'))
    }

    /// The ID in the path.
    pub(super) fn object(&self) -> Option<&str> {
        self.segment(1)
    }

    /// The edge behind the ID, such as `phone_numbers`; empty for the node itself.
    pub(super) fn edge(&self) -> &str {
        self.segment(2).unwrap_or_default()
    }

    /// Whether this is the call that changes a number's PIN.
    pub(super) fn sets_pin(&self) -> bool {
        self.method == "POST" && self.edge().is_empty()
    }

    /// Whether the path goes on behind the edge.
    pub(super) fn is_too_long(&self) -> bool {
        self.segment(3).is_some()
    }

    pub(super) fn param(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    pub(super) fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The token: from the header, or from the query as in Meta's own paging links.
    pub(super) fn token(&self) -> Option<String> {
        // A token may hold bytes beyond ASCII, which `to_str` would refuse.
        let header = self.headers.get(header::AUTHORIZATION).map(|value| value.as_bytes());
        match header.map(String::from_utf8_lossy) {
            Some(value) => value.strip_prefix("Bearer ").map(str::to_owned),
            None => self.param("access_token").map(str::to_owned),
        }
    }

    /// The page of a list that is asked for, from 1.
    pub(super) fn page(&self) -> u64 {
        self.param("after").and_then(Cursor::decode).map_or(1, |cursor| cursor.page + 1)
    }

    /// What must never be shown, for errors that show it nevertheless.
    pub(super) fn secrets(&self) -> String {
        let authorization = self.headers.get(header::AUTHORIZATION).map(|value| value.as_bytes());
        format!(
            "(request was: Authorization: {}, appsecret_proof: {}, body: {})",
            String::from_utf8_lossy(authorization.unwrap_or_default()),
            self.param("appsecret_proof").unwrap_or_default(),
            String::from_utf8_lossy(&self.body),
        )
    }

    fn segment(&self, index: usize) -> Option<&str> {
        self.path.trim_start_matches('/').split('/').nth(index).filter(|part| !part.is_empty())
    }
}

/// Where a page ended. Opaque to clients.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor {
    /// Position of the last number that was served; it may have vanished since.
    pub(super) position: u64,
    /// The page that ended here, from 1.
    pub(super) page: u64,
}

impl Cursor {
    pub(super) fn encode(self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}:{}", self.position, self.page))
    }

    pub(super) fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (position, page) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
        Some(Self { position: position.parse().ok()?, page: page.parse().ok()? })
    }
}

/// No request of this API comes near it.
const BODY_LIMIT: usize = 1 << 20;
