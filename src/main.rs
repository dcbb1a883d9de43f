//! The provider's executable.

use std::process::ExitCode;

use terraform_provider_whatsapp::provider::{ADDRESS, NAME, VERSION, WhatsApp};
use terraform_provider_whatsapp::tf_provider::{PluginInfo, run};

fn main() -> ExitCode {
    let info = PluginInfo { name: NAME, version: VERSION, address: ADDRESS };
    run(&info, WhatsApp::default)
}
