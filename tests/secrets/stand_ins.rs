//! Puts the provider of `stand_in.rs` beside the real one.

use std::{fs, path::Path};

use tempfile::TempDir;

use crate::{
    stage::Stage,
    terraform::{install, overrides},
};

/// A folder with Terraform's settings and the stand-in's store; it goes with this value.
pub(crate) struct StandIn(TempDir);

impl StandIn {
    /// An empty store.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = |name| folder.path().join(name);
        fs::create_dir(place("store")).expect("the folder is writable");
        install("stand_in", "aws", &place("bin"));
        fs::write(place("terraformrc"), settings(&place("bin"))).expect("it is writable");
        Self(folder)
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

fn settings(stand_in: &Path) -> String {
    let real = Path::new(env!("CARGO_BIN_EXE_terraform-provider-whatsapp")).parent();
    let real = real.expect("a binary lies in a folder");
    overrides(&[("waba/whatsapp", real), ("hashicorp/aws", stand_in)])
}
