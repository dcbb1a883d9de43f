//! The numbers of an account, a page at a time.
//!
//! The API names the next page by a whole URL, which may carry the token and lacks the proof. It is
//! never followed: each page is asked for by our own URL with the cursor set.

use std::collections::HashSet;

use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::graph::client::Client;
use crate::graph::error::{Error, Kind};
use crate::graph::fields::text;
use crate::graph::ids::BusinessAccountId;
use crate::graph::phone_numbers::{PhoneNumber, PhoneNumberFields};
use crate::graph::request::Request;
use crate::graph::scrub::Scrub;

impl Client {
    /// Lists the numbers of an account, page by page.
    pub fn phone_numbers(
        &self,
        account: BusinessAccountId,
        fields: PhoneNumberFields,
    ) -> PhoneNumberPages {
        self.whereabouts().suppose(account.as_str(), &account);
        PhoneNumberPages::new(self.clone(), account, fields)
    }
}

/// The pages of one list; made by [`Client::phone_numbers`].
#[derive(Debug)]
pub struct PhoneNumberPages {
    client: Client,
    account: BusinessAccountId,
    fields: PhoneNumberFields,
    next: Next,
    seen: HashSet<String>,
    empty_in_a_row: usize,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Next {
    First,
    After(String),
    End,
}

impl PhoneNumberPages {
    fn new(client: Client, account: BusinessAccountId, fields: PhoneNumberFields) -> Self {
        Self { client, account, fields, next: Next::First, seen: HashSet::new(), empty_in_a_row: 0 }
    }

    /// Fetches the next page; `None` after the last one. A page may be empty and not be the last.
    ///
    /// After an error, the same page is asked for again. A list whose pages form a circle ends in
    /// an error of class [`UnreadableAnswer`](crate::graph::Class::UnreadableAnswer).
    pub async fn next_page(
        &mut self,
        cancel: &CancellationToken,
    ) -> Result<Option<Vec<PhoneNumber>>, Error> {
        let request = Request::get([self.account.as_str(), "phone_numbers"])
            .with_query("fields", self.fields.names())
            .with_query("limit", PAGE_SIZE);
        let request = match &self.next {
            Next::First => request,
            Next::After(cursor) => request.with_query("after", cursor),
            Next::End => return Ok(None),
        };
        let scrub = self.client.scrub_of(&request);
        let read = |status, object| {
            read_page(&object, &scrub).map_err(|found| Kind::Unreadable { status, found })
        };
        let (numbers, next) = self.client.send(&request, cancel, read).await?;
        self.empty_in_a_row = if numbers.is_empty() { self.empty_in_a_row + 1 } else { 0 };
        guard_against_circles(&self.seen, self.empty_in_a_row, &next)?;
        if let Next::After(cursor) = &next {
            self.seen.insert(cursor.clone());
        }
        self.next = next;
        self.client.whereabouts().note_all(numbers.iter().map(|number| &number.id), &self.account);
        Ok(Some(numbers))
    }
}

pub(super) fn read_page(
    object: &Map<String, Value>,
    scrub: &Scrub,
) -> Result<(Vec<PhoneNumber>, Next), &'static str> {
    let data = object.get("data").and_then(Value::as_array).ok_or("no list")?;
    let number =
        |entry: &Value| entry.as_object().and_then(|object| PhoneNumber::read(object, scrub));
    let numbers: Option<Vec<_>> = data.iter().map(number).collect();
    let numbers = numbers.ok_or("a list with something other than phone numbers")?;
    Ok((numbers, next_page(object.get("paging"))?))
}

/// The end is where `next` is absent: the last page still has cursors.
fn next_page(paging: Option<&Value>) -> Result<Next, &'static str> {
    let Some(next) = paging.and_then(|paging| text(paging.get("next"))) else {
        return Ok(Next::End);
    };
    let cursor = paging.and_then(|paging| text(paging.pointer("/cursors/after")));
    let cursor = cursor.or_else(|| cursor_of(&next)).filter(|cursor| !cursor.is_empty());
    cursor.map(Next::After).ok_or("a list whose next page has no cursor")
}

fn cursor_of(next: &str) -> Option<String> {
    let url = Url::parse(next).ok()?;
    url.query_pairs().find(|(name, _)| name == "after").map(|(_, cursor)| cursor.into_owned())
}

/// Asking again would not help, so this is not left to the reading of a single answer.
fn guard_against_circles(
    seen: &HashSet<String>,
    empty_in_a_row: usize,
    next: &Next,
) -> Result<(), Error> {
    let found = match next {
        Next::After(cursor) if seen.contains(cursor) => "a list whose pages form a circle",
        Next::After(_) if seen.len() >= MOST_PAGES => "a list that does not end",
        Next::After(_) if empty_in_a_row >= MOST_EMPTY_PAGES => "a list of empty pages",
        _ => return Ok(()),
    };
    Err(Error::new(Kind::Unreadable { status: 200, found }).with_history(1, false))
}

/// The largest that the API allows.
const PAGE_SIZE: &str = "100";
/// A hundred thousand numbers: more than any account has, and few enough to hold.
const MOST_PAGES: usize = 1_000;
/// The API may leave out what a token may not see, and so serve an empty page, but each one is
/// charged.
const MOST_EMPTY_PAGES: usize = 10;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn page(value: Value) -> Result<(usize, Next), &'static str> {
        let object = value.as_object().expect("an object");
        read_page(object, &Scrub::default()).map(|(numbers, next)| (numbers.len(), next))
    }

    #[test]
    fn the_list_ends_where_next_is_absent_even_with_cursors() {
        let data = json!([{ "id": "1" }, { "id": "2", "is_pin_enabled": true }]);
        let cursors = json!({ "before": "a", "after": "b" });
        let last = json!({ "data": data, "paging": { "cursors": cursors } });
        assert_eq!(page(last), Ok((2, Next::End)));
        assert_eq!(page(json!({ "data": [] })), Ok((0, Next::End)));
    }

    #[test]
    fn the_cursor_comes_from_the_cursors_or_else_from_the_address_of_the_next_page() {
        let next = "https://graph.example/1/phone_numbers?access_token=t&after=c%3D1";
        let both = json!({ "data": [], "paging": { "cursors": { "after": "b" }, "next": next } });
        assert_eq!(page(both), Ok((0, Next::After("b".to_owned()))));
        let address = json!({ "data": [], "paging": { "next": next } });
        assert_eq!(page(address), Ok((0, Next::After("c=1".to_owned()))));
        let neither = json!({ "data": [], "paging": { "next": "https://graph.example/1" } });
        assert_eq!(page(neither), Err("a list whose next page has no cursor"));
    }

    #[test]
    fn a_page_that_is_no_list_of_numbers_is_refused() {
        for odd in [json!({}), json!({ "data": {} }), json!({ "data": [7] })] {
            assert!(page(odd).is_err());
        }
        assert!(page(json!({ "data": [{ "id": "1" }, { "name": "x" }] })).is_err());
    }

    #[test]
    fn circles_and_endless_lists_are_refused() {
        let seen: HashSet<_> = (0..MOST_PAGES).map(|page| page.to_string()).collect();
        let guard = |cursor: &str| guard_against_circles(&seen, 0, &Next::After(cursor.to_owned()));
        let refusal = |cursor| guard(cursor).expect_err("refused").to_string();
        assert_eq!(refusal("7"), "the answer (HTTP 200) holds a list whose pages form a circle");
        assert_eq!(refusal("new"), "the answer (HTTP 200) holds a list that does not end");
        assert!(guard_against_circles(&seen, MOST_EMPTY_PAGES, &Next::End).is_ok());
        let guard =
            |empty| guard_against_circles(&HashSet::new(), empty, &Next::After("new".to_owned()));
        assert!(guard(MOST_EMPTY_PAGES).is_err() && guard(MOST_EMPTY_PAGES - 1).is_ok());
    }
}
