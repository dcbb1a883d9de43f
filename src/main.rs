//! The provider's executable.

use std::process::ExitCode;

use terraform_provider_whatsapp::provider::{ADDRESS, VERSION, WhatsApp};
use terraform_provider_whatsapp::tf_provider::Plugin;

fn main() -> ExitCode {
    Plugin::new(ADDRESS, VERSION).run(WhatsApp::default)
}
