//! A provider for tests, on the same SDK as the real one: the same handshake, guards, hook and logs.
//!
//! It stands in for AWS with a secret store in a folder, so that an example with two providers can be
//! applied. And it has a resource whose calls panic, in the ways in which code does that holds a secret:
//! the real provider must not be able to panic, so what would become of it is shown here.

use std::{env, fs, path::PathBuf, process::ExitCode, thread};

use secrecy::{ExposeSecret, SecretString};
use terraform_provider_whatsapp::model;
use terraform_provider_whatsapp::tf_provider::{
    Change, Context, Diagnostic, Diagnostics, EphemeralResource, Field, Number, Opened, Outcome,
    Plugin, Provider, Refreshed, Registry, Resource, Saved, Warned,
};

fn main() -> ExitCode {
    Plugin::new("registry.terraform.io/hashicorp/aws", "0.0.0").run(|| StandIn)
}

struct StandIn;

impl Provider for StandIn {
    type Client = ();
    type Config = Nothing;

    fn name(&self) -> &'static str {
        "aws"
    }

    async fn configure(&self, _config: Nothing, _terraform_version: &str) -> Outcome<()> {
        Ok(Warned::from(()))
    }

    fn register(&self, registry: &mut Registry<()>) {
        registry.resource(SecretStore);
        registry.resource(SecretVersion);
        registry.ephemeral_resource(StoredSecret);
        registry.resource(Panicking);
    }
}

model! {
    /// No attributes.
    struct Nothing {}
}

model! {
    /// A place for a secret.
    struct Store {
        required name: String [forces_replacement],
        computed id: String [keeps_prior],
    }
}

/// A name under which secrets are kept; its ID is unknown until it exists, as in AWS.
struct SecretStore;

impl Resource for SecretStore {
    type Client = ();
    type Model = Store;
    type Identity = ();

    fn type_name(&self) -> &'static str {
        "aws_secretsmanager_secret"
    }

    fn identity(&self, _state: &Store) {}

    async fn create(&self, _context: &Context<()>, change: Change<Store>) -> Saved<Store> {
        let id = change.planned.name.known().map(|name| format!("arn:{name}"));
        Ok(Warned::from(Store { id: id.into(), ..change.planned }))
    }

    async fn read(&self, _context: &Context<()>, state: Store) -> Outcome<Refreshed<Store>> {
        Ok(Warned::from(Refreshed::Present(state)))
    }

    async fn update(
        &self,
        _context: &Context<()>,
        _prior: Store,
        change: Change<Store>,
    ) -> Saved<Store> {
        Ok(Warned::from(change.planned))
    }

    async fn delete(&self, _context: &Context<()>, _prior: Store) -> Outcome<()> {
        Ok(Warned::from(()))
    }
}

model! {
    /// A secret in the store.
    struct Secret {
        required secret_id: String [forces_replacement],
        optional secret_string_wo: SecretString [sensitive, write_only],
        optional secret_string_wo_version: Number,
        computed id: String [keeps_prior],
    }
}

/// Keeps a write-only secret in a file of the folder in `STAND_IN_STORE`.
struct SecretVersion;

impl Resource for SecretVersion {
    type Client = ();
    type Model = Secret;
    type Identity = ();

    fn type_name(&self) -> &'static str {
        "aws_secretsmanager_secret_version"
    }

    fn identity(&self, _state: &Secret) {}

    async fn create(&self, _context: &Context<()>, change: Change<Secret>) -> Saved<Secret> {
        store(&change.config)?;
        let id = change.planned.secret_id.clone();
        Ok(Warned::from(Secret { id, ..change.planned }))
    }

    async fn read(&self, _context: &Context<()>, state: Secret) -> Outcome<Refreshed<Secret>> {
        Ok(Warned::from(Refreshed::Present(state)))
    }

    async fn update(
        &self,
        _context: &Context<()>,
        _prior: Secret,
        change: Change<Secret>,
    ) -> Saved<Secret> {
        store(&change.config)?;
        Ok(Warned::from(change.planned))
    }

    async fn delete(&self, _context: &Context<()>, _prior: Secret) -> Outcome<()> {
        Ok(Warned::from(()))
    }
}

fn store(config: &Secret) -> Result<(), Diagnostic> {
    let id = config.secret_id.known().map_or("", String::as_str);
    let secret = config.secret_string_wo.known().map_or("", |text| text.expose_secret());
    let written = fs::write(file(id), secret);
    written.map_err(|error| Diagnostic::error("Not Stored", error.to_string()))
}

fn file(id: &str) -> PathBuf {
    let folder = env::var_os("STAND_IN_STORE").map(PathBuf::from).unwrap_or_default();
    folder.join(id.replace('/', "_"))
}

model! {
    /// A secret, read back.
    struct ReadBack {
        required secret_id: String,
        computed secret_string: SecretString [sensitive],
    }
}

/// Reads what [`SecretVersion`] has stored.
struct StoredSecret;

impl EphemeralResource for StoredSecret {
    type Client = ();
    type Model = ReadBack;

    fn type_name(&self) -> &'static str {
        "aws_secretsmanager_secret_version"
    }

    async fn open(&self, _context: &Context<()>, config: ReadBack) -> Outcome<Opened<ReadBack>> {
        let id = config.secret_id.known().map_or("", String::as_str);
        let secret = fs::read_to_string(file(id))
            .map_err(|error| Diagnostic::error("Not Stored", error.to_string()))?;
        let secret_string = Field::Known(SecretString::from(secret));
        let result = ReadBack { secret_string, ..config };
        Ok(Warned::from(Opened::new(result)))
    }
}

model! {
    /// When it panics, and how.
    struct Panic {
        required during: String,
    }
}

/// Panics with the text of `STAND_IN_SECRET` in the message, while `during` says what goes on.
struct Panicking;

impl Resource for Panicking {
    type Client = ();
    type Model = Panic;
    type Identity = ();

    fn type_name(&self) -> &'static str {
        "aws_panicking"
    }

    fn identity(&self, _state: &Panic) {}

    fn validate(&self, config: &Panic) -> Diagnostics {
        if is(config, "validate") {
            panic!("unexpected PIN {}", secret());
        }
        Diagnostics::new()
    }

    fn plan_create(&self, change: &mut Change<Panic>) -> Diagnostics {
        if is(&change.config, "plan") {
            // The message of a bad index shows the whole text.
            let _ = &secret()[100..];
        }
        Diagnostics::new()
    }

    async fn create(&self, _context: &Context<()>, change: Change<Panic>) -> Saved<Panic> {
        if is(&change.config, "create") {
            secret().parse::<u8>().map_err(|_| secret()).expect("a small number");
        }
        if is(&change.config, "nothing but crash") {
            // A thread of its own is outside of every guard.
            let crash = thread::spawn(|| assert_eq!(secret(), "another"));
            crash.join().map_err(|_| Diagnostic::error("Crashed", "A thread has panicked."))?;
        }
        Ok(Warned::from(change.planned))
    }

    async fn read(&self, _context: &Context<()>, state: Panic) -> Outcome<Refreshed<Panic>> {
        if is(&state, "read") {
            tokio::task::yield_now().await;
            std::panic::panic_any(secret());
        }
        Ok(Warned::from(Refreshed::Present(state)))
    }

    async fn update(
        &self,
        _context: &Context<()>,
        _prior: Panic,
        change: Change<Panic>,
    ) -> Saved<Panic> {
        Ok(Warned::from(change.planned))
    }

    async fn delete(&self, _context: &Context<()>, _prior: Panic) -> Outcome<()> {
        Ok(Warned::from(()))
    }
}

fn is(panic: &Panic, now: &str) -> bool {
    panic.during.known().is_some_and(|during| during == now)
}

fn secret() -> String {
    env::var("STAND_IN_SECRET").unwrap_or_default()
}
