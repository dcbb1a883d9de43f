//! The managed resource: its verbs in the order of an object's life.

use std::fmt;
use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret;

use crate::graph::{PhoneNumberId, Pin};
use crate::provider::connection::Connection;
use crate::provider::failure::{Attempt, is_about_number};
use crate::provider::ids::{not_a_phone_number, phone_number_id, stored_phone_number_id};
use crate::provider::two_step_verification::status::pin_status;
use crate::provider::two_step_verification::{Identity, Model, checks, identity_schema, schema};
use crate::tf_provider::{
    Change, Context, Diagnostic, Diagnostics, Field, IdentitySchema, ImportSource, Outcome,
    Refreshed, Resource, Saved, Schema, Warned,
};

/// The resource, with the clock that says when a PIN was set.
pub(crate) struct TwoStepVerification {
    now: fn() -> SystemTime,
}

impl Default for TwoStepVerification {
    fn default() -> Self {
        Self { now: SystemTime::now }
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

    fn schema(&self) -> Schema {
        schema()
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(identity_schema())
    }

    fn identity(&self, state: &Model) -> Identity {
        Identity { phone_number_id: state.phone_number_id.clone() }
    }

    fn validate(&self, config: &Model) -> Diagnostics {
        checks::problems(config)
    }

    fn plan_update(&self, prior: &Model, change: &mut Change<Model>) -> Diagnostics {
        if prior.phone_number_id == change.planned.phone_number_id {
            return Diagnostics::new();
        }
        stays_on(prior).into()
    }

    fn plan_destroy(&self, prior: &Model) -> Diagnostics {
        stays_on(prior).into()
    }

    async fn create(&self, context: &Context<Connection>, change: Change<Model>) -> Saved<Model> {
        self.set_pin(context, change).await
    }

    async fn read(&self, context: &Context<Connection>, state: Model) -> Outcome<Refreshed<Model>> {
        let number = stored_phone_number_id(&state.phone_number_id)?;
        let status = pin_status(context, &number).await?;
        let warnings = status.warnings;
        // A state that somebody edited may have lost it.
        let state = Model { id: Field::Known(number.to_string()), ..state };
        let refreshed = match status.is_pin_enabled {
            // Absent means unknown, never off.
            Some(true) | None => Warned::from(Refreshed::Present(state)),
            Some(false) if self.was_just_set(&state) => {
                Warned::from(Refreshed::Present(state)).with([not_shown_yet(&number)])
            }
            Some(false) => Warned::from(Refreshed::Gone).with([switched_off(&number)]),
        };
        Ok(refreshed.with(warnings))
    }

    async fn update(
        &self,
        context: &Context<Connection>,
        _prior: Model,
        change: Change<Model>,
    ) -> Saved<Model> {
        self.set_pin(context, change).await
    }

    /// Sends nothing: the API cannot turn two-step verification off.
    async fn delete(&self, _context: &Context<Connection>, prior: Model) -> Outcome<()> {
        Ok(Warned::from(()).with([stays_on(&prior)]))
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

impl TwoStepVerification {
    /// Create and update are the same call, which carries all there is to say.
    async fn set_pin(&self, context: &Context<Connection>, change: Change<Model>) -> Saved<Model> {
        let number = phone_number_id(&change.planned.phone_number_id)?;
        let (attribute, pin) = pin(&change.config)?;
        let connection = context.client();
        let set = connection.graph()?.set_two_step_pin(&number, &pin, context.stop()).await;
        connection.outdate(&number);
        set.map_err(|error| {
            let what = format!("Setting the two-step verification PIN of phone number ID {number}");
            let failure = Attempt::write(what, "PIN").failed(&error);
            match error.is_about_pin() {
                true => failure.at(attribute),
                false if is_about_number(&error) => failure.at("phone_number_id"),
                false => failure,
            }
        })?;
        let state = Model {
            id: Field::Known(number.to_string()),
            last_set_at: Field::Known(rfc3339(self.now())),
            ..change.planned
        };
        Ok(Warned::from(state).with(connection.version_warning()))
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

/// The configured PIN and the attribute that holds it.
fn pin(config: &Model) -> Result<(&'static str, Pin), Diagnostics> {
    let given = match (&config.pin_wo, &config.pin) {
        (Field::Known(pin), _) => ("pin_wo", pin),
        (_, Field::Known(pin)) => ("pin", pin),
        _ => return Err(no_pin().into()),
    };
    let (attribute, text) = given;
    let parsed = Pin::parse(text.expose_secret());
    parsed.map(|pin| (attribute, pin)).map_err(|error| checks::not_a_pin(attribute, error).into())
}

fn rfc3339(time: SystemTime) -> String {
    humantime::format_rfc3339_seconds(time).to_string()
}

fn no_pin() -> Diagnostic {
    Diagnostic::error(
        "PIN Missing",
        "Neither pin nor pin_wo has a value in this run. A write-only value is not stored in a \
         saved plan: whoever applies the plan must give it again, in the same variable.",
    )
    .at("pin_wo")
}

fn stays_on(prior: &Model) -> Diagnostic {
    let id = prior.phone_number_id.known().filter(|id| !id.is_empty());
    let id = id.map_or("(unknown)", String::as_str);
    Diagnostic::warning(
        "Two-Step Verification Stays On",
        format!(
            "Terraform forgets phone number ID {id}, and nothing is sent to Meta: the API has no \
             way to turn two-step verification off. The number keeps the last PIN. To turn it off, \
             use WhatsApp Manager (Phone numbers, the number's settings, Two-step verification)."
        ),
    )
}

fn switched_off(number: &PhoneNumberId) -> Diagnostic {
    Diagnostic::warning(
        "Two-Step Verification Was Switched Off",
        format!(
            "Phone number ID {number} has no two-step verification any more. Terraform did not do \
             this: somebody switched it off in WhatsApp Manager, or reset the PIN by e-mail. \
             Applying sets the configured PIN again."
        ),
    )
}

fn not_shown_yet(number: &PhoneNumberId) -> Diagnostic {
    Diagnostic::warning(
        "Two-Step Verification Not Shown as On Yet",
        format!(
            "The PIN of phone number ID {number} was set less than two minutes ago, and Meta does \
             not show it yet. The resource is kept; if the next plan still finds two-step \
             verification off, it will set the PIN again."
        ),
    )
}

/// Meta's own pages lag by up to a minute and a half.
const FLAG_LAG: Duration = Duration::from_secs(120);
