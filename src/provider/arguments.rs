//! The provider block: its arguments, and the environment variables that stand in for them.

use secrecy::SecretString;

use crate::provider::accounts::AccountIds;
use crate::tf_provider::Number;

crate::model! {
    /// Declares the two-step verification PIN of WhatsApp Business phone numbers through Meta's Graph
    /// API.
    pub struct Arguments {
        /// Access token of a system user with the permissions `whatsapp_business_management` and
        /// `whatsapp_business_messaging`. Needed only when a call to the API is made.
        optional access_token: SecretString [sensitive, adding(&ACCESS_TOKEN.or_variable())],

        /// Version of the Graph API, such as `v24.0`, which is the default.
        optional api_version: String [adding(&API_VERSION.or_variable())],

        /// ID of the Meta app that issued the access token; digits only. With `app_secret`, the data
        /// source `whatsapp_access_token` asks about the token as this app; nothing else needs it.
        optional app_id: String [adding(&APP_ID.or_variable())],

        /// Secret of the Meta app that issued the access token. When set, every call carries an
        /// `appsecret_proof`.
        optional app_secret: SecretString [sensitive, adding(&APP_SECRET.or_variable())],

        /// Base URL of the Graph API. Defaults to `https://graph.facebook.com`. Plain `http` is
        /// accepted for a loopback address only.
        optional base_url: String [adding(&BASE_URL.or_variable())],

        /// IDs of the WhatsApp Business Accounts that the phone numbers belong to; digits only. With
        /// them, a refresh costs one call for a hundred numbers instead of one for each, and data
        /// sources and lists cover all of these accounts.
        optional business_account_ids: AccountIds [
            adding(&BUSINESS_ACCOUNT_IDS.or_variable_with("commas in between"))
        ],

        /// Path of a PEM file with root certificates to trust in addition to the system's, for
        /// example those of a company proxy.
        optional ca_certificate_file: String [adding(&CA_CERTIFICATE_FILE.or_variable())],

        /// How often a call is repeated after a failure that may pass: a whole number from 0 to 100.
        /// Defaults to `4`.
        optional max_retries: Number [adding(&MAX_RETRIES.or_variable())],

        /// What a refresh does with a phone number that Meta does not show, because it was deleted or
        /// because the token may not see it: `error`, which is the default, or `warn`, which keeps
        /// what is stored, warns, and goes on.
        optional missing_number: String [adding(&MISSING_NUMBER.or_variable())],

        /// How long one attempt of a call may take, from the connection to the last byte of the
        /// answer: a duration such as `30s`, which is the default, or `1m30s`; at most `10m`.
        optional request_timeout: String [adding(&REQUEST_TIMEOUT.or_variable())],
    }
}

/// An argument and the environment variable that gives its value if the configuration does not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Argument {
    /// The name in HCL.
    pub name: &'static str,
    /// The environment variable.
    pub variable: &'static str,
    /// What to write instead of a value that is refused.
    pub advice: &'static str,
}

impl Argument {
    /// What every description ends with.
    fn or_variable(self) -> String {
        format!("Can also be set with the `{}` environment variable.", self.variable)
    }

    /// The same where the variable is written in another way.
    fn or_variable_with(self, form: &str) -> String {
        format!("Can also be set with the `{}` environment variable, with {form}.", self.variable)
    }
}

/// The token of a system user.
pub(crate) const ACCESS_TOKEN: Argument = Argument {
    name: "access_token",
    variable: "WHATSAPP_ACCESS_TOKEN",
    advice: "Give the token alone, as Meta shows it, without quotes or a prefix.",
};

/// The version of the Graph API.
pub(crate) const API_VERSION: Argument = Argument {
    name: "api_version",
    variable: "WHATSAPP_API_VERSION",
    advice: "Write a lower-case v, a number, a dot and a number, such as v24.0.",
};

/// The app that issued the token.
pub(crate) const APP_ID: Argument = Argument {
    name: "app_id",
    variable: "WHATSAPP_APP_ID",
    advice: "Write the ID that the app's dashboard at developers.facebook.com shows, digits only.",
};

/// The secret of the token's app.
pub(crate) const APP_SECRET: Argument = Argument {
    name: "app_secret",
    variable: "WHATSAPP_APP_SECRET",
    advice: "Give the secret alone, as the app's basic settings show it.",
};

/// Where the API is.
pub(crate) const BASE_URL: Argument = Argument {
    name: "base_url",
    variable: "WHATSAPP_BASE_URL",
    advice: "Write a URL such as https://graph.facebook.com. Plain http is accepted for a loopback \
        address only, because it would show the token to everybody on the way.",
};

/// The accounts that the numbers belong to.
pub(crate) const BUSINESS_ACCOUNT_IDS: Argument = Argument {
    name: "business_account_ids",
    variable: "WHATSAPP_BUSINESS_ACCOUNT_IDS",
    advice: "Write the IDs of WhatsApp Business Accounts, digits only, as WhatsApp Manager shows \
        them; in the variable, with commas in between.",
};

/// Further roots to trust.
pub(crate) const CA_CERTIFICATE_FILE: Argument = Argument {
    name: "ca_certificate_file",
    variable: "WHATSAPP_CA_CERTIFICATE_FILE",
    advice: "Give the path of a PEM file with at least one certificate.",
};

/// How often to try again.
pub(crate) const MAX_RETRIES: Argument = Argument {
    name: "max_retries",
    variable: "WHATSAPP_MAX_RETRIES",
    advice: "Leave it out for 4 retries.",
};

/// What a refresh does with a number that the API does not show.
pub(crate) const MISSING_NUMBER: Argument = Argument {
    name: "missing_number",
    variable: "WHATSAPP_MISSING_NUMBER",
    advice: "Write error, or warn to keep what is stored and go on.",
};

/// How long one attempt may take.
pub(crate) const REQUEST_TIMEOUT: Argument = Argument {
    name: "request_timeout",
    variable: "WHATSAPP_REQUEST_TIMEOUT",
    advice: "Write a duration such as 30s or 1m30s.",
};
