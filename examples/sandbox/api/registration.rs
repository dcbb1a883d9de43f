//! `POST /{number}/register` and `/settings`: what registers a number, and what refuses to.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::graph_error::GraphError;
use super::state::PhoneNumber;

/// What a number has been through.
#[derive(Clone, Debug, Default)]
pub struct Registration {
    /// When it was tried, however it ended.
    pub tries: Vec<Instant>,
    /// Until when Meta refuses every further try.
    blocked_until: Option<Instant>,
    /// Where its data is kept.
    pub region: Option<String>,
    /// Stays as it is although it was registered, as if Meta took its time.
    pub is_slow_to_connect: bool,
    /// Takes a PIN before it is registered.
    pub takes_pin_before: bool,
}

impl Registration {
    /// How many tries count at `now`.
    pub(super) fn counted(&self, now: Instant) -> usize {
        self.tries.iter().filter(|tried| now.duration_since(**tried) < WINDOW).count()
    }

    /// Whether there were too many.
    pub(super) fn is_blocked(&self, now: Instant) -> bool {
        self.blocked_until.is_some_and(|until| now < until)
    }

    /// Counts a try, or refuses it: the first of too many blocks the number.
    fn count(&mut self, now: Instant) -> Result<(), GraphError> {
        if !self.is_blocked(now) && self.counted(now) < MOST {
            self.tries.push(now);
            return Ok(());
        }
        self.blocked_until = self.blocked_until.filter(|until| now < *until).or(Some(now + WINDOW));
        Err(error(133_016, "Too many registrations; the number is blocked"))
    }
}

/// Registers the number with this PIN, or refuses; both count.
pub(super) fn register(
    number: &mut PhoneNumber,
    pin: String,
    now: Instant,
) -> Result<Value, GraphError> {
    number.registration.count(now)?;
    if number.is_on_biz_app() {
        let text = "Cannot create certificate";
        return Err(error(100, text).subcode(2_388_001));
    }
    if number.code_verification_status.as_deref() != Some("VERIFIED") {
        return Err(error(133_006, "Phone number re-verification needed"));
    }
    if matches!(number.name_status.as_deref(), Some("NONE" | "EXPIRED")) {
        return Err(error(100, "Cannot create certificate"));
    }
    if number.pin.as_ref().is_some_and(|known| *known != pin) {
        return Err(error(133_005, "Two step verification PIN Mismatch"));
    }
    number.set_pin(pin, now, Duration::ZERO);
    number.registered = true;
    if !number.registration.is_slow_to_connect {
        number.status = Some("CONNECTED".into());
        number.platform_type = Some("CLOUD_API".into());
    }
    Ok(json!({ "success": true }))
}

/// Keeps the number's data where the body says.
pub(super) fn settle(number: &mut PhoneNumber, body: &[u8]) -> Result<Value, GraphError> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let region = body["storage_configuration"]["data_localization_region"].as_str();
    let region = region.ok_or_else(|| error(100, "Invalid storage_configuration"))?;
    if number.registered {
        return Err(error(100, "The storage cannot be changed while the number is registered"));
    }
    number.registration.region = Some(region.to_owned());
    Ok(json!({ "success": true }))
}

fn error(code: i64, text: &str) -> GraphError {
    GraphError::new(400, code, format!("(#{code}) {text}"))
}

const MOST: usize = 10;
const WINDOW: Duration = Duration::from_secs(72 * 60 * 60);
