//! Puts the provider of `stand_in.rs` beside the real one.

use std::{
    env, fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
    time::Duration,
};

use tempfile::TempDir;

use crate::{stage::Stage, terraform::Running};

/// A folder with Terraform's settings and the stand-in's store; it goes with this value.
pub(crate) struct StandIn(TempDir);

impl StandIn {
    /// Builds the stand-in if `cargo test` has not done so already.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = |name| folder.path().join(name);
        for name in ["bin", "store"] {
            fs::create_dir(place(name)).expect("the folder is writable");
        }
        symlink(executable(), place("bin").join("terraform-provider-aws")).expect("it is writable");
        fs::write(place("terraformrc"), settings(&place("bin"))).expect("it is writable");
        Self(folder)
    }

    /// The stage with both providers.
    pub(crate) fn beside(&self, stage: Stage) -> Stage {
        let place = |name| self.0.path().join(name).display().to_string();
        stage
            .env("TF_CLI_CONFIG_FILE", &place("terraformrc"))
            .env("STAND_IN_STORE", &place("store"))
    }

    /// The secret that was stored last under this ID.
    pub(crate) fn stored(&self, id: &str) -> String {
        let file = self.0.path().join("store").join(id.replace('/', "_"));
        fs::read_to_string(file).expect("a secret has been stored")
    }
}

fn settings(stand_in: &Path) -> String {
    let real = Path::new(env!("CARGO_BIN_EXE_terraform-provider-whatsapp")).parent();
    let real = real.expect("a binary lies in a folder");
    format!(
        r#"
provider_installation {{
  dev_overrides {{
    "waba/whatsapp" = {real:?}
    "hashicorp/aws" = {stand_in:?}
  }}
  direct {{}}
}}
"#
    )
}

/// `cargo test` builds examples, `cargo test --test secrets` does not.
fn executable() -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--example", "stand_in"]);
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        build.current_dir(env!("CARGO_MANIFEST_DIR")).stderr(Stdio::piped());
        Running::start(&mut build, BUILD_LIMIT).finish().expect_success();
    });
    let real = Path::new(env!("CARGO_BIN_EXE_terraform-provider-whatsapp"));
    real.with_file_name("examples").join("stand_in")
}

const BUILD_LIMIT: Duration = Duration::from_secs(600);
