//! Four providers for tests in one program, on the same SDK as the real one. Each gives out what a secret
//! store keeps, by the names and attributes of that store's own provider, so that a recipe runs as people
//! copy it; and keeps versions as the store documents it. The name of its file says which one it is.

mod aws;
mod azurerm;
mod google;
mod kept;
mod vault;

use std::{env, marker::PhantomData, path::PathBuf, process::ExitCode};

use terraform_provider_whatsapp::model;
use terraform_provider_whatsapp::tf_provider::{
    Block, Outcome, Plugin, Provider, Registry, Warned,
};

fn main() -> ExitCode {
    let program = env::args_os().next().map(PathBuf::from).unwrap_or_default();
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    match name.as_ref() {
        "terraform-provider-aws" => store::<Nothing>("aws", aws::register),
        "terraform-provider-azurerm" => store::<azurerm::Config>("azurerm", azurerm::register),
        "terraform-provider-google" => store::<Nothing>("google", google::register),
        "terraform-provider-vault" => store::<Nothing>("vault", vault::register),
        _ => ExitCode::from(2),
    }
}

fn store<C: Block + 'static>(name: &'static str, register: fn(&mut Registry<()>)) -> ExitCode {
    let address = match name {
        "aws" => "registry.terraform.io/hashicorp/aws",
        "azurerm" => "registry.terraform.io/hashicorp/azurerm",
        "google" => "registry.terraform.io/hashicorp/google",
        _ => "registry.terraform.io/hashicorp/vault",
    };
    let provider = Store::<C> { name, register, config: PhantomData };
    Plugin::new(address, "0.0.0").run(|| provider)
}

struct Store<C> {
    name: &'static str,
    register: fn(&mut Registry<()>),
    config: PhantomData<fn() -> C>,
}

impl<C: Block + 'static> Provider for Store<C> {
    type Client = ();
    type Config = C;

    fn name(&self) -> &'static str {
        self.name
    }

    async fn configure(&self, _config: C, _terraform_version: &str) -> Outcome<()> {
        Ok(Warned::from(()))
    }

    fn register(&self, registry: &mut Registry<()>) {
        (self.register)(registry);
    }
}

model! {
    /// No arguments: the environment says how to reach the store.
    struct Nothing {}
}
