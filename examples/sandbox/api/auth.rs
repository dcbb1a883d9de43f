//! Who calls: tokens and the proof that the caller knows the app's secret.

use std::fmt::Write;

use aws_lc_rs::hmac;

use super::call::Call;
use super::events::Proof;
use super::graph_error::GraphError;
use super::inspection;
use super::state::{Token, World};

/// The token of `call`, or the refusal Graph would send.
pub(super) fn check(world: &World, call: &Call) -> Result<Token, GraphError> {
    let value = call.token().ok_or_else(GraphError::token_missing)?;
    let token = world.token(&value).ok_or_else(GraphError::token_invalid)?;
    if token.has_ended(world.ahead) {
        return Err(GraphError::token_expired());
    }
    match (&token.app_secret, proof(world, call)) {
        (Some(_), Proof::Absent) => Err(GraphError::proof_missing()),
        (_, Proof::Wrong) => Err(GraphError::proof_wrong()),
        _ => Ok(token.clone()),
    }
}

/// What can be said of the proof that came with `call`.
pub(super) fn proof(world: &World, call: &Call) -> Proof {
    if let Some(proof) = inspection::proof(world, &call.token().unwrap_or_default(), call) {
        return proof;
    }
    let Some(sent) = call.param("appsecret_proof") else { return Proof::Absent };
    let token = call.token().unwrap_or_default();
    match world.token(&token).and_then(|token| token.app_secret.as_deref()) {
        None => Proof::Unneeded,
        Some(secret) if sent == expected_proof(secret, &token) => Proof::Right,
        Some(_) => Proof::Wrong,
    }
}

/// HMAC-SHA256 with the secret as key and the token as message, in lowercase hex.
pub(super) fn expected_proof(secret: &str, token: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::sign(&key, token.as_bytes()).as_ref().iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a String cannot fail");
        hex
    })
}
