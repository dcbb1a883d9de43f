//! Cursor paging over the numbers of an account, and its oddities.

use serde_json::{Value, json};

use super::call::{Call, Cursor};
use super::faults::Fault;
use super::graph_error::GraphError;
use super::state::PhoneNumber;

/// What shall be odd about the page that is asked for.
#[derive(Debug, Default)]
pub(super) struct PageFaults {
    repeated_cursor: bool,
    empty: bool,
    at_most: Option<usize>,
}

impl PageFaults {
    pub(super) fn of(faults: &[Fault]) -> Self {
        let mut pages = Self::default();
        for fault in faults {
            match fault {
                Fault::RepeatedCursor => pages.repeated_cursor = true,
                Fault::EmptyPageWithNext => pages.empty = true,
                Fault::ShortPages(limit) => pages.at_most = Some(*limit),
                _ => {}
            }
        }
        pages
    }
}

/// One page, and how it hangs together with its neighbours.
#[derive(Debug)]
pub(super) struct Page<'a> {
    pub(super) numbers: Vec<&'a PhoneNumber>,
    before: String,
    after: String,
    has_next: bool,
    has_previous: bool,
}

/// The page of `numbers` that `call` asks for.
pub(super) fn page<'a>(
    numbers: &[&'a PhoneNumber],
    call: &Call,
    faults: &PageFaults,
) -> Result<Page<'a>, GraphError> {
    let asked = limit(call)?;
    let limit = if faults.empty { 0 } else { faults.at_most.unwrap_or(asked).min(asked) };
    let from = start(call)?;
    let left: Vec<_> =
        numbers.iter().copied().filter(|number| number.position > from.position).collect();
    let served: Vec<_> = left.iter().copied().take(limit).collect();
    let last = served.last().map_or(from.position, |number| number.position);
    let end = Cursor { position: last, page: from.page + 1 }.encode();
    let repeated = call.param("after").filter(|_| faults.repeated_cursor).map(str::to_owned);
    Ok(Page {
        has_next: faults.repeated_cursor || left.len() > served.len(),
        has_previous: from.page > 0,
        numbers: served,
        before: from.encode(),
        after: repeated.unwrap_or(end),
    })
}

impl Page<'_> {
    /// The `paging` object. `link` is the list's URL with the token already in its query.
    pub(super) fn links(&self, link: &str, call: &Call) -> Value {
        let mut link = link.to_owned();
        for key in ["fields", "limit"] {
            if let Some(value) = call.param(key) {
                link = format!("{link}&{key}={}", value.replace(',', "%2C"));
            }
        }
        let mut paging = json!({ "cursors": { "before": self.before, "after": self.after } });
        if self.has_next {
            paging["next"] = json!(format!("{link}&after={}", self.after));
        }
        if self.has_previous {
            paging["previous"] = json!(format!("{link}&before={}", self.before));
        }
        paging
    }
}

fn limit(call: &Call) -> Result<usize, GraphError> {
    let Some(limit) = call.param("limit") else { return Ok(DEFAULT_LIMIT) };
    limit
        .parse()
        .ok()
        .filter(|limit| (1..=MAX_LIMIT).contains(limit))
        .ok_or_else(|| GraphError::bad_parameter("Param limit must be a number between 1 and 100"))
}

fn start(call: &Call) -> Result<Cursor, GraphError> {
    match call.param("after") {
        None => Ok(Cursor { position: 0, page: 0 }),
        Some(text) => Cursor::decode(text)
            .ok_or_else(|| GraphError::bad_parameter("Param after is not a valid cursor")),
    }
}

const DEFAULT_LIMIT: usize = 25;
const MAX_LIMIT: usize = 100;
