//! One fleet of numbers under Terraform, beside as many resources that need no plugin.

use std::time::Duration;

use serde::Serialize;

use crate::sandbox::{DEFAULT_ACCOUNT, DEFAULT_TOKEN, Fault, Rule, Sandbox};
use crate::shared::binary::Binary;
use crate::shared::results::Comparison;
use crate::terraform::Terraform;

/// The circumstances of one measurement.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Circumstances {
    /// How many numbers there are.
    pub(crate) numbers: u64,
    /// How long the API takes for each answer.
    pub(crate) latency_ms: u64,
    /// Over how many accounts they are spread, evenly.
    pub(crate) accounts: u64,
    /// Whether the provider has `business_account_ids` set.
    pub(crate) account: bool,
}

/// What came out of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Measurement {
    #[serde(flatten)]
    pub(crate) circumstances: Circumstances,
    #[serde(flatten)]
    pub(crate) times: Comparison,
    /// Calls that one run made to the API.
    pub(crate) calls: usize,
}

/// The sandbox and the two working folders of a scenario.
#[derive(Debug)]
pub(crate) struct Scenario {
    circumstances: Circumstances,
    api: Sandbox,
    floor: Terraform,
    fleet: Terraform,
}

impl Scenario {
    pub(crate) fn new(provider: &Binary, circumstances: Circumstances) -> Self {
        let each = circumstances.numbers / circumstances.accounts;
        let seed = (0..).zip(circumstances.account_ids());
        let seed = seed.fold(Sandbox::builder(), |builder, (index, account)| {
            builder.account(account).numbers_from(index * each, each, |number| number)
        });
        let api = seed.start();
        if circumstances.latency_ms > 0 {
            let latency = Duration::from_millis(circumstances.latency_ms);
            api.inject(Rule::new(Fault::Delay(latency)));
        }
        Self {
            circumstances,
            floor: Terraform::new(provider, &floor(circumstances.numbers)),
            fleet: Terraform::new(provider, &fleet(circumstances, api.base_url())),
            api,
        }
    }

    /// The same numbers, now without `business_account_ids`.
    pub(crate) fn refresh_one_by_one(&mut self) {
        self.circumstances.account = false;
        self.fleet.configure(&fleet(self.circumstances, self.api.base_url()));
    }

    /// Creates the fleet, again and again.
    pub(crate) fn applies(&self, pairs: usize) -> Measurement {
        self.measure(pairs, Terraform::apply)
    }

    /// Plans with nothing to do, again and again; everything has been created before.
    pub(crate) fn plans(&self, pairs: usize) -> Measurement {
        self.measure(pairs, Terraform::plan)
    }

    /// One create and one plan, for an onlooker.
    pub(crate) fn run_once(&self) {
        self.fleet.apply();
        self.fleet.plan();
    }

    fn measure(&self, pairs: usize, run: impl Fn(&Terraform) -> f64) -> Measurement {
        self.api.forget_events();
        let measured: Vec<_> = (0..pairs).map(|_| (run(&self.floor), run(&self.fleet))).collect();
        Measurement {
            circumstances: self.circumstances,
            times: Comparison::of(&measured),
            calls: self.api.calls() / pairs,
        }
    }
}

impl Circumstances {
    fn account_ids(self) -> impl Iterator<Item = String> {
        let first: u64 = DEFAULT_ACCOUNT.parse().expect("account IDs are digits");
        (first..first + self.accounts).map(|id| id.to_string())
    }
}

/// As many resources that Terraform handles by itself, each with the same two values.
fn floor(numbers: u64) -> String {
    format!(
        r#"
resource "terraform_data" "number" {{
  count = {numbers}
  input = {{
    phone_number_id = tostring({first} + count.index)
    pin             = "{PIN}"
  }}
}}
"#,
        first = Sandbox::number_id(0),
    )
}

fn fleet(circumstances: Circumstances, base_url: &str) -> String {
    let Circumstances { numbers, account, .. } = circumstances;
    let ids: Vec<_> = circumstances.account_ids().collect();
    let accounts = if account { format!("{ids:?}") } else { "null".to_owned() };
    format!(
        r#"
terraform {{
  required_providers {{
    whatsapp = {{ source = "waba/whatsapp" }}
  }}
}}

provider "whatsapp" {{
  access_token         = "{DEFAULT_TOKEN}"
  base_url             = "{base_url}"
  business_account_ids = {accounts}
}}

resource "whatsapp_two_step_verification" "number" {{
  count           = {numbers}
  phone_number_id = tostring({first} + count.index)
  pin             = "{PIN}"
}}
"#,
        first = Sandbox::number_id(0),
    )
}

const PIN: &str = "271828";
