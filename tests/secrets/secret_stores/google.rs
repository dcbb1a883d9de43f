//! Google Secret Manager: counts versions from 1, as texts at the end of a resource name.

use secrecy::SecretString;
use terraform_provider_whatsapp::model;
use terraform_provider_whatsapp::tf_provider::{
    Context, DataSource, EphemeralResource, Field, Opened, Outcome, Registry, Warned,
};

use crate::kept;

pub(crate) fn register(registry: &mut Registry<()>) {
    registry.data_source(Described);
    registry.ephemeral_resource(Value);
}

model! {
    /// A version, by default with its value.
    struct Description {
        required secret: String,
        optional fetch_secret_data: bool,
        optional_computed version: String,
        computed name: String,
        computed secret_data: SecretString [sensitive],
    }
}

struct Described;

impl DataSource for Described {
    type Client = ();
    type Model = Description;

    fn type_name(&self) -> &'static str {
        "google_secret_manager_secret_version"
    }

    async fn read(&self, _context: &Context<()>, config: Description) -> Outcome<Description> {
        let secret = config.secret.known().map_or("", String::as_str);
        let id = config.version.known().map(String::as_str);
        let version = kept::version(kept::versions(secret)?, id)?;
        let is_fetched = config.fetch_secret_data.known().copied().unwrap_or(true);
        let value = is_fetched.then(|| SecretString::from(version.value));
        let result = Description {
            name: Field::Known(resource_name(secret, &version.id)),
            secret_data: value.map_or(Field::Null, Field::Known),
            version: Field::Known(version.id),
            ..config
        };
        Ok(Warned::from(result))
    }
}

model! {
    /// A version with its value.
    struct Read {
        required secret: String,
        optional version: String,
        computed name: String,
        computed secret_data: SecretString [sensitive],
    }
}

struct Value;

impl EphemeralResource for Value {
    type Client = ();
    type Model = Read;

    fn type_name(&self) -> &'static str {
        "google_secret_manager_secret_version"
    }

    async fn open(&self, _context: &Context<()>, config: Read) -> Outcome<Opened<Read>> {
        let secret = config.secret.known().map_or("", String::as_str);
        let id = config.version.known().map(String::as_str);
        let version = kept::version(kept::versions(secret)?, id)?;
        let result = Read {
            name: Field::Known(resource_name(secret, &version.id)),
            secret_data: Field::Known(SecretString::from(version.value)),
            ..config
        };
        Ok(Warned::from(Opened::new(result)))
    }
}

fn resource_name(secret: &str, version: &str) -> String {
    format!("projects/123456789012/secrets/{secret}/versions/{version}")
}
