//! `GET /{version}/debug_token`: what Graph says of a token, and to whom.

use serde_json::{Map, Value, json};

use super::auth;
use super::call::Call;
use super::events::Proof;
use super::graph_error::GraphError;
use super::state::{Token, World};
use super::{DEFAULT_APP, DEFAULT_APP_SECRET};

/// What is known of a token beside its value.
#[derive(Clone, Debug)]
pub struct Details {
    /// The app that issued it.
    pub app_id: String,
    /// Its permissions.
    pub scopes: Vec<String>,
    /// When it ends, in seconds since 1970; 0 is never.
    pub expires_at: u64,
    /// Whether its user has a role in the app, so that it may ask about itself.
    pub may_ask_about_itself: bool,
}

impl Default for Details {
    fn default() -> Self {
        let scopes = ["whatsapp_business_management", "whatsapp_business_messaging"];
        Self {
            app_id: DEFAULT_APP.into(),
            scopes: scopes.map(str::to_owned).into(),
            expires_at: 0,
            may_ask_about_itself: true,
        }
    }
}

/// Whether this call asks about a token.
pub(super) fn is_asked(call: &Call) -> bool {
    call.method == "GET" && call.object() == Some("debug_token") && call.edge().is_empty()
}

/// The answer: a refusal if the caller may not ask, else HTTP 200, be the token good or not.
pub(super) fn answer(world: &World, call: &Call) -> Result<Value, GraphError> {
    let asked = call.param("input_token").unwrap_or_default();
    let found = world.token(asked);
    let caller = call.token().unwrap_or_default();
    if !is_app(world, &caller) {
        auth::check(world, call)?;
        let about_itself = found.is_some_and(|token| token.details.may_ask_about_itself);
        if caller != asked || !about_itself {
            return Err(not_allowed());
        }
    } else if proof(world, &caller, call) == Some(Proof::Wrong) {
        return Err(GraphError::proof_wrong());
    }
    let described = |token: &Token| described(token, token.has_ended(world.ahead));
    Ok(json!({ "data": found.map_or_else(unknown, described) }))
}

/// The state of the proof, if the caller is an app.
pub(super) fn proof(world: &World, caller: &str, call: &Call) -> Option<Proof> {
    let secret = caller.split_once('|').filter(|_| is_app(world, caller))?.1;
    Some(match call.param("appsecret_proof") {
        None => Proof::Absent,
        Some(sent) if sent == auth::expected_proof(secret, caller) => Proof::Right,
        Some(_) => Proof::Wrong,
    })
}

/// Whether the caller is an app of one of the tokens: `ID|SECRET`.
fn is_app(world: &World, caller: &str) -> bool {
    world.tokens.iter().any(|token| {
        let secret = token.app_secret.as_deref().unwrap_or(DEFAULT_APP_SECRET);
        caller.split_once('|') == Some((token.details.app_id.as_str(), secret))
    })
}

fn described(token: &Token, has_ended: bool) -> Value {
    let Details { app_id, scopes, expires_at, .. } = &token.details;
    let granular = scopes.iter().map(|scope| {
        let mut entry = Map::from_iter([("scope".to_owned(), json!(scope))]);
        if let Some(accounts) = &token.accounts {
            entry.insert("target_ids".into(), json!(accounts));
        }
        Value::Object(entry)
    });
    let mut data = json!({
        "app_id": app_id,
        "type": "SYSTEM_USER",
        "application": "Sandbox App",
        "data_access_expires_at": 0,
        "expires_at": expires_at,
        "is_valid": !has_ended,
        "issued_at": 1_760_000_000,
        "scopes": scopes,
        "granular_scopes": granular.collect::<Vec<_>>(),
        "user_id": "122100000000001",
    });
    if has_ended {
        data["error"] =
            json!({ "code": 190, "subcode": 463, "message": "The session has expired." });
    }
    data
}

fn unknown() -> Value {
    let error = json!({ "code": 190, "message": "The access token could not be decrypted" });
    json!({ "error": error, "is_valid": false, "scopes": [] })
}

fn not_allowed() -> GraphError {
    let message = "(#100) You must provide an app access token, or a user access token that is an \
                   owner or developer of the app";
    GraphError::new(400, 100, message)
}
