//! The WhatsApp provider: the only room that knows both Terraform and the Graph API.
//!
//! - `arguments` is the table of the provider block; `settings` reads it together with the
//!   environment.
//! - `connection` is what a configured provider hands to every operation.
//! - `run` remembers what one run has planned, sent and said.
//! - `failure` turns every failure of the API into what a user reads; `ids` says it of an ID that is
//!   none, and `line` whether a message may point at what was written.
//! - One file or folder for each resource and data source.

mod access_token;
mod accounts;
mod actions;
mod arguments;
mod claims;
mod connection;
mod directory;
mod failure;
mod fleet;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod ids;
mod line;
mod phone_number;
mod pin;
mod root_certificates;
mod run;
mod settings;
mod two_step_verification;

use std::{env, sync::Arc, time::Duration};

use crate::tf_provider::{Diagnostics, Outcome, Provider, Registry, Warned};

use access_token::AccessTokenDataSource;
use actions::{RegisterPhoneNumber, SetPin};
use arguments::Arguments;
use connection::Connection;
use phone_number::{PhoneNumberDataSource, PhoneNumbersDataSource};
use pin::RandomPin;
use run::Run;
use settings::Environment;
use two_step_verification::{TwoStepVerification, TwoStepVerificationList};

/// The provider's local name, which prefixes its types.
pub const NAME: &str = "whatsapp";

/// Where the provider is published.
pub const ADDRESS: &str = "registry.terraform.io/waba/whatsapp";

/// The version of this build.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The provider.
#[derive(Debug, Default)]
pub struct WhatsApp {
    run: Arc<Run>,
}

impl Provider for WhatsApp {
    type Client = Connection;
    type Config = Arguments;

    fn name(&self) -> &'static str {
        NAME
    }

    fn validate(&self, config: &Arguments) -> Diagnostics {
        settings::validate(config)
    }

    #[expect(clippy::disallowed_methods, reason = "the environment, for all of the room")]
    async fn configure(&self, config: Arguments, terraform_version: &str) -> Outcome<Connection> {
        let environment = Environment::new(|variable| env::var_os(variable));
        let settings = settings::read(&config, &environment, terraform_version)?;
        self.run.begin();
        Ok(Warned::from(Connection::new(settings, Arc::clone(&self.run))))
    }

    fn grace(&self, client: &Connection) -> Duration {
        client.grace()
    }

    fn register(&self, registry: &mut Registry<Connection>) {
        registry.resource(TwoStepVerification::new(Arc::clone(&self.run)));
        registry.list_resource(TwoStepVerificationList);
        registry.data_source(AccessTokenDataSource);
        registry.data_source(PhoneNumberDataSource);
        registry.data_source(PhoneNumbersDataSource);
        registry.ephemeral_resource(RandomPin);
        registry.action(RegisterPhoneNumber);
        registry.action(SetPin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_and_names_are_sound() {
        assert_eq!(crate::tf_provider::problems(&WhatsApp::default()), Vec::<String>::new());
    }

    #[test]
    fn a_pin_on_its_way_has_the_time_of_one_attempt_when_the_process_is_told_to_end() {
        let set = |name: &str| (name == "WHATSAPP_REQUEST_TIMEOUT").then_some("90s");
        assert!(WhatsApp::default().grace(&Connection::for_tests(set)) > Duration::from_secs(90));
        assert!(
            WhatsApp::default().grace(&Connection::for_tests(|_| None)) > Duration::from_secs(30)
        );
    }
}
