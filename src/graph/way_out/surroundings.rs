//! The part of a process's environment that says how its calls leave the machine.

use std::ffi::OsString;
use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// The environment variables for proxies and root certificates, as they were when they were read.
///
/// It is zeroed when dropped, and shows only which variables are set: the address of a proxy may hold
/// a password.
#[derive(Clone, Default)]
pub struct Surroundings(Vec<(&'static str, Value)>);

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
        let found = NAMES.into_iter().filter_map(|name| {
            let value = lookup(name).filter(|value| !value.is_empty())?;
            let text = value.into_string().map(|text| Value::Text(SecretString::from(text)));
            Some((name, text.unwrap_or(Value::Other)))
        });
        Self(found.collect())
    }

    /// The first of the variables that is set, with its name.
    pub(super) fn first_of(&self, names: [&'static str; 2]) -> Option<(&'static str, &Value)> {
        let find = |name| self.0.iter().find(|(known, _)| *known == name);
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
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

const NAMES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"];
