//! From the bytes of an answer to a value or a failure.
//!
//! Reading is lenient where the API has been seen to vary (numbers as texts, extra fields) and strict
//! where a guess would be a lie: nothing but a JSON object counts as an answer, whatever its status
//! and content type say.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::graph::api_error::ApiError;
use crate::graph::error::Kind;
use crate::graph::scrub::Scrub;

/// An answer as it came off the wire. Its body may hold anything, so it is never shown.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// Where a redirect points to, without path and query.
    pub(crate) redirect_host: Option<Box<str>>,
}

impl Answer {
    /// The answer's object, if the API says that the call succeeded.
    pub(crate) fn read(self, scrub: &Scrub) -> Result<Map<String, Value>, Kind> {
        let status = self.status;
        if (300..400).contains(&status) {
            return Err(Kind::Redirect { status, host: self.redirect_host });
        }
        let parsed = parse(&self.body);
        if let Ok(Value::Object(object)) = &parsed
            && let Some(error) = object.get("error").filter(|error| is_error(error))
        {
            return Err(Kind::Api(Arc::new(ApiError::read(status, error, scrub))));
        }
        if !(200..300).contains(&status) {
            return Err(Kind::Api(Arc::new(ApiError::of_status(status))));
        }
        match parsed {
            Ok(Value::Object(object)) => Ok(object),
            // The API once answered a bare `true`; it means the same as the object does today.
            Ok(Value::Bool(success)) => {
                Ok(Map::from_iter([("success".to_owned(), success.into())]))
            }
            Ok(_) => Err(Kind::Unreadable { status, found: "JSON that is not an object" }),
            Err(found) => Err(Kind::Unreadable { status, found }),
        }
    }
}

/// Whether a write succeeded: `"success"` is `true`, or the text `"true"`, which says the same.
pub(crate) fn read_success(status: u16, object: &Map<String, Value>) -> Result<(), Kind> {
    match object.get("success") {
        Some(Value::Bool(true)) => Ok(()),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(()),
        Some(Value::Bool(false)) => Err(Kind::Unsuccessful { status }),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => {
            Err(Kind::Unsuccessful { status })
        }
        _ => Err(Kind::Unreadable { status, found: "no word on whether the call succeeded" }),
    }
}

fn parse(body: &[u8]) -> Result<Value, &'static str> {
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body).trim_ascii();
    serde_json::from_slice(body).map_err(|error| match body {
        [] => "an empty body",
        [0x1f, 0x8b, ..] => "compressed bytes",
        [b'<', ..] => "HTML or XML, perhaps from a proxy",
        _ if error.is_eof() => "JSON that ends too early",
        _ => "something other than JSON",
    })
}

fn is_error(error: &Value) -> bool {
    !matches!(error, Value::Null | Value::Bool(false))
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::graph::class::Class;
    use crate::graph::error::Error;

    fn read(status: u16, body: impl AsRef<[u8]>) -> Result<Map<String, Value>, Error> {
        let answer = Answer { status, body: body.as_ref().to_vec(), redirect_host: None };
        answer.read(&Scrub::default()).map_err(Error::new)
    }

    fn failure(status: u16, body: impl AsRef<[u8]>) -> Error {
        read(status, body).expect_err("a failure")
    }

    fn envelope(error: Value) -> String {
        json!({ "error": error }).to_string()
    }

    fn success(body: &str) -> Result<(), Class> {
        let object = read(200, body).map_err(|error| error.class())?;
        read_success(200, &object).map_err(|kind| Error::new(kind).class())
    }

    #[test]
    fn only_a_true_success_counts_as_success() {
        for body in [
            r#"{"success":true}"#,
            r#"{"success":"true"}"#,
            r#"{"success":true,"extra":{"field":[1]}}"#,
            "\u{feff}{\"success\":true}",
            " \n{\"success\" : true}\n",
            "true",
        ] {
            assert_eq!(success(body), Ok(()), "{body}");
        }
        for body in [r#"{"success":false}"#, r#"{"success":"false"}"#, "false"] {
            assert_eq!(success(body), Err(Class::Unsuccessful), "{body}");
        }
        for body in [r#"{"success":1}"#, r#"{"success":null}"#, "{}", r#"{"id":"1"}"#] {
            assert_eq!(success(body), Err(Class::UnreadableAnswer), "{body}");
        }
    }

    #[test]
    fn bytes_that_are_no_answer_are_named_for_what_they_are() {
        let deep = "[".repeat(100_000);
        let cases: [(&[u8], &str); 9] = [
            (b"", "an empty body"),
            (b" \r\n", "an empty body"),
            (b"<!DOCTYPE html><title>Sorry</title>", "HTML or XML, perhaps from a proxy"),
            (b"{\"success\":tr", "JSON that ends too early"),
            (b"\x1f\x8b\x08\x00\x00", "compressed bytes"),
            (b"success", "something other than JSON"),
            (b"\xff\xfe{\x00}", "something other than JSON"),
            (b"[]", "JSON that is not an object"),
            (deep.as_bytes(), "something other than JSON"),
        ];
        for (body, found) in cases {
            let error = failure(200, body);
            assert_eq!(error.class(), Class::UnreadableAnswer);
            assert_eq!(error.to_string(), format!("the answer (HTTP 200) holds {found}"));
            assert!(error.is_ambiguous());
        }
    }

    #[test]
    fn an_error_object_is_an_error_whatever_the_status_says() {
        let body = envelope(json!({ "code": 190, "error_subcode": 463, "message": "expired" }));
        let error = failure(200, body);
        assert_eq!(error.class(), Class::Auth);
        assert_eq!((error.code(), error.subcode()), (Some(190), Some(463)));
        assert_eq!(error.http_status(), Some(200));
        assert!(read(200, r#"{"error":null,"success":true}"#).is_ok());
        assert_eq!(failure(200, r#"{"error":"no"}"#).message(), Some("no"));
    }

    #[test]
    fn the_whole_envelope_is_kept() {
        let error = failure(
            400,
            envelope(json!({
                "message": "(#133010) Account not registered",
                "type": "OAuthException",
                "code": 133010,
                "is_transient": false,
                "error_user_title": "Title",
                "error_user_msg": "Text",
                "error_data": { "messaging_product": "whatsapp", "details": "why" },
                "fbtrace_id": "AbC",
            })),
        );
        assert_eq!(error.class(), Class::AccountState);
        assert_eq!(error.message(), Some("(#133010) Account not registered"));
        assert_eq!(error.user_title(), Some("Title"));
        assert_eq!(error.user_message(), Some("Text"));
        assert_eq!(error.details(), Some("why"));
        assert_eq!(error.fbtrace_id(), Some("AbC"));
        assert_eq!(error.to_string(), "the API reported error 133010");
    }

    #[test]
    fn error_data_is_read_in_all_three_forms() {
        for data in [json!({ "details": "why" }), json!("why"), json!(r#"{"details":"why"}"#)] {
            let error = failure(400, envelope(json!({ "code": 100, "error_data": data })));
            assert_eq!(error.details(), Some("why"), "{data}");
        }
        for data in [json!(null), json!(7), json!({}), json!([]), json!("")] {
            let error = failure(400, envelope(json!({ "code": 100, "error_data": data })));
            assert_eq!(error.details(), None, "{data}");
        }
    }

    #[test]
    fn fields_of_odd_types_lose_only_themselves() {
        let body = envelope(json!({ "code": "100", "error_subcode": 33.5, "message": ["x"] }));
        let error = failure(400, body);
        assert_eq!((error.code(), error.subcode(), error.message()), (Some(100), None, None));
        let body = r#"{"error":{"code":99999999999999999999999,"message":"big"}}"#;
        assert_eq!(failure(500, body).class(), Class::Transient);
    }

    #[test]
    fn unknown_codes_fall_back_to_what_the_answer_says_and_then_to_the_status() {
        let of = |status, error: Value| failure(status, envelope(error)).class();
        assert_eq!(of(400, json!({ "code": 7, "is_transient": true })), Class::Transient);
        assert_eq!(of(500, json!({ "code": 7, "is_transient": false })), Class::Other);
        assert_eq!(of(500, json!({ "code": 7 })), Class::Transient);
        assert_eq!(of(400, json!({ "code": 136025 })), Class::InvalidInput);
        assert_eq!(of(200, json!({ "code": 7 })), Class::Other);
        assert_eq!(of(500, json!({ "code": 3 })), Class::Permission);
        assert_eq!(of(500, json!({ "code": 1 })), Class::Transient);
        assert_eq!(of(400, json!({ "code": 1 })), Class::InvalidInput);
    }

    #[test]
    fn answers_without_an_envelope_are_judged_by_status() {
        let cases = [
            (400, Class::InvalidInput),
            (401, Class::Auth),
            (403, Class::Permission),
            (404, Class::NotFound),
            (407, Class::Other),
            (408, Class::Transient),
            (429, Class::RateLimit),
            (500, Class::Transient),
            (502, Class::Transient),
            (599, Class::Transient),
        ];
        for (status, class) in cases {
            assert_eq!(failure(status, "<html>Bad</html>").class(), class, "{status}");
            assert_eq!(failure(status, "").class(), class, "{status}");
        }
        assert_eq!(failure(502, "").to_string(), "the API answered with HTTP status 502");
    }

    #[test]
    fn a_redirect_is_a_redirect_even_with_a_good_body() {
        let body = br#"{"success":true}"#.to_vec();
        let answer = Answer { status: 307, body, redirect_host: Some("evil.example".into()) };
        let error = Error::new(answer.read(&Scrub::default()).expect_err("refused"));
        assert_eq!(error.class(), Class::Redirect);
        assert_eq!(error.to_string(), "the answer was a redirect to evil.example (HTTP 307)");
    }

    #[test]
    fn texts_of_the_api_are_scrubbed() {
        let mut scrub = Scrub::default();
        scrub.add("058213");
        let error =
            json!({ "message": "pin 058213", "error_data": "058213", "fbtrace_id": "058213" });
        let body = envelope(error).into_bytes();
        let answer = Answer { status: 400, body, redirect_host: None };
        let error = Error::new(answer.read(&scrub).expect_err("refused"));
        assert!(!format!("{error:?}").contains("058213"), "{error:?}");
    }

    proptest! {
        #[test]
        fn no_bytes_of_an_answer_can_break_the_reader(
            status in 100u16..1000,
            body in prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..200),
                ALMOST_JSON.prop_map(String::into_bytes),
            ],
        ) {
            let answer = Answer { status, body, redirect_host: None };
            if let Err(kind) = answer.read(&Scrub::default()) {
                let error = Error::new(kind);
                prop_assert!(error.to_string().len() < 200);
                prop_assert!(error.message().is_none_or(|text| !text.contains(char::is_control)));
            }
        }
    }

    const ALMOST_JSON: &str =
        r#"(\{"|":|\[|\]|\}|,|"|error|code|data|id|true|null|-?[0-9]{1,30}|[\\ue+.]){0,60}"#;
}
