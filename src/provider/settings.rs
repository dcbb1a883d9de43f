//! From what the user wrote to what it means: configuration first, then environment, then default.
//!
//! Null falls back to the environment. Unknown does not: the value will come, and a different one
//! from the environment would send calls to the wrong place.

use std::ffi::OsString;
use std::fmt;
use std::path::Path as FilePath;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use crate::graph::{
    AccessToken, ApiVersion, AppSecret, BaseUrl, BusinessAccountId, RootCertificates,
};
use crate::provider::arguments::{
    ACCESS_TOKEN, API_VERSION, APP_SECRET, Argument, Arguments, BASE_URL, BUSINESS_ACCOUNT_ID,
    CA_CERTIFICATE_FILE, MAX_RETRIES, REQUEST_TIMEOUT,
};
use crate::provider::root_certificates;
use crate::tf_provider::{Diagnostic, Diagnostics, Field, Number};

/// What the provider block and the environment come to.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) access_token: Setting<AccessToken>,
    pub(crate) api_version: Setting<ApiVersion>,
    pub(crate) app_secret: Setting<AppSecret>,
    pub(crate) base_url: Setting<BaseUrl>,
    pub(crate) business_account_id: Setting<BusinessAccountId>,
    pub(crate) ca_certificates: Setting<RootCertificates>,
    pub(crate) max_retries: Setting<u32>,
    pub(crate) request_timeout: Setting<Duration>,
    pub(crate) user_agent: String,
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
    let load = |_: &FilePath| Ok(RootCertificates::default());
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
    let user_agent = user_agent(terraform_version, appended.as_ref());
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
            app_secret: self.secret(APP_SECRET, &of.app_secret, AppSecret::parse),
            base_url: self.text(BASE_URL, &of.base_url, str::parse),
            business_account_id: self.text(
                BUSINESS_ACCOUNT_ID,
                &of.business_account_id,
                str::parse,
            ),
            ca_certificates: self.text(CA_CERTIFICATE_FILE, &of.ca_certificate_file, |path| {
                load(FilePath::new(path))
            }),
            max_retries: self.max_retries(&of.max_retries),
            request_timeout: self.text(REQUEST_TIMEOUT, &of.request_timeout, duration),
            user_agent,
        }
    }

    fn text<T, E: fmt::Display>(
        &mut self,
        argument: Argument,
        field: &Field<String>,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Setting<T> {
        match field {
            Field::Unknown => Setting::Unknown,
            Field::Known(text) => self.configured(argument, parse(text)),
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
            Field::Known(text) => self.configured(argument, parse(text.expose_secret())),
            Field::Null => self.environmental(argument, parse),
        }
    }

    fn max_retries(&mut self, field: &Field<Number>) -> Setting<u32> {
        match field {
            Field::Unknown => Setting::Unknown,
            Field::Known(number) => self.configured(MAX_RETRIES, retries(number)),
            Field::Null => self.environmental(MAX_RETRIES, |text| {
                Number::parse(text).map_err(|_| RETRIES_RULE).and_then(|number| retries(&number))
            }),
        }
    }

    fn configured<T>(
        &mut self,
        argument: Argument,
        parsed: Result<T, impl fmt::Display>,
    ) -> Setting<T> {
        self.known(parsed, |problem| {
            let detail = format!("The argument {} {problem}.", argument.name);
            Diagnostic::error(INVALID, advised(detail, argument)).at(argument.name)
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
            Ok(Some(text)) => parse(text.expose_secret()).map_err(|problem| problem.to_string()),
            Err(problem) => Err(problem),
        };
        self.known(parsed, |problem| {
            let detail = format!(
                "The environment variable {variable}, which stands in for the argument {}, \
                 {problem}.",
                argument.name
            );
            Diagnostic::error(INVALID, advised(detail, argument)).at(argument.name)
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

/// What to write instead.
fn advised(detail: String, argument: Argument) -> String {
    let advice = match argument.name {
        "access_token" => "Give the token alone, as Meta shows it, without quotes or a prefix.",
        "api_version" => "Write a lower-case v, a number, a dot and a number, such as v24.0.",
        "app_secret" => "Give the secret alone, as the app's basic settings show it.",
        "base_url" => {
            "Write a URL such as https://graph.facebook.com. Plain http is accepted for a \
             loopback address only, because it would show the token to everybody on the way."
        }
        "business_account_id" => {
            "Write the ID of the WhatsApp Business Account, digits only, as WhatsApp Manager \
             shows it."
        }
        "ca_certificate_file" => "Give the path of a PEM file with at least one certificate.",
        "request_timeout" => "Write a duration such as 30s or 1m30s.",
        _ => return detail,
    };
    format!("{detail} {advice}")
}

fn retries(number: &Number) -> Result<u32, &'static str> {
    let whole = number.as_u64().and_then(|number| u32::try_from(number).ok());
    whole.filter(|retries| *retries <= MOST_RETRIES).ok_or(RETRIES_RULE)
}

fn duration(text: &str) -> Result<Duration, &'static str> {
    let duration = humantime::parse_duration(text.trim()).map_err(|_| "is not a duration")?;
    match duration {
        Duration::ZERO => Err("is zero, which leaves no time for any answer"),
        long if long > LONGEST_TIMEOUT => Err("is longer than 10m"),
        duration => Ok(duration),
    }
}

/// What the API sees of who calls. What others put into it is reduced to what a header carries.
fn user_agent(terraform_version: &str, appended: Option<&SecretString>) -> String {
    let clean = |text: &str| text.chars().filter(|c| (' '..='~').contains(c)).collect::<String>();
    let own = format!("terraform-provider-{}/{}", super::NAME, super::VERSION);
    let terraform = clean(terraform_version);
    let appended = appended.map(|text| clean(text.expose_secret())).unwrap_or_default();
    format!("Terraform/{terraform} (+https://www.terraform.io) {own} {appended}").trim().to_owned()
}

const INVALID: &str = "Invalid Provider Configuration";

const RETRIES_RULE: &str = "must be a whole number from 0 to 100";

/// A hundred retries with full backoff take well over an hour; more is a mistake.
const MOST_RETRIES: u32 = 100;

/// No answer of this API takes longer, and Terraform itself has no time-out.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(600);

/// Set by people who want to tell their runs apart in logs; Terraform's own convention.
const APPEND_USER_AGENT: &str = "TF_APPEND_USER_AGENT";

#[cfg(test)]
mod tests {
    use super::*;

    fn known<T: Into<String>>(text: T) -> Field<String> {
        Field::Known(text.into())
    }

    fn secret(text: &str) -> Field<SecretString> {
        Field::Known(SecretString::from(text))
    }

    fn read_with(
        arguments: &Arguments,
        variables: &[(&str, &str)],
    ) -> Result<Settings, Diagnostics> {
        let lookup = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| OsString::from(value))
        };
        read(arguments, &Environment::new(lookup), "1.11.4")
    }

    /// The text of the only problem; it must point at the argument.
    fn problem(diagnostics: &Diagnostics, argument: &str) -> String {
        let all: Vec<_> = diagnostics.iter().collect();
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!(all[0].path().to_string(), argument);
        all[0].detail().to_owned()
    }

    #[test]
    fn nothing_has_to_be_configured() {
        let settings = read_with(&Arguments::default(), &[]).expect("nothing is needed");
        assert!(settings.access_token.known().is_none());
        assert_eq!(settings.max_retries, Setting::Absent);
    }

    #[test]
    fn configuration_wins_over_environment_argument_by_argument() {
        let arguments = Arguments {
            api_version: known("v25.0"),
            max_retries: Field::Known(Number::from(7_u64)),
            ..Arguments::default()
        };
        let variables = [
            ("WHATSAPP_API_VERSION", "v23.0"),
            ("WHATSAPP_MAX_RETRIES", "9"),
            ("WHATSAPP_REQUEST_TIMEOUT", "1m30s"),
        ];
        let settings = read_with(&arguments, &variables).expect("all is good");
        assert_eq!(settings.api_version, Setting::Known("v25.0".parse().expect("a version")));
        assert_eq!(settings.max_retries, Setting::Known(7));
        assert_eq!(settings.request_timeout, Setting::Known(Duration::from_secs(90)));
    }

    #[test]
    fn unknown_does_not_fall_back_to_the_environment() {
        let arguments = Arguments { access_token: Field::Unknown, ..Arguments::default() };
        let variables = [("WHATSAPP_ACCESS_TOKEN", "another")];
        let settings = read_with(&arguments, &variables).expect("unknown is good");
        assert!(matches!(settings.access_token, Setting::Unknown));
    }

    #[test]
    fn an_empty_variable_counts_as_not_set_and_an_empty_argument_is_an_error() {
        let settings = read_with(&Arguments::default(), &[("WHATSAPP_ACCESS_TOKEN", "")]);
        assert!(settings.is_ok_and(|settings| settings.access_token.known().is_none()));
        let arguments = Arguments { access_token: secret(" "), ..Arguments::default() };
        let problems = read_with(&arguments, &[]).expect_err("empty");
        assert!(problem(&problems, "access_token").contains("is empty"));
    }

    #[test]
    fn a_token_is_taken_without_the_blanks_around_it_and_refused_with_a_prefix() {
        let variables = [("WHATSAPP_ACCESS_TOKEN", " EAAG\n")];
        assert!(read_with(&Arguments::default(), &variables).is_ok());
        let variables = [("WHATSAPP_ACCESS_TOKEN", "Bearer EAAG-secret")];
        let problems = read_with(&Arguments::default(), &variables).expect_err("a prefix");
        let text = problem(&problems, "access_token");
        assert!(text.contains("WHATSAPP_ACCESS_TOKEN") && text.contains("Bearer"), "{text}");
        assert!(!text.contains("EAAG-secret"), "{text}");
    }

    #[test]
    fn each_bad_argument_is_named_and_explained() {
        let of = Arguments::default;
        let text = |value: &str| known(value);
        let cases = [
            ("api_version", Arguments { api_version: text("24"), ..of() }, "v24.0"),
            ("base_url", Arguments { base_url: text("http://example.com"), ..of() }, "loopback"),
            ("business_account_id", Arguments { business_account_id: text("+1 5"), ..of() }, "ID"),
            (
                "ca_certificate_file",
                Arguments { ca_certificate_file: text("/none"), ..of() },
                "PEM",
            ),
            ("request_timeout", Arguments { request_timeout: text("30"), ..of() }, "30s"),
            ("request_timeout", Arguments { request_timeout: text("0s"), ..of() }, "zero"),
            ("request_timeout", Arguments { request_timeout: text("1h"), ..of() }, "10m"),
        ];
        for (argument, arguments, hint) in cases {
            let shown = problem(&read_with(&arguments, &[]).expect_err("a mistake"), argument);
            assert!(shown.contains(hint), "{shown}");
        }
        for number in ["-1", "1.5", "101", "1e30"] {
            let number = Number::parse(number).expect("a number");
            let arguments = Arguments { max_retries: Field::Known(number), ..of() };
            assert!(problem(&validate(&arguments), "max_retries").contains("0 to 100"));
        }
    }

    #[test]
    fn all_problems_are_found_at_once() {
        let arguments = Arguments {
            api_version: known("latest"),
            base_url: known("ftp://example.com"),
            ..Arguments::default()
        };
        let problems = read_with(&arguments, &[("WHATSAPP_MAX_RETRIES", "many")]);
        assert_eq!(problems.expect_err("three mistakes").iter().count(), 3);
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_not_text_is_an_error_that_names_it() {
        use std::os::unix::ffi::OsStringExt;
        let environment = Environment::new(|name| {
            (name == "WHATSAPP_ACCESS_TOKEN").then(|| OsString::from_vec(vec![0xff, 0xfe]))
        });
        let problems = read(&Arguments::default(), &environment, "").expect_err("not UTF-8");
        assert!(problem(&problems, "access_token").contains("not valid UTF-8"));
    }

    #[test]
    fn the_user_agent_carries_nothing_that_would_break_a_header() {
        let appended = SecretString::from("team-a\r\nX-Evil: 1\u{e9}");
        let text = user_agent("1.11.4\n", Some(&appended));
        assert!(
            text.starts_with("Terraform/1.11.4 (+https://www.terraform.io) terraform-provider-")
        );
        assert!(text.ends_with(" team-aX-Evil: 1"), "{text}");
        assert!(!text.contains(char::is_control));
    }
}
