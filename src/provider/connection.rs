//! What a configured provider hands to every operation: the API client, made when first needed.
//!
//! Terraform starts several processes for a plan, and most of them never make a call. A client
//! costs more than all the rest of the start, so none is made until a call needs it. For the same
//! reason a missing token is an error only then.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use crate::graph::{
    self, AccessToken, ApiVersion, App, BuildError, BusinessAccountId, PhoneNumberId,
};
use crate::provider::arguments::{
    ACCESS_TOKEN, API_VERSION, APP_ID, APP_SECRET, Argument, BASE_URL, BUSINESS_ACCOUNT_IDS,
    CA_CERTIFICATE_FILE, MAX_RETRIES, REQUEST_TIMEOUT,
};
use crate::provider::directory::Directory;
use crate::provider::failure;
use crate::provider::fleet::Fleet;
use crate::provider::run::{Run, Topic};
use crate::provider::settings::{MissingNumber, Setting, Settings};
use crate::tf_provider::{Diagnostic, Diagnostics};

/// The way to the API.
#[derive(Debug)]
pub struct Connection {
    settings: Settings,
    client: OnceLock<Result<graph::Client, Diagnostics>>,
    fleet: Option<Fleet>,
    directory: Directory,
    run: Arc<Run>,
}

impl Connection {
    pub(crate) fn new(settings: Settings, run: Arc<Run>) -> Self {
        let accounts = settings.business_account_ids.known().filter(|ids| !ids.is_empty());
        let fleet = accounts.cloned().map(Fleet::new);
        Self { settings, client: OnceLock::new(), fleet, directory: Directory::default(), run }
    }

    /// A connection that is configured by environment variables alone.
    #[cfg(test)]
    pub(crate) fn for_tests(variable: impl Fn(&str) -> Option<&'static str>) -> Self {
        use crate::provider::arguments::Arguments;
        use crate::provider::settings::{Environment, read};
        let environment = Environment::new(move |name| variable(name).map(Into::into));
        let settings = read(&Arguments::default(), &environment, "1.11.4");
        Self::new(settings.expect("the test's settings are good"), Arc::default())
    }

    /// How long a call may take that is on its way when the process is told to end: one attempt, or
    /// one registration if that has longer, and a little for the way back to Terraform.
    pub(crate) fn grace(&self) -> Duration {
        timeout(&self.settings).max(graph::registration::PATIENCE) + Duration::from_secs(5)
    }

    /// The API client, or why there is none.
    pub(crate) fn graph(&self) -> Result<&graph::Client, Diagnostics> {
        self.client.get_or_init(|| build(&self.settings)).as_ref().map_err(Clone::clone)
    }

    /// The token that calls are made with, or why there is none.
    pub(crate) fn token(&self) -> Result<&AccessToken, Diagnostics> {
        match &self.settings.access_token {
            Setting::Known(token) => Ok(token),
            Setting::Unknown => Err(not_known_yet(ACCESS_TOKEN).into()),
            Setting::Absent => Err(missing_token()),
        }
    }

    /// The app that issued the token, if its ID and its secret are given.
    pub(crate) fn app(&self) -> Result<Option<App>, Diagnostics> {
        match (&self.settings.app_id, &self.settings.app_secret) {
            (Setting::Known(id), Setting::Known(secret)) => Ok(Some(App::new(id, secret))),
            (Setting::Unknown, _) => Err(not_known_yet(APP_ID).into()),
            (_, Setting::Unknown) => Err(not_known_yet(APP_SECRET).into()),
            _ => Ok(None),
        }
    }

    /// The configured accounts, at least one, or why there is none.
    pub(crate) fn accounts(&self) -> Result<&[BusinessAccountId], Diagnostics> {
        match &self.settings.business_account_ids {
            Setting::Known(accounts) if !accounts.is_empty() => Ok(accounts),
            Setting::Unknown => Err(not_known_yet(BUSINESS_ACCOUNT_IDS).into()),
            Setting::Known(_) | Setting::Absent => Err(missing_account().into()),
        }
    }

    /// The version of the API that is called; none as long as it is not known.
    pub(crate) fn api_version(&self) -> Option<ApiVersion> {
        match &self.settings.api_version {
            Setting::Known(version) => Some(*version),
            Setting::Absent => Some(ApiVersion::default()),
            Setting::Unknown => None,
        }
    }

    /// The numbers of the configured accounts, if there are any.
    pub(crate) fn fleet(&self) -> Option<&Fleet> {
        self.fleet.as_ref()
    }

    /// The numbers of all accounts that are looked at.
    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// What this run has planned, sent and said.
    pub(crate) fn run(&self) -> &Run {
        &self.run
    }

    /// To be called when a PIN has been set, or perhaps so: what was listed before is outdated.
    pub(crate) fn outdate(&self, number: &PhoneNumberId) {
        self.directory.outdate();
        if let Some(fleet) = &self.fleet {
            fleet.outdate(number);
        }
    }

    /// The diagnostic, if nothing of this topic has been said since the provider was configured.
    pub(crate) fn once(
        &self,
        topic: Topic,
        diagnostic: impl FnOnce() -> Diagnostic,
    ) -> Option<Diagnostic> {
        self.run.is_new(topic).then(diagnostic)
    }

    /// Whether a number that the API does not show is kept with a warning.
    pub(crate) fn keeps_missing_numbers(&self) -> bool {
        self.settings.missing_number == Setting::Known(MissingNumber::Warn)
    }

    /// Once per process: the API served a call with another version than the configured one.
    pub(crate) fn version_warning(&self) -> Option<Diagnostic> {
        let client = self.client.get()?.as_ref().ok()?;
        let served = client.take_version_mismatch()?;
        let configured = self.settings.api_version.known().cloned().unwrap_or_default();
        Some(Diagnostic::warning(
            "Graph API Version Differs",
            format!(
                "The provider asked for Graph API {configured}, and Meta answered with {served}. \
                 Meta upgrades calls to versions that have expired, or that the app's settings \
                 upgrade. Set {} to {served} after reading Meta's changelog.",
                API_VERSION.name
            ),
        ))
    }
}

fn build(settings: &Settings) -> Result<graph::Client, Diagnostics> {
    refuse_unknown(settings)?;
    let access_token = settings.access_token.known().cloned().ok_or_else(missing_token)?;
    let client = graph::Client::new(graph::Settings {
        access_token,
        api_version: settings.api_version.known().cloned().unwrap_or_default(),
        app_secret: settings.app_secret.known().cloned(),
        base_url: settings.base_url.known().cloned().unwrap_or_default(),
        extra_roots: settings.ca_certificates.known().cloned().unwrap_or_default(),
        max_retries: settings.max_retries.known().copied().unwrap_or(DEFAULT_MAX_RETRIES),
        request_timeout: timeout(settings),
        surroundings: settings.surroundings.clone(),
        user_agent: settings.user_agent.clone(),
    });
    let client = client.map_err(|error| unbuildable(&error))?;
    if let Setting::Known(accounts) = &settings.business_account_ids {
        client.expect_accounts(accounts);
    }
    Ok(client)
}

/// Nothing is called on a guess: an argument that is unknown now has another value at apply.
fn timeout(settings: &Settings) -> Duration {
    settings.request_timeout.known().copied().unwrap_or(DEFAULT_TIMEOUT)
}

fn refuse_unknown(settings: &Settings) -> Result<(), Diagnostics> {
    fn is_unknown<T>(setting: &Setting<T>) -> bool {
        matches!(setting, Setting::Unknown)
    }
    let arguments = [
        (ACCESS_TOKEN, is_unknown(&settings.access_token)),
        (API_VERSION, is_unknown(&settings.api_version)),
        (APP_SECRET, is_unknown(&settings.app_secret)),
        (BASE_URL, is_unknown(&settings.base_url)),
        (CA_CERTIFICATE_FILE, is_unknown(&settings.ca_certificates)),
        (MAX_RETRIES, is_unknown(&settings.max_retries)),
        (REQUEST_TIMEOUT, is_unknown(&settings.request_timeout)),
    ];
    let unknown: Diagnostics = arguments
        .into_iter()
        .filter(|(_, unknown)| *unknown)
        .map(|(argument, _)| not_known_yet(argument))
        .collect();
    if unknown.is_empty() { Ok(()) } else { Err(unknown) }
}

fn not_known_yet(argument: Argument) -> Diagnostic {
    let Argument { name, variable, .. } = argument;
    Diagnostic::error(
        "Provider Configuration Not Known Yet",
        format!(
            "This needs a call to the Graph API, and the provider's argument {name} depends on \
             something that will be known only after apply. Apply what it depends on first, for \
             example with -target, or give the value in another way, such as the environment \
             variable {variable} in place of the argument."
        ),
    )
}

fn missing_token() -> Diagnostics {
    let Argument { name, variable, .. } = ACCESS_TOKEN;
    Diagnostic::error(
        "Access Token Missing",
        format!(
            "This needs a call to the Graph API, and there is no access token, so nothing was \
             sent. Set the provider's argument {name} or the environment variable {variable} to the token of a system user \
             that is assigned to the WhatsApp Business Account. A plan or destroy with \
             -refresh=false reads nothing and needs no token."
        ),
    )
    .into()
}

fn missing_account() -> Diagnostic {
    let Argument { name, variable, .. } = BUSINESS_ACCOUNT_IDS;
    Diagnostic::error(
        "Business Account ID Missing",
        format!(
            "This looks at the phone numbers of a WhatsApp Business Account, and no account is \
             given. Set business_account_id here, {name} in the provider block, or the environment \
             variable {variable}."
        ),
    )
    .at("business_account_id")
}

fn unbuildable(error: &BuildError) -> Diagnostic {
    if let BuildError::Proxy(refusal) = error {
        return failure::unreadable_proxy(refusal);
    }
    Diagnostic::error(
        "No Connection to the Graph API Possible",
        format!("The provider could not prepare calls to the Graph API: {error}."),
    )
}

const DEFAULT_MAX_RETRIES: u32 = 4;

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
