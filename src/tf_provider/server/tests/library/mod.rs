//! A provider with one of everything. What it is asked for decides how it behaves, for example a
//! book with the title `panic`; and whatever it hands out holds [`LEAK`]
//! where it must not, or an escape that no terminal should see.

mod book;
mod lending;
mod others;

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::tf_provider::{Diagnostic, Diagnostics, Outcome, Provider, Registry};

pub(super) use book::Books;

crate::model! {
    /// A library.
    pub(super) struct Config {
        /// Where the library is.
        optional city: String,
    }
}

/// The provider.
#[derive(Debug, Default)]
pub(super) struct Library {
    pub(super) probe: Arc<Probe>,
}

/// What the provider's operations are given.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) city: Option<String>,
    pub(super) probe: Arc<Probe>,
}

/// Lets a test see operations, and hold them.
#[derive(Debug, Default)]
pub(super) struct Probe {
    pub(super) started: Notify,
    pub(super) release: Notify,
    pub(super) finished: Notify,
    log: Mutex<Vec<String>>,
}

impl Probe {
    pub(super) fn note(&self, what: impl Into<String>) {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).push(what.into());
    }

    pub(super) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Provider for Library {
    type Client = Desk;
    type Config = Config;

    fn name(&self) -> &'static str {
        "library"
    }

    fn validate(&self, config: &Config) -> Diagnostics {
        match config.city.known().map(String::as_str) {
            Some("panic") => panic!("in validate"),
            Some("") => Diagnostic::error("No City", "The city is empty.").at("city").into(),
            _ => Diagnostics::new(),
        }
    }

    async fn configure(&self, config: Config, terraform_version: &str) -> Outcome<Desk> {
        self.probe.note(format!("configured by {terraform_version}"));
        match config.city.known().map(String::as_str) {
            Some("panic") => panic!("in configure"),
            Some("nowhere") => Err(refused()),
            Some("far away") => {
                self.probe.started.notify_one();
                std::future::pending().await
            }
            _ => Ok(Desk { city: config.city.into_known(), probe: Arc::clone(&self.probe) }.into()),
        }
    }

    fn register(&self, registry: &mut Registry<Desk>) {
        registry.resource(Books);
        registry.data_source(others::Shelves);
        registry.ephemeral_resource(others::Tickets);
        registry.list_resource(others::Catalogue);
        registry.action(lending::Lend);
        registry.function(others::Join);
    }
}

/// The failure of an operation.
pub(super) fn refused() -> Diagnostics {
    Diagnostic::error("Refused", "The library said no.").into()
}

/// What is write-only and must not be seen in any answer.
pub(super) const LEAK: &str = "the librarian's secret";
