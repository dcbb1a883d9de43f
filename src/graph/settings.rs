//! What a client is built from, and what of it must never be shown.

use std::time::Duration;

use crate::graph::base_url::{ApiVersion, BaseUrl};
use crate::graph::roots::RootCertificates;
use crate::graph::scrub::Scrub;
use crate::graph::token::{AccessToken, AppSecret, Proof};
use crate::graph::way_out::Surroundings;

/// What a client is built from.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where calls go.
    pub base_url: BaseUrl,
    /// Which version of the API is called.
    pub api_version: ApiVersion,
    /// Who calls.
    pub access_token: AccessToken,
    /// The secret of the token's app. With it, every call carries an `appsecret_proof`.
    pub app_secret: Option<AppSecret>,
    /// How long one attempt may take, from connecting to the last byte of the answer.
    pub request_timeout: Duration,
    /// How often a failed call is sent again, after the first attempt.
    pub max_retries: u32,
    /// What the environment says about proxies.
    pub surroundings: Surroundings,
    /// Roots to trust in addition to the system's.
    pub extra_roots: RootCertificates,
    /// What the client calls itself.
    pub user_agent: String,
}

/// Takes the secrets of a client out of texts.
pub(crate) fn scrub(
    token: &AccessToken,
    secret: Option<&AppSecret>,
    proof: Option<&Proof>,
) -> Scrub {
    let mut scrub = Scrub::default();
    scrub.add(token.expose());
    if let Some(secret) = secret {
        scrub.add(secret.expose());
    }
    if let Some(proof) = proof {
        scrub.add(proof.expose());
    }
    scrub
}
