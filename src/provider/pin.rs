//! `ephemeral "whatsapp_pin"`: a new random PIN, for a write-only argument and a secret store.

use secrecy::SecretString;

use crate::graph::Pin;
use crate::provider::connection::Connection;
use crate::tf_provider::{Context, Diagnostic, EphemeralResource, Field, Opened, Outcome, Warned};

crate::model! {
    /// A random PIN of six digits from the operating system's generator, never one that is easy to guess,
    /// and never stored. Every plan and every apply draws a new one. Write it to a write-only argument of
    /// a secret store, or nobody will know it, and read it back from there for `pin_wo`: then an apply
    /// that finishes what another began sets the PIN that is stored.
    pub(crate) struct Model {
        /// The PIN: six digits, as a string. Neither one digit repeated nor a run up or down.
        computed pin: SecretString [sensitive],
    }
}

/// The ephemeral resource.
#[derive(Debug)]
pub(crate) struct RandomPin;

impl EphemeralResource for RandomPin {
    type Client = Connection;
    type Model = Model;

    fn type_name(&self) -> &'static str {
        "whatsapp_pin"
    }

    async fn open(&self, _context: &Context<Connection>, _config: Model) -> Outcome<Opened<Model>> {
        let pin = Pin::random().map_err(|error| {
            Diagnostic::error(
                "No Random PIN",
                format!("No PIN could be drawn: {error}. Restart the machine or runner."),
            )
        })?;
        let result = Model { pin: Field::Known(SecretString::from(pin.expose())) };
        Ok(Warned::from(Opened::new(result)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use secrecy::ExposeSecret;
    use tokio_util::sync::CancellationToken;

    use super::*;

    #[tokio::test]
    async fn every_opening_draws_a_good_pin_without_a_token() {
        let context =
            Context::new(Arc::new(Connection::for_tests(|_| None)), CancellationToken::new());
        let mut drawn = Vec::new();
        for _ in 0..8 {
            let opened = RandomPin.open(&context, Model::default()).await.expect("a PIN");
            let pin = opened.value.result.pin.into_known().expect("known");
            assert!(Pin::parse(pin.expose_secret()).is_ok_and(|pin| !pin.is_trivial()));
            drawn.push(pin.expose_secret().to_owned());
        }
        drawn.dedup();
        assert!(drawn.len() > 1, "eight equal PINs in a row are not random");
    }
}
