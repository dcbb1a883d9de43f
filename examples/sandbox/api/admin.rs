//! The back door under `/_sandbox/`: for people with curl. It may not be part of any Graph call.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::events::Event;
use super::exchange;
use super::rules::Rule;
use super::shared::{Inner, Shared};
use super::state::{PhoneNumber, Token};
use super::switches::{ClockSwitch, NumberSwitch, TokenSwitch};

/// Graph on every path but those of the back door.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/_sandbox/state", get(state))
        .route("/_sandbox/events", get(events))
        .route("/_sandbox/numbers/{id}", post(change_number))
        .route("/_sandbox/numbers/{id}/pin-off", post(pin_off))
        .route("/_sandbox/tokens/{token}", post(change_token))
        .route("/_sandbox/clock", post(put_clock_forward))
        .route("/_sandbox/faults", post(inject).delete(clear))
        .route("/_sandbox/reset", post(reset))
        .fallback(exchange::graph)
        .with_state(shared)
}

/// A refusal, with a line for whoever typed the call.
type Refusal = (StatusCode, String);

/// Everything as it stands; of a PIN only whether there is one, and of a token never its value.
async fn state(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let inner = shared.lock();
    let Inner { world, rules, .. } = &*inner;
    let now = Instant::now();
    let accounts = world.accounts.iter().map(|(id, name)| {
        let numbers = world.numbers_of(id);
        let numbers = numbers.iter().map(|number| of_number(number, now, now + world.ahead));
        json!({ "id": id, "name": name, "numbers": numbers.collect::<Vec<_>>() })
    });
    let tokens = world.tokens.iter().map(|token| of_token(token, token.has_ended(world.ahead)));
    Json(json!({
        "accounts": accounts.collect::<Vec<_>>(),
        "tokens": tokens.collect::<Vec<_>>(),
        "clock_ahead_hours": world.ahead.as_secs() / (60 * 60),
        "faults": rules.names(),
    }))
}

fn of_number(number: &PhoneNumber, now: Instant, by_its_clock: Instant) -> Value {
    json!({
        "id": number.id,
        "display_phone_number": number.display_phone_number,
        "registered": number.registered,
        "status": number.status,
        "platform_type": number.platform_type,
        "code_verification_status": number.code_verification_status,
        "name_status": number.name_status,
        "is_on_biz_app": number.is_on_biz_app(),
        "slow_to_connect": number.registration.is_slow_to_connect,
        "registrations": number.registration.counted(by_its_clock),
        "blocked": number.registration.is_blocked(by_its_clock),
        "region": number.registration.region,
        "shared_with": number.shared_with,
        "is_pin_enabled": number.is_pin_enabled(now),
        "pin": number.pin.as_ref().map(|_| "set"),
    })
}

fn of_token(token: &Token, has_ended: bool) -> Value {
    json!({
        "app_id": token.details.app_id,
        "is_valid": !has_ended,
        "expires_at": token.details.expires_at,
        "may_ask_about_itself": token.details.may_ask_about_itself,
        "scopes": token.details.scopes,
        "accounts": token.accounts,
        "app_secret": token.app_secret.as_ref().map(|_| "demanded"),
    })
}

async fn events(State(shared): State<Arc<Shared>>) -> Json<Vec<Event>> {
    Json(shared.lock().journal.events.clone())
}

async fn change_number(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    body: String,
) -> Result<StatusCode, Refusal> {
    let switch: NumberSwitch = read("change of a number", &body)?;
    let mut inner = shared.lock();
    let number = inner.world.numbers.get_mut(&id).ok_or_else(|| unknown("phone number"))?;
    switch.apply(number);
    Ok(StatusCode::NO_CONTENT)
}

async fn pin_off(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    let mut inner = shared.lock();
    let number = inner.world.numbers.get_mut(&id).ok_or_else(|| unknown("phone number"))?;
    number.switch_pin_off();
    Ok(StatusCode::NO_CONTENT)
}

async fn change_token(
    State(shared): State<Arc<Shared>>,
    Path(value): Path<String>,
    body: String,
) -> Result<StatusCode, Refusal> {
    let switch: TokenSwitch = read("change of a token", &body)?;
    let mut inner = shared.lock();
    let token = inner.world.tokens.iter_mut().find(|token| token.value == value);
    switch.apply(token.ok_or_else(|| unknown("token"))?);
    Ok(StatusCode::NO_CONTENT)
}

async fn put_clock_forward(
    State(shared): State<Arc<Shared>>,
    body: String,
) -> Result<StatusCode, Refusal> {
    let switch: ClockSwitch = read("step of the clock", &body)?;
    shared.lock().world.ahead += switch.step();
    Ok(StatusCode::NO_CONTENT)
}

/// The body is a rule: `{"fault":"close","method":"POST","times":2}`.
async fn inject(State(shared): State<Arc<Shared>>, body: String) -> Result<Json<Value>, Refusal> {
    let rule: Rule = read("fault", &body)?;
    let id = shared.lock().rules.inject(rule);
    Ok(Json(json!({ "rule": id.0 })))
}

async fn clear(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.lock().clear_faults();
    StatusCode::NO_CONTENT
}

async fn reset(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.reset();
    StatusCode::NO_CONTENT
}

fn read<T: DeserializeOwned>(what: &str, body: &str) -> Result<T, Refusal> {
    let problem = |error| (StatusCode::BAD_REQUEST, format!("This is no {what}: {error}.\n"));
    serde_json::from_str(body).map_err(problem)
}

fn unknown(what: &str) -> Refusal {
    (StatusCode::NOT_FOUND, format!("There is no such {what}.\n"))
}
