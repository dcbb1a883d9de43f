//! A Terraform provider SDK for plugin protocol 5.
//!
//! An author implements [`Provider`] and, for each thing it offers, [`Resource`], [`DataSource`],
//! [`EphemeralResource`], [`ListResource`], [`Action`] or [`Function`]. The SDK does the rest: the plugin
//! handshake with mutual TLS, decoding by schema, the rules of a plan, diagnostics, and an answer
//! to every call of the protocol.
//!
//! What does not belong here: anything about a particular API.
//!
//! # A provider in fifteen minutes
//!
//! It is called `notebook` and keeps notes as files in a folder. Beside Terraform it takes a package,
//! its one dependency this crate:
//!
//! ```shell
//! cargo new terraform-provider-notebook && cd terraform-provider-notebook
//! cargo add --path PATH/TO/terraform-provider-whatsapp
//! ```
//!
//! All of it is `src/main.rs`. What users write and read is declared by [`model!`](crate::model); what
//! happens then is a trait for each kind of block, its methods in the order of an object's life.
//!
//! ```no_run
//! use std::{fs, io, path::PathBuf, process::ExitCode};
//!
//! use terraform_provider_whatsapp::{model, tf_provider::*};
//!
//! model! {
//!     /// Keeps notes as files in a folder.
//!     struct Settings {
//!         /// The folder. It has to exist.
//!         required folder: String,
//!     }
//! }
//!
//! struct Notebook;
//!
//! impl Provider for Notebook {
//!     /// What every operation gets. A real one is the client of an API.
//!     type Client = PathBuf;
//!     type Config = Settings;
//!
//!     fn name(&self) -> &'static str {
//!         "notebook"
//!     }
//!
//!     async fn configure(&self, config: Settings, _terraform_version: &str) -> Outcome<PathBuf> {
//!         // In a plan, the value may be one that is known after apply only.
//!         let folder = config.folder.into_known().unwrap_or_default();
//!         Ok(PathBuf::from(folder).into())
//!     }
//!
//!     fn register(&self, registry: &mut Registry<PathBuf>) {
//!         registry.resource(Notes);
//!     }
//! }
//!
//! model! {
//!     /// A note.
//!     struct Note {
//!         /// Name of its file. A change makes a new file.
//!         required name: String [forces_replacement],
//!         /// What it says.
//!         required text: String,
//!         /// How many bytes that takes.
//!         computed size: Number,
//!     }
//! }
//!
//! struct Notes;
//!
//! impl Resource for Notes {
//!     type Client = PathBuf;
//!     type Model = Note;
//!     type Identity = ();
//!
//!     fn type_name(&self) -> &'static str {
//!         "notebook_note"
//!     }
//!
//!     fn identity(&self, _: &Note) {}
//!
//!     fn validate(&self, config: &Note) -> Diagnostics {
//!         match config.name.known() {
//!             Some(name) if name.contains('/') => {
//!                 let detail = "A note lies in the folder itself: its name has no slash.";
//!                 Diagnostic::error("Invalid Name", detail).at("name").into()
//!             }
//!             _ => Diagnostics::new(),
//!         }
//!     }
//!
//!     async fn create(&self, context: &Context<PathBuf>, change: Change<Note>) -> Saved<Note> {
//!         write(context, change.planned)
//!     }
//!
//!     async fn read(&self, context: &Context<PathBuf>, note: Note) -> Outcome<Refreshed<Note>> {
//!         match fs::read_to_string(file(context, &note)) {
//!             Ok(text) => Ok(Refreshed::Present(of(note, text)).into()),
//!             Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Refreshed::Gone.into()),
//!             Err(error) => Err(failed("read", &note, error).into()),
//!         }
//!     }
//!
//!     async fn update(
//!         &self,
//!         context: &Context<PathBuf>,
//!         _prior: Note,
//!         change: Change<Note>,
//!     ) -> Saved<Note> {
//!         write(context, change.planned)
//!     }
//!
//!     async fn delete(&self, context: &Context<PathBuf>, note: Note) -> Outcome<()> {
//!         match fs::remove_file(file(context, &note)) {
//!             Err(error) if error.kind() != io::ErrorKind::NotFound => {
//!                 Err(failed("removed", &note, error).into())
//!             }
//!             _ => Ok(().into()),
//!         }
//!     }
//! }
//!
//! fn write(context: &Context<PathBuf>, planned: Note) -> Saved<Note> {
//!     let text = planned.text.known().cloned().unwrap_or_default();
//!     match fs::write(file(context, &planned), &text) {
//!         Ok(()) => Ok(of(planned, text).into()),
//!         Err(error) => Err(failed("written", &planned, error).into()),
//!     }
//! }
//!
//! fn file(context: &Context<PathBuf>, note: &Note) -> PathBuf {
//!     context.client().join(note.name.known().map_or("", String::as_str))
//! }
//!
//! /// The note with this text; whatever has no value yet gets it here.
//! fn of(note: Note, text: String) -> Note {
//!     let size = Number::from(text.len() as u64);
//!     Note { size: Field::Known(size), text: Field::Known(text), ..note }
//! }
//!
//! fn failed(tried: &str, note: &Note, error: io::Error) -> Diagnostic {
//!     let name = note.name.known().map_or("", String::as_str);
//!     Diagnostic::error("Note Failed", format!("The note {name} could not be {tried}: {error}."))
//! }
//!
//! fn main() -> ExitCode {
//!     Plugin::new("registry.terraform.io/acme/notebook", env!("CARGO_PKG_VERSION")).run(|| Notebook)
//! }
//!
//! #[test]
//! fn terraform_has_nothing_to_complain_of() {
//!     assert_eq!(problems(&Notebook), [""; 0]);
//! }
//! ```
//!
//! Try it in a folder of its own, with the path of your package in two files. `dev.tfrc`:
//!
//! ```hcl
//! provider_installation {
//!   dev_overrides {
//!     "acme/notebook" = "PATH/TO/terraform-provider-notebook/target/debug"
//!   }
//!   direct {}
//! }
//! ```
//!
//! and `main.tf`:
//!
//! ```hcl
//! terraform {
//!   required_providers {
//!     notebook = { source = "acme/notebook" }
//!   }
//! }
//!
//! provider "notebook" {
//!   folder = path.module
//! }
//!
//! resource "notebook_note" "todo" {
//!   name = "todo.txt"
//!   text = "Write a provider."
//! }
//! ```
//!
//! Then, without `terraform init`:
//!
//! ```shell
//! cargo test && cargo build                      # in the package: some minutes the first time
//! export TF_CLI_CONFIG_FILE=dev.tfrc             # in the folder
//! terraform apply                                # writes todo.txt
//! rm todo.txt && terraform plan                  # sees that it is gone
//! terraform apply && terraform destroy
//! ```
//!
//! From here on: [`Resource::plan_create`] and [`Resource::plan_update`] say what will come of a change;
//! [`Resource::import`] takes in objects that exist, and an `identity struct` makes them known across
//! states; secrets are `SecretString`s with the rules `sensitive` and `write_only`;
//! [`Resource::upgraders`] read old states. `TF_LOG_PROVIDER=DEBUG` shows what is said with `tracing`, and
//! a process that is started with `--debug` prints how a Terraform finds it. One of everything, from
//! sets to actions, is in `tests/corner/garden`.
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
