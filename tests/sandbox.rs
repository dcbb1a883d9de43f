//! The imitation Graph API answers as recorded exchanges do, and misbehaves exactly as asked.

#[path = "../examples/sandbox/api/mod.rs"]
mod sandbox;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::HeaderMap;
use reqwest::{Client, RequestBuilder, redirect};
use serde_json::{Value, json};

use sandbox::{
    DEFAULT_ACCOUNT, DEFAULT_NUMBER, DEFAULT_TOKEN, ErrorData, Event, Fault, GraphError, Loss,
    PhoneNumber, Proof, RetryAfter, Rule, Sandbox, Throttle, Token,
};

mod the_true_answers {
    use super::*;

    #[tokio::test]
    async fn a_pin_with_a_leading_zero_is_set_and_the_flag_follows() {
        let api = Sandbox::start();
        let answer = post(&api, DEFAULT_NUMBER, "012345").await;
        assert_eq!((answer.status, answer.json()), (200, json!({ "success": true })));
        assert_eq!(api.pin(DEFAULT_NUMBER).as_deref(), Some("012345"));
        assert!(api.is_pin_enabled(DEFAULT_NUMBER));
        api.switch_pin_off(DEFAULT_NUMBER);
        let number = get(&api, &format!("{DEFAULT_NUMBER}?fields=id,is_pin_enabled")).await;
        assert_eq!(number.json(), json!({ "id": DEFAULT_NUMBER, "is_pin_enabled": false }));
    }

    #[tokio::test]
    async fn without_fields_only_the_defaults_are_answered() {
        let api = Sandbox::start();
        let node = get(&api, DEFAULT_NUMBER).await.json();
        let keys: Vec<_> = node.as_object().expect("a node is an object").keys().collect();
        let defaults = [
            "code_verification_status",
            "display_phone_number",
            "id",
            "platform_type",
            "quality_rating",
            "throughput",
            "verified_name",
        ];
        assert_eq!(keys, defaults);
    }

    #[tokio::test]
    async fn a_field_without_a_value_is_left_out() {
        let api = Sandbox::start();
        api.edit_number(DEFAULT_NUMBER, |number| number.verified_name = None);
        let path = format!("{DEFAULT_NUMBER}?fields=verified_name,certificate,status");
        let node = get(&api, &path).await.json();
        assert_eq!(node, json!({ "id": DEFAULT_NUMBER, "status": "CONNECTED" }));
    }

    #[tokio::test]
    async fn an_unknown_field_fails_the_whole_call_and_names_the_node_type() {
        let api = Sandbox::start();
        let cases = [
            (format!("{DEFAULT_NUMBER}?fields=id,shoe_size"), "WhatsAppBusinessPhoneNumber"),
            (format!("{DEFAULT_ACCOUNT}?fields=is_pin_enabled"), "WhatsAppBusinessAccount"),
            (format!("{DEFAULT_ACCOUNT}/phone_numbers?fields=x"), "WhatsAppBusinessPhoneNumber"),
        ];
        for (path, node_type) in cases {
            let answer = get(&api, &path).await;
            let error = answer.error();
            assert_eq!((answer.status, &error["code"]), (400, &json!(100)), "{path}");
            assert_eq!(error["type"], "OAuthException");
            assert_eq!(error.get("error_subcode"), None);
            assert!(error["message"].as_str().is_some_and(|text| text.contains(node_type)));
            assert!(answer.headers.contains_key("x-business-use-case-usage"));
        }
    }

    #[tokio::test]
    async fn an_object_that_is_missing_or_out_of_sight_is_100_33() {
        let api = Sandbox::builder()
            .with_token(Token::new(DEFAULT_TOKEN).seeing_only(["1"]))
            .account("1")
            .account("2")
            .number("20", "+1 555-010-0020")
            .start();
        for path in ["20", "999", "2/phone_numbers"] {
            let answer = get(&api, path).await;
            let error = answer.error();
            assert_eq!((answer.status, &error["code"]), (400, &json!(100)), "{path}");
            assert_eq!(error["error_subcode"], 33);
            assert_eq!(error["type"], "GraphMethodException");
            assert!(answer.headers.contains_key("x-app-usage"));
            assert!(!answer.headers.contains_key("x-business-use-case-usage"));
            assert!(answer.header("www-authenticate").starts_with("OAuth \"Facebook Platform\""));
        }
    }

    #[tokio::test]
    async fn headers_name_the_version_the_trace_and_the_accounts_usage() {
        let api = Sandbox::start();
        let answer = get(&api, DEFAULT_NUMBER).await;
        assert_eq!(answer.header("facebook-api-version"), "v24.0");
        let usage: Value = serde_json::from_str(answer.header("x-business-use-case-usage"))
            .expect("the usage header is JSON");
        let entry = &usage[DEFAULT_ACCOUNT][0];
        assert_eq!(entry["type"], "whatsapp_business_management");
        assert_eq!(entry["estimated_time_to_regain_access"], 0);
        let failed = get(&api, "999").await;
        assert_eq!(failed.header("x-fb-request-id"), failed.error()["fbtrace_id"]);
    }

    #[tokio::test]
    async fn unknown_versions_and_paths_are_2500_and_expired_versions_are_upgraded() {
        let api = Sandbox::start();
        for path in ["v99.0/1", "v24.0", "v24.0/1/2/3", DEFAULT_NUMBER, ""] {
            let answer = send(authorized(client().get(format!("{}/{path}", api.base_url())))).await;
            assert_eq!((answer.status, &answer.error()["code"]), (400, &json!(2500)), "{path}");
        }
        let url = format!("{}/v19.0/{DEFAULT_NUMBER}", api.base_url());
        let answer = send(authorized(client().get(url))).await;
        assert_eq!(answer.header("facebook-api-version"), "v21.0");
        assert!(answer.headers.contains_key("x-ad-api-version-warning"));
    }

    #[tokio::test]
    async fn tokens_are_checked_before_anything_else() {
        let tokens = [Token::new("good"), Token::new("old").expired()];
        let api = Sandbox::start();
        api.set_tokens(tokens);
        let cases = [
            (None, 104, Value::Null),
            (Some("Bearer bad"), 190, Value::Null),
            (Some("Bearer old"), 190, json!(463)),
        ];
        for (header, code, subcode) in cases {
            let mut request = client().get(node_url(&api, "999"));
            if let Some(header) = header {
                request = request.header("Authorization", header);
            }
            let answer = send(request).await;
            assert_eq!((answer.status, &answer.error()["code"]), (401, &json!(code)));
            assert_eq!(answer.error()["error_subcode"], subcode);
        }
    }

    #[tokio::test]
    async fn pins_of_a_wrong_shape_are_code_100_and_change_nothing() {
        let api = Sandbox::start();
        let json = "application/json";
        let bodies = [
            (json, r#"{"pin":"12345"}"#),
            (json, r#"{"pin":123456}"#),
            (json, r#"{"pin":"12345x"}"#),
            (json, r#"{"pin":"१२३४५६"}"#),
            (json, "{}"),
            (json, "pin=123456"),
            ("text/plain", r#"{"pin":"123456"}"#),
        ];
        for (content_type, body) in bodies {
            let request = client().post(node_url(&api, DEFAULT_NUMBER)).body(body);
            let answer = send(authorized(request.header("Content-Type", content_type))).await;
            assert_eq!((answer.status, &answer.error()["code"]), (400, &json!(100)), "{body}");
        }
        assert_eq!(api.pins().len(), 0);
    }

    #[tokio::test]
    async fn a_number_that_is_not_registered_refuses_a_pin() {
        let number = PhoneNumber::new("5", "+1 555-010-0005").unregistered();
        let api = Sandbox::builder().with_number(number).start();
        let answer = post(&api, "5", "123456").await;
        assert_eq!((answer.status, &answer.error()["code"]), (400, &json!(133_010)));
        assert_eq!(answer.error()["error_data"]["messaging_product"], "whatsapp");
    }

    #[tokio::test]
    async fn an_app_secret_demands_its_proof_on_every_call() {
        // HMAC-SHA256, key "secret", message "token", computed by another implementation.
        let right = "e941110e3d2bfe82621f0e3e1434730d7305d106c5f68c87165d0b27a4611a4a";
        let api = Sandbox::start();
        api.set_tokens([Token::new("token").with_app_secret("secret")]);
        let ask = async |query: &str| {
            let url = format!("{}{query}", node_url(&api, DEFAULT_NUMBER));
            send(client().get(url).bearer_auth("token")).await
        };
        let missing = ask("").await;
        let wrong = ask("?appsecret_proof=00").await;
        for answer in [&missing, &wrong] {
            assert_eq!((answer.status, &answer.error()["code"]), (400, &json!(100)));
            assert_eq!(answer.error()["type"], "GraphMethodException");
        }
        assert_ne!(missing.error()["message"], wrong.error()["message"]);
        assert_eq!(ask(&format!("?appsecret_proof={right}")).await.status, 200);
        let proofs: Vec<_> = api.events().iter().map(|event| event.proof).collect();
        assert_eq!(proofs, [Proof::Absent, Proof::Wrong, Proof::Right]);
    }

    #[tokio::test]
    async fn the_flag_may_lag_behind_the_pin() {
        let api = Sandbox::builder().flag_lag(Duration::from_millis(80)).start();
        let posted = Instant::now();
        post(&api, DEFAULT_NUMBER, "123456").await;
        let before = api.is_pin_enabled(DEFAULT_NUMBER);
        assert!(!before || posted.elapsed() >= Duration::from_millis(80));
        let patience = Instant::now() + Duration::from_secs(2);
        while !api.is_pin_enabled(DEFAULT_NUMBER) {
            assert!(Instant::now() < patience, "the flag never followed");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(posted.elapsed() >= Duration::from_millis(80));
    }
}

mod lists {
    use super::*;

    #[tokio::test]
    async fn a_thousand_numbers_come_in_ten_pages_of_a_hundred() {
        let api = Sandbox::builder().numbers(1000).start();
        let pages = walk(&api, "&limit=100", 20).await;
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [100; 10]);
        let expected: Vec<_> = (0..1000).map(Sandbox::number_id).collect();
        assert_eq!(pages.concat(), expected);
    }

    #[tokio::test]
    async fn a_page_holds_25_by_default_and_the_last_has_no_next_but_cursors() {
        let api = Sandbox::builder().numbers(30).start();
        let first = list(&api, "").await.json();
        assert_eq!(first["data"].as_array().map(Vec::len), Some(25));
        let next = first["paging"]["next"].as_str().expect("there is a second page");
        assert!(next.starts_with(api.base_url()) && next.contains("access_token=sandbox-token"));
        let last = send(client().get(next)).await.json();
        assert_eq!(last["data"].as_array().map(Vec::len), Some(5));
        assert_eq!(last["paging"].get("next"), None);
        assert!(last["paging"]["cursors"]["after"].is_string());
    }

    #[tokio::test]
    async fn limits_outside_1_to_100_and_foreign_cursors_are_refused() {
        let api = Sandbox::start();
        for query in ["&limit=0", "&limit=101", "&limit=many", "&after=%25%25"] {
            let answer = list(&api, query).await;
            assert_eq!((answer.status, &answer.error()["code"]), (400, &json!(100)), "{query}");
        }
    }

    #[tokio::test]
    async fn pages_can_be_short_or_empty_and_still_lead_on() {
        let api = Sandbox::builder().numbers(5).start();
        api.inject(Fault::ShortPages(2));
        api.inject(Rule::new(Fault::EmptyPageWithNext).skip(1).times(1));
        let pages = walk(&api, "&limit=100", 9).await;
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [2, 0, 2, 1]);
    }

    #[tokio::test]
    async fn a_cursor_can_lead_in_a_circle() {
        let api = Sandbox::builder().numbers(3).start();
        api.inject(Fault::RepeatedCursor);
        let first = list(&api, "&limit=2").await.json();
        let after = first["paging"]["cursors"]["after"].as_str().expect("cursors are texts");
        let second = list(&api, &format!("&limit=2&after={after}")).await.json();
        assert_eq!(second["paging"]["cursors"]["after"], after);
        assert!(second["paging"]["next"].is_string());
    }

    #[tokio::test]
    async fn one_page_can_fail_and_a_number_can_vanish_between_pages() {
        let api = Sandbox::builder().numbers(4).start();
        let gone = Sandbox::number_id(1);
        api.inject(Fault::VanishAfterPage { page: 1, number: gone.clone() });
        let failing = Fault::FailOnPage { page: 2, error: GraphError::new(500, 2, "later") };
        api.inject(Rule::new(failing).times(1));
        let first = list(&api, "&limit=2").await.json();
        let after = first["paging"]["cursors"]["after"].as_str().expect("cursors are texts");
        assert_eq!(list(&api, &format!("&limit=2&after={after}")).await.status, 500);
        let second = list(&api, &format!("&limit=2&after={after}")).await.json();
        assert_eq!(second["data"][0]["id"], Sandbox::number_id(2));
        assert_eq!(get(&api, &gone).await.error()["error_subcode"], 33);
    }
}

mod faults {
    use super::*;

    #[tokio::test]
    async fn an_error_carries_every_part_it_was_given_and_no_other() {
        let api = Sandbox::start();
        let error = GraphError::new(500, 131_000, "broken")
            .subcode(7)
            .kind("Strange")
            .transient(true)
            .user_texts("Title", "Text")
            .header("Retry-After", "3");
        api.inject(Fault::Error(error));
        let answer = post(&api, DEFAULT_NUMBER, "123456").await;
        let trace = answer.error()["fbtrace_id"].clone();
        let expected = json!({
            "message": "broken", "type": "Strange", "code": 131_000, "error_subcode": 7,
            "is_transient": true, "error_user_title": "Title", "error_user_msg": "Text",
            "fbtrace_id": trace,
        });
        assert_eq!((answer.status, answer.error()), (500, &expected));
        assert_eq!(answer.header("retry-after"), "3");
        assert_eq!(api.pin(DEFAULT_NUMBER), None);
    }

    #[tokio::test]
    async fn error_data_has_three_forms() {
        let api = Sandbox::start();
        let forms = [
            (ErrorData::Object("d".into()), false),
            (ErrorData::Text("d".into()), true),
            (ErrorData::JsonInText("d".into()), true),
        ];
        for (form, is_text) in forms {
            api.clear_faults();
            api.inject(Fault::Error(GraphError::new(400, 100, "m").data(form)));
            let answer = get(&api, DEFAULT_NUMBER).await;
            assert_eq!(answer.error()["error_data"].is_string(), is_text);
        }
    }

    #[tokio::test]
    async fn an_echoing_error_holds_the_requests_secrets_and_the_log_does_not() {
        let api = Sandbox::start();
        api.inject(Fault::Error(GraphError::new(400, 100, "m").echoing()));
        let answer = post(&api, DEFAULT_NUMBER, "012345").await;
        assert!(answer.text().contains("012345") && answer.text().contains(DEFAULT_TOKEN));
        let shown = format!("{:?} {}", api.events(), api.events()[0]);
        assert!(!shown.contains("012345") && !shown.contains(DEFAULT_TOKEN), "{shown}");
    }

    #[tokio::test]
    async fn a_rule_strikes_the_calls_it_was_made_for() {
        let api = Sandbox::start();
        let error = || Fault::Error(GraphError::new(503, 2, "down"));
        let rule = Rule::new(error()).on_posts().on_object(DEFAULT_NUMBER).skip(1).times(1);
        let id = api.inject(rule);
        assert_eq!(get(&api, DEFAULT_NUMBER).await.status, 200);
        assert_eq!(post(&api, "106540352242923", "123456").await.status, 200);
        let mut statuses = Vec::new();
        for _ in 0..3 {
            statuses.push(post(&api, DEFAULT_NUMBER, "123456").await.status);
        }
        assert_eq!(statuses, [200, 503, 200]);
        api.clear_fault(id);
        api.inject(Rule::new(error()).on_gets());
        assert_eq!(list(&api, "").await.status, 200);
        assert_eq!(get(&api, DEFAULT_NUMBER).await.status, 503);
    }

    #[tokio::test]
    async fn pairs_of_replacing_faults_strike_one_after_the_other() {
        let api = Sandbox::start();
        api.inject(Rule::new(Fault::Html(502)).times(1));
        api.inject(Rule::new(Fault::SuccessFalse).times(1));
        let first = post(&api, DEFAULT_NUMBER, "123456").await;
        assert_eq!((first.status, first.header("content-type")), (502, "text/html; charset=utf-8"));
        let second = post(&api, DEFAULT_NUMBER, "123456").await;
        assert_eq!((second.status, second.json()), (200, json!({ "success": false })));
        assert_eq!(api.pin(DEFAULT_NUMBER), None);
        assert_eq!(post(&api, DEFAULT_NUMBER, "123456").await.json(), json!({ "success": true }));
    }

    #[tokio::test]
    async fn a_lost_answer_waits_for_its_turn_behind_a_refusal() {
        let api = Sandbox::start();
        api.inject(Rule::new(Fault::Error(GraphError::new(503, 2, "down"))).times(1));
        api.inject(Rule::new(Fault::Lost(Loss::Html(504))).times(1));
        assert_eq!(post(&api, DEFAULT_NUMBER, "123456").await.status, 503);
        assert_eq!(api.pin(DEFAULT_NUMBER), None);
        assert_eq!(post(&api, DEFAULT_NUMBER, "123456").await.status, 504);
        assert_eq!(api.pin(DEFAULT_NUMBER).as_deref(), Some("123456"));
    }

    #[tokio::test]
    async fn a_throttled_account_is_refused_until_the_block_ends() {
        let api = Sandbox::start();
        let throttle =
            Throttle::new(2, Duration::from_millis(600)).retry_after(RetryAfter::Seconds);
        api.inject(Rule::new(Fault::Throttle(throttle.minutes(1))).times(1));
        for _ in 0..2 {
            assert_eq!(get(&api, DEFAULT_NUMBER).await.status, 200);
        }
        let refused = get(&api, DEFAULT_NUMBER).await;
        assert_eq!((refused.status, &refused.error()["code"]), (400, &json!(80007)));
        assert_eq!(refused.header("retry-after"), "1");
        assert!(refused.header("x-business-use-case-usage").contains(r#"regain_access":1"#));
        assert_eq!(api.calls_while_told_to_wait(), 0);
        tokio::time::sleep(Duration::from_millis(280)).await;
        assert_eq!(post(&api, DEFAULT_NUMBER, "123456").await.status, 400);
        assert_eq!((api.calls_while_told_to_wait(), api.posts_while_told_to_wait()), (1, 1));
        assert_eq!(api.events()[3].faults, ["Throttle"]);
        tokio::time::sleep(Duration::from_millis(350)).await;
        for _ in 0..4 {
            assert_eq!(get(&api, DEFAULT_NUMBER).await.status, 200);
        }
    }

    #[tokio::test]
    async fn a_throttle_can_name_the_moment_as_a_date() {
        let api = Sandbox::start();
        let throttle = Throttle::new(0, Duration::from_secs(5)).code(4, 429);
        api.inject(Fault::Throttle(throttle.retry_after(RetryAfter::Date)));
        let refused = get(&api, DEFAULT_NUMBER).await;
        assert_eq!((refused.status, &refused.error()["code"]), (429, &json!(4)));
        let moment = httpdate::parse_http_date(refused.header("retry-after"))
            .expect("the header is an HTTP date");
        let left = moment.duration_since(std::time::SystemTime::now()).expect("it lies ahead");
        assert!((4..=7).contains(&left.as_secs()), "{left:?}");
    }

    #[tokio::test]
    async fn a_delay_delays() {
        let api = Sandbox::start();
        api.inject(Fault::Delay(Duration::from_millis(60)));
        let asked = Instant::now();
        assert_eq!(get(&api, DEFAULT_NUMBER).await.status, 200);
        assert!(asked.elapsed() >= Duration::from_millis(60));
    }

    #[tokio::test]
    async fn calls_under_way_are_counted() {
        let api = Sandbox::start();
        api.inject(Fault::Delay(Duration::from_millis(200)));
        let (first, second) = (get(&api, DEFAULT_NUMBER), get(&api, DEFAULT_NUMBER));
        let (first, second) = tokio::join!(first, second);
        assert_eq!((first.status, second.status), (200, 200));
        assert_eq!(api.most_in_flight(), 2);
        assert!(api.wait_for(Duration::ZERO, |events| events.len() == 2));
    }

    #[tokio::test]
    async fn a_call_can_be_watched_while_its_answer_is_held_back() {
        let api = Arc::new(Sandbox::start());
        api.inject(Fault::DelayAnswer(Duration::from_secs(5)));
        let watcher = api.clone();
        let under_way = tokio::task::spawn_blocking(move || {
            let patience = Duration::from_secs(2);
            watcher.wait_for(patience, |events| events.iter().any(Event::is_under_way))
        });
        let outcome = try_post(&api, DEFAULT_NUMBER, "123456").await;
        assert!(outcome.is_err_and(|error| error.is_timeout()));
        assert!(under_way.await.expect("the watcher does not panic"));
        assert_eq!(api.pin(DEFAULT_NUMBER).as_deref(), Some("123456"));
    }

    #[tokio::test]
    async fn an_answer_lost_on_the_way_leaves_the_write_done() {
        for loss in [Loss::Close, Loss::Hang, Loss::Html(502)] {
            let api = Sandbox::start();
            api.inject(Fault::Lost(loss.clone()));
            let outcome = try_post(&api, DEFAULT_NUMBER, "123456").await;
            let wanted = matches!(loss, Loss::Html(_)).then_some(502);
            assert_eq!(outcome.ok().map(|answer| answer.status), wanted, "{loss:?}");
            assert_eq!(api.pin(DEFAULT_NUMBER).as_deref(), Some("123456"), "{loss:?}");
            assert!(api.events()[0].pin_set);
        }
    }

    #[tokio::test]
    async fn a_call_that_is_cut_off_or_never_answered_leaves_the_write_undone() {
        for (fault, times_out) in [(Fault::Close, false), (Fault::Hang, true)] {
            let api = Sandbox::start();
            api.inject(fault);
            let error = try_post(&api, DEFAULT_NUMBER, "123456").await.expect_err("no answer");
            assert_eq!(error.is_timeout(), times_out);
            assert_eq!(api.pin(DEFAULT_NUMBER), None);
            assert_eq!(api.events()[0].status, None);
        }
    }

    #[tokio::test]
    async fn a_body_can_break_off_or_drip() {
        for (fault, times_out) in
            [(Fault::CloseMidBody, false), (Fault::Drip(Duration::from_secs(1)), true)]
        {
            let api = Sandbox::start();
            api.inject(fault);
            let error = try_post(&api, DEFAULT_NUMBER, "123456").await.expect_err("a broken body");
            assert_eq!(error.is_timeout(), times_out, "{error:?}");
            assert_eq!(api.pin(DEFAULT_NUMBER).as_deref(), Some("123456"));
        }
    }

    #[tokio::test]
    async fn bodies_come_in_every_odd_shape() {
        type Check = fn(&Answer) -> bool;
        let success = r#"{"success":true}"#;
        let cases: [(Fault, Check); 9] = [
            (Fault::EmptyBody, |answer| answer.body.is_empty()),
            (Fault::CutJson, |answer| answer.text() == r#"{"succes"#),
            (Fault::WrongContentType, |answer| answer.header("content-type") == "text/html"),
            (Fault::OversizedBody, |answer| answer.body.len() > 1 << 20),
            (Fault::ByteOrderMark, |answer| answer.body.starts_with(b"\xef\xbb\xbf{")),
            (Fault::Gzip, |answer| answer.body.starts_with(&[0x1f, 0x8b])),
            (Fault::DeepNesting, |answer| answer.text().contains(&"[".repeat(10_000))),
            (Fault::SuccessAsText, |answer| answer.json() == json!({ "success": "true" })),
            (Fault::ExtraField, |answer| answer.json()["field_of_next_year"].is_object()),
        ];
        for (fault, check) in cases {
            let api = Sandbox::start();
            api.inject(Rule::new(fault.clone()).times(1));
            let answer = post(&api, DEFAULT_NUMBER, "123456").await;
            assert!(answer.status == 200 && check(&answer), "{fault:?}");
            assert_eq!(api.pin(DEFAULT_NUMBER).as_deref(), Some("123456"), "{fault:?}");
            assert_eq!(post(&api, DEFAULT_NUMBER, "123456").await.text(), success);
        }
    }

    #[tokio::test]
    async fn nodes_lose_their_flag_or_turn_texts_into_numbers_on_lists_too() {
        let api = Sandbox::start();
        api.inject(Fault::WithoutPinFlag);
        let id = api.inject(Fault::NumbersForStrings);
        let number: u64 = DEFAULT_NUMBER.parse().expect("an ID is made of digits");
        let node = get(&api, &format!("{DEFAULT_NUMBER}?fields=is_pin_enabled")).await.json();
        assert_eq!(node, json!({ "id": number }));
        api.clear_fault(id);
        let first = list(&api, "").await.json()["data"][0].clone();
        assert_eq!(first, json!({ "id": DEFAULT_NUMBER }));
    }

    #[tokio::test]
    async fn redirects_other_versions_and_errors_with_status_200() {
        let api = Sandbox::start();
        api.inject(Fault::ServedVersion("v27.0".into()));
        api.inject(Rule::new(Fault::OkWithError(GraphError::new(400, 190, "no"))).times(1));
        let to = "https://example.invalid/".to_owned();
        api.inject(Rule::new(Fault::Redirect { status: 307, to }).times(1));
        let answer = get(&api, DEFAULT_NUMBER).await;
        assert_eq!((answer.status, &answer.error()["code"]), (200, &json!(190)));
        assert_eq!(answer.header("facebook-api-version"), "v27.0");
        let answer = get(&api, DEFAULT_NUMBER).await;
        assert_eq!((answer.status, answer.header("location")), (307, "https://example.invalid/"));
    }
}

mod the_house {
    use super::*;

    #[tokio::test]
    async fn https_is_served_with_a_private_ca() {
        let api = Sandbox::builder().start_tls();
        assert!(api.base_url().starts_with("https://127.0.0.1:"));
        let trusting = trusting_client(&api);
        let url = node_url(&api, DEFAULT_NUMBER);
        assert_eq!(send(authorized(trusting.get(&url))).await.status, 200);
        assert!(client().get(&url).send().await.is_err_and(|error| error.is_connect()));
    }

    #[tokio::test]
    async fn people_can_look_behind_the_api_and_break_it() {
        let api = Sandbox::start();
        post(&api, DEFAULT_NUMBER, "012345").await;
        let admin = |path: &str| format!("{}/_sandbox/{path}", api.base_url());
        let state = send(client().get(admin("state"))).await;
        assert_eq!(state.json()["accounts"][0]["numbers"][0]["pin"], "set");
        let events = send(client().get(admin("events"))).await;
        assert_eq!(events.json()[0]["pin_set"], true);
        assert!(!state.text().contains("012345") && !events.text().contains("012345"));
        let off = admin(&format!("numbers/{DEFAULT_NUMBER}/pin-off"));
        assert_eq!(send(client().post(off)).await.status, 204);
        assert_eq!(api.pin(DEFAULT_NUMBER), None);
        let rule = r#"{"fault":{"html":502},"method":"GET","times":1}"#;
        assert_eq!(send(client().post(admin("faults")).body(rule)).await.status, 200);
        assert_eq!(send(client().post(admin("faults")).body("{}")).await.status, 400);
        assert_eq!(get(&api, DEFAULT_NUMBER).await.status, 502);
        assert_eq!(send(client().delete(admin("faults"))).await.status, 204);
        assert_eq!(send(client().post(admin("reset"))).await.status, 204);
        assert_eq!(api.calls(), 0);
    }

    #[test]
    fn every_fault_can_be_asked_for_in_json() {
        let faults = [
            json!({ "delay": 5 }),
            json!({ "drip": 1000 }),
            json!({ "throttle": { "calls": 3, "lasts": 1000, "retry_after": "date" } }),
            json!({ "error": { "status": 400, "code": 100, "data": { "text": "d" } } }),
            json!({ "lost": "close" }),
            json!({ "lost": { "html": 502 } }),
            json!({ "redirect": { "status": 302, "to": "http://127.0.0.1:1/" } }),
            json!({ "fail_on_page": { "page": 2, "error": { "status": 500, "code": 2 } } }),
            json!("hang"),
        ];
        for fault in faults {
            let rule = json!({ "fault": fault }).to_string();
            serde_json::from_str::<Rule>(&rule).expect(&rule);
        }
    }

    #[tokio::test]
    async fn dropping_it_ends_the_server_and_its_connections() {
        let api = Sandbox::start();
        let url = node_url(&api, DEFAULT_NUMBER);
        assert_eq!(send(authorized(client().get(&url))).await.status, 200);
        drop(api);
        assert!(authorized(client().get(&url)).send().await.is_err());
    }

    #[tokio::test]
    async fn a_panic_while_it_answers_fails_the_test_that_owns_it() {
        // No clock reaches that far: setting a PIN panics inside the server.
        let api = Sandbox::builder().flag_lag(Duration::MAX).start();
        assert_eq!(post(&api, DEFAULT_NUMBER, "123456").await.status, 500);
        assert!(catch_unwind(AssertUnwindSafe(|| drop(api))).is_err());
    }

    #[tokio::test]
    async fn numbers_and_seeds_can_be_changed_while_it_runs() {
        let seeded = |number: PhoneNumber| number.with_pin("246810");
        let api = Sandbox::builder().account("1").numbers_with(2, seeded).start();
        let (kept, gone) = (Sandbox::number_id(0), Sandbox::number_id(1));
        api.remove_number(&gone);
        api.add_number("1", PhoneNumber::new("7", "+1 555-010-0007"));
        let node = get(&api, "1/phone_numbers?fields=is_pin_enabled").await.json();
        let kept_on = json!({ "id": kept, "is_pin_enabled": true });
        assert_eq!(node["data"], json!([kept_on, { "id": "7", "is_pin_enabled": false }]));
        api.reset();
        assert_eq!((api.pin(&gone).as_deref(), api.pin("7")), (Some("246810"), None));
    }

    #[tokio::test]
    async fn https_connections_can_be_cut_too() {
        let api = Sandbox::builder().start_tls();
        api.inject(Fault::Close);
        let trusting = trusting_client(&api);
        let request = trusting.get(node_url(&api, DEFAULT_NUMBER));
        let cut = authorized(request.timeout(Duration::from_secs(2))).send().await;
        assert!(cut.is_err_and(|error| !error.is_timeout() && !error.is_connect()));
    }

    #[tokio::test]
    async fn calls_can_be_followed_as_they_end() {
        let api = Sandbox::start();
        let calls = api.follow();
        post(&api, DEFAULT_NUMBER, "123456").await;
        let line = calls.recv_timeout(Duration::from_secs(2)).expect("a call was made");
        assert!(line.to_string().ends_with("-> 200  pin set"), "{line}");
    }
}

/// An answer, read to its end.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
    json: Option<Value>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn json(&self) -> Value {
        self.json.clone().unwrap_or_else(|| panic!("not JSON: {}", self.text()))
    }

    fn error(&self) -> &Value {
        &self.json.as_ref().expect("an error is JSON")["error"]
    }
}

fn client() -> Client {
    Client::builder()
        .redirect(redirect::Policy::none())
        .timeout(Duration::from_millis(700))
        .no_proxy()
        .build()
        .expect("a client without options can be built")
}

/// A client that trusts the sandbox's private CA and nothing else.
fn trusting_client(api: &Sandbox) -> Client {
    let pem = api.ca_pem().expect("an https sandbox has a CA");
    let ca = reqwest::Certificate::from_pem(pem.as_bytes()).expect("the CA is PEM");
    Client::builder().tls_certs_only([ca]).no_proxy().build().expect("the CA can be a root")
}

fn node_url(api: &Sandbox, path: &str) -> String {
    format!("{}/v24.0/{path}", api.base_url())
}

fn authorized(request: RequestBuilder) -> RequestBuilder {
    request.bearer_auth(DEFAULT_TOKEN)
}

async fn try_send(request: RequestBuilder) -> reqwest::Result<Answer> {
    let answer = request.send().await?;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let body = answer.bytes().await?.to_vec();
    let json = serde_json::from_slice(&body).ok();
    Ok(Answer { status, headers, body, json })
}

async fn send(request: RequestBuilder) -> Answer {
    try_send(request).await.expect("the sandbox answers")
}

async fn get(api: &Sandbox, path: &str) -> Answer {
    send(authorized(client().get(node_url(api, path)))).await
}

async fn list(api: &Sandbox, query: &str) -> Answer {
    let path = format!("{DEFAULT_ACCOUNT}/phone_numbers?fields=id,is_pin_enabled{query}");
    get(api, &path).await
}

async fn try_post(api: &Sandbox, number: &str, pin: &str) -> reqwest::Result<Answer> {
    let body = json!({ "pin": pin }).to_string();
    let request = client().post(node_url(api, number)).body(body);
    try_send(authorized(request.header("Content-Type", "application/json"))).await
}

async fn post(api: &Sandbox, number: &str, pin: &str) -> Answer {
    try_post(api, number, pin).await.expect("the sandbox answers")
}

/// The IDs on each page, following the cursors.
async fn walk(api: &Sandbox, query: &str, at_most: usize) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut after = String::new();
    while pages.len() < at_most {
        let page = list(api, &format!("{query}{after}")).await.json();
        let data = page["data"].as_array().expect("a list has data");
        pages.push(data.iter().filter_map(|node| node["id"].as_str().map(str::to_owned)).collect());
        if page["paging"].get("next").is_none() {
            break;
        }
        let cursor = page["paging"]["cursors"]["after"].as_str().expect("cursors are texts");
        after = format!("&after={cursor}");
    }
    pages
}
