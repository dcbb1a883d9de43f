//! `data "whatsapp_access_token"`: what Meta says of the token that the provider calls with.
//!
//! A token that Meta does not let anybody ask about is not a bad token: it may set PINs all day.
//! So "cannot be inspected" is a warning with everything null, and never "not valid".

use std::time::SystemTime;

use crate::graph::{App, Class, Error, TokenDetails};
use crate::provider::connection::Connection;
use crate::provider::failure::{Attempt, said_by_graph};
use crate::provider::run::Run;
use crate::tf_provider::{Context, DataSource, Diagnostic, Diagnostics, Field, Outcome, Warned};

crate::model! {
    /// What Meta says of the access token that the provider calls with: whether it is valid, when it
    /// ends, and what it may do. Asked as the app, if the provider's `app_id` and `app_secret` are set,
    /// and else by the token itself, which Meta does not allow to every token. The token is never part
    /// of the result.
    pub(crate) struct Model {
        /// Whether calls with the token are accepted. Null, with a warning, if Meta does not let anybody
        /// ask: such a token may be good.
        computed is_valid: bool,

        /// The kind of token: `SYSTEM_USER`, `USER`, `PAGE` or `APP`.
        computed r#type: String,

        /// ID of the app that issued it.
        computed app_id: String,

        /// Name of the app that issued it.
        computed application: String,

        /// When it ends (RFC 3339, UTC). Null if never.
        computed expires_at: String,

        /// When its access to data ends (RFC 3339, UTC). Null if never, or if Meta does not say.
        computed data_access_expires_at: String,

        /// When it was issued (RFC 3339, UTC). Null if Meta does not say, as of short-lived tokens.
        computed issued_at: String,

        /// The permissions that it carries.
        computed scopes: Vec<String>,

        /// IDs of the WhatsApp Business Accounts that it is narrowed to. Null if it is not narrowed,
        /// which does not mean that it sees none.
        computed business_account_ids: Vec<String>,

        /// Those of `whatsapp_business_management` and `whatsapp_business_messaging` that it does not
        /// carry. Null if Meta does not say what it carries.
        computed missing_permissions: Vec<String>,

        /// What Meta says is wrong with the token. Null if nothing is.
        computed error: String,
    }
}

/// The data source.
#[derive(Debug)]
pub(crate) struct AccessTokenDataSource;

impl DataSource for AccessTokenDataSource {
    type Client = Connection;
    type Model = Model;

    fn type_name(&self) -> &'static str {
        "whatsapp_access_token"
    }

    async fn read(&self, context: &Context<Connection>, _config: Model) -> Outcome<Model> {
        let connection = context.client();
        let app = connection.app()?;
        let asked = connection
            .graph()?
            .token_details(connection.token()?, app.as_ref(), context.stop())
            .await;
        let found = match asked {
            Ok(details) if details == TokenDetails::default() => {
                Warned::from(Model::default()).with([nothing_said()])
            }
            Ok(details) => Warned::from(Model::from(details)),
            Err(error) => without_details(&error, app.as_ref(), connection.run())?,
        };
        Ok(found.with(connection.version_warning()))
    }
}

/// What a refusal to tell says of the token all the same.
fn without_details(
    error: &Error,
    app: Option<&App>,
    run: &Run,
) -> Result<Warned<Model>, Diagnostics> {
    let class = error.class();
    let keeps_silent = error.code() == Some(NOT_ALLOWED) || class == Class::Permission;
    if error.is_about_app_secret() {
        return Err(failed(error, run).into());
    }
    match (class, app) {
        // Whoever asks about itself and is refused as a caller has its answer.
        (Class::Auth, None) => Ok(Warned::from(Model {
            error: Field::Known(said_by_graph(error)),
            is_valid: Field::Known(false),
            ..Model::default()
        })),
        (Class::Auth, Some(_)) => Err(app_refused(error).into()),
        _ if keeps_silent => {
            Ok(Warned::from(Model::default()).with([cannot_be_inspected(error, app)]))
        }
        _ => Err(failed(error, run).into()),
    }
}

impl From<TokenDetails> for Model {
    fn from(details: TokenDetails) -> Self {
        Self {
            app_id: details.app_id.into(),
            application: details.application.into(),
            business_account_ids: details.business_account_ids.into(),
            data_access_expires_at: details.data_access_expires_at.map(rfc3339).into(),
            error: details.error.into(),
            expires_at: details.expires_at.map(rfc3339).into(),
            is_valid: details.is_valid.into(),
            issued_at: details.issued_at.map(rfc3339).into(),
            missing_permissions: details.scopes.as_deref().map(missing).into(),
            scopes: details.scopes.into(),
            r#type: details.kind.into(),
        }
    }
}

/// The permissions that the provider needs and the token does not carry.
fn missing(scopes: &[String]) -> Vec<String> {
    let needed = NEEDED.into_iter().filter(|needed| scopes.iter().all(|scope| scope != needed));
    needed.map(str::to_owned).collect()
}

fn rfc3339(time: SystemTime) -> String {
    humantime::format_rfc3339_seconds(time).to_string()
}

fn cannot_be_inspected(error: &Error, app: Option<&App>) -> Diagnostic {
    let (who, way) = match app {
        Some(_) => (
            "the app in app_id ask about this access token",
            "Check that app_id and app_secret are those of the app that issued the token.",
        ),
        None => (
            "this access token ask about itself",
            "Set the provider's arguments app_id and app_secret (or WHATSAPP_APP_ID and \
             WHATSAPP_APP_SECRET) to those of the app that issued the token: an app may ask about \
             its tokens.",
        ),
    };
    Diagnostic::warning(
        "Access Token Cannot Be Inspected",
        format!(
            "Meta does not let {who}. That says nothing of the token: it may be good, and \
             everything about it is null here.\n\n{}\n\n{way}",
            said_by_graph(error)
        ),
    )
}

fn nothing_said() -> Diagnostic {
    Diagnostic::warning(
        "Access Token Cannot Be Inspected",
        "Meta answered without a word about the access token. That says nothing of the token: it \
         may be good, and everything about it is null here. Try again in a few minutes.",
    )
}

fn app_refused(error: &Error) -> Diagnostic {
    Diagnostic::error(
        "App ID or App Secret Not Accepted",
        format!(
            "Reading what Meta says of the access token failed: Meta did not accept the app that \
             asked.\n\n{}\n\nCheck that the provider's arguments app_id and app_secret, or the \
             environment variables WHATSAPP_APP_ID and WHATSAPP_APP_SECRET, are those of one app. \
             Without app_id, the token is asked itself.",
            said_by_graph(error)
        ),
    )
}

fn failed(error: &Error, run: &Run) -> Diagnostic {
    Attempt::token("Reading what Meta says of").failed(error, run)
}

/// The general code under which Meta refuses to tell.
const NOT_ALLOWED: i64 = 100;

/// What setting a PIN and registering a number need.
const NEEDED: [&str; 2] = ["whatsapp_business_management", "whatsapp_business_messaging"];
