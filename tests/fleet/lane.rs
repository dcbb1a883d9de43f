//! One version of Terraform, fetched if it is not there, with a sandbox for the Graph API.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use crate::{
    command::Running,
    sandbox::{Builder, DEFAULT_ACCOUNT, DEFAULT_TOKEN, PhoneNumber, Sandbox, Token},
    terraform::Terraform,
};

/// The versions that have `terraform query`, the oldest and the newest that are supported.
pub(crate) const WITH_QUERY: [&str; 2] = ["1.14", NEWEST];

pub(crate) const NEWEST: &str = "1.15";

/// A working folder in which this version runs against this sandbox.
pub(crate) fn terraform(version: &str, api: &Sandbox) -> Terraform {
    fetch(version);
    Terraform::new()
        .env("TERRAFORM_VERSION", version)
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
        let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/terraform"));
        command.args(["version", "-json"]).stderr(Stdio::inherit());
        command.env("TERRAFORM_VERSION", version).env("CHECKPOINT_DISABLE", "1");
        command.env_remove("TF_CLI_CONFIG_FILE");
        let answer = Running::start(&mut command, FETCH_LIMIT).finish().expect_success().json();
        let found = answer["terraform_version"].as_str().expect("the CLI says its version");
        assert!(found.starts_with(&format!("{version}.")), "{version} was asked for, {found} came");
    });
}

const FETCH_LIMIT: Duration = Duration::from_secs(20 * 60);
