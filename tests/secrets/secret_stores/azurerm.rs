//! Azure Key Vault: 32 hexadecimal digits for each version, and all are kept.

use secrecy::SecretString;
use terraform_provider_whatsapp::model;
use terraform_provider_whatsapp::tf_provider::{
    Context, Diagnostic, Diagnostics, EphemeralResource, Field, Opened, Outcome, Registry, Warned,
};

use crate::kept;

model! {
    /// The provider block, which must have the block `features`.
    pub(crate) struct Config {
        required features: Vec<Features>,
    }
}

model! {
    /// What the block may hold; Terraform reads an attribute of this type from a block.
    pub(crate) struct Features {
        /// Nobody sets it; an object has attributes.
        resource_group: String,
    }
}

pub(crate) fn register(registry: &mut Registry<()>) {
    registry.ephemeral_resource(Value);
}

model! {
    /// A version with its value.
    struct Read {
        required key_vault_id: String,
        required name: String,
        optional_computed version: String,
        computed value: SecretString [sensitive],
    }
}

struct Value;

impl EphemeralResource for Value {
    type Client = ();
    type Model = Read;

    fn type_name(&self) -> &'static str {
        "azurerm_key_vault_secret"
    }

    fn validate(&self, config: &Read) -> Diagnostics {
        let vault = config.key_vault_id.known();
        let is_vault = vault.is_none_or(|id| id.contains("/providers/Microsoft.KeyVault/vaults/"));
        let problem = (!is_vault).then(|| Diagnostic::error("Not a Vault", "It is no vault's ID."));
        problem.into_iter().collect()
    }

    async fn open(&self, _context: &Context<()>, config: Read) -> Outcome<Opened<Read>> {
        let secret = config.name.known().map_or("", String::as_str);
        let id = config.version.known().map(String::as_str);
        let version = kept::version(kept::versions(secret)?, id)?;
        let result = Read {
            value: Field::Known(SecretString::from(version.value)),
            version: Field::Known(version.id),
            ..config
        };
        Ok(Warned::from(Opened::new(result)))
    }
}
