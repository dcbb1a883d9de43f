//! The provider block: its arguments, and the environment variables that stand in for them.

use secrecy::SecretString;

use crate::provider::accounts::AccountIds;
use crate::tf_provider::{Attribute, Number, Schema, Type};

crate::model! {
    /// What the user wrote in the provider block.
    pub struct Arguments {
        /// See [`ACCESS_TOKEN`].
        access_token: SecretString,
        /// See [`API_VERSION`].
        api_version: String,
        /// See [`APP_ID`].
        app_id: String,
        /// See [`APP_SECRET`].
        app_secret: SecretString,
        /// See [`BASE_URL`].
        base_url: String,
        /// See [`BUSINESS_ACCOUNT_IDS`].
        business_account_ids: AccountIds,
        /// See [`CA_CERTIFICATE_FILE`].
        ca_certificate_file: String,
        /// See [`MAX_RETRIES`].
        max_retries: Number,
        /// See [`MISSING_NUMBER`].
        missing_number: String,
        /// See [`REQUEST_TIMEOUT`].
        request_timeout: String,
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
    description: &'static str,
}

/// The schema of the provider block.
pub(crate) fn schema() -> Schema {
    let text = |argument: Argument| argument.attribute(Type::String);
    Schema::new(
        "Declares the two-step verification PIN of WhatsApp Business phone numbers through Meta's \
         Graph API.",
        [
            text(ACCESS_TOKEN).sensitive(),
            text(API_VERSION),
            text(APP_ID),
            text(APP_SECRET).sensitive(),
            text(BASE_URL),
            BUSINESS_ACCOUNT_IDS.attribute(Type::Set(Box::new(Type::String))),
            text(CA_CERTIFICATE_FILE),
            MAX_RETRIES.attribute(Type::Number),
            text(MISSING_NUMBER),
            text(REQUEST_TIMEOUT),
        ],
    )
}

impl Argument {
    fn attribute(self, of: Type) -> Attribute {
        Attribute::optional(self.name, of).described(self.description)
    }
}

/// The token of a system user.
pub(crate) const ACCESS_TOKEN: Argument = Argument {
    name: "access_token",
    variable: "WHATSAPP_ACCESS_TOKEN",
    advice: "Give the token alone, as Meta shows it, without quotes or a prefix.",
    description: "Access token of a system user with the permissions \
        `whatsapp_business_management` and `whatsapp_business_messaging`. Needed only when a call \
        to the API is made. Can also be set with the `WHATSAPP_ACCESS_TOKEN` environment variable.",
};

/// The version of the Graph API.
pub(crate) const API_VERSION: Argument = Argument {
    name: "api_version",
    variable: "WHATSAPP_API_VERSION",
    advice: "Write a lower-case v, a number, a dot and a number, such as v24.0.",
    description: "Version of the Graph API, such as `v24.0`, which is the default. Can also be \
        set with the `WHATSAPP_API_VERSION` environment variable.",
};

/// The app that issued the token.
pub(crate) const APP_ID: Argument = Argument {
    name: "app_id",
    variable: "WHATSAPP_APP_ID",
    advice: "Write the ID that the app's dashboard at developers.facebook.com shows, digits only.",
    description: "ID of the Meta app that issued the access token; digits only. With `app_secret`, \
        the data source `whatsapp_access_token` asks about the token as this app; nothing else \
        needs it. Can also be set with the `WHATSAPP_APP_ID` environment variable.",
};

/// The secret of the token's app.
pub(crate) const APP_SECRET: Argument = Argument {
    name: "app_secret",
    variable: "WHATSAPP_APP_SECRET",
    advice: "Give the secret alone, as the app's basic settings show it.",
    description: "Secret of the Meta app that issued the access token. When set, every call \
        carries an `appsecret_proof`. Can also be set with the `WHATSAPP_APP_SECRET` environment \
        variable.",
};

/// Where the API is.
pub(crate) const BASE_URL: Argument = Argument {
    name: "base_url",
    variable: "WHATSAPP_BASE_URL",
    advice: "Write a URL such as https://graph.facebook.com. Plain http is accepted for a loopback \
        address only, because it would show the token to everybody on the way.",
    description: "Base URL of the Graph API. Defaults to `https://graph.facebook.com`. Plain \
        `http` is accepted for a loopback address only. Can also be set with the \
        `WHATSAPP_BASE_URL` environment variable.",
};

/// The accounts that the numbers belong to.
pub(crate) const BUSINESS_ACCOUNT_IDS: Argument = Argument {
    name: "business_account_ids",
    variable: "WHATSAPP_BUSINESS_ACCOUNT_IDS",
    advice: "Write the IDs of WhatsApp Business Accounts, digits only, as WhatsApp Manager shows \
        them; in the variable, with commas in between.",
    description: "IDs of the WhatsApp Business Accounts that the phone numbers belong to; digits \
        only. With them, a refresh costs one call for a hundred numbers instead of one for each, \
        and data sources and lists cover all of these accounts. Can also be set with the \
        `WHATSAPP_BUSINESS_ACCOUNT_IDS` environment variable, with commas in between.",
};

/// Further roots to trust.
pub(crate) const CA_CERTIFICATE_FILE: Argument = Argument {
    name: "ca_certificate_file",
    variable: "WHATSAPP_CA_CERTIFICATE_FILE",
    advice: "Give the path of a PEM file with at least one certificate.",
    description: "Path of a PEM file with root certificates to trust in addition to the \
        system's, for example those of a company proxy. Can also be set with the \
        `WHATSAPP_CA_CERTIFICATE_FILE` environment variable.",
};

/// How often to try again.
pub(crate) const MAX_RETRIES: Argument = Argument {
    name: "max_retries",
    variable: "WHATSAPP_MAX_RETRIES",
    advice: "Leave it out for 4 retries.",
    description: "How often a call is repeated after a failure that may pass: a whole number \
        from 0 to 100. Defaults to `4`. Can also be set with the `WHATSAPP_MAX_RETRIES` \
        environment variable.",
};

/// What a refresh does with a number that the API does not show.
pub(crate) const MISSING_NUMBER: Argument = Argument {
    name: "missing_number",
    variable: "WHATSAPP_MISSING_NUMBER",
    advice: "Write error, or warn to keep what is stored and go on.",
    description: "What a refresh does with a phone number that Meta does not show, because it was \
        deleted or because the token may not see it: `error`, which is the default, or `warn`, \
        which keeps what is stored, warns, and goes on. Can also be set with the \
        `WHATSAPP_MISSING_NUMBER` environment variable.",
};

/// How long one attempt may take.
pub(crate) const REQUEST_TIMEOUT: Argument = Argument {
    name: "request_timeout",
    variable: "WHATSAPP_REQUEST_TIMEOUT",
    advice: "Write a duration such as 30s or 1m30s.",
    description: "How long one attempt of a call may take, from the connection to the last byte \
        of the answer: a duration such as `30s`, which is the default, or `1m30s`; at most `10m`. \
        Can also be set with the `WHATSAPP_REQUEST_TIMEOUT` environment variable.",
};
