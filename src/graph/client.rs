//! The client: the way of one call through gate, wire and retry, and the only place that sleeps.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::graph::answer::Answer;
use crate::graph::base_url::{ApiVersion, BaseUrl};
use crate::graph::clock::{Clock, SystemClock};
use crate::graph::error::{Error, Kind};
use crate::graph::gate::{Admission, Gate, Permit};
use crate::graph::http::{self, BuildError, Setup, Wire};
use crate::graph::ids::{BusinessAccountId, PhoneNumberId};
use crate::graph::request::Request;
use crate::graph::retry;
use crate::graph::scrub::Scrub;
use crate::graph::settings::{self, Settings};
use crate::graph::stage::Stage;
use crate::graph::token::Proof;
use crate::graph::usage::{self, RequestedWait};
use crate::graph::way_out::Way;
use crate::graph::whereabouts::Whereabouts;

/// A client of the Graph API, for one token. Clones share connections, the gate and what was
/// learned about the API; calls may run at the same time.
///
/// Building one reads the system's root certificates; it opens no connection.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    http: Wire,
    clock: Arc<dyn Clock>,
    base_url: BaseUrl,
    api_version: ApiVersion,
    authorization: HeaderValue,
    proof: Option<Proof>,
    request_timeout: Duration,
    max_retries: u32,
    scrub: Scrub,
    gate: Gate,
    whereabouts: Whereabouts,
    served_version: Mutex<ServedVersion>,
}

/// Which version the API really served, as far as nobody has been told.
#[derive(Default)]
enum ServedVersion {
    #[default]
    AsConfigured,
    Other(ApiVersion),
    Told,
}

impl Client {
    /// Builds a client.
    pub fn new(settings: Settings) -> Result<Self, BuildError> {
        Self::with_clock(settings, Arc::new(SystemClock))
    }

    pub(crate) fn with_clock(
        settings: Settings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, BuildError> {
        let way = settings.base_url.way(&settings.surroundings)?;
        let token = settings.access_token;
        let proof = settings.app_secret.as_ref().map(|secret| secret.proof(&token));
        let mut scrub = settings::scrub(&token, settings.app_secret.as_ref(), proof.as_ref());
        if let Way::Through(proxy) = &way {
            tracing::info!(%proxy, variable = proxy.variable, "Calls go through a proxy");
            proxy.login.iter().for_each(|login| login.hide(&mut scrub));
        }
        let setup = Setup {
            base_url: &settings.base_url,
            surroundings: &settings.surroundings,
            request_timeout: settings.request_timeout,
            extra_roots: &settings.extra_roots,
            user_agent: &settings.user_agent,
            way,
        };
        Ok(Self(Arc::new(Inner {
            http: setup.build()?,
            clock,
            authorization: token.authorization(),
            scrub,
            base_url: settings.base_url,
            api_version: settings.api_version,
            proof,
            request_timeout: settings.request_timeout,
            max_retries: settings.max_retries,
            gate: Gate::default(),
            whereabouts: Whereabouts::default(),
            served_version: Mutex::default(),
        })))
    }

    /// The version that the API served instead of the configured one. It is told once for each
    /// client: `None` ever after, and as long as there is nothing to tell.
    pub fn take_version_mismatch(&self) -> Option<ApiVersion> {
        let mut served = self.0.served_version.lock().unwrap_or_else(PoisonError::into_inner);
        match *served {
            ServedVersion::Other(version) => {
                *served = ServedVersion::Told;
                Some(version)
            }
            ServedVersion::AsConfigured | ServedVersion::Told => None,
        }
    }

    /// The account in which the API has shown a number, or to which it has charged a call for it.
    pub fn account_of(&self, number: &PhoneNumberId) -> Option<BusinessAccountId> {
        self.0.whereabouts.of(number.as_str())
    }

    pub(crate) fn whereabouts(&self) -> &Whereabouts {
        &self.0.whereabouts
    }

    /// Sends a call until it succeeds, is refused, or must not be sent again, and reads its answer.
    pub(crate) async fn send<T>(
        &self,
        request: &Request<'_>,
        cancel: &CancellationToken,
        read: impl Fn(u16, Map<String, Value>) -> Result<T, Kind>,
    ) -> Result<T, Error> {
        let retries = retry::most(request, self.0.max_retries);
        let mut history = History { retries, ..History::default() };
        loop {
            let permit = self.pass_gate(&history, cancel).await;
            let permit = permit.map_err(|error| history.end_with(error))?;
            history.attempts += 1;
            let outcome = self.attempt(request, history.attempts, cancel).await;
            let outcome = outcome.ok_or_else(|| history.end_with(Error::new(Kind::Cancelled)))?;
            let failure = match outcome.object.and_then(|(status, object)| read(status, object)) {
                Ok(value) => {
                    permit.went_through();
                    return Ok(value);
                }
                Err(kind) => Error::new(kind).at(outcome.stage),
            };
            history.outcome_unknown |= request.is_write() && failure.is_ambiguous();
            let pause = self.settle(permit, failure, outcome.requested, &mut history)?;
            if !self.pause(pause, cancel).await {
                return Err(history.end_with(Error::new(Kind::Cancelled)));
            }
        }
    }

    /// How long to pause before the next attempt, or the error if there is none.
    fn settle(
        &self,
        permit: Permit<'_>,
        failure: Error,
        requested: RequestedWait,
        history: &mut History,
    ) -> Result<Duration, Error> {
        let inner = &self.0;
        let (attempts, chance) = (history.attempts, inner.clock.chance());
        let decision = retry::decide(&failure, requested, attempts, history.retries, chance);
        let is_named = requested.when_throttled().is_some();
        let failure = failure.with_wait(decision.hold_all, is_named);
        match decision.hold_all {
            Some(wait) => permit.was_throttled(inner.clock.now() + wait, &failure),
            None => permit.went_through(),
        }
        let Some(wait) = decision.again_after else { return Err(history.finish(failure)) };
        history.last = Some(failure);
        // When all calls wait, this one waits at the gate like any other.
        Ok(if decision.hold_all.is_some() { Duration::ZERO } else { wait })
    }

    /// Waits until the call may be sent, or it is clear that it may not.
    async fn pass_gate(
        &self,
        history: &History,
        cancel: &CancellationToken,
    ) -> Result<Permit<'_>, Error> {
        let gate = &self.0.gate;
        let place = gate.queue(history.attempts);
        loop {
            let mut changed = std::pin::pin!(gate.changed());
            // From here on no change is missed, so that asking comes second.
            changed.as_mut().enable();
            if cancel.is_cancelled() {
                return Err(Error::new(Kind::Cancelled));
            }
            let wait = match place.ask(history.retries, self.0.clock.now()) {
                Admission::Go(permit) => return Ok(permit),
                Admission::GiveUp(because, wait) => return Err(because.with_wait_left(wait)),
                Admission::Wait(wait) => Some(wait),
                Admission::Behind => None,
            };
            tokio::select! {
                () = cancel.cancelled() => {}
                () = changed => {}
                () = self.sleep(wait) => {}
            }
        }
    }

    /// Sends the call once. `None` if it was a read and is no longer wanted: reads are dropped at
    /// once, while a write that is on its way is awaited, so that its outcome is known.
    async fn attempt(
        &self,
        request: &Request<'_>,
        attempt: u32,
        cancel: &CancellationToken,
    ) -> Option<Outcome> {
        let started = self.0.clock.now();
        let exchange = self.exchange(request);
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
                let (requested, stage) = (RequestedWait::default(), Some(stage));
                return Outcome { status: None, requested, object: Err(kind), stage };
            }
        };
        self.note_served_version(response.headers());
        self.note_account(request.object(), response.headers());
        let requested = RequestedWait::read(response.headers(), self.0.clock.wall());
        let status = response.status().as_u16();
        let answer = http::receive(response).await;
        let stage = answer.is_err().then_some(Stage::Reading);
        let object = answer.and_then(|answer| self.read_answer(answer, request));
        let object = object.map(|object| (status, object));
        Outcome { status: Some(status), requested, object, stage }
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
        if request.secrets().next().is_none() {
            return answer.read(&self.0.scrub);
        }
        answer.read(&self.scrub_of(request))
    }

    /// What takes the secrets of the client and of this call out of a text of the API.
    pub(crate) fn scrub_of(&self, request: &Request<'_>) -> Scrub {
        let mut scrub = self.0.scrub.clone();
        request.secrets().for_each(|secret| scrub.add(secret));
        scrub
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
    fn note_account(&self, object: &str, headers: &HeaderMap) {
        if let [(account, _)] = &usage::accounts(headers)[..]
            && account.as_str() != object
        {
            self.0.whereabouts.note(object, account);
        }
    }

    /// False if the wait was cut short.
    pub(crate) async fn pause(&self, wait: Duration, cancel: &CancellationToken) -> bool {
        if wait.is_zero() {
            return true;
        }
        tokio::select! {
            biased;
            () = cancel.cancelled() => false,
            () = self.sleep(Some(wait)) => true,
        }
    }

    async fn sleep(&self, wait: Option<Duration>) {
        match wait {
            Some(wait) => self.0.clock.sleep(wait).await,
            None => std::future::pending().await,
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base_url", &self.0.base_url).finish_non_exhaustive()
    }
}

/// What one attempt brought.
struct Outcome {
    /// `None` if there was no answer.
    status: Option<u16>,
    requested: RequestedWait,
    object: Result<(u16, Map<String, Value>), Kind>,
    /// Where on the way it failed, if it was not answered.
    stage: Option<Stage>,
}

/// What happened to a call so far.
#[derive(Default)]
struct History {
    attempts: u32,
    /// How often it may be sent again.
    retries: u32,
    outcome_unknown: bool,
    last: Option<Error>,
}

impl History {
    /// The last attempt's failure is the call's failure.
    fn finish(&self, failure: Error) -> Error {
        failure.with_history(self.attempts, self.outcome_unknown)
    }

    /// The call ends for another reason than its last attempt, which is named as the source.
    fn end_with(&mut self, error: Error) -> Error {
        self.finish(error).after(self.last.take())
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

const SERVED_VERSION: &str = "facebook-api-version";
