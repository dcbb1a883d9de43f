//! Builds the provider: Cargo does not do so for an example.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::Outcome;
use crate::interrupt::Interrupts;
use crate::process::{self, Output};

/// Makes the provider's binary and gives its path.
///
/// This program's own place, `TARGET/PROFILE/examples/quickstart`, says where and how: what was
/// compiled for it serves again.
pub(crate) fn provider(interrupts: &Interrupts) -> Outcome<PathBuf> {
    let itself = env::current_exe()?;
    let profile = itself.parent().and_then(Path::parent).ok_or(MISPLACED)?;
    let target = profile.parent().ok_or(MISPLACED)?;
    let command = cargo(profile_name(profile)?, target);
    let built = process::run(command, Output::Read, BUILD_LIMIT, interrupts)?;
    if built.code != Some(0) {
        return Err("the provider could not be built; Cargo says why.".into());
    }
    Ok(profile.join(PROVIDER))
}

fn profile_name(folder: &Path) -> Outcome<&str> {
    let name = folder.file_name().and_then(|name| name.to_str()).ok_or(MISPLACED)?;
    // The one profile whose folder has another name.
    Ok(if name == "debug" { "dev" } else { name })
}

fn cargo(profile: &str, target: &Path) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--bin", PROVIDER, "--profile", profile, "--target-dir"]).arg(target);
    // With an example in the same build, Cargo resolves the same features as for this program,
    // and compiles nothing a second time.
    cargo.args(["--example", "quickstart"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo
}

/// The binary's name.
pub(crate) const PROVIDER: &str = "terraform-provider-whatsapp";

const MISPLACED: &str = "it is not in a Cargo target folder: run `cargo run --example quickstart`.";

const BUILD_LIMIT: Duration = Duration::from_secs(60 * 60);
