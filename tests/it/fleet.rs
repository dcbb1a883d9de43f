//! Many numbers: what a refresh costs at the API, and what look-ups and lists find.

use std::{iter, time::Duration};

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    host::{
        Host,
        calls::{Answer, Stored},
        diagnostic::Diagnostics,
        value::unknown,
        within,
    },
    sandbox::{
        DEFAULT_ACCOUNT, DEFAULT_TOKEN, Event, Fault, GraphError, Loss, PhoneNumber, RetryAfter,
        Rule, Sandbox, Throttle, Token,
    },
};

mod refresh {
    use super::*;

    #[tokio::test]
    async fn one_number_costs_one_call() {
        assert_eq!(calls_to_refresh(1).await, (1, 0));
    }

    #[tokio::test]
    async fn a_hundred_numbers_cost_one_call() {
        assert_eq!(calls_to_refresh(100).await, (1, 0));
    }

    #[tokio::test]
    async fn a_hundred_and_one_numbers_cost_two_calls() {
        assert_eq!(calls_to_refresh(101).await, (2, 0));
    }

    #[tokio::test]
    async fn a_thousand_numbers_cost_ten_calls() {
        assert_eq!(calls_to_refresh(1_000).await, (10, 0));
    }

    #[tokio::test]
    async fn pages_are_fetched_no_further_than_needed() {
        let (api, host) = fleet_of(300).await;
        kept(&host, [0, 99]).await;
        assert_eq!(calls(&api), (1, 0));
        kept(&host, [100]).await;
        assert_eq!(calls(&api), (2, 0));
        host.end().await;
    }

    #[tokio::test]
    async fn without_an_account_every_number_costs_a_call_of_its_own() {
        let api = Sandbox::builder().numbers_with(3, with_pin).start();
        for account in [Value::Null, unknown()] {
            let host = configured(&api, json!({ "business_account_id": account })).await;
            api.forget_events();
            kept(&host, 0..3).await;
            assert_eq!(calls(&api), (0, 3));
            host.end().await;
        }
    }

    #[tokio::test]
    async fn numbers_of_another_account_cost_a_call_each() {
        let (api, host) = fleet_of(150).await;
        for id in FOREIGN {
            api.add_number("999", PhoneNumber::new(id, "+1 555-200-0001").with_pin("271828"));
        }
        let stored = join_all(FOREIGN.map(|id| imported(&host, id))).await;
        for answer in read(&host, &stored).await {
            answer.diagnostics.none("ReadResource");
            answer.stored();
        }
        kept(&host, [149]).await;
        assert_eq!(calls(&api), (2, 2));
        host.end().await;
    }

    #[tokio::test]
    async fn what_others_switched_off_is_seen_in_the_list() {
        let (api, host) = fleet_of(2).await;
        api.switch_pin_off(&Sandbox::number_id(1));
        kept(&host, [0]).await;
        let gone = read(&host, &numbers(&host, [1]).await).await.remove(0);
        assert!(gone.object.is_none() && gone.diagnostics.warnings().count() == 1, "{gone:?}");
        assert_eq!(calls(&api), (1, 0));
        host.end().await;
    }

    #[tokio::test]
    async fn a_failed_list_is_replaced_by_calls_for_each_number_and_explained_once() {
        for failure in [
            GraphError::new(403, 200, "(#200) Permissions error"),
            GraphError::unsupported("get", DEFAULT_ACCOUNT),
            GraphError::new(400, 100, "(#100) Tried accessing nonexisting field"),
        ] {
            let (api, host) = fleet_of(20).await;
            api.inject(Rule::new(Fault::Error(failure)).on_lists());
            let answers = read(&host, &numbers(&host, 0..20).await).await;
            let warnings: Vec<_> =
                answers.iter().flat_map(|answer| answer.diagnostics.warnings()).collect();
            let [warning] = warnings[..] else { panic!("one warning, not {warnings:?}") };
            assert!(
                warning.says(DEFAULT_ACCOUNT) && warning.says("call of its own"),
                "{warning:?}"
            );
            answers.into_iter().for_each(|answer| drop(answer.stored()));
            assert_eq!(calls(&api), (1, 20));
            host.end().await;
        }
    }

    #[tokio::test]
    async fn a_list_that_fails_on_a_later_page_still_answers_for_the_earlier_ones() {
        let (api, host) = fleet_of(250).await;
        let error = GraphError::new(400, 100, "(#100) Invalid parameter");
        api.inject(Rule::new(Fault::FailOnPage { page: 2, error }).on_lists());
        let answers = read(&host, &numbers(&host, [120, 3, 130]).await).await;
        let warnings = answers.iter().flat_map(|answer| answer.diagnostics.warnings());
        assert_eq!(warnings.count(), 1);
        answers.into_iter().for_each(|answer| drop(answer.stored()));
        assert_eq!(calls(&api), (2, 2));
        host.end().await;
    }

    #[tokio::test]
    async fn a_list_without_end_is_given_up() {
        for (oddity, most_calls) in [(Fault::RepeatedCursor, 3), (Fault::EmptyPageWithNext, 20)] {
            let (api, host) = fleet_of(101).await;
            api.inject(oddity);
            let answer = read(&host, &numbers(&host, [100]).await).await.remove(0);
            assert_eq!(answer.diagnostics.warnings().count(), 1, "{answer:?}");
            answer.stored();
            let (lists, gets) = calls(&api);
            assert!(lists <= most_calls && gets == 1, "{lists} lists, {gets} single calls");
            host.end().await;
        }
    }

    #[tokio::test]
    async fn what_would_fail_for_each_number_as_well_is_not_tried_for_each() {
        let limit = Throttle::new(0, Duration::from_secs(600));
        for failure in [
            Fault::Throttle(limit.clone()),
            Fault::Throttle(limit.clone().retry_after(RetryAfter::Seconds)),
            Fault::Throttle(limit.minutes(90)),
            Fault::Error(GraphError::token_expired()),
            Fault::Error(GraphError::proof_missing()),
            Fault::Error(GraphError::unknown_path("/v99.0")),
            Fault::Redirect { status: 302, to: "https://login.example/".to_owned() },
        ] {
            let (api, host) = fleet_of(20).await;
            api.inject(failure.clone());
            let stored = numbers(&host, 0..20).await;
            for (answer, before) in read(&host, &stored).await.into_iter().zip(&stored) {
                assert!(answer.diagnostics.only_error().says(DEFAULT_ACCOUNT), "{answer:?}");
                let kept = answer.object.expect("an error drops nothing");
                assert_eq!(kept.value, before.value);
            }
            assert_eq!(calls(&api), (1, 0), "{failure:?}");
            host.end().await;
        }
    }

    #[tokio::test]
    async fn a_number_that_vanishes_between_two_pages_is_an_error_and_not_gone() {
        let (api, host) = fleet_of(150).await;
        let number = Sandbox::number_id(120);
        api.inject(Fault::VanishAfterPage { page: 1, number: number.clone() });
        let answer = read(&host, &numbers(&host, [120]).await).await.remove(0);
        assert!(answer.diagnostics.only_error_at("phone_number_id").says(&number), "{answer:?}");
        assert!(answer.object.is_some(), "an error drops nothing");
        assert_eq!(calls(&api), (2, 1));
        host.end().await;
    }

    #[tokio::test]
    async fn a_number_that_moves_to_an_earlier_page_is_still_found() {
        let (api, host) = fleet_of(150).await;
        api.inject(Fault::VanishAfterPage { page: 1, number: Sandbox::number_id(0) });
        kept(&host, [100, 149]).await;
        assert_eq!(calls(&api), (2, 0));
        host.end().await;
    }

    #[tokio::test]
    async fn what_we_set_is_not_read_from_an_older_list() {
        let (api, host) = fleet_of(2).await;
        let stored = numbers(&host, [0, 1]).await;
        read(&host, &stored).await;
        apply_pin(&host, &stored[0]).await.stored();
        api.forget_events();
        for answer in read(&host, &stored).await {
            answer.diagnostics.none("ReadResource");
        }
        assert_eq!(calls(&api), (0, 1), "one from the list, one by its own call");
        host.end().await;
    }

    #[tokio::test]
    async fn what_we_perhaps_set_is_not_read_from_an_older_list() {
        let api = Sandbox::builder().numbers(1).start();
        let host = configured(&api, account()).await;
        let stored = numbers(&host, [0]).await.remove(0);
        assert!(read(&host, iter::once(&stored)).await[0].object.is_none(), "off so far");
        api.inject(Rule::new(Fault::Lost(Loss::Close)).on_posts());
        assert!(apply_pin(&host, &stored).await.diagnostics.has_errors());
        let answer = read(&host, iter::once(&stored)).await.remove(0);
        assert!(answer.object.is_some(), "the PIN is on, whatever the list said before");
        host.end().await;
    }

    #[tokio::test]
    async fn a_write_does_not_wait_for_a_list_that_hangs() {
        let (api, host) = fleet_of(1).await;
        let stored = numbers(&host, [0]).await.remove(0);
        api.inject(Rule::new(Fault::Hang).on_lists());
        let reading = host.provider.read(RESOURCE, &stored);
        let writing = async {
            arrived(&api, 1).await;
            within(5, "the write", apply_pin(&host, &stored)).await.stored();
            host.provider.stop().await;
        };
        let (answer, ()) = within(10, "both", futures_util::future::join(reading, writing)).await;
        assert!(answer.diagnostics.has_errors(), "{answer:?}");
        host.end().await;
    }

    #[tokio::test]
    async fn stop_ends_all_reads_at_once_and_the_next_one_lists_again() {
        let (api, host) = fleet_of(20).await;
        api.inject(Rule::new(Fault::Hang).on_lists().times(1));
        let stored = numbers(&host, 0..20).await;
        let stop = async {
            arrived(&api, 1).await;
            host.provider.stop().await;
        };
        let both = futures_util::future::join(read(&host, &stored), stop);
        let (answers, ()) = within(5, "an end of all reads", both).await;
        for answer in answers {
            assert!(answer.diagnostics.only_error().says("stop"), "{answer:?}");
            assert!(answer.object.is_some(), "an error drops nothing");
        }
        kept(&host, 0..20).await;
        assert_eq!(calls(&api), (2, 0));
        host.end().await;
    }

    /// Reads so many numbers, fifty at a time: list calls and single calls.
    async fn calls_to_refresh(count: u64) -> (usize, usize) {
        let (api, host) = fleet_of(count).await;
        kept(&host, 0..count).await;
        host.end().await;
        calls(&api)
    }

    async fn apply_pin(host: &Host, stored: &Stored) -> Answer {
        let config = json!({ "phone_number_id": stored.value["phone_number_id"], "pin": "314159" });
        let plan = host.provider.plan_update(RESOURCE, stored, config).await;
        host.provider.apply(&plan).await
    }
}

mod look_up {
    use super::*;

    #[tokio::test]
    async fn an_id_costs_one_call_and_tells_all() {
        let api = Sandbox::start();
        let host = configured(&api, json!({})).await;
        let config = json!({ "phone_number_id": "106540352242922" });
        let (found, diagnostics) = host.provider.read_data(NUMBER, config).await;
        diagnostics.none("ReadDataSource");
        assert_eq!(found["display_phone_number"], "+1 555-010-0001");
        assert_eq!(found["verified_name"], "Sandbox Ltd");
        assert_eq!(found["is_pin_enabled"], false);
        assert_eq!(found["code_verification_status"], "VERIFIED");
        assert_eq!(found["quality_rating"], "GREEN");
        assert_eq!(found["status"], "CONNECTED");
        assert_eq!(found["name_status"], "APPROVED");
        assert_eq!(found["platform_type"], "CLOUD_API");
        assert_eq!(calls(&api), (0, 1));
        host.end().await;
    }

    #[tokio::test]
    async fn what_meta_does_not_say_is_null() {
        let api = Sandbox::start();
        api.edit_number("106540352242922", |number| {
            (number.verified_name, number.name_status) = (None, None);
        });
        api.inject(Fault::WithoutPinFlag);
        let host = configured(&api, json!({})).await;
        let config = json!({ "phone_number_id": "106540352242922" });
        let (found, diagnostics) = host.provider.read_data(NUMBER, config).await;
        diagnostics.none("ReadDataSource");
        for attribute in ["verified_name", "name_status", "is_pin_enabled"] {
            assert_eq!(found[attribute], Value::Null);
        }
        host.end().await;
    }

    #[tokio::test]
    async fn a_number_is_found_as_people_write_it() {
        let (_api, host) = fleet_of(150).await;
        for written in [
            "+1 555-100-0123",
            "15551000123",
            "+1 (555) 100.0123",
            "001 555 1000123",
            "\u{a0}+1\u{2011}555\u{2011}100\u{2011}0123 ",
        ] {
            let config = json!({ "display_phone_number": written });
            let (found, diagnostics) = host.provider.read_data(NUMBER, config).await;
            diagnostics.none("ReadDataSource");
            assert_eq!(found["phone_number_id"], Sandbox::number_id(123));
            assert_eq!(found["display_phone_number"], written, "as it was written");
        }
        host.end().await;
    }

    #[tokio::test]
    async fn a_number_without_its_country_code_is_refused_with_those_it_may_mean() {
        let (_api, host) = fleet_of(30).await;
        for written in ["555-100-0007", "0555 100 0007"] {
            let error = look_up(&host, json!({ "display_phone_number": written })).await;
            let error = error.only_error_at("display_phone_number");
            assert!(error.says("country code"), "{error:?}");
            assert!(error.says("+1 555-100-0007") && error.says(&Sandbox::number_id(7)));
            assert!(!error.says("+1 555-100-0008"), "only what it may mean: {error:?}");
        }
        host.end().await;
    }

    #[tokio::test]
    async fn no_match_lists_what_there_is() {
        let (api, host) = fleet_of(25).await;
        let error = look_up(&host, json!({ "display_phone_number": "+49 30 901820" })).await;
        let error = error.only_error_at("display_phone_number");
        assert!(error.says("+1 555-100-0000") && error.says(&Sandbox::number_id(0)), "{error:?}");
        assert!(error.says("and 5 more") && error.says(DEFAULT_ACCOUNT), "{error:?}");
        assert_eq!(calls(&api), (1, 0));
        host.end().await;
    }

    #[tokio::test]
    async fn an_account_without_numbers_says_so() {
        let api = Sandbox::builder().account(DEFAULT_ACCOUNT).start();
        let host = configured(&api, account()).await;
        let error = look_up(&host, json!({ "display_phone_number": "+49 30 901820" })).await;
        assert!(error.only_error_at("display_phone_number").says("no phone numbers"), "{error:?}");
        host.end().await;
    }

    #[tokio::test]
    async fn two_matches_list_both() {
        let api = Sandbox::builder().number("1", "+1 555-1").number("2", "+15 551").start();
        let host = configured(&api, account()).await;
        let error = look_up(&host, json!({ "display_phone_number": "+1 5551" })).await;
        let error = error.only_error_at("display_phone_number");
        assert!(error.says("+1 555-1: ID 1") && error.says("+15 551: ID 2"), "{error:?}");
        host.end().await;
    }

    #[tokio::test]
    async fn many_look_ups_share_one_list() {
        let (api, host) = fleet_of(150).await;
        let look_ups = (0..150).map(async |index| {
            let config = json!({ "display_phone_number": format!("+1 555 100 {index:04}") });
            let (found, diagnostics) = host.provider.read_data(NUMBER, config).await;
            diagnostics.none("ReadDataSource");
            assert_eq!(found["phone_number_id"], Sandbox::number_id(index));
        });
        join_all(look_ups).await;
        assert_eq!(every_number(&host).await.len(), 150);
        assert_eq!(calls(&api), (2, 0));
        host.end().await;
    }

    #[tokio::test]
    async fn a_look_up_after_a_write_sees_what_was_written() {
        let api = Sandbox::builder().numbers(2).start();
        let host = configured(&api, account()).await;
        assert_eq!(every_number(&host).await[0]["is_pin_enabled"], false);
        let number = Sandbox::number_id(0);
        let config = json!({ "phone_number_id": number, "pin": "314159" });
        let plan = host.provider.plan_create(RESOURCE, config).await;
        host.provider.apply(&plan).await.stored();
        assert_eq!(every_number(&host).await[0]["is_pin_enabled"], true);
        host.end().await;
    }

    #[tokio::test]
    async fn every_page_of_an_account_is_read() {
        let (api, host) = fleet_of(250).await;
        let found = every_number(&host).await;
        let ids: Vec<_> = found.iter().map(|number| number["phone_number_id"].clone()).collect();
        let wanted: Vec<_> = (0..250).map(|index| json!(Sandbox::number_id(index))).collect();
        assert_eq!(ids, wanted);
        assert_eq!(calls(&api), (3, 0));
        host.end().await;
    }

    #[tokio::test]
    async fn a_list_without_end_is_an_error() {
        for oddity in [Fault::RepeatedCursor, Fault::EmptyPageWithNext] {
            let (api, host) = fleet_of(150).await;
            api.inject(oddity);
            let (_, diagnostics) = host.provider.read_data(NUMBERS, json!({})).await;
            let error = diagnostics.only_error();
            assert!(error.says(DEFAULT_ACCOUNT) && error.says("a list"), "{error:?}");
            assert!(calls(&api).0 <= 20, "{:?}", calls(&api));
            host.end().await;
        }
    }

    #[tokio::test]
    async fn a_token_that_may_not_see_the_account_is_explained() {
        let (api, host) = fleet_of(1).await;
        api.set_tokens([Token::new(DEFAULT_TOKEN).seeing_only(["999"])]);
        for type_name in [NUMBER, NUMBERS] {
            let config = match type_name {
                NUMBER => json!({ "display_phone_number": "+1 555" }),
                _ => json!({}),
            };
            let (_, diagnostics) = host.provider.read_data(type_name, config).await;
            let error = diagnostics.only_error_at("business_account_id");
            assert!(error.says(DEFAULT_ACCOUNT) && error.says("system user"), "{error:?}");
            assert!(error.says("100") && error.says("subcode 33"), "{error:?}");
            assert!(!error.says("phone_number_id"), "the account is at fault: {error:?}");
        }
        host.end().await;
    }

    #[tokio::test]
    async fn a_missing_permission_is_explained() {
        let (api, host) = fleet_of(1).await;
        let error = GraphError::new(403, 200, "(#200) Permissions error");
        api.inject(Rule::new(Fault::Error(error)).on_lists());
        let (_, diagnostics) = host.provider.read_data(NUMBERS, json!({})).await;
        let error = diagnostics.only_error_at("business_account_id");
        assert!(error.says("whatsapp_business_management"), "{error:?}");
        host.end().await;
    }

    #[tokio::test]
    async fn the_account_may_be_given_here_or_in_the_provider_or_is_asked_for() {
        let api = Sandbox::builder().account("1").number("11", "+1 555-1").start();
        let host = configured(&api, json!({})).await;
        let (found, diagnostics) =
            host.provider.read_data(NUMBERS, json!({ "business_account_id": "1" })).await;
        diagnostics.none("ReadDataSource");
        assert_eq!(found["phone_numbers"][0]["phone_number_id"], "11");
        let (_, diagnostics) = host.provider.read_data(NUMBERS, json!({})).await;
        let error = diagnostics.only_error_at("business_account_id");
        assert!(error.says("WHATSAPP_BUSINESS_ACCOUNT_ID"), "{error:?}");
        host.end().await;
        let host = configured(&api, json!({ "business_account_id": unknown() })).await;
        let (_, diagnostics) = host.provider.read_data(NUMBERS, json!({})).await;
        assert!(diagnostics.only_error().says("known only after apply"), "{diagnostics:?}");
        host.end().await;
    }

    #[tokio::test]
    async fn what_cannot_be_looked_up_is_refused_offline() {
        let host = Host::start().await;
        for (path, config) in [
            ("", json!({})),
            (
                "display_phone_number",
                json!({ "phone_number_id": "1", "display_phone_number": "+1" }),
            ),
            ("display_phone_number", json!({ "display_phone_number": "+ -" })),
            ("phone_number_id", json!({ "phone_number_id": "+1 555-010-0001" })),
            ("business_account_id", json!({ "phone_number_id": "1", "business_account_id": "x" })),
        ] {
            host.provider.validate_data(NUMBER, config).await.only_error_at(path);
        }
        let unknowns = json!({ "phone_number_id": unknown(), "business_account_id": unknown() });
        host.provider.validate_data(NUMBER, unknowns).await.none("ValidateDataSourceConfig");
        let account = json!({ "business_account_id": "1/2" });
        let refused = host.provider.validate_data(NUMBERS, account).await;
        refused.only_error_at("business_account_id");
        host.end().await;
    }

    async fn every_number(host: &Host) -> Vec<Value> {
        let (found, diagnostics) = host.provider.read_data(NUMBERS, json!({})).await;
        diagnostics.none("ReadDataSource");
        found["phone_numbers"].as_array().expect("a list").clone()
    }

    async fn look_up(host: &Host, config: Value) -> Diagnostics {
        host.provider.read_data(NUMBER, config).await.1
    }
}

mod query {
    use super::*;

    #[tokio::test]
    async fn numbers_with_a_pin_are_listed_with_their_names() {
        let api = Sandbox::builder()
            .with_number(PhoneNumber::new("1", "+1 555-1").with_pin("271828"))
            .with_number(PhoneNumber::new("2", "+1 555-2"))
            .with_number(PhoneNumber::new("3", "+1 555-3").with_pin("271828"))
            .start();
        let host = configured(&api, account()).await;
        let (listed, diagnostics) = host.provider.list(RESOURCE, json!({}), false, 100).await;
        diagnostics.none("ListResource");
        let names: Vec<_> = listed.iter().map(|item| item.display_name.as_str()).collect();
        assert_eq!(names, ["+1 555-1 (Sandbox Ltd)", "+1 555-3 (Sandbox Ltd)"]);
        assert_eq!(listed[1].identity, json!({ "phone_number_id": "3" }));
        assert!(listed.iter().all(|item| item.object.is_none()), "nobody asked for it");
        host.end().await;
    }

    #[tokio::test]
    async fn listed_objects_become_configuration_that_says_what_is_missing() {
        let (_api, host) = fleet_of(3).await;
        let (listed, diagnostics) = host.provider.list(RESOURCE, json!({}), true, 100).await;
        let warnings: Vec<_> = diagnostics.warnings().collect();
        let [warning] = warnings[..] else { panic!("one warning, not {diagnostics:?}") };
        assert!(warning.says("pin_wo_version"), "{warning:?}");
        let state = listed[0].object.clone().expect("it was asked for");
        assert_eq!(state["id"], Sandbox::number_id(0));
        let (config, diagnostics) = host.provider.generate_config(RESOURCE, &state).await;
        diagnostics.none("GenerateResourceConfig");
        let members = config.as_object().expect("a configuration");
        let written: Vec<_> = members.iter().filter(|(_, value)| !value.is_null()).collect();
        assert_eq!(written, [(&"phone_number_id".to_owned(), &json!(Sandbox::number_id(0)))]);
        let refused = host.provider.validate(RESOURCE, config).await;
        let error = refused.only_error();
        assert!(error.summary == "PIN Missing" && error.says("generated"), "{error:?}");
        host.end().await;
    }

    #[tokio::test]
    async fn nothing_is_generated_from_nothing() {
        let host = Host::start().await;
        let (config, diagnostics) = host.provider.generate_config(RESOURCE, &Value::Null).await;
        diagnostics.none("GenerateResourceConfig");
        assert_eq!(config, Value::Null);
        host.end().await;
    }

    #[tokio::test]
    async fn a_limit_saves_pages() {
        let (api, host) = fleet_of(1_000).await;
        let (listed, diagnostics) = host.provider.list(RESOURCE, json!({}), false, 5).await;
        diagnostics.none("ListResource");
        assert_eq!((listed.len(), calls(&api)), (5, (1, 0)));
        host.end().await;
    }

    #[tokio::test]
    async fn all_pages_are_listed() {
        let (api, host) = fleet_of(250).await;
        let (listed, diagnostics) = host.provider.list(RESOURCE, json!({}), false, 1_000).await;
        diagnostics.none("ListResource");
        assert_eq!((listed.len(), calls(&api)), (250, (3, 0)));
        host.end().await;
    }

    #[tokio::test]
    async fn a_failure_ends_the_list_after_what_was_found() {
        let (api, host) = fleet_of(150).await;
        let error = GraphError::unsupported("get", DEFAULT_ACCOUNT);
        api.inject(Fault::FailOnPage { page: 2, error });
        let (listed, diagnostics) = host.provider.list(RESOURCE, json!({}), false, 1_000).await;
        assert_eq!(listed.len(), 100);
        let error = diagnostics.only_error_at("business_account_id");
        assert!(error.says(DEFAULT_ACCOUNT) && error.says("system user"), "{error:?}");
        host.end().await;
    }

    #[tokio::test]
    async fn another_served_version_is_said_once() {
        let (api, host) = fleet_of(3).await;
        api.inject(Fault::ServedVersion("v23.0".to_owned()));
        let (listed, diagnostics) = host.provider.list(RESOURCE, json!({}), false, 100).await;
        assert_eq!((listed.len(), diagnostics.warnings().count()), (3, 1), "{diagnostics:?}");
        host.end().await;
    }

    #[tokio::test]
    async fn stop_ends_a_list() {
        let (api, host) = fleet_of(1).await;
        api.inject(Rule::new(Fault::Hang).on_lists());
        let stop = async {
            arrived(&api, 1).await;
            host.provider.stop().await;
        };
        let list = host.provider.list(RESOURCE, json!({}), false, 100);
        let both = futures_util::future::join(list, stop);
        let ((_, diagnostics), ()) = within(5, "the end of the list", both).await;
        assert!(diagnostics.only_error().says("stop"), "{diagnostics:?}");
        host.end().await;
    }
}

/// An account of so many numbers with PINs, and a provider that knows the account.
async fn fleet_of(count: u64) -> (Sandbox, Host) {
    let api = Sandbox::builder().numbers_with(count, with_pin).start();
    let host = configured(&api, account()).await;
    (api, host)
}

fn with_pin(number: PhoneNumber) -> PhoneNumber {
    number.with_pin("271828")
}

fn account() -> Value {
    json!({ "business_account_id": DEFAULT_ACCOUNT })
}

/// No call is repeated, so that counts are exact.
async fn configured(api: &Sandbox, more: Value) -> Host {
    let host = Host::start().await;
    let mut config =
        json!({ "access_token": DEFAULT_TOKEN, "base_url": api.base_url(), "max_retries": 0 });
    let members = config.as_object_mut().expect("it is written as one");
    members.extend(more.as_object().expect("it is written as one").clone());
    host.provider.configure(config).await.none("Configure");
    host
}

async fn imported(host: &Host, id: &str) -> Stored {
    host.provider.import(RESOURCE, id).await.stored()
}

async fn numbers(host: &Host, indices: impl IntoIterator<Item = u64>) -> Vec<Stored> {
    let ids: Vec<_> = indices.into_iter().map(Sandbox::number_id).collect();
    join_all(ids.iter().map(|id| imported(host, id))).await
}

/// Fifty at a time: Terraform's default is ten, and `-parallelism` raises it.
async fn read(host: &Host, stored: impl IntoIterator<Item = &Stored>) -> Vec<Answer> {
    let stored: Vec<_> = stored.into_iter().collect();
    let mut answers = Vec::new();
    for chunk in stored.chunks(50) {
        let reads = chunk.iter().map(|stored| host.provider.read(RESOURCE, stored));
        answers.extend(join_all(reads).await);
    }
    answers
}

/// Reads numbers that are as they were, with nothing to say about it.
async fn kept(host: &Host, indices: impl IntoIterator<Item = u64>) {
    let stored = numbers(host, indices).await;
    for (answer, before) in read(host, &stored).await.into_iter().zip(&stored) {
        answer.diagnostics.none("ReadResource");
        assert_eq!(answer.stored().value, before.value);
    }
}

/// Lists, and calls for single numbers. No other GET may have come.
fn calls(api: &Sandbox) -> (usize, usize) {
    let is_list = |event: &Event| event.path.ends_with("/phone_numbers");
    let lists = api.count(is_list);
    (lists, api.count(|event| event.method == "GET") - lists)
}

async fn arrived(api: &Sandbox, count: usize) {
    within(5, "a call", async {
        while api.calls() < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

const RESOURCE: &str = "whatsapp_two_step_verification";
const NUMBER: &str = "whatsapp_phone_number";
const NUMBERS: &str = "whatsapp_phone_numbers";
const FOREIGN: [&str; 2] = ["300000000000001", "300000000000002"];
