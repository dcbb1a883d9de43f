//! An imitation of the part of Meta's Graph API that this provider touches.
//!
//! It answers what recorded exchanges answer: numbers, PINs, account lists with paging, tokens, proofs,
//! the error envelope and the usage headers. On request it misbehaves in every way that a network, a
//! proxy or Meta can ([`Fault`]), and it keeps a log of all that reached it ([`Event`]).
//!
//! `cargo run --example sandbox` serves people. Tests include the same code:
//!
//! ```ignore
//! #[path = "../examples/sandbox/api/mod.rs"]
//! mod sandbox;
//!
//! let api = sandbox::Sandbox::start();
//! api.inject(Rule::new(Fault::Close).on_posts().times(2));
//! // … drive the provider against api.base_url() …
//! assert_eq!(api.pin("106540352242922").as_deref(), Some("012345"));
//! ```
//!
//! The way of a request: [`server`] accepts the connection, [`call`] reads the request, [`exchange`]
//! logs it and asks [`faults`] what shall go wrong, [`routes`] finds the true answer, [`twist`] distorts
//! it, [`answer`] sends it.
#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "each test includes this module whole and uses a part of it"
)]
#![allow(clippy::result_large_err, reason = "a refusal is made once per call, by value")]

mod admin;
mod answer;
mod auth;
mod builder;
mod call;
pub mod catalogue;
mod events;
mod exchange;
mod faults;
mod fields;
mod graph_error;
mod handle;
mod inspection;
mod paging;
mod registration;
mod routes;
mod rules;
mod server;
mod shared;
mod state;
mod switches;
mod throttle;
mod tls;
mod twist;
mod versions;

pub use builder::Builder;
pub use events::{CROSSING, Event, Proof};
pub use faults::{Fault, Loss};
pub use graph_error::{ErrorData, GraphError};
pub use handle::Sandbox;
pub use inspection::Details;
pub use rules::{Rule, RuleId};
pub use state::{PhoneNumber, Token};
pub use switches::{NumberSwitch, TokenSwitch};
pub use throttle::{RetryAfter, Throttle};

/// The token of a sandbox that was started without a seed of its own.
pub const DEFAULT_TOKEN: &str = "sandbox-token";

/// The app that issued the tokens of a sandbox.
pub const DEFAULT_APP: &str = "670843887433847";

/// The secret of that app, if a token says no other.
pub const DEFAULT_APP_SECRET: &str = "sandbox-app-secret";

/// The WhatsApp Business Account of a sandbox that was started without a seed of its own.
pub const DEFAULT_ACCOUNT: &str = "102290129340398";

/// A host name in the certificate of a sandbox that speaks https; no name server knows it.
pub const PROXIED_HOST: &str = "graph.sandbox.test";

/// The first phone number ID of a sandbox that was started without a seed of its own.
pub const DEFAULT_NUMBER: &str = "106540352242922";
