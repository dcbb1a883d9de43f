//! Many cases in one run of Terraform: each has a sandbox, a provider process and numbers of its own.
//!
//! What costs time is Terraform's start. An aliased provider is a process of its own, so cases that
//! share a run share nothing that could fail.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::thread;

use serde_json::{Value, json};

use crate::run::{Run, changes};
use crate::sandbox::{DEFAULT_ACCOUNT, DEFAULT_TOKEN, Rule, Sandbox};
use crate::terraform::{Terraform, cli};

/// The provider's limits for one run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) request_timeout: &'static str,
    pub(crate) max_retries: u32,
}

/// What a user has who sets nothing.
pub(crate) const PATIENT: Limits = Limits { request_timeout: "30s", max_retries: 4 };

/// One case: an API and the numbers whose PINs Terraform has to set there.
#[derive(Debug)]
pub(crate) struct World {
    label: String,
    pub(crate) api: Sandbox,
    numbers: u64,
    /// So many of them are in the state, with an older PIN.
    known: u64,
    is_done: bool,
    lists: bool,
}

impl World {
    /// Numbers from index 0 on, the first `known` of which have an older PIN and are in the state.
    pub(crate) fn new(label: impl Into<String>, numbers: u64, known: u64) -> Self {
        let api = Sandbox::builder()
            .numbers_with(numbers, |number| match index(&number.id) < known {
                true => number.with_pin(OLD_PIN),
                false => number,
            })
            .number(bystander(), "+1 555-010-0001")
            .start();
        Self { label: label.into(), api, numbers, known, is_done: false, lists: false }
    }

    /// Turns the older PINs into the configured ones: there is nothing left to do.
    pub(crate) fn already_done(mut self) -> Self {
        for (id, pin) in self.configured() {
            self.api.edit_number(&id, |number| number.pin = Some(pin));
        }
        self.is_done = true;
        self
    }

    /// Answers refreshes from the account's list.
    pub(crate) fn with_lists(self) -> Self {
        Self { lists: true, ..self }
    }

    pub(crate) fn inject(self, rule: impl Into<Rule>) -> Self {
        self.api.inject(rule);
        self
    }

    /// The PINs that are configured.
    pub(crate) fn configured(&self) -> BTreeMap<String, String> {
        (0..self.numbers).map(|index| (Sandbox::number_id(index), pin(index))).collect()
    }

    fn action(&self, number: &str) -> &'static str {
        if index(number) < self.known { "update" } else { "create" }
    }

    fn configuration(&self, alias: &str) -> String {
        let pins = self.configured().into_iter().fold(String::new(), |mut pins, (id, pin)| {
            _ = writeln!(pins, "    \"{id}\" = \"{pin}\"");
            pins
        });
        let account = if self.lists { format!("[{DEFAULT_ACCOUNT:?}]") } else { "null".to_owned() };
        format!(
            r#"
provider "whatsapp" {{
  alias               = "{alias}"
  access_token        = "{DEFAULT_TOKEN}"
  base_url            = "{url}"
  business_account_ids = {account}
  request_timeout     = var.request_timeout
  max_retries         = var.max_retries
}}

resource "whatsapp_two_step_verification" "{alias}" {{
  provider        = whatsapp.{alias}
  phone_number_id = each.key
  pin             = each.value
  for_each = {{
{pins}  }}
}}
"#,
            url = self.api.base_url(),
        )
    }

    fn stored(&self, alias: &str) -> Value {
        let sensitive =
            ["pin", "pin_wo"].map(|name| [json!({ "type": "get_attr", "value": name })]);
        let instance = |index: u64| {
            let id = Sandbox::number_id(index);
            let pin = if self.is_done { pin(index) } else { OLD_PIN.to_owned() };
            json!({
                "index_key": id,
                "schema_version": 0,
                "sensitive_attributes": sensitive,
                "attributes": {
                    "id": id,
                    "last_set_at": "2024-01-01T00:00:00Z",
                    "phone_number_id": id,
                    "pin": pin,
                    "pin_wo": null,
                    "pin_wo_version": null,
                    "is_pin_enabled": true,
                    "keep_enabled": null,
                },
            })
        };
        json!({
            "mode": "managed",
            "type": RESOURCE,
            "name": alias,
            "provider": format!("provider[\"{}/waba/whatsapp\"].{alias}", cli().product.registry()),
            "instances": (0..self.known).map(instance).collect::<Vec<_>>(),
        })
    }
}

/// The worlds of one configuration.
#[derive(Debug)]
pub(crate) struct Worlds {
    pub(crate) terraform: Terraform,
    worlds: Vec<World>,
}

impl Worlds {
    pub(crate) fn new(worlds: Vec<World>) -> Self {
        let terraform = Terraform::new();
        let named = || worlds.iter().enumerate().map(|(index, world)| (alias(index), world));
        let blocks: String = named().map(|(alias, world)| world.configuration(&alias)).collect();
        terraform.write("main.tf", &format!("{HEAD}{blocks}"));
        let resources: Vec<_> = named().map(|(alias, world)| world.stored(&alias)).collect();
        let state = json!({
            "version": 4,
            "serial": 1,
            "lineage": "faults",
            "outputs": {},
            "resources": resources,
        });
        terraform.write("terraform.tfstate", &state.to_string());
        let all = Self { terraform, worlds };
        all.limit(PATIENT);
        all
    }

    /// A single world.
    pub(crate) fn of(world: World) -> Self {
        Self::new(vec![world])
    }

    pub(crate) fn limit(&self, limits: Limits) {
        let Limits { request_timeout, max_retries } = limits;
        let text = format!("request_timeout = {request_timeout:?}\nmax_retries = {max_retries}\n");
        self.terraform.write("limits.auto.tfvars", &text);
    }

    /// The API of a single world.
    pub(crate) fn api(&self) -> &Sandbox {
        &self.worlds[0].api
    }

    /// Applies while the faults strike; what the run says it has done must be so.
    pub(crate) fn apply_under_faults(&self, limits: Limits) -> Run {
        self.limit(limits);
        let run = Run::of(self.terraform.run(APPLY));
        self.limit(PATIENT);
        self.check_claims(&run, false);
        run
    }

    /// What Terraform has reported as done is done; what it has not has one error, unless it was
    /// stopped before it began.
    pub(crate) fn check_claims(&self, run: &Run, was_stopped: bool) {
        for (address, world, number, pin) in self.all() {
            let label = &world.label;
            let said = run.errors.get(&address).map_or(0, Vec::len);
            if run.done.contains(&address) {
                assert_eq!(world.api.pin(&number), Some(pin), "{label}: claimed\n{run}");
            } else {
                let is_said = said == 1 || was_stopped && said == 0;
                assert!(is_said, "{label}: {address} says why it was not done\n{run}");
            }
        }
    }

    /// After the faults: exactly what the run left undone is planned, one apply does it, and then
    /// there is nothing more to do.
    pub(crate) fn converge_after(&self, run: &Run) {
        self.converge(|address| !run.done.contains(address));
    }

    /// The same where nobody knows what the run has done.
    pub(crate) fn converge_somehow(&self) {
        self.clear_faults();
        self.terraform.run(APPLY).expect_success();
        self.check_end();
    }

    fn converge(&self, is_left: impl Fn(&str) -> bool) {
        self.clear_faults();
        let plan = self.terraform.run(["plan", "-json", "-detailed-exitcode", "-out=saved"]);
        let left: BTreeMap<_, _> = self
            .all()
            .into_iter()
            .filter(|(address, ..)| is_left(address))
            .map(|(address, world, number, _)| (address, world.action(&number).to_owned()))
            .collect();
        let plan = plan.expect_exit_code(if left.is_empty() { 0 } else { 2 });
        assert_eq!(changes(&plan), left, "only what was left undone is planned\n{plan}");
        if !left.is_empty() {
            self.terraform.run(["apply", "saved"]).expect_success();
        }
        self.check_end();
    }

    fn check_end(&self) {
        for world in &self.worlds {
            assert_eq!(world.api.pins(), world.configured(), "{}", world.label);
        }
        self.expect_nothing_to_do();
    }

    pub(crate) fn expect_nothing_to_do(&self) {
        self.terraform.run(["plan", "-detailed-exitcode"]).expect_success();
    }

    /// Refreshes while the faults strike: it may fail, but nothing may seem to have changed.
    pub(crate) fn plan_under_faults(&self, limits: Limits) {
        self.limit(limits);
        let plan = self.terraform.run(["plan", "-json", "-parallelism=100"]);
        self.limit(PATIENT);
        assert_eq!(changes(&plan), BTreeMap::new(), "{plan}");
        assert!(!plan.stdout.contains("resource_drift"), "{plan}");
    }

    pub(crate) fn clear_faults(&self) {
        self.worlds.iter().for_each(|world| world.api.clear_faults());
    }

    /// Every instance: address, world, number and configured PIN.
    fn all(&self) -> Vec<(String, &World, String, String)> {
        let worlds = self.worlds.iter().enumerate();
        worlds
            .flat_map(|(index, world)| {
                world.configured().into_iter().map(move |(number, pin)| {
                    (format!("{RESOURCE}.{}[\"{number}\"]", alias(index)), world, number, pin)
                })
            })
            .collect()
    }
}

/// Runs a check on all worlds, a batch in each run of Terraform and some runs at a time.
pub(crate) fn in_batches(
    worlds: impl Iterator<Item = World> + Send,
    check: impl Fn(Worlds) + Sync,
) {
    // Worlds begin to exist when it is their turn.
    let worlds = Mutex::new(worlds);
    let next = || {
        let mut worlds = worlds.lock().unwrap_or_else(PoisonError::into_inner);
        let batch: Vec<_> = worlds.by_ref().take(BATCH).collect();
        (!batch.is_empty()).then_some(batch)
    };
    thread::scope(|scope| {
        for _ in 0..RUNS_AT_A_TIME {
            scope.spawn(|| {
                while let Some(batch) = next() {
                    check(Worlds::new(batch));
                }
            });
        }
    });
}

/// The PIN that is configured for a number.
pub(crate) fn pin_of(number: &str) -> String {
    pin(index(number))
}

/// A number of every account that no configuration names.
pub(crate) fn bystander() -> String {
    "999000000000001".into()
}

fn alias(index: usize) -> String {
    format!("w{index}")
}

fn index(number: &str) -> u64 {
    let first: u64 = Sandbox::number_id(0).parse().expect("IDs are digits");
    number.parse::<u64>().expect("IDs are digits").saturating_sub(first)
}

/// Distinct, and with a leading zero.
fn pin(index: u64) -> String {
    format!("0{:05}", 27_182 + index)
}

pub(crate) const RESOURCE: &str = "whatsapp_two_step_verification";
pub(crate) const APPLY: [&str; 4] = ["apply", "-json", "-auto-approve", "-parallelism=100"];
const OLD_PIN: &str = "314159";

/// So many provider processes in one run of Terraform.
const BATCH: usize = 12;
/// While one waits for a silent API, another has something to do.
const RUNS_AT_A_TIME: usize = 3;

const HEAD: &str = r#"
terraform {
  required_providers {
    whatsapp = {
      source = "waba/whatsapp"
    }
  }
}

variable "request_timeout" {
  type = string
}

variable "max_retries" {
  type = number
}
"#;
