//! What the imitation knows: accounts, phone numbers and tokens.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use super::inspection::Details;
use super::registration::Registration;

/// A phone number as it is seeded, and as it stands.
#[derive(Clone, Debug)]
pub struct PhoneNumber {
    /// Phone number ID: digits, not the telephone number itself.
    pub id: String,
    /// As people write it, with plus, spaces and dashes.
    pub display_phone_number: String,
    /// `None` leaves the field out of answers, as Graph does with fields that have no value.
    pub verified_name: Option<String>,
    /// State of the SMS or voice code (`VERIFIED`, `NOT_VERIFIED`, `EXPIRED`), not of the PIN.
    pub code_verification_status: Option<String>,
    /// `GREEN`, `YELLOW`, `RED`, `NA` or `UNKNOWN`.
    pub quality_rating: Option<String>,
    /// `CONNECTED`, `DISCONNECTED`, `PENDING` and others.
    pub status: Option<String>,
    /// `APPROVED`, `PENDING_REVIEW` and others.
    pub name_status: Option<String>,
    /// `CLOUD_API`, `ON_PREMISE` or `NOT_APPLICABLE`.
    pub platform_type: Option<String>,
    /// A number that is not registered refuses a PIN with code 133010.
    pub registered: bool,
    /// The PIN in force, if any. Graph never shows it.
    pub pin: Option<String>,
    /// What it has been through on the way to its registration.
    pub registration: Registration,
    /// Further fields to answer when they are asked for.
    pub extra: Map<String, Value>,
    pub(super) account: String,
    /// A second account that lists the number too; its calls are charged to the first.
    pub(super) shared_with: Option<String>,
    pub(super) position: u64,
    flag: bool,
    /// What the flag will show, and from when.
    coming_flag: Option<(Instant, bool)>,
}

impl PhoneNumber {
    /// A registered, connected number without a PIN.
    pub fn new(id: impl Into<String>, display_phone_number: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            display_phone_number: display_phone_number.into(),
            verified_name: Some("Sandbox Ltd".into()),
            code_verification_status: Some("VERIFIED".into()),
            quality_rating: Some("GREEN".into()),
            status: Some("CONNECTED".into()),
            name_status: Some("APPROVED".into()),
            platform_type: Some("CLOUD_API".into()),
            registered: true,
            pin: None,
            registration: Registration::default(),
            extra: Map::new(),
            account: String::new(),
            shared_with: None,
            position: 0,
            flag: false,
            coming_flag: None,
        }
    }

    /// Seeds a PIN, and with it two-step verification.
    pub fn with_pin(mut self, pin: impl Into<String>) -> Self {
        self.pin = Some(pin.into());
        self.flag = true;
        self
    }

    /// Lets a second account list the number too.
    pub fn shared_with(mut self, account: impl Into<String>) -> Self {
        self.shared_with = Some(account.into());
        self
    }

    /// A number that was added to the account but never registered.
    pub fn unregistered(mut self) -> Self {
        self.registered = false;
        self.status = Some("PENDING".into());
        self.platform_type = Some("NOT_APPLICABLE".into());
        self
    }

    /// A number that was bought and verified: it takes a PIN, and waits to be registered.
    pub fn fresh(mut self) -> Self {
        self = self.unregistered();
        self.registration.takes_pin_before = true;
        self
    }

    /// Whether it lives on the WhatsApp Business app as well.
    pub(super) fn is_on_biz_app(&self) -> bool {
        self.extra.get("is_on_biz_app") == Some(&Value::Bool(true))
    }

    /// The flag as `is_pin_enabled` shows it at `now`.
    pub fn is_pin_enabled(&self, now: Instant) -> bool {
        match self.coming_flag {
            Some((from, flag)) if from <= now => flag,
            _ => self.flag,
        }
    }

    pub(super) fn set_pin(&mut self, pin: String, now: Instant, flag_lag: Duration) {
        self.flag = self.is_pin_enabled(now);
        self.coming_flag = Some((now + flag_lag, true));
        self.pin = Some(pin);
    }

    pub(super) fn switch_pin_off(&mut self) {
        self.pin = None;
        self.flag = false;
        self.coming_flag = None;
    }
}

/// An access token, what it may see, and the app secret its calls must prove.
#[derive(Clone, Debug)]
pub struct Token {
    /// The token itself.
    pub value: String,
    /// Account IDs the token may see; `None`: all of them.
    pub accounts: Option<Vec<String>>,
    /// Set if the token's app has "Require app secret" on.
    pub app_secret: Option<String>,
    /// An expired token is answered with 190/463.
    pub expired: bool,
    /// What Graph tells of it on request.
    pub details: Details,
}

impl Token {
    /// A token that sees every account and needs no proof.
    pub fn new(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            accounts: None,
            app_secret: None,
            expired: false,
            details: Details::default(),
        }
    }

    /// Lets the token see these accounts only.
    pub fn seeing_only<I: Into<String>>(mut self, accounts: impl IntoIterator<Item = I>) -> Self {
        self.accounts = Some(accounts.into_iter().map(Into::into).collect());
        self
    }

    /// Demands `appsecret_proof` on every call.
    pub fn with_app_secret(mut self, secret: impl Into<String>) -> Self {
        self.app_secret = Some(secret.into());
        self
    }

    /// Makes it a token of yesterday.
    pub fn expired(mut self) -> Self {
        self.expired = true;
        self
    }

    /// Whether it is over, by a clock that is so much ahead of ours.
    pub(super) fn has_ended(&self, ahead: Duration) -> bool {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let ends = Duration::from_secs(self.details.expires_at);
        self.expired || (!ends.is_zero() && ends <= since_1970 + ahead)
    }

    pub(super) fn sees(&self, account: &str) -> bool {
        self.accounts.as_ref().is_none_or(|seen| seen.iter().any(|id| id == account))
    }
}

/// Everything behind the API. Cloned once at start, so that a reset finds the seed again.
#[derive(Clone, Debug, Default)]
pub(super) struct World {
    pub(super) numbers: BTreeMap<String, PhoneNumber>,
    pub(super) accounts: BTreeMap<String, String>,
    pub(super) tokens: Vec<Token>,
    pub(super) flag_lag: Duration,
    /// How far its clock is ahead of ours: nobody waits for 72 hours.
    pub(super) ahead: Duration,
    added: u64,
}

impl World {
    pub(super) fn add_number(&mut self, account: &str, mut number: PhoneNumber) {
        self.added += 1;
        number.position = self.added;
        number.account = account.to_owned();
        self.numbers.insert(number.id.clone(), number);
    }

    /// The numbers of `account` in the order in which they were added.
    pub(super) fn numbers_of(&self, account: &str) -> Vec<&PhoneNumber> {
        let lists = |number: &&PhoneNumber| {
            number.account == account || number.shared_with.as_deref() == Some(account)
        };
        let mut numbers: Vec<_> = self.numbers.values().filter(lists).collect();
        numbers.sort_by_key(|number| number.position);
        numbers
    }

    /// The account that answers for `object`: its own, if it is one, or the number's.
    pub(super) fn account_of(&self, object: &str) -> Option<&str> {
        match self.numbers.get(object) {
            Some(number) => Some(&number.account),
            None => self.accounts.get_key_value(object).map(|(id, _)| id.as_str()),
        }
    }

    pub(super) fn token(&self, value: &str) -> Option<&Token> {
        self.tokens.iter().find(|token| token.value == value)
    }
}
