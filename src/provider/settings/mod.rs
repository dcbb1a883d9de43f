//! From what the user wrote to what it means: configuration first, then environment, then default.
//!
//! Null falls back to the environment. Unknown does not: the value will come, and a different one
//! from the environment would send calls to the wrong place.

mod texts;
mod user_agent;
mod written;

use std::ffi::OsString;
use std::fmt;
use std::path::Path as FilePath;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use crate::graph::{
    AccessToken, ApiVersion, AppId, AppSecret, BaseUrl, BusinessAccountId, RootCertificates,
    Surroundings,
};
use crate::provider::accounts::{self, AccountIds};
use crate::provider::arguments::{
    ACCESS_TOKEN, API_VERSION, APP_ID, APP_SECRET, Argument, Arguments, BASE_URL,
    BUSINESS_ACCOUNT_IDS, CA_CERTIFICATE_FILE, MAX_RETRIES, MISSING_NUMBER, REQUEST_TIMEOUT,
};
use crate::provider::root_certificates;
use crate::tf_provider::{Diagnostic, Diagnostics, Field, Number};

use texts::{RETRIES_RULE, base_url, duration, missing_number, retries};
use written::{Written, seen};

/// What the provider block and the environment come to.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) access_token: Setting<AccessToken>,
    pub(crate) api_version: Setting<ApiVersion>,
    pub(crate) app_id: Setting<AppId>,
    pub(crate) app_secret: Setting<AppSecret>,
    pub(crate) base_url: Setting<BaseUrl>,
    pub(crate) business_account_ids: Setting<Vec<BusinessAccountId>>,
    pub(crate) ca_certificates: Setting<RootCertificates>,
    pub(crate) max_retries: Setting<u32>,
    pub(crate) missing_number: Setting<MissingNumber>,
    pub(crate) request_timeout: Setting<Duration>,
    pub(crate) surroundings: Surroundings,
    pub(crate) user_agent: String,
}

/// What a refresh does with a number that the API does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MissingNumber {
    /// It ends with an error.
    Error,
    /// It keeps what is stored and warns.
    Warn,
}

/// One argument's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Setting<T> {
    /// Neither configured nor in the environment.
    Absent,
    /// Configured with a value that is not known yet.
    Unknown,
    /// A value.
    Known(T),
}

/// The process's environment, handed in so that tests have their own.
pub(crate) struct Environment<'a>(Box<Lookup<'a>>);

/// Finds a variable by its name.
type Lookup<'a> = dyn Fn(&str) -> Option<OsString> + 'a;

impl<'a> Environment<'a> {
    pub(crate) fn new(lookup: impl Fn(&str) -> Option<OsString> + 'a) -> Self {
        Self(Box::new(lookup))
    }

    /// A variable's text. Set to nothing counts as not set, as in most tools.
    fn text(&self, variable: &str) -> Result<Option<SecretString>, String> {
        let Some(value) = (self.0)(variable).filter(|value| !value.is_empty()) else {
            return Ok(None);
        };
        let text = value.into_string().map_err(|_| "is not valid UTF-8".to_owned())?;
        Ok(Some(SecretString::from(text)))
    }
}

/// Checks what is known of the provider block, without looking at the environment.
pub(crate) fn validate(arguments: &Arguments) -> Diagnostics {
    let nothing = Environment::new(|_| None);
    // Files belong to the machine that applies, not to the one that validates.
    let load =
        |path: &FilePath| root_certificates::check(path).map(|()| RootCertificates::default());
    let mut reader = Reader { environment: &nothing, load, problems: Diagnostics::new() };
    reader.settings(arguments, String::new());
    reader.problems
}

/// Reads the provider block and the environment.
pub(crate) fn read(
    arguments: &Arguments,
    environment: &Environment<'_>,
    terraform_version: &str,
) -> Result<Settings, Diagnostics> {
    let appended = environment.text(APPEND_USER_AGENT).ok().flatten();
    let user_agent = user_agent::user_agent(terraform_version, appended.as_ref());
    let load = root_certificates::read;
    let mut reader = Reader { environment, load, problems: Diagnostics::new() };
    let settings = reader.settings(arguments, user_agent);
    if reader.problems.has_errors() { Err(reader.problems) } else { Ok(settings) }
}

/// Collects all problems instead of stopping at the first.
struct Reader<'a> {
    environment: &'a Environment<'a>,
    load: fn(&FilePath) -> Result<RootCertificates, String>,
    problems: Diagnostics,
}

impl Reader<'_> {
    fn settings(&mut self, arguments: &Arguments, user_agent: String) -> Settings {
        let of = arguments;
        let load = self.load;
        Settings {
            access_token: self.secret(ACCESS_TOKEN, &of.access_token, AccessToken::parse),
            api_version: self.text(API_VERSION, &of.api_version, str::parse),
            app_id: self.text(APP_ID, &of.app_id, str::parse),
            app_secret: self.secret(APP_SECRET, &of.app_secret, AppSecret::parse),
            base_url: self.text(BASE_URL, &of.base_url, base_url),
            business_account_ids: self.accounts(&of.business_account_ids),
            ca_certificates: self.text(CA_CERTIFICATE_FILE, &of.ca_certificate_file, |path| {
                load(FilePath::new(path))
            }),
            max_retries: self.max_retries(&of.max_retries),
            missing_number: self.text(MISSING_NUMBER, &of.missing_number, missing_number),
            request_timeout: self.text(REQUEST_TIMEOUT, &of.request_timeout, duration),
            surroundings: Surroundings::read(&self.environment.0),
            user_agent,
        }
    }

    fn text<T, E: fmt::Display>(
        &mut self,
        argument: Argument,
        field: &Field<String>,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Setting<T> {
        let parse = seen(parse);
        match field {
            Field::Unknown => Setting::Unknown,
            Field::Known(text) => self.configured(argument, text.as_str(), parse(text)),
            Field::Null => self.environmental(argument, parse),
        }
    }

    fn secret<T, E: fmt::Display>(
        &mut self,
        argument: Argument,
        field: &Field<SecretString>,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Setting<T> {
        match field {
            Field::Unknown => Setting::Unknown,
            Field::Known(text) => {
                let text = text.expose_secret();
                self.configured(argument, text, parse(text))
            }
            Field::Null => self.environmental(argument, parse),
        }
    }

    fn accounts(&mut self, field: &Field<AccountIds>) -> Setting<Vec<BusinessAccountId>> {
        match field {
            Field::Unknown => Setting::Unknown,
            Field::Known(ids) if ids.has_unknown() => Setting::Unknown,
            Field::Known(ids) => self.configured(BUSINESS_ACCOUNT_IDS, ids, ids.parse()),
            Field::Null => self.environmental(BUSINESS_ACCOUNT_IDS, seen(accounts::with_commas)),
        }
    }

    fn max_retries(&mut self, field: &Field<Number>) -> Setting<u32> {
        match field {
            Field::Unknown => Setting::Unknown,
            Field::Known(number) => self.configured(MAX_RETRIES, number, retries(number)),
            Field::Null => self.environmental(
                MAX_RETRIES,
                seen(|text| {
                    Number::parse(text)
                        .map_err(|_| RETRIES_RULE)
                        .and_then(|number| retries(&number))
                }),
            ),
        }
    }

    fn configured<T>(
        &mut self,
        argument: Argument,
        written: &(impl Written + ?Sized),
        parsed: Result<T, impl fmt::Display>,
    ) -> Setting<T> {
        self.known(parsed, |problem| {
            let told = invalid(argument, &format!("The argument {} {problem}.", argument.name));
            if written.may_be_shown(argument) { told.at(argument.name) } else { told }
        })
    }

    fn environmental<T, E: fmt::Display>(
        &mut self,
        argument: Argument,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Setting<T> {
        let variable = argument.variable;
        let parsed = match self.environment.text(variable) {
            Ok(None) => return Setting::Absent,
            // Files that become variables often end in a blank or a line end, which nobody sees.
            Ok(Some(text)) => {
                parse(text.expose_secret().trim()).map_err(|problem| problem.to_string())
            }
            Err(problem) => Err(problem),
        };
        self.known(parsed, |problem| {
            let stands_in = format!("which stands in for the argument {}", argument.name);
            invalid(
                argument,
                &format!("The environment variable {variable}, {stands_in}, {problem}."),
            )
            .at(argument.name)
        })
    }

    fn known<T, E>(
        &mut self,
        parsed: Result<T, E>,
        problem: impl Fn(E) -> Diagnostic,
    ) -> Setting<T> {
        match parsed {
            Ok(value) => Setting::Known(value),
            Err(error) => {
                self.problems.push(problem(error));
                Setting::Absent
            }
        }
    }
}

impl<T> Setting<T> {
    /// The value, if there is one.
    pub(crate) fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Absent | Self::Unknown => None,
        }
    }
}

fn invalid(argument: Argument, problem: &str) -> Diagnostic {
    let advice = argument.advice;
    Diagnostic::error("Invalid Provider Configuration", format!("{problem} {advice}"))
}

/// Set by people who want to tell their runs apart in logs; Terraform's own convention.
const APPEND_USER_AGENT: &str = "TF_APPEND_USER_AGENT";

#[cfg(test)]
mod tests;
