//! Everything but the managed resource.

use std::time::{Duration, SystemTime};

use super::book::{Author, Book, BookIdentity, Books, wait_for_stop};
use super::{Desk, refused};
use crate::tf_provider::{
    Context, DataSource, Definition, Diagnostic, Diagnostics, EphemeralResource, Field, Function,
    FunctionError, Items, Lease, ListItem, ListRequest, ListResource, Number, Opened, Outcome,
    Parameter, Type, Value,
};

crate::model! {
    /// A shelf.
    pub(in super::super) struct Shelf {
        /// Its name.
        required name: String,
        /// Whose books stand there.
        computed writers: Vec<Author>,
        /// Where it is.
        computed city: String,
    }
}

/// The data source `library_shelf`.
#[derive(Debug)]
pub(super) struct Shelves;

impl DataSource for Shelves {
    type Client = Desk;
    type Model = Shelf;

    fn type_name(&self) -> &'static str {
        "library_shelf"
    }

    fn validate(&self, config: &Shelf) -> Diagnostics {
        match config.name.known().map(String::as_str) {
            Some("panic in validate") => panic!("in validate"),
            Some("") => Diagnostic::error("No Name", "A shelf has a name.").at("name").into(),
            _ => Diagnostics::new(),
        }
    }

    async fn read(&self, context: &Context<Desk>, config: Shelf) -> Outcome<Shelf> {
        match config.name.known().map(String::as_str) {
            Some("panic") => panic!("in read"),
            Some("refused") => Err(refused()),
            Some("slow") => {
                wait_for_stop(context).await;
                Err(refused())
            }
            _ if context.stop().is_cancelled() => Err(refused()),
            Some("vague") => Ok(Shelf { city: Field::Unknown, ..config }.into()),
            _ => {
                let born = Field::Known(Number::from(1920_i64));
                let name = Field::Known("Herbert".to_owned());
                let writers = Field::Known(vec![Author { name, born }]);
                let city = Field::from(context.client().city.clone());
                Ok(Shelf { writers, city, ..config }.into())
            }
        }
    }
}

crate::model! {
    /// A ticket.
    pub(in super::super) struct Ticket {
        /// How long it holds.
        required hours: Number,
        /// The code.
        computed code: String [sensitive],
    }
}

/// The ephemeral resource `library_ticket`.
#[derive(Debug)]
pub(super) struct Tickets;

impl EphemeralResource for Tickets {
    type Client = Desk;
    type Model = Ticket;

    fn type_name(&self) -> &'static str {
        "library_ticket"
    }

    fn validate(&self, config: &Ticket) -> Diagnostics {
        match config.hours.known().and_then(Number::as_i64) {
            Some(-9) => panic!("in validate"),
            Some(0) => Diagnostic::error("No Hours", "It holds for an hour.").at("hours").into(),
            _ => Diagnostics::new(),
        }
    }

    async fn open(&self, _: &Context<Desk>, config: Ticket) -> Outcome<Opened<Ticket>> {
        let hours = config.hours.known().and_then(Number::as_u64);
        let result = Ticket { code: Field::Known("4711".to_owned()), ..config };
        match hours {
            Some(99) => panic!("in open"),
            Some(0) | None => Err(refused()),
            Some(1) => Ok(Opened::new(result).into()),
            Some(24) => Ok(Opened::new(result).with_lease(Lease::until_closed("opened")).into()),
            Some(hours) => Ok(Opened::new(result).with_lease(lease(hours, "opened")).into()),
        }
    }

    async fn renew(&self, _: &Context<Desk>, private: Vec<u8>) -> Outcome<Option<Lease>> {
        match &*private {
            b"panic" => panic!("in renew"),
            b"opened" => Ok(Some(lease(9, "renewed")).into()),
            b"renewed" => Ok(None.into()),
            _ => Err(refused()),
        }
    }

    async fn close(&self, context: &Context<Desk>, private: Vec<u8>) -> Outcome<()> {
        context.client().probe.note(format!("closed {}", String::from_utf8_lossy(&private)));
        match &*private {
            b"panic" => panic!("in close"),
            b"lost" => Err(refused()),
            _ => Ok(().into()),
        }
    }
}

fn lease(hours: u64, private: &str) -> Lease {
    let renew_at = SystemTime::UNIX_EPOCH + Duration::from_secs(hours * 3600);
    Lease::new(renew_at, private)
}

crate::model! {
    /// All books.
    pub(in super::super) struct Search {
        /// Which books.
        optional kind: String,
    }
}

/// The list resource `library_book`.
#[derive(Debug)]
pub(super) struct Catalogue;

impl ListResource for Catalogue {
    type Resource = Books;
    type Config = Search;

    fn resource(&self) -> Books {
        Books
    }

    fn validate(&self, config: &Search) -> Diagnostics {
        match config.kind.known().map(String::as_str) {
            Some("panic in validate") => panic!("in validate"),
            Some("") => Diagnostic::error("No Kind", "Leave it out.").at("kind").into(),
            _ => Diagnostics::new(),
        }
    }

    async fn list(
        &self,
        context: &Context<Desk>,
        config: Search,
        request: ListRequest,
        items: &Items<'_, Books>,
    ) -> Result<(), Diagnostics> {
        let kind = config.kind.into_known().unwrap_or_default();
        let count = if kind == "endless" { u64::MAX } else { 3 };
        for number in 0..count {
            if !items.send(item(number, request.include_state)).await {
                context.client().probe.note("nobody reads on");
                context.client().probe.finished.notify_one();
                return Ok(());
            }
        }
        match &*kind {
            "panic" => panic!("in list"),
            "refused" => Err(refused()),
            "waiting" => {
                wait_for_stop(context).await;
                Err(refused())
            }
            _ => Ok(()),
        }
    }
}

fn item(number: u64, include_state: bool) -> ListItem<Books> {
    let isbn = || Field::Known(number.to_string());
    let state = Book { isbn: isbn(), ..Book::default() }.leaking();
    let item = ListItem::new(BookIdentity { isbn: isbn() }, format!("book\u{1b} {number}"));
    if include_state { item.with_state(state) } else { item }
}

/// The function `join`.
#[derive(Debug)]
pub(super) struct Join;

impl Function for Join {
    fn name(&self) -> &'static str {
        "join"
    }

    fn definition(&self) -> Definition {
        let text = |name| Parameter::new(name, Type::String, "A text.");
        Definition::new("Joins texts", "Joins texts.", Type::String)
            .parameter(text("separator"))
            .variadic(text("parts"))
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        let texts = arguments.iter().filter_map(|argument| match argument {
            Value::String(text) => Some(text.as_str()),
            _ => None,
        });
        let texts: Vec<&str> = texts.collect();
        if let Some(empty) = texts.iter().skip(1).position(|text| text.is_empty()) {
            return Err(FunctionError::new("A part is\u{1b} empty.").at(empty + 1));
        }
        match texts.as_slice() {
            ["panic", ..] => panic!("in call"),
            ["wrong"] => Ok(Value::Bool(true)),
            [separator, parts @ ..] => Ok(Value::string(parts.join(separator))),
            [] => Ok(Value::Null),
        }
    }
}
