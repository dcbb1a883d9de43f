//! A Terraform provider SDK for plugin protocol 5.
//!
//! An author implements [`Provider`] and, for each thing it offers, [`Resource`], [`DataSource`],
//! [`EphemeralResource`], [`ListResource`], [`Action`] or [`Function`]. The SDK does the rest: the plugin
//! handshake with mutual TLS, decoding by schema, the rules of a plan, diagnostics, and an answer
//! to every call of the protocol.
//!
//! What does not belong here: anything about a particular API.
//!
//! # A whole provider
//!
//! ```no_run
//! use std::process::ExitCode;
//! use terraform_provider_whatsapp::{model, tf_provider::*};
//!
//! model! {
//!     /// Greets.
//!     struct Settings {
//!         /// How to greet.
//!         optional word: String,
//!     }
//! }
//! model! {
//!     /// A greeting.
//!     struct Greeting {
//!         /// Who is greeted.
//!         required name: String,
//!         /// The greeting.
//!         computed text: String,
//!     }
//! }
//!
//! struct Greetings;
//!
//! impl DataSource for Greetings {
//!     type Client = String;
//!     type Model = Greeting;
//!     fn type_name(&self) -> &'static str { "hello_greeting" }
//!     async fn read(&self, context: &Context<String>, config: Greeting) -> Outcome<Greeting> {
//!         let name = config.name.known().map_or("nobody", String::as_str);
//!         let text = Field::Known(format!("{}, {name}!", context.client()));
//!         Ok(Greeting { text, ..config }.into())
//!     }
//! }
//!
//! struct Hello;
//!
//! impl Provider for Hello {
//!     type Client = String;
//!     type Config = Settings;
//!     fn name(&self) -> &'static str { "hello" }
//!     async fn configure(&self, config: Settings, _terraform: &str) -> Outcome<String> {
//!         Ok(config.word.into_known().unwrap_or_else(|| "Hello".to_owned()).into())
//!     }
//!     fn register(&self, registry: &mut Registry<String>) {
//!         registry.data_source(Greetings);
//!     }
//! }
//!
//! fn main() -> ExitCode {
//!     let address = "registry.terraform.io/acme/hello";
//!     let info = PluginInfo { name: "hello", version: env!("CARGO_PKG_VERSION"), address };
//!     run(&info, || Hello)
//! }
//! ```
//!
//! # The rules of a plan
//!
//! 1. Write-only values are left out.
//! 2. If something then differs from the prior state, computed attributes that the user left out
//!    become unknown, except those that [keep their prior value](Attribute::keeps_prior), or that
//!    [no update could change](Attribute::forces_replacement). A replacement keeps neither.
//! 3. The resource is asked, whether something differs or not, and refines the plan.
//! 4. Rule 1 again. If only the resource's answer differs from the prior state, rule 2 holds for what
//!    the resource left alone. So what nobody changes is the prior state, exactly.
//! 5. A change of an attribute that [forces replacement](Attribute::forces_replacement) replaces
//!    the object.

mod action;
mod calls;
mod catalog;
mod context;
mod data_source;
mod diagnostics;
mod ephemeral_resource;
mod erased;
mod function;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod list_resource;
mod outcome;
#[cfg(all(test, unix))]
mod own_process;
mod panic_hook;
mod plan;
mod plugin;
mod private;
mod proto;
mod provider;
mod registry;
mod resource;
mod schema;
mod server;
mod sink;
mod value;
mod wire;

pub use action::{Action, Progress};
pub use catalog::{Catalog, Offer, problems};
pub use context::Context;
pub use data_source::DataSource;
pub use diagnostics::{Diagnostic, Diagnostics, Severity};
pub use ephemeral_resource::{EphemeralResource, Lease, Opened};
pub use function::{Definition, Function, FunctionError, Parameter};
pub use list_resource::{Items, ListItem, ListRequest, ListResource};
pub use outcome::{Failed, Outcome, Refreshed, Saved, Warned};
pub use plugin::Plugin;
pub use private::Private;
pub use provider::Provider;
pub use registry::Registry;
pub use resource::{Change, ImportSource, Resource, Upgrader};
pub use schema::{Attribute, Block, Identity, IdentityAttribute, IdentitySchema, Schema};
pub use value::{
    Dynamic, Field, FieldType, Model, ModelError, Number, ParseNumberError, Path, Set, Step, Type,
    Value,
};

/// All that [`model!`](crate::model) names, so that there is one path to change when this room moves.
#[doc(hidden)]
pub mod declared {
    pub use super::schema::declare::{attributes, name, text};
    pub use super::{
        Attribute, Block, Field, FieldType, Identity, IdentityAttribute, IdentitySchema, Model,
        ModelError, Path, Schema, Type, Value,
    };
}

impl Plugin {
    /// The whole life of a provider's process, from its arguments to its exit status.
    ///
    /// `provider` is called once, and only if the process is to serve. Status 0 means that the end was
    /// asked for, 1 that something failed (stderr says what), 2 an unknown argument.
    pub fn run<P: Provider>(&self, provider: impl FnOnce() -> P) -> std::process::ExitCode {
        plugin::run(self, plugin::crate_of::<P>(), |calls| {
            server::Service::new(provider(), self.address, calls)
        })
    }
}

#[doc(no_inline)]
pub use {
    secrecy::{ExposeSecret, SecretString},
    tokio_util::sync::CancellationToken,
};
