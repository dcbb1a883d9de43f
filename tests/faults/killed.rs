//! The provider or Terraform is killed at every stage of an apply, without a chance to say a word.

use std::time::Duration;

use rustix::process::Signal;

use crate::processes::{PATIENCE, Who, eventually, signal, wait_for_all_to_end};
use crate::sandbox::{Event, Fault, RetryAfter, Rule, Sandbox, Throttle};
use crate::worlds::{APPLY, Limits, PATIENT, World, Worlds, pin_of};

#[test]
fn the_next_apply_converges_after_the_provider_was_killed() {
    for stage in STAGES {
        let worlds = kill(stage, Who::Provider);
        worlds.converge_somehow();
    }
}

#[test]
fn the_next_apply_converges_after_terraform_was_killed() {
    for stage in STAGES {
        let worlds = kill(stage, Who::Terraform);
        // No lock is left, and no provider that would go on.
        wait_for_all_to_end(&worlds.terraform.folder());
        worlds.converge_somehow();
    }
}

/// Where an apply stands. Of its three numbers one has an older PIN and two have none.
#[derive(Clone, Copy, Debug)]
enum Stage {
    /// The refresh has begun.
    Refresh,
    /// No PIN has been set; the provider waits because the API has told it to.
    BeforeTheCall,
    /// The request is on its way.
    OnTheWire,
    /// The PIN is set; the answer is on its way.
    BeforeTheAnswer,
    /// One PIN is set and answered, the others are on their way.
    Halfway,
}

const STAGES: [Stage; 5] = [
    Stage::Refresh,
    Stage::BeforeTheCall,
    Stage::OnTheWire,
    Stage::BeforeTheAnswer,
    Stage::Halfway,
];

impl Stage {
    fn rule(self) -> Rule {
        let throttle = Throttle::new(0, LONG).retry_after(RetryAfter::Seconds);
        match self {
            Self::Refresh => Rule::new(Fault::Delay(LONG)).on_gets(),
            Self::BeforeTheCall => Rule::new(Fault::Throttle(throttle)).on_posts(),
            Self::OnTheWire => Rule::new(Fault::Delay(LONG)).on_posts(),
            Self::BeforeTheAnswer => Rule::new(Fault::DelayAnswer(LONG)).on_posts(),
            Self::Halfway => Rule::new(Fault::Delay(LONG)).on_posts().skip(1),
        }
    }

    fn wait_for(self, api: &Sandbox) {
        let under_way = |event: &Event| event.is_post() && event.is_under_way();
        let seen = api.wait_for(PATIENCE, |events| match self {
            Self::Refresh => events.iter().any(Event::is_under_way),
            Self::BeforeTheCall => events.iter().any(|event| event.status == Some(400)),
            Self::OnTheWire | Self::BeforeTheAnswer => events.iter().any(under_way),
            Self::Halfway => {
                events.iter().any(|event| event.pin_set) && events.iter().any(under_way)
            }
        });
        assert!(seen, "{self:?} was not reached: {:?}", api.events());
        if matches!(self, Self::BeforeTheAnswer) {
            eventually("a PIN to be set", || {
                api.pins().iter().any(|(number, pin)| pin_of(number) == *pin)
            });
        }
    }
}

fn kill(stage: Stage, who: Who) -> Worlds {
    let worlds = Worlds::of(World::new(format!("{stage:?}"), 3, 1).inject(stage.rule()));
    // An orphaned provider waits for a PIN on its way, though no longer than this.
    worlds.limit(Limits { request_timeout: "2s", max_retries: 4 });
    let apply = worlds.terraform.start(APPLY);
    stage.wait_for(worlds.api());
    signal(&worlds.terraform.folder(), who, Signal::KILL);
    drop(apply.finish());
    worlds.limit(PATIENT);
    worlds
}

/// Longer than any test waits.
const LONG: Duration = Duration::from_secs(60);
