//! `action "whatsapp_set_two_step_verification_pin"`: for the day when a PIN has to change now.

use secrecy::SecretString;

use crate::graph::PhoneNumberId;
use crate::provider::actions::{pin, pin_problem, with_the_way_on};
use crate::provider::connection::Connection;
use crate::provider::failure::Attempt;
use crate::provider::ids;
use crate::tf_provider::{Action, Context, Diagnostics, Outcome, Progress, Warned};

crate::model! {
    /// Sets the two-step verification PIN of a WhatsApp Business phone number without touching any state:
    /// for an emergency, or for a number that is not declared. The former PIN is not needed. A declared
    /// `whatsapp_two_step_verification` does not see the new PIN: give it the same one and change
    /// `pin_wo_version`, and the next apply brings both together.
    pub(crate) struct Config {
        /// ID of the phone number, as WhatsApp Manager shows it: digits only, and not the phone number
        /// itself.
        required phone_number_id: String,

        /// The new PIN: exactly six digits, as a string. Never stored, in no plan either.
        required pin: SecretString [sensitive, write_only],
    }
}

/// The action.
#[derive(Debug)]
pub(crate) struct SetPin;

impl Action for SetPin {
    type Client = Connection;
    type Config = Config;

    fn type_name(&self) -> &'static str {
        "whatsapp_set_two_step_verification_pin"
    }

    fn validate(&self, config: &Config) -> Diagnostics {
        let number = ids::phone_number_problem(&config.phone_number_id);
        number.into_iter().chain(pin_problem(&config.pin)).collect()
    }

    async fn invoke(
        &self,
        context: &Context<Connection>,
        config: Config,
        progress: &Progress<'_>,
    ) -> Outcome<()> {
        let set = set(context, config).await;
        let number = set.map_err(|problems| {
            with_the_way_on(problems, self.type_name(), context.client().run())
        })?;
        progress
            .say(format!(
                "The PIN of phone number ID {number} is set. A declared resource does not see it \
                 until its version changes"
            ))
            .await;
        Ok(Warned::from(()).with(context.client().version_warning()))
    }
}

async fn set(context: &Context<Connection>, config: Config) -> Result<PhoneNumberId, Diagnostics> {
    let number = ids::phone_number_id(&config.phone_number_id)?;
    let pin = pin(&config.pin)?;
    let connection = context.client();
    let set = connection.graph()?.set_two_step_pin(&number, &pin, context.stop()).await;
    connection.outdate(&number);
    set.map_err(|error| {
        let setting = Attempt::write("Setting the two-step verification PIN of", &number, "PIN");
        setting.by_action().failed(&error, connection.run())
    })?;
    Ok(number)
}
