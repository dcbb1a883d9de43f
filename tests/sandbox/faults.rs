//! What goes wrong on request, and only then.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::caller::{Answer, get, list, post, try_post};
use crate::sandbox::{
    CROSSING, DEFAULT_NUMBER, DEFAULT_TOKEN, ErrorData, Event, Fault, GraphError, Loss, RetryAfter,
    Rule, Sandbox, Throttle,
};

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
    let block = Duration::from_secs(3);
    let throttle = Throttle::new(2, block).retry_after(RetryAfter::Seconds);
    api.inject(Rule::new(Fault::Throttle(throttle.minutes(1))).times(1));
    for _ in 0..2 {
        assert_eq!(get(&api, DEFAULT_NUMBER).await.status, 200);
    }
    let refused = get(&api, DEFAULT_NUMBER).await;
    assert_eq!((refused.status, &refused.error()["code"]), (400, &json!(80007)));
    assert_eq!(refused.header("retry-after"), "3");
    assert!(refused.header("x-business-use-case-usage").contains(r#"regain_access":1"#));
    assert_eq!(api.calls_while_told_to_wait(), 0);
    tokio::time::sleep(CROSSING + Duration::from_millis(100)).await;
    assert_eq!(post(&api, DEFAULT_NUMBER, "123456").await.status, 400);
    assert_eq!((api.calls_while_told_to_wait(), api.posts_while_told_to_wait()), (1, 1));
    assert_eq!(api.events()[3].faults, ["Throttle"]);
    tokio::time::sleep(block).await;
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
    api.inject(Fault::Delay(Duration::from_secs(1)));
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
        let patience = Duration::from_secs(20);
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
