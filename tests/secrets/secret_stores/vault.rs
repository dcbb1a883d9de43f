//! HashiCorp Vault's engine KV, version 2: counts versions from 1, and keeps as many as it is told to.

use std::collections::BTreeMap;

use terraform_provider_whatsapp::model;
use terraform_provider_whatsapp::tf_provider::{
    Context, EphemeralResource, Field, Number, Opened, Outcome, Registry, Warned,
};

use crate::kept;

pub(crate) fn register(registry: &mut Registry<()>) {
    registry.ephemeral_resource(Value);
}

model! {
    /// A version with its keys and values.
    struct Read {
        required mount: String,
        optional mount_id: String,
        required name: String,
        optional version: Number,
        computed data: BTreeMap<String, String> [sensitive],
    }
}

struct Value;

impl EphemeralResource for Value {
    type Client = ();
    type Model = Read;

    fn type_name(&self) -> &'static str {
        "vault_kv_secret_v2"
    }

    async fn open(&self, _context: &Context<()>, config: Read) -> Outcome<Opened<Read>> {
        let secret = config.name.known().map_or("", String::as_str);
        let mut kept = kept::versions(secret)?;
        let forgotten = kept.len().saturating_sub(MAX_VERSIONS);
        let id = config.version.known().map(Number::to_string);
        let version = kept::version(kept.split_off(forgotten), id.as_deref())?;
        let data = BTreeMap::from([("pin".to_owned(), version.value)]);
        let result = Read { data: Field::Known(data), ..config };
        Ok(Warned::from(Opened::new(result)))
    }
}

/// What the engine calls so; its own default is 10.
const MAX_VERSIONS: usize = 2;
