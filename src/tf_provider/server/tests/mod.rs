//! The service as Terraform sees it: messages in, messages out, no socket between.
//!
//! The provider under test is a [`library`], and every answer passes [`rules`] that Terraform would
//! apply to it.

mod acting;
mod applying;
mod broken;
mod configuring;
mod data_source;
mod ephemeral;
mod function;
mod harness;
mod hostile;
mod in_flight;
mod library;
mod listing;
mod logged;
mod planning;
mod reading;
mod rules;
mod schemas;
mod stored;
mod validating;
