//! The client: what all calls share. The way of one call is in `repeat`.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use reqwest::header::HeaderValue;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::graph::audit;
use crate::graph::base_url::{ApiVersion, BaseUrl};
use crate::graph::breaker::Breaker;
use crate::graph::clock::{Clock, SystemClock};
use crate::graph::error::{Error, Kind};
use crate::graph::gate::Gate;
use crate::graph::http::{BuildError, Setup, Wire};
use crate::graph::ids::{BusinessAccountId, PhoneNumberId};
use crate::graph::request::Request;
use crate::graph::scrub::Scrub;
use crate::graph::settings::{self, Settings};
use crate::graph::token::Proof;
use crate::graph::way_out::Way;
use crate::graph::whereabouts::Whereabouts;

/// A client of the Graph API, for one token. Clones share connections, the gate and what was
/// learned about the API; calls may run at the same time.
///
/// Building one reads the system's root certificates; it opens no connection.
#[derive(Clone)]
pub struct Client(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) http: Wire,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) base_url: BaseUrl,
    pub(super) api_version: ApiVersion,
    pub(super) authorization: HeaderValue,
    pub(super) proof: Option<Proof>,
    pub(super) request_timeout: Duration,
    pub(super) max_retries: u32,
    pub(super) scrub: Scrub,
    pub(super) breaker: Breaker,
    pub(super) gate: Gate,
    pub(super) whereabouts: Whereabouts,
    pub(super) served_version: Mutex<ServedVersion>,
}

/// Which version the API really served, as far as nobody has been told.
#[derive(Default)]
pub(super) enum ServedVersion {
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
            breaker: Breaker::default(),
            gate: Gate::new(settings.max_retries),
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
        self.0.whereabouts.told(number.as_str())
    }

    /// The account in which a number was seen before this process. What the API says goes before it.
    pub fn suppose_account(&self, number: &PhoneNumberId, account: &BusinessAccountId) {
        self.0.whereabouts.suppose(number.as_str(), account);
    }

    /// That there are these accounts, of which nothing else is known.
    pub fn expect_accounts(&self, accounts: &[BusinessAccountId]) {
        for account in accounts {
            self.0.whereabouts.suppose(account.as_str(), account);
        }
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
        let end = self.repeat(self, request, cancel, read).await;
        if let Err(error) = &end
            && error.outcome_unknown()
        {
            audit::unknown(request, error);
        }
        end
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base_url", &self.0.base_url).finish_non_exhaustive()
    }
}
