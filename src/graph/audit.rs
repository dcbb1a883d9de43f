//! One line in the log for each PIN that was set, or perhaps was: who has to say afterwards what was
//! done to a number finds it there. Nothing of the PIN stands in it.

use std::time::Duration;

use crate::graph::error::Error;
use crate::graph::request::{Deed, Request};

/// The API has answered that it is done. `trace` is the ID under which Meta's support finds the call.
pub(super) fn done(request: &Request<'_>, trace: Option<&str>, attempts: u32, took: Duration) {
    let Some(deed) = request.deed() else { return };
    tracing::info!(
        phone_number_id = request.object(),
        fbtrace_id = trace,
        attempts,
        duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        "{}",
        match deed {
            Deed::Pin => "Two-step verification PIN set",
            Deed::Registration => "Phone number registered with a PIN",
        }
    );
}

/// Nobody knows whether it is done.
pub(super) fn unknown(request: &Request<'_>, error: &Error) {
    let Some(deed) = request.deed() else { return };
    tracing::info!(
        phone_number_id = request.object(),
        fbtrace_id = error.fbtrace_id(),
        attempts = error.attempts(),
        reason = %error,
        "{}",
        match deed {
            Deed::Pin => "Two-step verification PIN perhaps set",
            Deed::Registration => "Phone number perhaps registered with a PIN",
        }
    );
}
