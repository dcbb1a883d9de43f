//! `action "whatsapp_register_phone_number"`: registers a number with the Cloud API.
//!
//! Ten registrations in 72 hours block a number, so one is sent only if the number needs it, and once.

mod config;
mod decision;
mod told;

use std::time::Duration;

use crate::graph::{Error, PhoneNumberId, Pin, Region, RegistrationState};
use crate::provider::actions::{pin, pin_problem, with_the_way_on};
use crate::provider::connection::Connection;
use crate::provider::ids;
use crate::tf_provider::{Action, Context, Diagnostic, Diagnostics, Outcome, Progress, Warned};

use config::{Config, duration, region, region_before_its_time};
use decision::{Decision, decide};

/// The action.
#[derive(Debug)]
pub(crate) struct RegisterPhoneNumber;

impl Action for RegisterPhoneNumber {
    type Client = Connection;
    type Config = Config;

    fn type_name(&self) -> &'static str {
        "whatsapp_register_phone_number"
    }

    fn validate(&self, config: &Config) -> Diagnostics {
        let mut problems = Diagnostics::new();
        problems.extend(ids::phone_number_problem(&config.phone_number_id));
        problems.extend(pin_problem(&config.pin));
        problems.extend(region(&config.data_localization_region).err());
        problems.extend(duration(&config.wait_for_connected).err());
        problems
    }

    fn plan(&self, connection: &Connection, config: &Config) -> Diagnostics {
        region_before_its_time(&config.data_localization_region, connection).into_iter().collect()
    }

    async fn invoke(
        &self,
        context: &Context<Connection>,
        config: Config,
        progress: &Progress<'_>,
    ) -> Outcome<()> {
        let done = registered(context, &config, progress).await;
        let run = context.client().run();
        done.map_err(|problems| with_the_way_on(problems, self.type_name(), run))
    }
}

async fn registered(
    context: &Context<Connection>,
    config: &Config,
    progress: &Progress<'_>,
) -> Outcome<()> {
    let number = ids::phone_number_id(&config.phone_number_id)?;
    let job = Job { context, progress, number, pin: pin(&config.pin)? };
    let region = region(&config.data_localization_region)?;
    let wait = duration(&config.wait_for_connected)?;
    let force = config.force.known().copied().unwrap_or_default();
    // The version may have become known only now.
    region_before_its_time(&config.data_localization_region, context.client())
        .map_or(Ok(()), Err)?;
    let before = job.state().await.map_err(|error| job.not_read(&error))?;
    let mut warnings = match decide(&job.number, &before, force) {
        Decision::Refuse(refusal) => return Err(refusal.into()),
        Decision::Registered => {
            job.say("is registered and connected already: nothing was sent").await;
            return Ok(Warned::from(()).with(context.client().version_warning()));
        }
        Decision::Send(warnings) => warnings,
    };
    // What Graph refuses is better understood with what was known before.
    let sent = job.register(region, &before).await;
    let sent = sent.map_err(|failure| with_errors(&warnings, failure))?;
    warnings.extend(sent);
    warnings.extend(job.connected(wait).await);
    Ok(Warned::from(()).with(warnings).with(context.client().version_warning()))
}

/// One invocation.
struct Job<'a> {
    context: &'a Context<Connection>,
    progress: &'a Progress<'a>,
    number: PhoneNumberId,
    pin: Pin,
}

impl Job<'_> {
    async fn state(&self) -> Result<RegistrationState, Failure> {
        let graph = self.context.client().graph().map_err(Failure::NoClient)?;
        let state = graph.registration_state(&self.number, &self.pin, self.context.stop()).await;
        state.map_err(Failure::Graph)
    }

    /// Sends the registration, once, and reads back what became of it if nobody said.
    async fn register(
        &self,
        region: Option<Region>,
        before: &RegistrationState,
    ) -> Result<Option<Diagnostic>, Diagnostic> {
        let connection = self.context.client();
        let graph = connection.graph().map_err(first)?;
        let stop = self.context.stop();
        if let Some(region) = region {
            let kept = graph.keep_data_in(&self.number, region, stop).await;
            kept.map_err(|error| self.region_refused(&error))?;
            self.say(&format!("will keep its data in {region}")).await;
        }
        let sent = graph.register(&self.number, &self.pin, stop).await;
        connection.outdate(&self.number);
        match sent {
            Ok(registered) => {
                self.say("was registered").await;
                Ok(registered.more.map(|more| self.more(&more)))
            }
            Err(error) if error.outcome_unknown() && before.is_registered() == Some(false) => {
                match self.state().await.map(|state| state.is_registered()) {
                    Ok(Some(true)) => Ok(Some(self.registered_after_all(&error))),
                    _ => Err(self.not_registered(&error)),
                }
            }
            Err(error) => Err(self.not_registered(&error)),
        }
    }

    /// Looks at the number until it is connected; a warning if that does not come in time, or if the
    /// wait is stopped.
    async fn connected(&self, limit: Option<Duration>) -> Option<Diagnostic> {
        let mut left = limit?;
        let mut pause = FIRST_PAUSE;
        loop {
            if let Ok(state) = self.state().await
                && state.is_registered() == Some(true)
            {
                self.say("is connected").await;
                return None;
            }
            let graph = self.context.client().graph().ok()?;
            let time = pause.min(left);
            if left.is_zero() {
                return Some(self.not_connected());
            }
            if !graph.wait(time, self.context.stop()).await {
                return Some(self.wait_stopped());
            }
            self.say("is not connected yet").await;
            left -= time;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn say(&self, what: &str) {
        self.progress.say(format!("Phone number ID {} {what}", self.number)).await;
    }
}

/// Why a state was not read.
enum Failure {
    NoClient(Diagnostics),
    Graph(Error),
}

fn with_errors(warnings: &Diagnostics, failure: Diagnostic) -> Diagnostics {
    let mut all = warnings.clone();
    all.push(failure);
    all
}

fn first(problems: Diagnostics) -> Diagnostic {
    let problem = problems.iter().next().cloned();
    problem.expect("whoever has no client says why")
}

const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// Each look is one of the calls that Meta counts.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
