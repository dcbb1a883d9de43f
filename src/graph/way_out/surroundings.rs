//! The part of a process's environment that says how its calls leave the machine.

#[cfg(not(any(windows, target_vendor = "apple")))]
use std::ffi::OsStr;
use std::ffi::OsString;
use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// The environment variables for proxies and root certificates, as they were when they were read.
///
/// Addresses of proxies are zeroed when dropped, and only the names of their variables are shown: they
/// may hold a password.
#[derive(Clone, Default)]
pub struct Surroundings {
    proxies: Vec<(&'static str, Value)>,
    root_file: Option<OsString>,
    root_folders: Option<OsString>,
}

/// What a variable is set to, which is never nothing.
#[derive(Clone)]
pub(super) enum Value {
    Text(SecretString),
    /// Something that is not Unicode.
    Other,
}

impl Surroundings {
    /// Looks up the variables that matter. One that is set to nothing counts as not set.
    pub fn read(lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let found = NAMES.into_iter().filter_map(|name| {
            let value = set(name)?;
            let text = value.into_string().map(|text| Value::Text(SecretString::from(text)));
            Some((name, text.unwrap_or(Value::Other)))
        });
        Self {
            proxies: found.collect(),
            root_file: set("SSL_CERT_FILE"),
            root_folders: set("SSL_CERT_DIR"),
        }
    }

    /// `SSL_CERT_FILE`.
    #[cfg(not(any(windows, target_vendor = "apple")))]
    pub(in crate::graph) fn root_file(&self) -> Option<&OsStr> {
        self.root_file.as_deref()
    }

    /// `SSL_CERT_DIR`.
    #[cfg(not(any(windows, target_vendor = "apple")))]
    pub(in crate::graph) fn root_folders(&self) -> Option<&OsStr> {
        self.root_folders.as_deref()
    }

    /// The first of the variables that is set, with its name.
    pub(super) fn first_of(&self, names: [&'static str; 2]) -> Option<(&'static str, &Value)> {
        let find = |name| self.proxies.iter().find(|(known, _)| *known == name);
        names.into_iter().find_map(find).map(|(name, value)| (*name, value))
    }
}

impl Value {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.expose_secret()),
            Self::Other => None,
        }
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proxies: Vec<_> = self.proxies.iter().map(|(name, _)| name).collect();
        f.debug_struct("Surroundings")
            .field("proxies", &proxies)
            .field("root_file", &self.root_file)
            .field("root_folders", &self.root_folders)
            .finish()
    }
}

const NAMES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"];
