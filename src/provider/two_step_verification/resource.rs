//! The managed resource: its verbs in the order of an object's life.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret;

use crate::graph::{PhoneNumberId, Pin};
use crate::provider::connection::Connection;
use crate::provider::failure::{Attempt, is_about_number};
use crate::provider::ids::{not_a_phone_number, phone_number_id, stored_phone_number_id};
use crate::provider::run::{Run, Topic};
use crate::provider::two_step_verification::notices::{
    is_off, not_shown_yet, not_told, pin_in_old_states, stays,
};
use crate::provider::two_step_verification::status::{
    Told, pin_status, remember_account, suppose_account,
};
use crate::provider::two_step_verification::{Identity, Model, checks, owners, planning};
use crate::tf_provider::{
    Change, Context, Diagnostics, Failed, Field, ImportSource, Outcome, Refreshed, Resource, Saved,
    Warned,
};

/// The resource, with the clock that says when a PIN was set.
pub(crate) struct TwoStepVerification {
    now: fn() -> SystemTime,
    run: Arc<Run>,
}

impl TwoStepVerification {
    /// Shares the memory of the run with the connection.
    #[expect(clippy::disallowed_methods, reason = "the clock, for when a PIN was set")]
    pub(crate) fn new(run: Arc<Run>) -> Self {
        Self { now: SystemTime::now, run }
    }
}

impl Default for TwoStepVerification {
    fn default() -> Self {
        Self::new(Arc::default())
    }
}

impl fmt::Debug for TwoStepVerification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TwoStepVerification")
    }
}

impl Resource for TwoStepVerification {
    type Client = Connection;
    type Model = Model;
    type Identity = Identity;

    fn type_name(&self) -> &'static str {
        "whatsapp_two_step_verification"
    }

    fn identity(&self, state: &Model) -> Identity {
        Identity { phone_number_id: state.phone_number_id.clone() }
    }

    fn validate(&self, config: &Model) -> Diagnostics {
        checks::problems(config)
    }

    fn plan_create(&self, change: &mut Change<Model>) -> Diagnostics {
        planning::create(&mut change.planned);
        // What takes the place of another object was looked at with that.
        let second = (!change.replaces).then(|| owners::new(&self.run, &change.planned)).flatten();
        second.into_iter().collect()
    }

    fn plan_update(&self, prior: &Model, change: &mut Change<Model>) -> Diagnostics {
        planning::update(prior, &mut change.planned);
        if !planning::replaces(prior, &change.planned) {
            return owners::kept(&self.run, &change.planned).into_iter().collect();
        }
        let second = owners::new(&self.run, &change.planned);
        second.into_iter().chain(self.plan_destroy(prior)).collect()
    }

    fn plan_destroy(&self, prior: &Model) -> Diagnostics {
        let left = owners::left(&self.run, prior);
        left.into_iter().chain(stays(&self.run, prior)).collect()
    }

    async fn create(&self, context: &Context<Connection>, change: Change<Model>) -> Saved<Model> {
        let set = self.set_pin(context, &change.config, AFTER_CREATE).await;
        let number = set.map_err(|failure| failure.diagnostics)?;
        Ok(self.just_set(context, &number, change.planned))
    }

    /// The object stays, whatever the answer: that two-step verification is off is a value, which a
    /// plan can show and mend.
    async fn read(&self, context: &Context<Connection>, state: Model) -> Outcome<Refreshed<Model>> {
        let number = stored_phone_number_id(&state.phone_number_id)?;
        let status = pin_status(context, &number).await?;
        let (is_pin_enabled, notice) = match status.told {
            Told::On => (Field::Known(true), None),
            Told::Off if self.was_just_set(&state) => {
                (Field::Known(true), Some(not_shown_yet(&number)))
            }
            Told::Off => (Field::Known(false), Some(is_off(&number, &state))),
            Told::Missing => (state.is_pin_enabled.clone(), None),
            // Absent means unknown, never off.
            Told::Nothing => (Field::Null, context.client().once(Topic::SilenceOfMeta, not_told)),
        };
        // A state that somebody edited may have lost the ID.
        let state = Model { id: Field::Known(number.to_string()), is_pin_enabled, ..state };
        Ok(Warned::from(Refreshed::Present(state)).with(notice).with(status.warnings))
    }

    async fn update(
        &self,
        context: &Context<Connection>,
        prior: Model,
        change: Change<Model>,
    ) -> Saved<Model> {
        if !planning::sends(&change.planned) {
            return Ok(change.planned.into());
        }
        match self.set_pin(context, &change.config, AFTER_UPDATE).await {
            Ok(number) => {
                let leaves_state = !prior.pin.is_null() && change.planned.pin.is_null();
                let connection = context.client();
                let warning = leaves_state
                    .then(|| connection.once(Topic::PinInOldStates, pin_in_old_states))
                    .flatten();
                Ok(self.just_set(context, &number, change.planned).with(warning))
            }
            Err(failure) if failure.outcome_unknown => {
                Err(Failed::partial(with_unknown_pin(change.planned), failure.diagnostics))
            }
            Err(failure) => Err(failure.diagnostics.into()),
        }
    }

    /// Sends nothing: the API cannot turn two-step verification off.
    async fn delete(&self, _context: &Context<Connection>, prior: Model) -> Outcome<()> {
        Ok(Warned::from(()).with(stays(&self.run, &prior)))
    }

    fn import(&self, source: ImportSource<Identity>) -> Result<Model, Diagnostics> {
        let id = match source {
            ImportSource::Id(id) => id,
            ImportSource::Identity(identity) => {
                identity.phone_number_id.into_known().unwrap_or_default()
            }
        };
        let number: PhoneNumberId = id.trim().parse().map_err(not_a_phone_number)?;
        let id = Field::Known(number.to_string());
        Ok(Model { id: id.clone(), phone_number_id: id, ..Model::default() })
    }
}

/// A PIN that was not set, or perhaps was.
struct NotSet {
    outcome_unknown: bool,
    diagnostics: Diagnostics,
}

impl From<Diagnostics> for NotSet {
    fn from(diagnostics: Diagnostics) -> Self {
        Self { outcome_unknown: false, diagnostics }
    }
}

impl TwoStepVerification {
    /// Create and update are the same call, which carries all there is to say. `if_unknown` is what
    /// the user reads if nobody knows whether the PIN was set.
    async fn set_pin(
        &self,
        context: &Context<Connection>,
        config: &Model,
        if_unknown: &'static str,
    ) -> Result<PhoneNumberId, NotSet> {
        let number = phone_number_id(&config.phone_number_id)?;
        let pin = configured_pin(config)?;
        // Another resource has changed the number's PIN: what this one's state says of it is wrong.
        owners::claim(&self.run, &number)
            .map_err(|second| NotSet { outcome_unknown: true, diagnostics: second.into() })?;
        let connection = context.client();
        let graph = connection.graph()?;
        suppose_account(context, &number);
        let set = graph.set_two_step_pin(&number, &pin, context.stop()).await;
        connection.outdate(&number);
        remember_account(context, &number);
        let Err(error) = set else { return Ok(number) };
        let attempt = Attempt::write("Setting the two-step verification PIN of", &number, "PIN");
        let failure = attempt.if_unknown(if_unknown).failed(&error, &self.run);
        let failure = if is_about_number(&error) { failure.at("phone_number_id") } else { failure };
        Err(NotSet { outcome_unknown: error.outcome_unknown(), diagnostics: failure.into() })
    }

    /// The state of a number whose PIN was set a moment ago.
    fn just_set(
        &self,
        context: &Context<Connection>,
        number: &PhoneNumberId,
        planned: Model,
    ) -> Warned<Model> {
        let state = Model {
            id: Field::Known(number.to_string()),
            is_pin_enabled: Field::Known(true),
            last_set_at: Field::Known(rfc3339(self.now())),
            ..planned
        };
        Warned::from(state).with(context.client().version_warning())
    }

    fn now(&self) -> SystemTime {
        (self.now)()
    }

    /// The flag follows a POST with a delay, as dashboards do.
    fn was_just_set(&self, state: &Model) -> bool {
        let set_at = state.last_set_at.known().and_then(|text| humantime::parse_rfc3339(text).ok());
        set_at.is_some_and(|set_at| {
            // Clocks of two runners may differ, and either may be the one that runs behind.
            let apart = self.now().duration_since(set_at).unwrap_or_else(|ahead| ahead.duration());
            apart < FLAG_LAG
        })
    }
}

/// The state of a number that has the planned PIN or still the one before: whatever a
/// configuration says differs from it, so that the next apply sends.
fn with_unknown_pin(planned: Model) -> Model {
    Model {
        id: planned.phone_number_id.clone(),
        keep_enabled: planned.keep_enabled,
        phone_number_id: planned.phone_number_id,
        ..Model::default()
    }
}

fn configured_pin(config: &Model) -> Result<Pin, Diagnostics> {
    let (attribute, text) = match (&config.pin_wo, &config.pin) {
        (Field::Known(pin), _) => ("pin_wo", pin),
        (_, Field::Known(pin)) => ("pin", pin),
        _ => return Err(checks::no_pin_in_this_run(config).into()),
    };
    let pin = Pin::parse(text.expose_secret());
    pin.map_err(|error| checks::not_a_pin(attribute, config, error).into())
}

fn rfc3339(time: SystemTime) -> String {
    humantime::format_rfc3339_seconds(time).to_string()
}

const AFTER_CREATE: &str = "Nothing of it is stored: whoever takes the change back, instead of \
                            applying again, leaves a number that perhaps has this PIN and that \
                            no state knows; with create_before_destroy, one whose state still \
                            says the PIN before.";

const AFTER_UPDATE: &str = "The state now says that the PIN is not known, so that the next apply \
                            sends the PIN of whatever configuration it finds, the former one too.";

/// Meta's own pages lag by up to a minute and a half.
const FLAG_LAG: Duration = Duration::from_secs(120);
