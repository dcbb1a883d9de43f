//! What the API says of an access token: whether it is good, until when, and for what.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::graph::client::Client;
use crate::graph::error::Error;
use crate::graph::fields::{boolean, integer, shown, text};
use crate::graph::request::Request;
use crate::graph::scrub::Scrub;
use crate::graph::token::{AccessToken, App};

impl Client {
    /// Asks what is known of a token: as the app that issued it, or else by the client's own token.
    ///
    /// The API lets an app ask about its tokens. A token may ask about itself if its user has a role
    /// in the app; otherwise the call is refused with code 100, which says nothing of the token.
    pub async fn token_details(
        &self,
        token: &AccessToken,
        app: Option<&App>,
        cancel: &CancellationToken,
    ) -> Result<TokenDetails, Error> {
        let request = Request::get(["debug_token"]).about("input_token", token).called_by(app);
        let object = self.send(&request, cancel, |_, object| Ok(object)).await?;
        Ok(TokenDetails::read(&object, &self.scrub_of(&request)))
    }
}

/// An access token as the API describes it. What it does not say is `None`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct TokenDetails {
    /// The ID of the app that issued it.
    pub app_id: Option<String>,
    /// The app's name.
    pub application: Option<String>,
    /// The business accounts that it is narrowed to. `None` if it is not narrowed, which is not
    /// the same as none.
    pub business_account_ids: Option<Vec<String>>,
    /// When its access to data ends; `None` for never.
    pub data_access_expires_at: Option<SystemTime>,
    /// What a call with this token would be refused with, on one line and without secrets.
    pub error: Option<String>,
    /// When it ends; `None` for never.
    pub expires_at: Option<SystemTime>,
    /// Whether calls with it are accepted.
    pub is_valid: Option<bool>,
    /// When it was issued. The API says so of long-lived tokens only.
    pub issued_at: Option<SystemTime>,
    /// `USER`, `SYSTEM_USER`, `PAGE`, `APP`.
    pub kind: Option<String>,
    /// The permissions that it carries.
    pub scopes: Option<Vec<String>>,
}

impl TokenDetails {
    /// An answer without data, which the API has been seen to give, says nothing.
    pub(crate) fn read(object: &Map<String, Value>, scrub: &Scrub) -> Self {
        let field = |name| object.get("data").and_then(|data| data.get(name));
        let text = |name| shown(field(name), scrub);
        Self {
            app_id: text("app_id"),
            application: text("application"),
            business_account_ids: narrowed_to(field("granular_scopes"), scrub),
            data_access_expires_at: moment(field("data_access_expires_at")),
            error: field("error").and_then(|error| refusal(error, scrub)),
            expires_at: moment(field("expires_at")),
            is_valid: boolean(field("is_valid")),
            issued_at: moment(field("issued_at")),
            kind: text("type"),
            scopes: field("scopes").and_then(|scopes| texts(scopes, scrub)),
        }
    }
}

/// The accounts behind the permission to manage them.
fn narrowed_to(scopes: Option<&Value>, scrub: &Scrub) -> Option<Vec<String>> {
    let mut scopes = scopes?.as_array()?.iter();
    let managing = scopes.find(|scope| text(scope.get("scope")).as_deref() == Some(MANAGEMENT))?;
    texts(managing.get("target_ids")?, scrub)
}

fn texts(list: &Value, scrub: &Scrub) -> Option<Vec<String>> {
    Some(list.as_array()?.iter().filter_map(|entry| shown(Some(entry), scrub)).collect())
}

/// Seconds since 1970; zero stands for never.
fn moment(seconds: Option<&Value>) -> Option<SystemTime> {
    let seconds = u64::try_from(integer(seconds)?).ok()?;
    let is_moment = (1..=LAST_MOMENT).contains(&seconds);
    is_moment.then(|| UNIX_EPOCH + Duration::from_secs(seconds))
}

fn refusal(error: &Value, scrub: &Scrub) -> Option<String> {
    let message = shown(error.get("message"), scrub);
    let message = message.filter(|text| !text.trim().is_empty());
    match (integer(error.get("code")), integer(error.get("subcode")), message) {
        (None, _, message) => message,
        (Some(code), None, None) => Some(format!("code {code}")),
        (Some(code), Some(subcode), None) => Some(format!("code {code}, subcode {subcode}")),
        (Some(code), None, Some(message)) => Some(format!("{message} (code {code})")),
        (Some(code), Some(subcode), Some(message)) => {
            Some(format!("{message} (code {code}, subcode {subcode})"))
        }
    }
}

const MANAGEMENT: &str = "whatsapp_business_management";
/// The end of the year 9999, behind which no date can be written.
const LAST_MOMENT: u64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(data: Value) -> TokenDetails {
        let object = json!({ "data": data });
        let mut scrub = Scrub::default();
        scrub.add("EAAG1");
        TokenDetails::read(object.as_object().expect("an object"), &scrub)
    }

    fn at(seconds: u64) -> Option<SystemTime> {
        Some(UNIX_EPOCH + Duration::from_secs(seconds))
    }

    #[test]
    fn everything_that_is_said_is_read_whether_as_number_or_as_text() {
        let details = read(json!({
            "app_id": 1065, "application": "Ours", "type": "SYSTEM_USER", "is_valid": "true",
            "expires_at": "1767225600", "issued_at": 1767225000, "data_access_expires_at": 0,
            "scopes": [MANAGEMENT, "public_profile"],
        }));
        assert_eq!(details.app_id.as_deref(), Some("1065"));
        assert_eq!(details.kind.as_deref(), Some("SYSTEM_USER"));
        assert_eq!(details.is_valid, Some(true));
        assert_eq!((details.expires_at, details.issued_at), (at(1_767_225_600), at(1_767_225_000)));
        assert_eq!(details.data_access_expires_at, None, "zero is never");
        assert_eq!(details.scopes.map(|scopes| scopes.len()), Some(2));
    }

    #[test]
    fn not_narrowed_is_told_from_narrowed_to_nothing() {
        let narrowed = |scopes: Value| read(json!({ "granular_scopes": scopes }));
        let to = |ids: Value| narrowed(json!([{ "scope": MANAGEMENT, "target_ids": ids }]));
        assert_eq!(to(json!(["7", 8])).business_account_ids, Some(vec!["7".into(), "8".into()]));
        assert_eq!(to(json!([])).business_account_ids, Some(vec![]));
        for open in [to(json!(null)), narrowed(json!([{ "scope": MANAGEMENT }]))] {
            assert_eq!(open.business_account_ids, None);
        }
        for absent in [json!(null), json!([]), json!([{ "scope": "email", "target_ids": ["7"] }])] {
            assert_eq!(narrowed(absent).business_account_ids, None);
        }
    }

    #[test]
    fn an_answer_without_data_says_nothing() {
        for data in [json!([]), json!(null), json!("x"), json!({})] {
            assert_eq!(read(data), TokenDetails::default());
        }
    }

    #[test]
    fn moments_that_cannot_be_written_are_not_read() {
        for odd in [json!(-1), json!(0), json!(1e300), json!(LAST_MOMENT + 1), json!("soon")] {
            assert_eq!(read(json!({ "expires_at": odd })).expires_at, None);
        }
        assert_eq!(read(json!({ "expires_at": LAST_MOMENT })).expires_at, at(LAST_MOMENT));
    }

    #[test]
    fn a_refusal_has_its_numbers_and_never_the_token() {
        let error = |error: Value| read(json!({ "error": error })).error;
        let whole = json!({ "code": 190, "subcode": 463, "message": "EAAG1 has expired" });
        assert_eq!(error(whole).as_deref(), Some("[redacted] has expired (code 190, subcode 463)"));
        assert_eq!(error(json!({ "code": 190 })).as_deref(), Some("code 190"));
        assert_eq!(error(json!({})), None);
        let named = read(json!({ "application": "EAAG1", "scopes": ["EAAG1"] }));
        assert!(!format!("{named:?}").contains("EAAG1"));
    }
}
