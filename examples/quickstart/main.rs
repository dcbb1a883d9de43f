//! Shows the provider's main job: `cargo run --example quickstart`.
//!
//! A real Terraform, or OpenTofu, uses the provider that was just built, against an imitation of
//! Meta's API on this machine. Each step says what happens and why, shows the command and what it
//! prints, and then what the API saw. The story checks itself: it ends with exit code 1 at the first
//! step that does not do what was said.
//!
//! - [`story`] is what is told, step by step; [`stage`] is how it looks.
//! - [`folder`] has the files that Terraform works with, [`terraform`] runs it in them;
//!   [`cli`] tells Terraform from OpenTofu.
//! - [`build`] makes the provider; [`process`] runs any child and ends it; [`interrupt`] hears Ctrl-C.

#[cfg(unix)]
mod build;
#[cfg(unix)]
#[allow(dead_code, reason = "shared with the tests, which ask for more")]
mod cli;
#[cfg(unix)]
mod folder;
#[cfg(unix)]
mod interrupt;
#[cfg(unix)]
mod process;
#[cfg(unix)]
#[path = "../sandbox/api/mod.rs"]
mod sandbox;
#[cfg(unix)]
mod stage;
#[cfg(unix)]
mod story;
#[cfg(unix)]
mod terraform;

use std::process::ExitCode;

/// What can go wrong here ends the program; its text is all that anybody looks at.
#[cfg(unix)]
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

#[cfg(unix)]
fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nThe quickstart stopped: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("The quickstart needs a Unix shell: run it on Linux, macOS or in WSL.");
    ExitCode::FAILURE
}

#[cfg(unix)]
fn run() -> Outcome {
    let interrupts = interrupt::Interrupts::listen()?;
    let stage = stage::Stage::new();
    stage.title("Build the provider and find Terraform")?;
    let binary = build::provider(&interrupts)?;
    let cli = terraform::find(&interrupts)?;
    let folder = folder::Folder::create(std::env::args_os().nth(1), &binary, &cli)?;
    story::tell(stage, &cli, folder, interrupts)
}
