//! One version of Terraform, fetched if it is not there, or the OpenTofu at hand; with a sandbox for
//! the Graph API.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use crate::{
    sandbox::{Builder, DEFAULT_ACCOUNT, DEFAULT_TOKEN, PhoneNumber, Sandbox, Token},
    terraform::{Feature, Product, Terraform, ask, cli},
};

/// The versions that have `terraform query`, the oldest and the newest that are supported.
pub(crate) const WITH_QUERY: [&str; 2] = ["1.14", NEWEST];

const NEWEST: &str = "1.15";

/// A working folder for the newest Terraform; or for the OpenTofu at hand, if that can run examples.
pub(crate) fn newest(api: &Sandbox) -> Terraform {
    let takes_open_tofu = cli().product == Product::OpenTofu && cli().has(Feature::WriteOnly);
    if takes_open_tofu { against(api) } else { terraform(NEWEST, api) }
}

/// A working folder for the newest Terraform, for what needs a query.
pub(crate) fn newest_with_query(api: &Sandbox) -> Terraform {
    terraform(NEWEST, api)
}

/// A working folder in which this version runs against this sandbox.
pub(crate) fn terraform(version: &str, api: &Sandbox) -> Terraform {
    fetch(version);
    against(api).env("TERRAFORM_VERSION", version)
}

fn against(api: &Sandbox) -> Terraform {
    Terraform::new()
        .env("WHATSAPP_ACCESS_TOKEN", DEFAULT_TOKEN)
        .env("WHATSAPP_BASE_URL", api.base_url())
}

/// The world of the examples: two accounts, each with its token; the second's numbers have PINs.
pub(crate) fn two_accounts() -> Builder {
    let number = |id: &str, display: &str| PhoneNumber::new(id, display);
    Sandbox::builder()
        .token(DEFAULT_TOKEN)
        .with_token(Token::new("other-token").seeing_only([OTHER_ACCOUNT]))
        .account(DEFAULT_ACCOUNT)
        .with_number(number("106540352242922", "+1 555-010-0001"))
        .with_number(number("106540352242923", "+1 555-010-0002"))
        .account(OTHER_ACCOUNT)
        .with_number(number("206540352242922", "+49 30 901820").with_pin("271828"))
        .with_number(number("206540352242923", "+49 30 901821").with_pin("271828"))
}

pub(crate) const OTHER_ACCOUNT: &str = "102290129340399";

/// Copies the files of one example into the working folder.
pub(crate) fn copy(example: &Path, to: &Terraform) {
    for entry in fs::read_dir(example).expect("the example exists") {
        let file = entry.expect("a readable folder").path();
        let text = fs::read_to_string(&file).expect("an example is a text");
        to.write(file.file_name().expect("a file has a name"), &text);
    }
}

/// Once for each version, with the caller's environment: a fetch may need its proxies.
fn fetch(version: &str) {
    static FETCHED: Mutex<BTreeMap<String, Arc<OnceLock<()>>>> = Mutex::new(BTreeMap::new());
    let mut fetched = FETCHED.lock().unwrap_or_else(PoisonError::into_inner);
    let once = Arc::clone(fetched.entry(version.to_owned()).or_default());
    drop(fetched);
    once.get_or_init(|| {
        let found = ask(Some(version)).to_string();
        let asked = format!("Terraform {version}.");
        assert!(found.starts_with(&asked), "{version} was asked for, {found} came");
    });
}
