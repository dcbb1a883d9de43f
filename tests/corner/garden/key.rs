//! The ephemeral resource: lent, renewed, and given back.

use std::time::{Duration, SystemTime};

use terraform_provider_whatsapp::model;
use terraform_provider_whatsapp::tf_provider::{
    Context, EphemeralResource, Field, Lease, Number, Opened, Outcome, SecretString,
};

use crate::garden::ground::Ground;

model! {
    /// Lends the key to a bed.
    pub(crate) struct Key {
        /// To which bed.
        required bed: String,
        /// For how many seconds it is lent at first.
        required seconds: Number,
        /// The key.
        computed key: SecretString [sensitive],
    }
}

/// The ephemeral resource `garden_key`.
#[derive(Debug)]
pub(crate) struct Keys;

impl EphemeralResource for Keys {
    type Client = Ground;
    type Model = Key;

    fn type_name(&self) -> &'static str {
        "garden_key"
    }

    async fn open(&self, context: &Context<Ground>, config: Key) -> Outcome<Opened<Key>> {
        let bed = config.bed.known().cloned().unwrap_or_default();
        context.client().note(&format!("lent the key to {bed}"))?;
        let seconds = config.seconds.known().and_then(Number::as_u64).unwrap_or_default();
        let renew_at = SystemTime::now() + Duration::from_secs(seconds);
        let result = Key { key: Field::Known(SecretString::from("jagged-4711")), ..config };
        Ok(Opened::new(result).with_lease(Lease::new(renew_at, bed)).into())
    }

    async fn renew(&self, context: &Context<Ground>, private: Vec<u8>) -> Outcome<Option<Lease>> {
        let bed = String::from_utf8_lossy(&private);
        context.client().note(&format!("lent the key to {bed} for good"))?;
        Ok(None.into())
    }

    async fn close(&self, context: &Context<Ground>, private: Vec<u8>) -> Outcome<()> {
        let bed = String::from_utf8_lossy(&private);
        context.client().note(&format!("got the key to {bed} back"))?;
        Ok(().into())
    }
}
