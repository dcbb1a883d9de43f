//! A garden, and the newest Terraform that works in it.

use std::{fs, path::PathBuf, sync::OnceLock};

use serde_json::Value;
use tempfile::TempDir;

use crate::terraform::{Finished, Terraform, ask, install, overrides};

/// A working folder for Terraform, and beside it a garden and the program that looks after it.
pub(crate) struct Stage {
    pub(crate) terraform: Terraform,
    place: TempDir,
}

impl Stage {
    /// An empty garden.
    pub(crate) fn new() -> Self {
        let place = tempfile::tempdir().expect("a temporary folder");
        let at = |name| place.path().join(name);
        fs::create_dir(at("garden")).expect("the folder is writable");
        install("garden", "garden", &at("program"));
        let settings = at("terraformrc");
        let text = overrides(&[("acme/garden", &at("program"))]);
        fs::write(&settings, text).expect("the folder is writable");
        let terraform =
            Terraform::new().env("TERRAFORM_VERSION", newest()).env("TF_CLI_CONFIG_FILE", settings);
        Self { terraform, place }
    }

    /// An empty garden, and this configuration of it.
    pub(crate) fn with(configuration: &str) -> Self {
        let stage = Self::new();
        stage.configure(configuration);
        stage
    }

    /// Writes the configuration over the one before; the provider block is added.
    pub(crate) fn configure(&self, configuration: &str) {
        let folder = self.place.path().join("garden");
        let text = format!(
            r#"
terraform {{
  required_providers {{
    garden = {{ source = "acme/garden" }}
  }}
}}

provider "garden" {{
  folder = {folder:?}
}}
{configuration}"#
        );
        self.terraform.write("main.tf", &text);
    }

    /// Plans, and expects these changes, as `action address`.
    #[track_caller]
    pub(crate) fn plan(&self, changes: &[&str]) -> Finished {
        let planned = self.terraform.run(["plan", "-json", "-out=saved"]).expect_success();
        assert_eq!(planned.changes(), changes, "{planned}");
        planned
    }

    /// Plans, expects these changes, makes them, and expects that nothing is left to do.
    #[track_caller]
    pub(crate) fn apply(&self, changes: &[&str]) -> Finished {
        self.plan(changes);
        let applied = self.terraform.run(["apply", "-json", "saved"]).expect_success();
        self.plan(&[]);
        applied
    }

    /// The attributes of a resource in the state.
    #[track_caller]
    pub(crate) fn state_of(&self, address: &str) -> Value {
        let state = self.terraform.run(["show", "-json"]).expect_success().json();
        let resources = state["values"]["root_module"]["resources"].as_array().cloned();
        let mut resources = resources.unwrap_or_default().into_iter();
        let found = resources.find(|resource| resource["address"] == address);
        found.unwrap_or_else(|| panic!("{address} is not in {state}"))["values"].take()
    }

    /// What the garden keeps of a bed; none if there is no such bed.
    pub(crate) fn bed(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.in_garden(&format!("{name}.bed"))).ok()
    }

    /// Lays a bed past Terraform.
    pub(crate) fn lay(&self, name: &str, text: &str) {
        fs::write(self.in_garden(&format!("{name}.bed")), text).expect("the garden is writable");
    }

    /// The lines of the garden's diary.
    pub(crate) fn diary(&self) -> Vec<String> {
        let diary = fs::read_to_string(self.in_garden("diary")).unwrap_or_default();
        diary.lines().map(str::to_owned).collect()
    }

    pub(crate) fn in_garden(&self, file: &str) -> PathBuf {
        self.place.path().join("garden").join(file)
    }
}

/// Fetched once, with the caller's environment: a fetch may need its proxies.
fn newest() -> &'static str {
    static FETCHED: OnceLock<()> = OnceLock::new();
    FETCHED.get_or_init(|| {
        let found = ask(Some(NEWEST)).to_string();
        assert!(found.starts_with(&format!("Terraform {NEWEST}.")), "{found}");
    });
    NEWEST
}

const NEWEST: &str = "1.15";
