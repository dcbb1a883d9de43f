//! The folder that Terraform works in. It stays when the quickstart has ended, to be looked at.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::build::PROVIDER;
use crate::cli::{Cli, Feature};

/// Configuration, state, the installed provider and the CLI's settings.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    write_only: bool,
}

impl Folder {
    /// Makes the folder: at `wish`, where nothing may be yet, or else `target/quickstart`, anew.
    pub(crate) fn create(wish: Option<OsString>, binary: &Path, cli: &Cli) -> Outcome<Self> {
        let path = match wish {
            Some(wish) => env::current_dir()?.join(wish),
            None => emptied(Path::new(env!("CARGO_MANIFEST_DIR")).join("target/quickstart"))?,
        };
        fs::create_dir_all(&path)?;
        if fs::read_dir(&path)?.next().is_some() {
            return Err(format!("{} is not empty.", path.display()).into());
        }
        install(binary, &path.join(MIRROR), cli)?;
        let folder = Self { path, write_only: cli.has(Feature::WriteOnly) };
        fs::write(folder.settings(), settings(&folder.path.join(MIRROR)))?;
        Ok(folder)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The file for `TF_CLI_CONFIG_FILE`.
    pub(crate) fn settings(&self) -> PathBuf {
        self.path.join("terraformrc")
    }

    /// Puts one of the files beside this source into the folder.
    pub(crate) fn add(&self, file: &str) -> io::Result<()> {
        let kind = if self.write_only { "" } else { "before-1.11" };
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart").join(kind);
        fs::copy(from.join(file), self.path.join(file)).map(|_| ())
    }

    /// Replaces `old`, which must occur, everywhere in a file.
    pub(crate) fn edit(&self, file: &str, old: &str, new: &str) -> Outcome {
        let text = fs::read_to_string(self.path.join(file))?;
        if !text.contains(old) {
            return Err(format!("{file} does not contain {old}.").into());
        }
        Ok(fs::write(self.path.join(file), text.replace(old, new))?)
    }

    /// The text of a file.
    pub(crate) fn read(&self, file: &str) -> io::Result<String> {
        fs::read_to_string(self.path.join(file))
    }
}

fn emptied(path: PathBuf) -> io::Result<PathBuf> {
    match fs::remove_dir_all(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(path),
    }
}

/// Lays the binary where `init` looks for it in a folder that mirrors the CLI's registry.
fn install(binary: &Path, mirror: &Path, cli: &Cli) -> io::Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    let (registry, platform) = (cli.product.registry(), &cli.platform);
    let place = mirror.join(format!("{registry}/waba/whatsapp/{version}/{platform}"));
    fs::create_dir_all(&place)?;
    fs::copy(binary, place.join(format!("{PROVIDER}_v{version}")))?;
    Ok(())
}

fn settings(mirror: &Path) -> String {
    format!("provider_installation {{\n  filesystem_mirror {{\n    path = {mirror:?}\n  }}\n}}\n")
}

const MIRROR: &str = "mirror";
