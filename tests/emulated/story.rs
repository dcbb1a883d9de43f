//! One life of a number under real Terraform, with a binary of the release.

use std::{fs, path::Path};

use crate::{
    sandbox::DEFAULT_NUMBER,
    stage::{Stage, support},
    terraform::overrides,
};

/// A stage whose provider lies in this folder.
pub(crate) fn stage_with(provider: &Path) -> Stage {
    let mut stage = Stage::new();
    let settings = stage.terraform.folder().join("settings.tfrc");
    fs::write(&settings, overrides(&[("waba/whatsapp", provider)])).expect("it is writable");
    stage.terraform.set_env("TF_CLI_CONFIG_FILE", &settings.display().to_string());
    stage
}

/// From the first check of a configuration to the end of the resource.
pub(crate) fn play(stage: &Stage) {
    stage.configure(&support(DEFAULT_NUMBER, "048213"));
    stage.terraform.run(["validate"]).expect_success();
    stage.plan(&["create whatsapp_two_step_verification.support"]);
    stage.apply_saved();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("048213"));
    stage.expect_nothing_to_do();

    stage.configure(&support(DEFAULT_NUMBER, "190725"));
    stage.plan(&["update whatsapp_two_step_verification.support"]);
    stage.apply_saved();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("190725"));
    stage.terraform.run(["destroy", "-auto-approve"]).expect_success();
    assert!(stage.state().is_empty());
}
