//! One attempt at a call: over the wire and back, and what its answer tells beside what was asked.

use std::borrow::Cow;
use std::pin::pin;
use std::sync::PoisonError;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::graph::answer::Answer;
use crate::graph::base_url::ApiVersion;
use crate::graph::client::{Client, ServedVersion};
use crate::graph::error::Kind;
use crate::graph::http;
use crate::graph::repeat::Carrier;
use crate::graph::request::Request;
use crate::graph::scrub::Scrub;
use crate::graph::stage::Stage;
use crate::graph::usage::Usage;
use crate::graph::waits::{AGAIN, WORTH_TELLING};

/// What one attempt brought.
pub(super) struct Outcome {
    /// `None` if there was no answer.
    pub(super) status: Option<u16>,
    /// The ID under which Meta's support finds the call, by the headers.
    pub(super) trace: Option<String>,
    /// What its headers say of limits.
    pub(super) usage: Usage,
    pub(super) object: Result<(u16, Map<String, Value>), Kind>,
    /// Where on the way it failed, if it was not answered.
    pub(super) stage: Option<Stage>,
}

impl Carrier for Client {
    async fn carry(
        &self,
        request: &Request<'_>,
        attempt: u32,
        cancel: &CancellationToken,
    ) -> Option<Outcome> {
        self.attempt(request, attempt, cancel).await
    }
}

impl Client {
    /// Sends the call once. `None` if it was a read and is no longer wanted: reads are dropped at
    /// once, while a write that is on its way is awaited, so that its outcome is known.
    async fn attempt(
        &self,
        request: &Request<'_>,
        attempt: u32,
        cancel: &CancellationToken,
    ) -> Option<Outcome> {
        let started = self.0.clock.now();
        let exchange = self.patiently(request, self.exchange(request));
        let outcome = if request.is_write() {
            exchange.await
        } else {
            tokio::select! {
                biased;
                () = cancel.cancelled() => return None,
                outcome = exchange => outcome,
            }
        };
        let elapsed = self.0.clock.now().saturating_duration_since(started);
        log(request, attempt, &outcome, elapsed);
        Some(outcome)
    }

    /// Waits for the end of an exchange, and says that it does when that takes long.
    async fn patiently<T>(&self, request: &Request<'_>, exchange: impl Future<Output = T>) -> T {
        let mut exchange = pin!(exchange);
        let mut waited = Duration::ZERO;
        loop {
            let next = if waited.is_zero() { WORTH_TELLING } else { AGAIN };
            tokio::select! {
                biased;
                outcome = &mut exchange => return outcome,
                () = self.0.clock.beside(next) => waited += next,
            }
            tracing::info!(
                path = %request,
                seconds = waited.as_secs(),
                seconds_at_most = request.patience().max(self.0.request_timeout).as_secs_f64(),
                "A call waits for its answer"
            );
        }
    }

    async fn exchange(&self, request: &Request<'_>) -> Outcome {
        let had_changed = self.0.http.has_changed();
        let mut sent = self.http_request(request).send().await;
        if sent.is_err() && self.0.http.has_changed() != had_changed {
            // Nothing was sent to the API yet, and now there is another way to it.
            sent = self.http_request(request).send().await;
        }
        let response = match sent {
            Ok(response) => response,
            Err(error) => {
                let (kind, stage) = http::read_failure(&error);
                let (usage, stage) = (Usage::default(), Some(stage));
                return Outcome { status: None, trace: None, usage, object: Err(kind), stage };
            }
        };
        self.note_served_version(response.headers());
        let usage = Usage::read(response.headers(), self.0.clock.wall());
        self.note_account(request.object(), &usage);
        let trace = self.trace(request, response.headers());
        let status = response.status().as_u16();
        let answer = http::receive(response).await;
        let stage = answer.is_err().then_some(Stage::Reading);
        let object = answer.and_then(|answer| self.read_answer(answer, request));
        let object = object.map(|object| (status, object));
        Outcome { status: Some(status), trace, usage, object, stage }
    }

    fn http_request(&self, request: &Request<'_>) -> reqwest::RequestBuilder {
        let inner = &self.0;
        let (authorization, proof) = match request.caller() {
            Some(app) => (app.token().authorization(), Some(app.proof())),
            None => (inner.authorization.clone(), inner.proof.as_ref()),
        };
        let url = request.url(&inner.base_url, inner.api_version, proof);
        let mut call = inner.http.request(request.method(), url);
        if request.patience() > inner.request_timeout {
            call = call.timeout(request.patience());
        }
        let call = call.header(AUTHORIZATION, authorization);
        match request.body() {
            Some(body) => call.header(CONTENT_TYPE, "application/json").body(body),
            None => call,
        }
    }

    fn read_answer(
        &self,
        answer: Answer,
        request: &Request<'_>,
    ) -> Result<Map<String, Value>, Kind> {
        answer.read(&self.scrub_of(request))
    }

    /// What takes the secrets of the client and of this call out of a text of the API.
    pub(crate) fn scrub_of(&self, request: &Request<'_>) -> Cow<'_, Scrub> {
        let mut scrub = Cow::Borrowed(&self.0.scrub);
        request.secrets().for_each(|secret| scrub.to_mut().add(secret));
        scrub
    }

    fn trace(&self, request: &Request<'_>, headers: &HeaderMap) -> Option<String> {
        let trace = TRACES.iter().find_map(|name| headers.get(*name)?.to_str().ok())?;
        Some(self.scrub_of(request).clean(trace))
    }

    fn note_served_version(&self, headers: &HeaderMap) {
        let served = headers.get(SERVED_VERSION).and_then(|value| value.to_str().ok());
        let Some(version) = served.and_then(|text| text.trim().parse::<ApiVersion>().ok()) else {
            return;
        };
        let mut known = self.0.served_version.lock().unwrap_or_else(PoisonError::into_inner);
        if version != self.0.api_version && matches!(*known, ServedVersion::AsConfigured) {
            *known = ServedVersion::Other(version);
        }
    }

    /// The usage header names the account that was charged, which is the one that owns the object.
    fn note_account(&self, object: &str, usage: &Usage) {
        if let [(account, _)] = &usage.accounts[..]
            && account.as_str() != object
        {
            self.0.whereabouts.note(object, account);
        }
    }
}

/// Never more than this: bodies and headers hold secrets, and so does the query.
fn log(request: &Request<'_>, attempt: u32, outcome: &Outcome, elapsed: Duration) {
    let code = match &outcome.object {
        Err(Kind::Api(api)) => api.code,
        _ => None,
    };
    tracing::debug!(
        method = %request.method(),
        path = %request,
        attempt,
        status = outcome.status,
        code,
        failed_at = outcome.stage.map(tracing::field::display),
        elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        "Graph API call"
    );
}

/// The first is the one that bodies of errors name too.
const TRACES: [&str; 2] = ["x-fb-request-id", "x-fb-trace-id"];
const SERVED_VERSION: &str = "facebook-api-version";
