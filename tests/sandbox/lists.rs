//! The numbers of an account, page by page.

use serde_json::json;

use crate::caller::{client, get, list, send, walk};
use crate::sandbox::{Fault, GraphError, Rule, Sandbox};

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
