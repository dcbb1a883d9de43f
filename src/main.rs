//! The provider's executable.

// Only tests may read the clock, look into the environment, sleep or print wherever they like.
#![cfg_attr(not(test), deny(clippy::disallowed_methods))]
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr, clippy::dbg_macro))]

use std::process::ExitCode;

use terraform_provider_whatsapp::provider::{ADDRESS, VERSION, WhatsApp};
use terraform_provider_whatsapp::tf_provider::Plugin;

/// musl's own allocator asks the system for nearly every page by itself: benches/PROFILE.md has what
/// that costs at each start.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    Plugin::new(ADDRESS, VERSION).run(WhatsApp::default)
}
