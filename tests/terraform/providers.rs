//! Providers that stand in place of a registry's, without `terraform init`.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::Running;

/// The settings by which these folders hold the providers of these addresses.
pub(crate) fn overrides(providers: &[(&str, &Path)]) -> String {
    let lines: String =
        providers.iter().map(|(of, folder)| format!("    {of:?} = {folder:?}\n")).collect();
    format!("provider_installation {{\n  dev_overrides {{\n{lines}  }}\n  direct {{}}\n}}\n")
}

/// Puts one of this project's examples into a folder, as the provider of this name.
pub(crate) fn install(example: &str, provider: &str, folder: &Path) {
    fs::create_dir_all(folder).expect("the folder is writable");
    let name = format!("terraform-provider-{provider}");
    symlink(built(example), folder.join(name)).expect("the folder is writable");
}

/// The program of an example. `cargo test` builds examples, `cargo test --test NAME` does not: then it
/// is built now, once.
pub(crate) fn built(example: &str) -> PathBuf {
    static BUILT: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if !built.contains(example) {
        build(example);
        built.insert(example.to_owned());
    }
    let real = Path::new(env!("CARGO_BIN_EXE_terraform-provider-whatsapp"));
    real.with_file_name("examples").join(example)
}

fn build(example: &str) {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--example", example]);
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    build.current_dir(env!("CARGO_MANIFEST_DIR")).stderr(Stdio::piped());
    Running::start(&mut build, BUILD_LIMIT).finish().expect_success();
}

const BUILD_LIMIT: Duration = Duration::from_secs(600);
