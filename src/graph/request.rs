//! A call as a value: what is sent, before anything is sent.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use url::Url;
use zeroize::Zeroizing;

use crate::graph::base_url::{ApiVersion, BaseUrl};
use crate::graph::pin::Pin;
use crate::graph::registration::Region;
use crate::graph::token::{AccessToken, App, Proof};

/// One call. A write is repeated when its outcome is not known, so it has to carry the whole wanted
/// value: sending it twice must do what sending it once does. One that does harm if it is sent twice
/// is [`sent_once`](Self::sent_once).
#[derive(Clone, Debug)]
pub(crate) struct Request<'a> {
    segments: Vec<&'a str>,
    query: Vec<(&'static str, &'a str)>,
    /// A token that the call is about. It has to travel in the query, so it is kept apart from
    /// what may be shown.
    about: Option<(&'static str, &'a AccessToken)>,
    body: Option<Body<'a>>,
    /// A PIN that this call does not send, and that its answer may repeat.
    beside: Option<&'a Pin>,
    caller: Option<&'a App>,
    is_sent_once: bool,
    patience: Duration,
}

/// What a write does to a number, if that is worth a line in the log.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Deed {
    /// It sets the PIN.
    Pin,
    /// It registers the number with a PIN.
    Registration,
}

/// What a write sends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Body<'a> {
    /// The two-step verification PIN of the object.
    Pin(&'a Pin),
    /// Where the object's data is kept.
    Region(Region),
    /// The PIN with which the object is registered.
    Registration(&'a Pin),
}

impl<'a> Request<'a> {
    /// Reads the object or edge at this path below the version.
    pub(crate) fn get(segments: impl Into<Vec<&'a str>>) -> Self {
        Self {
            segments: segments.into(),
            query: Vec::new(),
            about: None,
            body: None,
            beside: None,
            caller: None,
            is_sent_once: false,
            patience: Duration::ZERO,
        }
    }

    /// Changes the object at this path.
    pub(crate) fn post(segments: impl Into<Vec<&'a str>>, body: Body<'a>) -> Self {
        Self { body: Some(body), ..Self::get(segments) }
    }

    pub(crate) fn with_query(mut self, name: &'static str, value: &'a str) -> Self {
        self.query.push((name, value));
        self
    }

    /// Names a token in the query.
    pub(crate) fn about(mut self, name: &'static str, token: &'a AccessToken) -> Self {
        self.about = Some((name, token));
        self
    }

    /// Keeps this PIN, which another call about the object sends, out of what is shown of the answer.
    pub(crate) fn beside(mut self, pin: &'a Pin) -> Self {
        self.beside = Some(pin);
        self
    }

    /// Calls as this app, and not with the client's own token.
    pub(crate) fn called_by(mut self, app: Option<&'a App>) -> Self {
        self.caller = app;
        self
    }

    /// Never sends the call a second time, whatever became of the first.
    pub(crate) fn sent_once(mut self) -> Self {
        self.is_sent_once = true;
        self
    }

    /// Gives an attempt at least this long.
    pub(crate) fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    pub(crate) fn caller(&self) -> Option<&'a App> {
        self.caller
    }

    pub(crate) fn is_sent_once(&self) -> bool {
        self.is_sent_once
    }

    pub(crate) fn patience(&self) -> Duration {
        self.patience
    }

    /// The ID of the object that the call is about.
    pub(crate) fn object(&self) -> &'a str {
        self.segments.first().copied().unwrap_or_default()
    }

    /// What the call does with a PIN, if it carries one.
    pub(crate) fn deed(&self) -> Option<Deed> {
        match self.body? {
            Body::Pin(_) => Some(Deed::Pin),
            Body::Registration(_) => Some(Deed::Registration),
            Body::Region(_) => None,
        }
    }

    /// Whether the object belongs to a business account, or is one.
    pub(crate) fn is_about_account(&self) -> bool {
        self.about.is_none()
    }

    pub(crate) fn method(&self) -> Method {
        if self.is_write() { Method::POST } else { Method::GET }
    }

    /// Whether the call changes something, so that it matters if it was carried out.
    pub(crate) fn is_write(&self) -> bool {
        self.body.is_some()
    }

    /// The secrets of this call alone and of those that belong to it, which an answer may repeat.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &'a str> {
        let sent = self.body.as_ref().and_then(Body::secret);
        let named = self.about.map(|(_, token)| token.expose());
        let caller = self.caller.map(|app| [app.token().expose(), app.proof().expose()]);
        let beside = self.beside.map(Pin::expose);
        sent.into_iter().chain(beside).chain(named).chain(caller.into_iter().flatten())
    }

    /// The whole address: a secret, if there is a proof or a token that the call is about.
    pub(crate) fn url(&self, base: &BaseUrl, version: ApiVersion, proof: Option<&Proof>) -> Url {
        let version = version.to_string();
        let mut url = base.join([version.as_str()].into_iter().chain(self.segments.clone()));
        let proof = proof.map(|proof| ("appsecret_proof", proof.expose()));
        let about = self.about.map(|(name, token)| (name, token.expose()));
        for (name, value) in self.query.iter().copied().chain(about).chain(proof) {
            url.query_pairs_mut().append_pair(name, value);
        }
        url
    }

    /// The JSON to send, in a buffer that is cleared when the last that shares it lets go.
    pub(crate) fn body(&self) -> Option<Bytes> {
        self.body.as_ref().map(Body::json)
    }
}

impl<'a> Body<'a> {
    fn secret(&self) -> Option<&'a str> {
        match self {
            Self::Pin(pin) | Self::Registration(pin) => Some(pin.expose()),
            Self::Region(_) => None,
        }
    }

    fn json(&self) -> Bytes {
        match self {
            // Digits need no escaping, and a JSON library would leave copies of them behind.
            Self::Pin(pin) => {
                let json = [br#"{"pin":""#, pin.expose().as_bytes(), br#""}"#].concat();
                Bytes::from_owner(Zeroizing::new(json))
            }
            Self::Registration(pin) => {
                let begin = br#"{"messaging_product":"whatsapp","pin":""#.as_slice();
                let json = [begin, pin.expose().as_bytes(), br#""}"#].concat();
                Bytes::from_owner(Zeroizing::new(json))
            }
            Self::Region(region) => Bytes::from(format!(
                r#"{{"storage_configuration":{{"status":"IN_COUNTRY_STORAGE_ENABLED","data_localization_region":"{region}"}}}}"#
            )),
        }
    }
}

/// The path without version and query: what a log may say about a call.
impl fmt::Display for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.segments.iter().try_for_each(|segment| write!(f, "/{segment}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::token::{AccessToken, AppSecret};

    fn url(request: &Request<'_>, proof: Option<&Proof>) -> String {
        let version = "v24.0".parse().expect("a version");
        request.url(&BaseUrl::default(), version, proof).into()
    }

    #[test]
    fn a_read_has_its_fields_in_the_query_and_no_body() {
        let request = Request::get(["1065"]).with_query("fields", "id,is_pin_enabled");
        assert_eq!(request.method(), Method::GET);
        let expected = "https://graph.facebook.com/v24.0/1065?fields=id%2Cis_pin_enabled";
        assert_eq!(url(&request, None), expected);
        assert!(request.body().is_none());
    }

    #[test]
    fn a_pin_travels_in_the_body_as_a_text() {
        let pin = Pin::parse("012345").expect("a PIN");
        let request = Request::post(["1065"], Body::Pin(&pin));
        assert_eq!(request.method(), Method::POST);
        assert_eq!(url(&request, None), "https://graph.facebook.com/v24.0/1065");
        let body = request.body().expect("a body");
        assert_eq!(body.as_ref(), br#"{"pin":"012345"}"#);
        assert!(!format!("{request:?} {request}").contains("012345"));
    }

    #[test]
    fn a_token_that_the_call_is_about_is_in_the_address_and_in_no_text_about_it() {
        let token = AccessToken::parse("EA/AG").expect("a token");
        let request = Request::get(["debug_token"]).about("input_token", &token);
        assert!(url(&request, None).ends_with("/v24.0/debug_token?input_token=EA%2FAG"));
        assert!(!format!("{request:?} {request}").contains("EA/AG"));
        assert_eq!(request.secrets().collect::<Vec<_>>(), ["EA/AG"]);
    }

    #[test]
    fn the_proof_is_on_every_call_and_in_no_text_about_it() {
        let token = AccessToken::parse("EAAG").expect("a token");
        let proof = AppSecret::parse("secret").expect("a secret").proof(&token);
        let pin = Pin::parse("012345").expect("a PIN");
        for request in [Request::get(["1"]), Request::post(["1"], Body::Pin(&pin))] {
            let url = url(&request, Some(&proof));
            assert!(url.ends_with(&format!("?appsecret_proof={}", proof.expose())), "{url}");
            assert!(!format!("{request:?} {request}").contains(proof.expose()));
        }
    }
}
