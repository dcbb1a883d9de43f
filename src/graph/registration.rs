//! Registering a number with the Cloud API.
//!
//! Ten registrations in 72 hours block a number, and a wrong PIN counts as a guess. So the call is
//! sent once, whatever becomes of it, and who calls reads the number first.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::graph::answer::read_success;
use crate::graph::base_url::ApiVersion;
use crate::graph::client::Client;
use crate::graph::error::{Error, Kind};
use crate::graph::fields::{boolean, shown, text};
use crate::graph::ids::PhoneNumberId;
use crate::graph::pin::Pin;
use crate::graph::request::{Body, Request};
use crate::graph::scrub::Scrub;

impl Client {
    /// Registers a number. With two-step verification on, the PIN has to be the number's; else it
    /// becomes the number's PIN.
    ///
    /// Sent once and never again, not after a time-out either: [`Error::outcome_unknown`] says
    /// whether the number may have been registered all the same. Takes up to a minute, whatever
    /// the client's limit for an attempt is, and longer if that is longer.
    pub async fn register(
        &self,
        number: &PhoneNumberId,
        pin: &Pin,
        cancel: &CancellationToken,
    ) -> Result<Registered, Error> {
        let request = Request::post([number.as_str(), "register"], Body::Registration(pin))
            .sent_once()
            .with_patience(PATIENCE);
        let read = |status, object| read_success(status, &object).map(|()| object);
        let answer = self.send(&request, cancel, read).await?;
        Ok(Registered { more: further(answer, &self.scrub_of(&request)) })
    }

    /// Reads what decides whether a number can be registered, or is. The PIN of its registration is
    /// not sent, and kept out of what is read.
    pub async fn registration_state(
        &self,
        number: &PhoneNumberId,
        pin: &Pin,
        cancel: &CancellationToken,
    ) -> Result<RegistrationState, Error> {
        let request = Request::get([number.as_str()]).with_query("fields", FIELDS).beside(pin);
        let scrub = self.scrub_of(&request);
        let read = |status, object| RegistrationState::read(number, status, &object, &scrub);
        self.send(&request, cancel, read).await
    }

    /// Says in which country the data of a number is kept. Only before it is registered, and
    /// safe to repeat.
    pub async fn keep_data_in(
        &self,
        number: &PhoneNumberId,
        region: Region,
        cancel: &CancellationToken,
    ) -> Result<(), Error> {
        let request = Request::post([number.as_str(), "settings"], Body::Region(region));
        self.send(&request, cancel, |status, object| read_success(status, &object)).await
    }

    /// Waits so long between two looks at a number. False if `cancel` came first.
    pub async fn wait(&self, time: Duration, cancel: &CancellationToken) -> bool {
        self.pause(time, "before a number is looked at again", cancel).await
    }
}

/// A number has been registered.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Registered {
    /// What the answer said beside its success, as JSON on one line, without secrets. The API is
    /// known to say there that a registered number kept its former PIN; under which name is not.
    pub more: Option<String>,
}

/// What the API says of a number's registration. `None` is unknown, never "no". Texts are of one
/// line, bounded and without secrets.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct RegistrationState {
    /// Of the code by SMS or voice: `VERIFIED`, `NOT_VERIFIED`, `EXPIRED`.
    pub code_verification_status: Option<String>,
    /// Whether the number lives on the WhatsApp Business app as well.
    pub is_on_biz_app: Option<bool>,
    /// Whether two-step verification is on.
    pub is_pin_enabled: Option<bool>,
    /// `APPROVED`, `NONE`, `EXPIRED` and others.
    pub name_status: Option<String>,
    /// `CLOUD_API`, `ON_PREMISE` or `NOT_APPLICABLE`.
    pub platform_type: Option<String>,
    /// `CONNECTED`, `PENDING`, `DISCONNECTED` and others.
    pub status: Option<String>,
}

impl RegistrationState {
    /// Whether the number is registered with the Cloud API and connected; `None` if what is said
    /// leaves that open.
    pub fn is_registered(&self) -> Option<bool> {
        let is = |field: &Option<String>, value: &str| field.as_ref().map(|known| known == value);
        match (is(&self.platform_type, "CLOUD_API"), is(&self.status, "CONNECTED")) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        }
    }

    /// The state of a number of which only this is said.
    #[cfg(test)]
    pub(crate) fn of(platform_type: Option<&str>, status: Option<&str>) -> Self {
        let (platform_type, status) = (platform_type.map(Into::into), status.map(Into::into));
        Self { platform_type, status, ..Self::default() }
    }

    pub(crate) fn read(
        number: &PhoneNumberId,
        status: u16,
        object: &Map<String, Value>,
        scrub: &Scrub,
    ) -> Result<Self, Kind> {
        let field = |name| shown(object.get(name), scrub);
        if text(object.get("id")).as_deref() != Some(number.as_str()) {
            return Err(Kind::Unreadable { status, found: "another phone number, or none" });
        }
        Ok(Self {
            code_verification_status: field("code_verification_status"),
            is_on_biz_app: boolean(object.get("is_on_biz_app")),
            is_pin_enabled: boolean(object.get("is_pin_enabled")),
            name_status: field("name_status"),
            platform_type: field("platform_type"),
            status: field("status"),
        })
    }
}

/// A country in which Meta keeps the data of a number on request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Region(&'static str);

impl Region {
    /// Every country that there is to choose, by its two letters.
    pub const ALL: [&'static str; 14] =
        ["AE", "AU", "BH", "BR", "CA", "CH", "DE", "GB", "ID", "IN", "JP", "KR", "SG", "ZA"];

    /// The first version of the API in which a region is chosen before a number is registered. In
    /// those before it, which the API serves no more, it was part of the registration.
    pub const SINCE: ApiVersion = ApiVersion::new(21, 0);

    /// The two letters.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl FromStr for Region {
    type Err = ParseRegionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|known| *known == text).map(Self).ok_or(ParseRegionError)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A text is none of the countries in which Meta keeps data.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("is none of the countries in which Meta keeps data")]
pub struct ParseRegionError;

/// What an answer says beside its success, fit to be shown.
pub(crate) fn further(answer: Map<String, Value>, scrub: &Scrub) -> Option<String> {
    let known = ["success", "messaging_product"];
    let more = answer.into_iter().filter(|(name, _)| !known.contains(&name.as_str()));
    let more: Map<_, _> = more.collect();
    // Each text by itself, because JSON would spell out the signs that hide a secret in it; then the
    // whole, whose numbers may be a PIN.
    (!more.is_empty()).then(|| scrub.clean(&cleaned(Value::Object(more), scrub).to_string()))
}

/// The depth is that of what was parsed, which is bounded.
fn cleaned(value: Value, scrub: &Scrub) -> Value {
    match value {
        Value::String(text) => Value::String(scrub.clean(&text)),
        Value::Array(list) => list.into_iter().map(|entry| cleaned(entry, scrub)).collect(),
        Value::Object(members) => {
            let clean =
                |(name, value): (String, Value)| (scrub.clean(&name), cleaned(value, scrub));
            members.into_iter().map(clean).collect()
        }
        other => other,
    }
}

const FIELDS: &str =
    "id,is_pin_enabled,status,platform_type,code_verification_status,name_status,is_on_biz_app";

/// A registration takes some seconds, and fifteen in a move. Whoever hangs up early does not know
/// whether one of the ten is used up.
pub const PATIENCE: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn state(value: Value) -> Result<RegistrationState, Kind> {
        let number = "1065".parse().expect("an ID");
        RegistrationState::read(
            &number,
            200,
            value.as_object().expect("an object"),
            &Scrub::default(),
        )
    }

    #[test]
    fn registered_is_only_what_is_said_in_full_and_not_registered_what_any_word_denies() {
        let of = |platform: Value, status: Value| {
            let read = json!({ "id": "1065", "platform_type": platform, "status": status });
            state(read).expect("read").is_registered()
        };
        assert_eq!(of(json!("CLOUD_API"), json!("CONNECTED")), Some(true));
        assert_eq!(of(json!("NOT_APPLICABLE"), json!("PENDING")), Some(false));
        assert_eq!(of(json!("CLOUD_API"), json!("DISCONNECTED")), Some(false));
        assert_eq!(of(json!(null), json!("PENDING")), Some(false));
        assert_eq!(of(json!("NOT_APPLICABLE"), json!(null)), Some(false));
        for (platform, status) in [
            (json!(null), json!(null)),
            (json!("CLOUD_API"), json!(null)),
            (json!(null), json!("CONNECTED")),
        ] {
            assert_eq!(of(platform, status), None);
        }
    }

    #[test]
    fn the_state_of_another_number_is_not_taken_for_this_ones() {
        assert!(state(json!({ "id": "1066", "status": "PENDING" })).is_err());
        assert!(state(json!({ "status": "PENDING" })).is_err());
    }

    #[test]
    fn what_an_answer_says_beside_its_success_is_kept() {
        let of = |value: Value| {
            further(value.as_object().expect("an object").clone(), &Scrub::default())
        };
        assert_eq!(of(json!({ "success": true, "messaging_product": "whatsapp" })), None);
        let more = of(json!({ "success": true, "pin_reset": false }));
        assert_eq!(more.as_deref(), Some(r#"{"pin_reset":false}"#));
    }

    #[test]
    fn a_region_is_one_of_metas_by_its_two_capital_letters() {
        assert_eq!("BR".parse::<Region>().map(Region::as_str), Ok("BR"));
        for text in ["br", "US", "", " BR"] {
            assert!(text.parse::<Region>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_said_beside_a_success_hides_no_secret_behind_signs_that_json_spells_out() {
        let mut scrub = Scrub::default();
        scrub.add("058213");
        let answer =
            json!({ "success": true, "a": [{ "058\u{0}213": "0\u{1b}58213" }], "b": 58213 });
        let told = further(answer.as_object().expect("an object").clone(), &scrub);
        assert_eq!(told.as_deref(), Some(r#"{"a":[{"[redacted]":"[redacted]"}],"b":58213}"#));
    }
}
