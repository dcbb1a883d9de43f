//! What people change by the back door, while it runs.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::state::{PhoneNumber, Token};

/// Changes of a number; what is left out stays.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NumberSwitch {
    status: Option<String>,
    platform_type: Option<String>,
    code_verification_status: Option<String>,
    name_status: Option<String>,
    is_on_biz_app: Option<bool>,
    slow_to_connect: Option<bool>,
    registered: Option<bool>,
}

impl NumberSwitch {
    pub(super) fn apply(self, number: &mut PhoneNumber) {
        let texts = [
            (self.status, &mut number.status),
            (self.platform_type, &mut number.platform_type),
            (self.code_verification_status, &mut number.code_verification_status),
            (self.name_status, &mut number.name_status),
        ];
        for (new, field) in texts {
            *field = new.or(field.take());
        }
        if let Some(flag) = self.is_on_biz_app {
            number.extra.insert("is_on_biz_app".into(), json!(flag));
        }
        let slow = &mut number.registration.is_slow_to_connect;
        *slow = self.slow_to_connect.unwrap_or(*slow);
        number.registered = self.registered.unwrap_or(number.registered);
    }
}

/// Changes of a token; what is left out stays.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenSwitch {
    expired: Option<bool>,
    expires_at: Option<u64>,
    may_ask_about_itself: Option<bool>,
    scopes: Option<Vec<String>>,
    accounts: Option<Vec<String>>,
}

impl TokenSwitch {
    pub(super) fn apply(self, token: &mut Token) {
        token.expired = self.expired.unwrap_or(token.expired);
        token.accounts = self.accounts.or(token.accounts.take());
        let details = &mut token.details;
        details.expires_at = self.expires_at.unwrap_or(details.expires_at);
        details.may_ask_about_itself =
            self.may_ask_about_itself.unwrap_or(details.may_ask_about_itself);
        if let Some(scopes) = self.scopes {
            details.scopes = scopes;
        }
    }
}

/// A step of the clock.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClockSwitch {
    forward_hours: u32,
}

impl ClockSwitch {
    pub(super) fn step(&self) -> Duration {
        Duration::from_secs(u64::from(self.forward_hours) * 60 * 60)
    }
}
