//! What a store keeps of a secret: a file, which the test writes as people write to their store. Each
//! line is a version, the oldest first: its ID, a blank, its value.

use std::{env, fs, path::PathBuf};

use terraform_provider_whatsapp::tf_provider::Diagnostic;

/// One version of a secret.
#[derive(Clone)]
pub(crate) struct Version {
    pub(crate) id: String,
    pub(crate) value: String,
}

/// Every version of this secret, the oldest first.
pub(crate) fn versions(secret: &str) -> Result<Vec<Version>, Diagnostic> {
    let folder = env::var_os("STAND_IN_STORE").map(PathBuf::from).unwrap_or_default();
    let text = fs::read_to_string(folder.join(secret.replace('/', "_")))
        .map_err(|error| Diagnostic::error("Secret Not Found", error.to_string()))?;
    let version = |line: &str| {
        let (id, value) = line.split_once(' ')?;
        Some(Version { id: id.to_owned(), value: value.to_owned() })
    };
    Ok(text.lines().filter_map(version).collect())
}

/// The version with this ID, or the newest.
pub(crate) fn version(mut from: Vec<Version>, id: Option<&str>) -> Result<Version, Diagnostic> {
    let found = match id {
        Some(id) => from.into_iter().find(|version| version.id == id),
        None => from.pop(),
    };
    found.ok_or_else(|| Diagnostic::error("Version Not Found", "The store does not have it."))
}
