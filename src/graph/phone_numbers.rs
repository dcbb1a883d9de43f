//! Phone numbers: setting their PIN, and reading them one by one.

use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::graph::answer::read_success;
use crate::graph::client::Client;
use crate::graph::error::{Error, Kind};
use crate::graph::fields::{boolean, shown, text};
use crate::graph::ids::PhoneNumberId;
use crate::graph::pin::Pin;
use crate::graph::request::{Body, Request};
use crate::graph::scrub::Scrub;

impl Client {
    /// Sets the two-step verification PIN of a number, and turns two-step verification on.
    ///
    /// Repeated when it fails without a definite answer. If it fails all the same,
    /// [`Error::outcome_unknown`] says whether the PIN may have been set. Once the request is on
    /// its way, `cancel` does not tear it off: its answer is awaited, and counts.
    pub async fn set_two_step_pin(
        &self,
        number: &PhoneNumberId,
        pin: &Pin,
        cancel: &CancellationToken,
    ) -> Result<(), Error> {
        let request = Request::post([number.as_str()], Body::Pin(pin));
        self.send(&request, cancel, |status, object| read_success(status, &object)).await
    }

    /// Reads one number. Fields without a value are `None`.
    pub async fn phone_number(
        &self,
        number: &PhoneNumberId,
        fields: PhoneNumberFields,
        cancel: &CancellationToken,
    ) -> Result<PhoneNumber, Error> {
        let request = Request::get([number.as_str()]).with_query("fields", fields.names());
        let scrub = self.scrub_of(&request);
        let read = |status, object| match PhoneNumber::read(&object, &scrub) {
            Some(found) if found.id == *number => Ok(found),
            Some(_) => Err(Kind::Unreadable { status, found: "another phone number" }),
            None => Err(Kind::Unreadable { status, found: "no phone number" }),
        };
        self.send(&request, cancel, read).await
    }
}

/// Which fields of a number to ask for. One that the API does not know fails the whole call, so
/// no call asks for more than its caller uses.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum PhoneNumberFields {
    /// Everything that [`PhoneNumber`] holds.
    Details,
    /// `id` and `is_pin_enabled`.
    PinStatus,
}

impl PhoneNumberFields {
    pub(crate) fn names(self) -> &'static str {
        match self {
            Self::Details => {
                "id,display_phone_number,verified_name,is_pin_enabled,code_verification_status,\
                 quality_rating,status,name_status,platform_type"
            }
            Self::PinStatus => "id,is_pin_enabled",
        }
    }
}

/// A phone number as the API describes it. The API leaves a field out when it has no value, so
/// `None` means unknown and never "no". Values of a field grow with time: they are open texts, of
/// one line, bounded and without secrets.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PhoneNumber {
    /// The number's ID.
    pub id: PhoneNumberId,
    /// The number as people write it: `+1 555-093-4873`.
    pub display_phone_number: Option<String>,
    /// The name that recipients see.
    pub verified_name: Option<String>,
    /// Whether two-step verification is on.
    pub is_pin_enabled: Option<bool>,
    /// Of the code by SMS or voice, not of the PIN: `NOT_VERIFIED`, `VERIFIED`, `EXPIRED`.
    pub code_verification_status: Option<String>,
    /// `GREEN`, `YELLOW`, `RED`, `NA` or `UNKNOWN`.
    pub quality_rating: Option<String>,
    /// `CONNECTED`, `DISCONNECTED`, `PENDING`, `BANNED` and others.
    pub status: Option<String>,
    /// `APPROVED`, `DECLINED`, `PENDING_REVIEW` and others.
    pub name_status: Option<String>,
    /// `CLOUD_API`, `ON_PREMISE`, or `NOT_APPLICABLE` for a number that is not registered.
    pub platform_type: Option<String>,
}

impl PhoneNumber {
    /// `None` if the object has no usable ID.
    pub(crate) fn read(object: &Map<String, Value>, scrub: &Scrub) -> Option<Self> {
        let field = |name| shown(object.get(name), scrub);
        Some(Self {
            id: text(object.get("id"))?.parse().ok()?,
            display_phone_number: field("display_phone_number"),
            verified_name: field("verified_name"),
            is_pin_enabled: boolean(object.get("is_pin_enabled")),
            code_verification_status: field("code_verification_status"),
            quality_rating: field("quality_rating"),
            status: field("status"),
            name_status: field("name_status"),
            platform_type: field("platform_type"),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: Value) -> Option<PhoneNumber> {
        PhoneNumber::read(value.as_object().expect("an object"), &Scrub::default())
    }

    #[test]
    fn absent_fields_are_unknown_and_extra_ones_do_no_harm() {
        let number =
            read(json!({ "id": "1065", "throughput": { "level": "HIGH" } })).expect("read");
        assert_eq!(number.id.as_str(), "1065");
        assert_eq!((number.is_pin_enabled, number.status), (None, None));
    }

    #[test]
    fn numbers_and_texts_stand_for_each_other() {
        let number =
            read(json!({ "id": 106540352242922u64, "is_pin_enabled": "true", "status": 7 }));
        let number = number.expect("read");
        assert_eq!(number.id.as_str(), "106540352242922");
        assert_eq!(number.is_pin_enabled, Some(true));
        assert_eq!(number.status.as_deref(), Some("7"));
        for odd in [json!(null), json!("perhaps"), json!([true]), json!(2)] {
            let number = read(json!({ "id": "1", "is_pin_enabled": odd })).expect("read");
            assert_eq!(number.is_pin_enabled, None);
        }
    }

    #[test]
    fn an_object_without_a_usable_id_is_no_phone_number() {
        for id in [json!(null), json!(""), json!("1/2"), json!(1.5), json!(-1), json!({})] {
            assert_eq!(read(json!({ "id": id })), None);
        }
    }

    #[test]
    fn a_list_of_fields_names_each_once_and_nothing_twice() {
        let names: Vec<_> = PhoneNumberFields::Details.names().split(',').collect();
        let unique: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!((names.len(), unique.len()), (9, 9));
    }
}
