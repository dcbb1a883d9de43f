//! Graph's error envelope, and the errors this part of Graph is known to send.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::call::Call;

/// One error, from HTTP status to `error_data`. Absent parts are left out of the envelope.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphError {
    /// HTTP status of the answer.
    pub status: u16,
    /// Graph's `code`.
    pub code: i64,
    /// Graph's `message`.
    #[serde(default = "some_message")]
    pub message: String,
    /// Graph's `type`.
    #[serde(default = "oauth_exception", rename = "type")]
    pub kind: String,
    /// Graph's `error_subcode`.
    #[serde(default, rename = "error_subcode")]
    pub subcode: Option<i64>,
    /// Graph's `is_transient`.
    #[serde(default)]
    pub is_transient: Option<bool>,
    /// `error_user_title` and `error_user_msg`.
    #[serde(default)]
    pub user_texts: Option<(String, String)>,
    /// `error_data` in one of its three forms.
    #[serde(default)]
    pub data: Option<ErrorData>,
    /// Further answer headers, such as `Retry-After`.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// Repeats the request's Authorization header and body in every text of the envelope, as a
    /// careless proxy would: what is shown to people must not contain them.
    #[serde(default)]
    pub echo: bool,
}

/// The three forms in which `error_data` was seen.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorData {
    /// An object with `messaging_product` and these `details`.
    Object(String),
    /// A plain string.
    Text(String),
    /// A string that itself holds the JSON of the object form.
    JsonInText(String),
}

impl GraphError {
    /// An `OAuthException`, the type that nearly all errors carry.
    pub fn new(status: u16, code: i64, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            kind: oauth_exception(),
            subcode: None,
            is_transient: None,
            user_texts: None,
            data: None,
            headers: Vec::new(),
            echo: false,
        }
    }

    /// Sets `error_subcode`.
    pub fn subcode(mut self, subcode: i64) -> Self {
        self.subcode = Some(subcode);
        self
    }

    /// Sets `type`.
    pub fn kind(mut self, kind: impl Into<String>) -> Self {
        self.kind = kind.into();
        self
    }

    /// Sets `is_transient`.
    pub fn transient(mut self, is_transient: bool) -> Self {
        self.is_transient = Some(is_transient);
        self
    }

    /// Sets `error_user_title` and `error_user_msg`.
    pub fn user_texts(mut self, title: impl Into<String>, text: impl Into<String>) -> Self {
        self.user_texts = Some((title.into(), text.into()));
        self
    }

    /// Sets `error_data`.
    pub fn data(mut self, data: ErrorData) -> Self {
        self.data = Some(data);
        self
    }

    /// Adds an answer header.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Repeats the request's secrets in the error's texts.
    pub fn echoing(mut self) -> Self {
        self.echo = true;
        self
    }

    /// 100/33: one answer for "does not exist", "may not be seen" and "cannot do that".
    pub fn unsupported(method: &str, object: &str) -> Self {
        let method = method.to_lowercase();
        let message = format!(
            "Unsupported {method} request. There is no object with ID '{object}', or this token may \
             not load it, or it does not support this operation."
        );
        Self::new(400, 100, message).kind("GraphMethodException").subcode(33)
    }

    /// 133010: the number exists but is not registered.
    pub fn not_registered() -> Self {
        let details = "The number is not registered on the platform; register it first.";
        Self::new(400, 133_010, "(#133010) Phone number not registered")
            .data(ErrorData::Object(details.into()))
    }

    /// 100 for a field that the node type does not have.
    pub fn unknown_field(field: &str, node_type: &str) -> Self {
        let message = format!("(#100) No field ({field}) exists on node type ({node_type})");
        Self::new(400, 100, message)
    }

    /// 100 for a parameter of the wrong shape.
    pub fn bad_parameter(text: &str) -> Self {
        Self::new(400, 100, format!("(#100) {text}"))
    }

    /// 2500: no such version or path.
    pub fn unknown_path(path: &str) -> Self {
        Self::new(400, 2500, format!("Unknown path components: {path}"))
    }

    /// 104: no token came with the call.
    pub fn token_missing() -> Self {
        Self::new(401, 104, "This resource can only be requested with an access token.")
    }

    /// 190 without a subcode: no such token.
    pub fn token_invalid() -> Self {
        Self::new(401, 190, "Invalid OAuth access token - it cannot be parsed or was revoked.")
    }

    /// 190/463: the token was good once.
    pub fn token_expired() -> Self {
        let message = "Error validating access token: the session has expired on Monday, \
                       12-Oct-26 10:00:00 PDT. The current time is later.";
        Self::new(401, 190, message).subcode(463)
    }

    /// 100 for an `appsecret_proof` that is missing.
    pub fn proof_missing() -> Self {
        let message = "API calls from the server require an appsecret_proof argument";
        Self::new(400, 100, message).kind("GraphMethodException")
    }

    /// 100 for an `appsecret_proof` that is wrong.
    pub fn proof_wrong() -> Self {
        let message = "Invalid appsecret_proof provided in the API argument";
        Self::new(400, 100, message).kind("GraphMethodException")
    }

    /// The envelope, as it answers `call`.
    pub(super) fn envelope(&self, call: &Call) -> Value {
        let echoed = if self.echo { format!(" {}", call.secrets()) } else { String::new() };
        let mut error = Map::new();
        error.insert("message".into(), json!(format!("{}{echoed}", self.message)));
        error.insert("type".into(), json!(self.kind));
        error.insert("code".into(), json!(self.code));
        error.extend(self.subcode.map(|subcode| ("error_subcode".into(), json!(subcode))));
        error.extend(self.is_transient.map(|flag| ("is_transient".into(), json!(flag))));
        if let Some((title, text)) = &self.user_texts {
            error.insert("error_user_title".into(), json!(format!("{title}{echoed}")));
            error.insert("error_user_msg".into(), json!(format!("{text}{echoed}")));
        }
        error.extend(self.data.as_ref().map(|data| ("error_data".into(), data.json(&echoed))));
        error.insert("fbtrace_id".into(), json!(call.trace_id));
        json!({ "error": error })
    }
}

impl ErrorData {
    fn json(&self, echoed: &str) -> Value {
        let object = |details: &str| json!({ "messaging_product": "whatsapp", "details": format!("{details}{echoed}") });
        match self {
            Self::Object(details) => object(details),
            Self::Text(text) => json!(format!("{text}{echoed}")),
            Self::JsonInText(details) => json!(object(details).to_string()),
        }
    }
}

fn oauth_exception() -> String {
    "OAuthException".into()
}

fn some_message() -> String {
    "An error that somebody asked the sandbox for".into()
}
