//! One version of Terraform, fetched if it is not there, or the tool at hand; with a sandbox for the
//! Graph API.

use std::{
    collections::BTreeMap,
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use crate::{
    sandbox::{Builder, DEFAULT_ACCOUNT, DEFAULT_TOKEN, PhoneNumber, Sandbox, Token},
    terraform::{Feature, Product, Terraform, ask, cli},
};

/// The versions that have `terraform query`, the oldest and the newest that are supported.
pub(crate) const WITH_QUERY: [&str; 2] = ["1.14", NEWEST];

const NEWEST: &str = "1.15";

/// A working folder for the newest Terraform; or for the tool at hand, if that can run examples.
pub(crate) fn newest(api: &Sandbox) -> Terraform {
    newest_with(Feature::WriteOnly, api)
}

/// The same for what needs a query.
pub(crate) fn newest_with_query(api: &Sandbox) -> Terraform {
    newest_with(Feature::Query, api)
}

/// An OpenTofu that is found, and any program that the caller names, is what is to be tested.
fn newest_with(feature: Feature, api: &Sandbox) -> Terraform {
    let is_meant = cli().product == Product::OpenTofu || env::var_os("TERRAFORM_BIN").is_some();
    if is_meant && cli().has(feature) { against(api) } else { terraform(NEWEST, api) }
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

/// A guide in a working folder, and the sandbox as `cargo run --example sandbox` starts it.
pub(crate) fn guide(name: &str) -> (Sandbox, Terraform) {
    let api = Sandbox::start();
    let terraform = newest(&api);
    copy(&Path::new("examples/guides").join(name), &terraform);
    (api, terraform)
}

/// Runs the example's own tests; a file that Terraform did not find would pass as well.
pub(crate) fn tested(terraform: &Terraform, runs: usize) {
    let finished = terraform.run(["test"]).expect_success();
    assert!(finished.stdout.contains(&format!("{runs} passed, 0 failed")), "{finished}");
}

/// Passes if Terraform has nothing to say about the configuration.
pub(crate) fn valid<const N: usize>(terraform: &Terraform, validate: [&str; N]) {
    let found = terraform.run(validate).expect_success();
    assert!(found.diagnostics().is_empty(), "{found}");
}

/// The folders in this one, in the order of their names.
pub(crate) fn folders(parent: &str) -> Vec<PathBuf> {
    let folders: Vec<_> = entries(Path::new(parent)).filter(|path| path.is_dir()).collect();
    assert!(folders.len() > 1, "{parent} is empty: was it moved without telling this test?");
    folders
}

/// The files in a folder whose names end like this.
pub(crate) fn files(folder: &Path, ending: &str) -> impl Iterator<Item = PathBuf> {
    entries(folder).filter(move |path| {
        path.file_name().and_then(OsStr::to_str).is_some_and(|name| name.ends_with(ending))
    })
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder exists");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    paths.sort();
    paths.into_iter()
}

/// Copies the files of one example into the working folder.
pub(crate) fn copy(example: &Path, to: &Terraform) {
    for file in entries(example) {
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
