//! A Terraform and an imitation Graph API that know each other: where the provider's stories play.

use std::{collections::BTreeMap, fs};

use serde_json::{Map, Value};

use crate::{
    sandbox::{DEFAULT_TOKEN, Event, Sandbox},
    terraform::{Finished, Terraform},
};

/// A working folder whose provider calls a sandbox of its own.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) terraform: Terraform,
    pub(crate) api: Sandbox,
}

impl Stage {
    /// The sandbox with its default seed, and its token in the environment.
    pub(crate) fn new() -> Self {
        Self::with(Sandbox::start())
    }

    /// A sandbox that was seeded otherwise; the default token is in the environment.
    pub(crate) fn with(api: Sandbox) -> Self {
        let terraform = Terraform::new()
            .env("WHATSAPP_BASE_URL", api.base_url())
            .env("WHATSAPP_ACCESS_TOKEN", DEFAULT_TOKEN);
        Self { terraform, api }
    }

    /// Takes the token out of the environment.
    pub(crate) fn without_token(mut self) -> Self {
        self.terraform.unset_env("WHATSAPP_ACCESS_TOKEN");
        self
    }

    /// Writes the whole configuration, over the one before; where the provider comes from is added.
    pub(crate) fn configure(&self, configuration: &str) {
        self.terraform.write("main.tf", &format!("{REQUIREMENT}{configuration}"));
    }

    /// Plans with these further arguments and saves the plan. The exit code must agree with the
    /// changes that the plan shows.
    #[track_caller]
    pub(crate) fn plan_with(&self, more: &[&str]) -> Finished {
        let plan = ["plan", "-json", "-out=saved", "-detailed-exitcode"];
        let planned = self.terraform.run(plan.iter().chain(more));
        let code = if planned.changes().is_empty() { 0 } else { 2 };
        planned.expect_exit_code(code)
    }

    /// Plans, saves the plan, and expects these changes, as `action address`.
    #[track_caller]
    pub(crate) fn plan(&self, changes: &[&str]) -> Finished {
        let planned = self.plan_with(&[]);
        assert_eq!(planned.changes(), changes, "{planned}");
        planned
    }

    /// Expects a plan without changes, warnings and errors.
    #[track_caller]
    pub(crate) fn expect_nothing_to_do(&self) {
        self.plan(&[]).expect_silence();
    }

    /// Applies the saved plan, which is a new process that has nothing but the plan.
    #[track_caller]
    pub(crate) fn apply_saved(&self) -> Finished {
        self.try_to_apply_saved().expect_success()
    }

    /// Applies the saved plan, with whatever end.
    pub(crate) fn try_to_apply_saved(&self) -> Finished {
        self.terraform.run(["apply", "-json", "saved"])
    }

    /// Plans and applies in one go.
    #[track_caller]
    pub(crate) fn apply(&self) -> Finished {
        self.try_to_apply().expect_success()
    }

    /// Plans and applies in one go, with whatever end.
    pub(crate) fn try_to_apply(&self) -> Finished {
        self.terraform.run(["apply", "-json", "-auto-approve"])
    }

    /// The calls that reached the API since this was last asked, as `METHOD object`, sorted.
    pub(crate) fn calls(&self) -> Vec<String> {
        let name = |event: &Event| {
            format!("{} {}", event.method, event.object.as_deref().unwrap_or_default())
        };
        let mut calls: Vec<_> = self.api.events().iter().map(name).collect();
        self.api.forget_events();
        calls.sort();
        calls
    }

    /// The attributes of every instance in the state file, by `name` or `name[key]`.
    pub(crate) fn state(&self) -> BTreeMap<String, Map<String, Value>> {
        let mut document = self.state_file();
        let instances = instances(&mut document);
        instances.into_iter().map(|(name, instance)| (name, attributes(instance).clone())).collect()
    }

    /// Changes the attributes of every instance in the state file.
    pub(crate) fn edit_state(&self, edit: impl Fn(&mut Map<String, Value>)) {
        let mut document = self.state_file();
        for (_, instance) in instances(&mut document) {
            edit(attributes(instance));
        }
        self.terraform.write(STATE, &document.to_string());
    }

    /// The state file as it is.
    pub(crate) fn state_file(&self) -> Value {
        let text = fs::read_to_string(self.terraform.folder().join(STATE));
        serde_json::from_str(&text.expect("a state file was written")).expect("state is JSON")
    }
}

/// A resource called `support`, which the tests of one number use.
pub(crate) fn support(number: &str, pin: &str) -> String {
    format!(
        r#"
resource "whatsapp_two_step_verification" "support" {{
  phone_number_id = "{number}"
  pin             = "{pin}"
}}
"#
    )
}

/// Where the provider comes from.
pub(crate) const REQUIREMENT: &str = r#"
terraform {
  required_providers {
    whatsapp = { source = "waba/whatsapp" }
  }
}
"#;

const STATE: &str = "terraform.tfstate";

/// The provider's instances; others, such as of `terraform_data`, are left out.
fn instances(document: &mut Value) -> Vec<(String, &mut Value)> {
    let resources = document["resources"].as_array_mut().expect("a state lists its resources");
    let is_ours = |of: &Value| of["type"].as_str().is_some_and(|of| of.starts_with("whatsapp_"));
    let ours = resources.iter_mut().filter(|of| is_ours(of) && of["mode"] == "managed");
    ours.flat_map(|resource| {
        let name = resource["name"].as_str().unwrap_or_default().to_owned();
        let all = resource["instances"].as_array_mut().expect("a resource lists its instances");
        all.iter_mut().map(move |instance| match &instance["index_key"] {
            Value::Null => (name.clone(), instance),
            key => (format!("{name}[{key}]"), instance),
        })
    })
    .collect()
}

fn attributes(instance: &mut Value) -> &mut Map<String, Value> {
    instance["attributes"].as_object_mut().expect("an instance has attributes")
}
