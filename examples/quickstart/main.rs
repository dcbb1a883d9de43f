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

#[cfg(unix)]
use std::ffi::OsString;
use std::process::ExitCode;

/// What can go wrong here ends the program; its text is all that anybody looks at.
#[cfg(unix)]
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

#[cfg(unix)]
fn main() -> ExitCode {
    let folder = match wish(std::env::args_os().skip(1)) {
        Ok(Wish::Story(folder)) => folder,
        Ok(Wish::Help) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::from(2);
        }
    };
    match run(folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nThe quickstart stopped: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What the command line asks for.
#[cfg(unix)]
enum Wish {
    Help,
    /// In this folder, or in the usual one.
    Story(Option<OsString>),
}

#[cfg(unix)]
fn wish(mut arguments: impl Iterator<Item = OsString>) -> Result<Wish, String> {
    let first = arguments.next();
    if let Some(more) = arguments.next() {
        return Err(format!("One folder is enough; {} is too much. Try --help.", more.display()));
    }
    match first.as_ref().and_then(|first| first.to_str()) {
        Some("--help" | "-h") => Ok(Wish::Help),
        Some(flag) if flag.starts_with('-') => Err(format!("Unknown argument {flag}. Try --help.")),
        _ => Ok(Wish::Story(first)),
    }
}

#[cfg(unix)]
const HELP: &str = "\
Shows the provider's main job: a real Terraform or OpenTofu, the provider
built from this source, and an imitation of Meta's API, all on this machine.

Usage: cargo run --example quickstart -- [FOLDER]

  FOLDER   works in this folder, where nothing may be yet; by default in
           target/quickstart, anew
  --help   shows this text

The environment variable TERRAFORM_BIN names the program that is run, and
TERRAFORM_VERSION the version of Terraform to fetch. Without both it is
terraform or tofu from the PATH, else a Terraform is fetched.";

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("The quickstart needs a Unix shell: run it on Linux, macOS or in WSL.");
    ExitCode::FAILURE
}

#[cfg(unix)]
fn run(folder: Option<OsString>) -> Outcome {
    let interrupts = interrupt::Interrupts::listen()?;
    let stage = stage::Stage::new();
    stage.title("Build the provider and find Terraform")?;
    let binary = build::provider(&interrupts)?;
    let cli = terraform::find(&interrupts)?;
    let folder = folder::Folder::create(folder, &binary, &cli)?;
    story::tell(stage, &cli, folder, interrupts)
}
