//! The back door under `/_sandbox/`: for people with curl. It may not be part of any Graph call.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::events::Event;
use super::exchange;
use super::rules::Rule;
use super::shared::Shared;

/// Graph on every path but those of the back door.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/_sandbox/state", get(state))
        .route("/_sandbox/events", get(events))
        .route("/_sandbox/numbers/{id}/pin-off", post(pin_off))
        .route("/_sandbox/faults", post(inject).delete(clear))
        .route("/_sandbox/reset", post(reset))
        .fallback(exchange::graph)
        .with_state(shared)
}

/// Numbers as they stand; of a PIN only whether there is one.
async fn state(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let inner = shared.lock();
    let now = Instant::now();
    let accounts = inner.world.accounts.iter().map(|(id, name)| {
        let numbers = inner.world.numbers_of(id);
        let numbers = numbers.iter().map(|number| {
            json!({
                "id": number.id,
                "display_phone_number": number.display_phone_number,
                "registered": number.registered,
                "status": number.status,
                "registrations": number.registration.tries.len(),
                "region": number.registration.region,
                "is_pin_enabled": number.is_pin_enabled(now),
                "pin": number.pin.as_ref().map(|_| "set"),
            })
        });
        json!({ "id": id, "name": name, "numbers": numbers.collect::<Vec<_>>() })
    });
    Json(json!({ "accounts": accounts.collect::<Vec<_>>() }))
}

async fn events(State(shared): State<Arc<Shared>>) -> Json<Vec<Event>> {
    Json(shared.lock().journal.events.clone())
}

async fn pin_off(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> StatusCode {
    match shared.lock().world.numbers.get_mut(&id) {
        Some(number) => {
            number.switch_pin_off();
            StatusCode::NO_CONTENT
        }
        None => StatusCode::NOT_FOUND,
    }
}

/// The body is a rule: `{"fault":"close","method":"POST","times":2}`.
async fn inject(
    State(shared): State<Arc<Shared>>,
    body: String,
) -> Result<Json<Value>, (StatusCode, String)> {
    let rule: Rule = serde_json::from_str(&body)
        .map_err(|error| (StatusCode::BAD_REQUEST, format!("not a rule: {error}\n")))?;
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
