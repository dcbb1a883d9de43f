//! The Graph API client: everything this program knows about Meta's API, and nothing else.
//!
//! The room exists so that the API can be read, tested and changed without any knowledge of who
//! asks. What a failure means to a user, where settings come from, and which state follows from an
//! answer are decided by the caller; no text in here names a configuration argument.
//!
//! A call travels in one direction, a file for each step:
//!
//! 1. [`phone_numbers`], [`registration`], `paging` and [`token_details`] say what can be asked: a call as a value
//!    (`request`), with checked arguments ([`ids`], [`pin`], [`token`], [`base_url`], [`roots`]).
//! 2. `client` sends it, by `repeat`: past the breaker, which holds and ends calls while the API is
//!    down, and the gate, which keeps them quiet while it has asked them to wait (`passage`, `breaker`,
//!    `gate`); over the wire (`attempt`, `http`); again if that is right (`retry`).
//!    What took long, and what was done with a PIN, is said in the log (`waits`, `audit`).
//! 3. `answer` turns bytes into a value or into a failure that the API reports (`api_error`), `usage`
//!    reads the headers that say how long to wait, [`codes`] is the table of every known error code.
//! 4. [`error`] is what the caller gets when it did not work: a struct that answers questions, the
//!    first of which is its `class`.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use terraform_provider_whatsapp::graph::{AccessToken, ApiVersion, BaseUrl, Client, Settings};
//! use terraform_provider_whatsapp::graph::{PhoneNumberId, Pin, RootCertificates, Surroundings};
//! use tokio_util::sync::CancellationToken;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(Settings {
//!     base_url: BaseUrl::default(),
//!     api_version: "v24.0".parse::<ApiVersion>()?,
//!     access_token: AccessToken::parse("EAAG-example")?,
//!     app_secret: None,
//!     request_timeout: Duration::from_secs(30),
//!     max_retries: 4,
//!     surroundings: Surroundings::default(),
//!     extra_roots: RootCertificates::default(),
//!     user_agent: "example/1.0".to_owned(),
//! })?;
//! let number: PhoneNumberId = "106540352242922".parse()?;
//! let stop = CancellationToken::new();
//! client.set_two_step_pin(&number, &Pin::parse("058213")?, &stop).await?;
//! # Ok(())
//! # }
//! ```

mod answer;
mod api_error;
mod attempt;
mod audit;
mod breaker;
mod class;
mod client;
mod clock;
mod connect;
mod fields;
mod gate;
mod http;
mod paging;
mod passage;
mod repeat;
mod request;
mod retry;
mod scrub;
mod settings;
mod stage;
mod trust;
mod usage;
mod waits;
mod whereabouts;

pub mod base_url;
pub mod codes;
pub mod error;
pub mod ids;
pub mod phone_numbers;
pub mod pin;
pub mod registration;
pub mod roots;
pub mod token;
pub mod token_details;
pub mod way_out;

#[cfg(test)]
pub(crate) mod dice;
#[cfg(test)]
pub(crate) mod examples;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
#[cfg(test)]
mod paused;
#[cfg(test)]
pub(crate) mod test_server;
#[cfg(test)]
mod whole_runs;
#[cfg(test)]
mod wire_tests;
#[cfg(all(test, target_os = "linux"))]
mod zeroing_tests;

pub use base_url::{ApiVersion, BaseUrl};
pub use class::Class;
pub use client::Client;
pub use codes::{Rule, rules};
pub use error::Error;
pub use http::BuildError;
pub use ids::{AppId, BusinessAccountId, PhoneNumberId};
pub use paging::PhoneNumberPages;
pub use phone_numbers::{PhoneNumber, PhoneNumberFields};
pub use pin::Pin;
pub use registration::{Region, Registered, RegistrationState};
pub use roots::RootCertificates;
pub use scrub::is_unprintable;
pub use settings::Settings;
pub use stage::{ProxyFailure, ProxyTrouble, Stage};
pub use token::{AccessToken, App, AppSecret};
pub use token_details::TokenDetails;
pub use trust::{Stranger, TlsReason};
pub use way_out::{Refusal, Surroundings, Why};
