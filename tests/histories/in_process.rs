//! Histories over our own host, which has Terraform's plan rules, in one provider process.

use std::thread;

use proptest::strategy::Strategy;
use proptest::test_runner::{TestCaseError, TestError};
use tokio::runtime::{Builder, Runtime};

use crate::host::Host;
use crate::life::Life;
use crate::meta::Meta;
use crate::search::{runner, seed, shown, variable};
use crate::step::{Step, ending, history};

#[test]
fn every_history_over_our_own_host_goes_as_the_model_says() {
    let count = variable("HISTORIES").unwrap_or(300);
    let seed = seed();
    println!("{count} histories, HISTORIES_SEED={seed}");
    thread::scope(|scope| {
        for lane in 0..LANES {
            scope.spawn(move || {
                let runtime = Builder::new_current_thread().enable_all().build();
                let runtime = runtime.expect("a runtime can be made");
                let world = runtime.block_on(World::start());
                for seed in (seed + lane..seed + count).step_by(LANES as usize) {
                    try_one(&runtime, &world, seed);
                }
            });
        }
    });
}

/// The history of a seed.
fn try_one(runtime: &Runtime, world: &World, seed: u64) {
    let whole = history().prop_map(|mut steps| {
        steps.extend(ending());
        steps
    });
    let outcome = runner(seed)
        .run(&whole, |steps| runtime.block_on(world.live(&steps)).map_err(TestCaseError::fail));
    if let Err(TestError::Fail(reason, steps)) = outcome {
        panic!("HISTORIES_SEED={seed} HISTORIES=1 fails:\n{}\n\nthat is\n{reason}", shown(&steps));
    }
    outcome.expect("no history is refused");
}

/// A provider process and its API, which serve one history after the other.
pub(crate) struct World {
    pub(crate) host: Host,
    pub(crate) meta: Meta,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self { host: Host::start().await, meta: Meta::start() }
    }

    /// Lives through a history; what went wrong in it, with all that happened before.
    pub(crate) async fn live(&self, history: &[Step]) -> Result<(), String> {
        self.meta.api.reset();
        let mut life = Life::begin(self);
        let mut told = Vec::new();
        for step in history {
            told.push(step.to_string());
            match life.step(step).await {
                Ok(true) => {}
                Ok(false) => _ = told.pop(),
                Err(error) => return Err(format!("{}\n{error}", told.join("\n"))),
            }
        }
        Ok(())
    }
}

/// Provider processes at a time.
const LANES: u64 = 2;
