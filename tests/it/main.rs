//! The built provider, driven by a Terraform of our own making.
//!
//! Nothing here links against the provider: [`host`] starts the executable as Terraform does and speaks
//! to it over its socket, with a codec and a rule book of its own. So these tests see what
//! Terraform sees, and need no Terraform.
//!
//! The tests, by what they hold the provider to:
//!
//! - [`handshake`]: the line on stdout, and what a person reads who starts the program by hand
//! - [`mutual_tls`]: who gets in, who does not, and that strangers cannot block the door
//! - [`schema_hygiene`]: what Terraform and its users expect of every schema
//! - [`every_call`]: each call of the protocol gets an answer, never a bare gRPC status
//! - [`malformed_requests`]: hostile bytes give diagnostics, not crashes or large memory
//! - [`two_step_verification`]: the resource, call by call
//! - [`odd_answers`]: every oddity of the Graph API and what becomes of it
//! - [`tokens`]: the access token in all the ways people give it
//! - [`fleet`]: a thousand numbers: how many calls a refresh costs, look-ups, lists
//! - [`random_pin`]: the ephemeral resource
//! - [`stop_and_shutdown`]: Stop, Shutdown, signals, and the death of the parent
//! - [`debug_mode`]: a provider that outlives Terraform's runs
//! - [`logs`]: what appears on stderr
//!
//! [`graph_stub`] is the least Graph API that most of these tests need; [`sandbox`] is a whole one.

#![cfg(unix)] // They meet the provider at a unix socket.

#[path = "../../examples/sandbox/api/mod.rs"]
mod sandbox;

mod graph_stub;
mod host;

mod access_token;
mod actions;
mod debug_mode;
mod every_call;
mod fleet;
mod handshake;
mod logs;
mod malformed_requests;
mod mutual_tls;
mod odd_answers;
mod random_pin;
mod schema_hygiene;
mod stop_and_shutdown;
mod tokens;
mod two_step_verification;
