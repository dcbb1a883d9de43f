//! Puts a provider for tests beside the real one: that of `stand_in.rs`, or a secret store's.

use std::{fs, path::Path};

use tempfile::TempDir;

use crate::{
    stage::Stage,
    terraform::{install, overrides},
};

/// A folder with Terraform's settings and the stand-in's store; it goes with this value.
pub(crate) struct StandIn(TempDir);

impl StandIn {
    /// The provider of `stand_in.rs`, as AWS's, with an empty store.
    pub(crate) fn new() -> Self {
        Self::of("stand_in", "aws")
    }

    /// The provider of a secret store, out of those in `secret_stores`.
    pub(crate) fn of_a_store(provider: &str) -> Self {
        Self::of("secret_stores", provider)
    }

    fn of(example: &str, provider: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = |name| folder.path().join(name);
        fs::create_dir(place("store")).expect("the folder is writable");
        install(example, provider, &place("bin"));
        let settings = settings(provider, &place("bin"));
        fs::write(place("terraformrc"), settings).expect("it is writable");
        Self(folder)
    }

    /// Adds a version to a secret of the store, as people do there.
    pub(crate) fn keep(&self, secret: &str, version: &str, value: &str) {
        let file = self.0.path().join("store").join(secret.replace('/', "_"));
        let before = fs::read_to_string(&file).unwrap_or_default();
        fs::write(file, format!("{before}{version} {value}\n")).expect("it is writable");
    }

    /// The stage with both providers.
    pub(crate) fn beside(&self, stage: Stage) -> Stage {
        let place = |name| self.0.path().join(name).display().to_string();
        stage
            .env("TF_CLI_CONFIG_FILE", &place("terraformrc"))
            .env("STAND_IN_STORE", &place("store"))
    }

    /// The secret that was stored last under this ID.
    pub(crate) fn stored(&self, id: &str) -> String {
        let file = self.0.path().join("store").join(id.replace('/', "_"));
        fs::read_to_string(file).expect("a secret has been stored")
    }
}

fn settings(provider: &str, stand_in: &Path) -> String {
    let real = Path::new(env!("CARGO_BIN_EXE_terraform-provider-whatsapp")).parent();
    let real = real.expect("a binary lies in a folder");
    let store = format!("hashicorp/{provider}");
    overrides(&[("waba/whatsapp", real), (&store, stand_in)])
}
