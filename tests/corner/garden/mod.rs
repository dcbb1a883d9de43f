//! A provider with one of everything, written as its author would: on the SDK's public names alone.
//!
//! It looks after a garden. What Terraform manages is a [`bed`]; [`beds`] lists those that there are,
//! [`view`] looks at one, [`key`] lends the key to its gate, [`watering`] waters it, and [`label`] is
//! a function. The API that a real provider would call is a folder of files: [`ground`].

mod bed;
mod beds;
mod ground;
mod key;
mod label;
mod view;
mod watering;

use std::path::PathBuf;

use terraform_provider_whatsapp::model;
use terraform_provider_whatsapp::tf_provider::{Diagnostic, Outcome, Provider, Registry};

use ground::Ground;

model! {
    /// Looks after a garden, which is a folder of files.
    pub(crate) struct Settings {
        /// The folder, which must exist.
        required folder: String,
    }
}

/// The provider.
#[derive(Debug)]
pub(crate) struct Garden;

impl Provider for Garden {
    type Client = Ground;
    type Config = Settings;

    fn name(&self) -> &'static str {
        "garden"
    }

    async fn configure(&self, config: Settings, _terraform: &str) -> Outcome<Ground> {
        let folder = config.folder.into_known().map(PathBuf::from).filter(|folder| folder.is_dir());
        let missing = || {
            let detail = "There is no such folder. Make it, or name another.";
            Diagnostic::error("Garden Not Found", detail).at("folder")
        };
        Ok(Ground::in_folder(folder.ok_or_else(missing)?).into())
    }

    fn register(&self, registry: &mut Registry<Ground>) {
        registry.resource(bed::Beds);
        registry.list_resource(beds::AllBeds);
        registry.data_source(view::Views);
        registry.ephemeral_resource(key::Keys);
        registry.action(watering::Water);
        registry.function(label::Label);
    }
}
