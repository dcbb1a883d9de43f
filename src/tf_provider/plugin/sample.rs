//! A provider for tests: one data source that takes its time.

use std::{sync::Arc, time::Duration};

use tokio::sync::Semaphore;

use crate::tf_provider::context::Context;
use crate::tf_provider::data_source::DataSource;
use crate::tf_provider::outcome::Outcome;
use crate::tf_provider::plugin::Plugin;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::registry::Registry;

impl Plugin {
    /// Some provider.
    pub(super) fn sample() -> Self {
        Self::new("registry.example.com/acme/sample", "1.2.3")
    }
}

/// The provider behind [`Plugin::sample`].
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) reading: Reading,
    /// One permit for each read that has begun.
    pub(super) reads: Arc<Semaphore>,
    /// What it asks for its calls.
    pub(super) grace: Duration,
}

/// What reading the data source does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reading {
    /// Waits for Stop, then answers.
    UntilStop,
    /// Never answers.
    Forever,
    /// Blocks its thread for longer than any test.
    Blocking,
}

crate::model! {
    /// A sample without attributes.
    pub(super) struct Empty {}
}

impl Provider for Sample {
    type Client = ();
    type Config = Empty;

    fn name(&self) -> &'static str {
        "sample"
    }

    async fn configure(&self, _: Empty, _: &str) -> Outcome<()> {
        Ok(().into())
    }

    fn grace(&self, _: &()) -> Duration {
        self.grace
    }

    fn register(&self, registry: &mut Registry<()>) {
        registry.data_source(self.clone());
    }
}

/// The data source `sample_wait`.
impl DataSource for Sample {
    type Client = ();
    type Model = Empty;

    fn type_name(&self) -> &'static str {
        "sample_wait"
    }

    async fn read(&self, context: &Context<()>, config: Empty) -> Outcome<Empty> {
        self.reads.add_permits(1);
        match self.reading {
            Reading::UntilStop => context.stop().cancelled().await,
            Reading::Forever => std::future::pending().await,
            Reading::Blocking => std::thread::sleep(Duration::from_secs(600)),
        }
        Ok(config.into())
    }
}
