//! The managed resource.

use std::collections::BTreeMap;

use secrecy::SecretString;

use super::{Desk, LEAK, refused};
use crate::tf_provider::{
    Block, Change, Context, Diagnostics, Failed, Field, ImportSource, Number, Outcome, Refreshed,
    Resource, Saved, Schema, Upgrader,
};

crate::model! {
    /// A book.
    pub(in super::super) struct Book {
        /// Its ISBN.
        required isbn: String [forces_replacement],
        /// Its title.
        required title: String,
        /// What nobody reads again.
        optional note_wo: SecretString [sensitive, write_only],
        /// How many there are.
        optional pages: Number,
        /// What it is about.
        optional tags: Vec<Field<String>>,
        /// What readers say.
        optional ratings: BTreeMap<String, Field<Number>>,
        /// Who wrote it.
        optional author: Author,
        /// Where it stands.
        optional_computed shelf: String [deprecated("Use room.")],
        /// Where the shelf is.
        optional_computed room: String [forces_replacement],
        /// The library's own name for it.
        computed id: String [keeps_prior],
        /// When it was last changed.
        computed revised_at: String,
    }
}

crate::model! {
    /// Who wrote it.
    pub(in super::super) struct Author {
        name: String,
        born: Number,
    }
}

crate::model! {
    /// What finds a book.
    pub(in super::super) identity struct BookIdentity {
        /// Its ISBN.
        required isbn: String,
    }
}

impl Book {
    /// What an author's mistake would look like.
    pub(super) fn leaking(mut self) -> Self {
        self.note_wo = Field::Known(LEAK.into());
        self
    }

    fn title(&self) -> &str {
        self.title.known().map_or("", String::as_str)
    }

    /// The book as the library has it once it is stored.
    fn stored(mut self) -> Self {
        let isbn = self.isbn.known().cloned().unwrap_or_default();
        self.id = Field::Known(format!("book-{isbn}"));
        self.revised_at = Field::Known("today".to_owned());
        for place in [&mut self.shelf, &mut self.room] {
            if place.is_unknown() {
                *place = Field::Known(DEFAULT.to_owned());
            }
        }
        self.leaking()
    }
}

/// The resource `library_book`.
#[derive(Debug)]
pub(in super::super) struct Books;

impl Books {
    /// What its values are judged by.
    pub(in super::super) fn schema() -> Schema {
        Book::schema()
    }
}

impl Resource for Books {
    type Client = Desk;
    type Model = Book;
    type Identity = BookIdentity;

    fn type_name(&self) -> &'static str {
        "library_book"
    }

    fn identity(&self, state: &Book) -> BookIdentity {
        assert!(state.title() != "panic in identity", "in identity");
        if state.title() == "taken for another" {
            return BookIdentity { isbn: Field::Known("another".to_owned()) };
        }
        BookIdentity { isbn: Field::from(state.isbn.known().cloned()) }
    }

    fn validate(&self, config: &Book) -> Diagnostics {
        assert!(config.title() != "panic in validate", "in validate");
        if config.title() == "invalid" { refused() } else { Diagnostics::new() }
    }

    fn plan_create(&self, change: &mut Change<Book>) -> Diagnostics {
        assert!(change.config.title() != "panic in plan", "in plan_create");
        change.planned.note_wo = Field::Known(LEAK.into());
        Diagnostics::new()
    }

    fn plan_update(&self, prior: &Book, change: &mut Change<Book>) -> Diagnostics {
        assert!(change.config.title() != "panic in plan", "in plan_update");
        change.planned.note_wo = Field::Known(LEAK.into());
        if change.config.shelf.is_null() && prior.shelf.known().is_some_and(|at| at != DEFAULT) {
            change.planned.shelf = Field::Known(DEFAULT.to_owned());
        }
        Diagnostics::new()
    }

    fn plan_destroy(&self, prior: &Book) -> Diagnostics {
        assert!(prior.title() != "panic in plan", "in plan_destroy");
        if prior.title() == "precious" { refused() } else { Diagnostics::new() }
    }

    async fn create(&self, context: &Context<Desk>, change: Change<Book>) -> Saved<Book> {
        save(context, change).await
    }

    async fn read(&self, context: &Context<Desk>, state: Book) -> Outcome<Refreshed<Book>> {
        match state.title() {
            "panic" => panic!("in read"),
            "refused" => Err(refused()),
            "gone" => Ok(Refreshed::Gone.into()),
            "vague" => {
                let revised_at = Field::Unknown;
                Ok(Refreshed::Present(Book { revised_at, ..state }).into())
            }
            "slow" => {
                wait_for_stop(context).await;
                Err(refused())
            }
            title => {
                remember(context, title);
                Ok(Refreshed::Present(state.leaking()).into())
            }
        }
    }

    async fn update(&self, context: &Context<Desk>, _: Book, change: Change<Book>) -> Saved<Book> {
        save(context, change).await
    }

    async fn delete(&self, context: &Context<Desk>, prior: Book) -> Outcome<()> {
        match prior.title() {
            "panic" => panic!("in delete"),
            "refused" => Err(refused()),
            title => {
                context.client().probe.note(format!("deleted {title}"));
                Ok(().into())
            }
        }
    }

    fn import(&self, source: ImportSource<BookIdentity>) -> Result<Book, Diagnostics> {
        let isbn = match source {
            ImportSource::Id(id) => Field::Known(id),
            ImportSource::Identity(identity) => identity.isbn,
        };
        match isbn.known().map(String::as_str) {
            Some("panic") => panic!("in import"),
            Some("refused") => Err(refused()),
            Some("blank") => Ok(Book::default()),
            Some("vague") => Ok(Book { isbn, title: Field::Unknown, ..Book::default() }),
            _ => Ok(Book { isbn, ..Book::default() }.leaking()),
        }
    }

    fn upgraders(&self) -> Vec<Upgrader> {
        vec![
            |mut stored| {
                let name = stored.remove("name").ok_or("it has no name")?;
                assert!(name != "panic", "in an upgrader");
                stored.insert("title".to_owned(), name);
                Ok(stored)
            },
            |mut stored| {
                let place = stored.remove("place").unwrap_or_default();
                stored.insert("shelf".to_owned(), place);
                Ok(stored)
            },
        ]
    }
}

async fn save(context: &Context<Desk>, change: Change<Book>) -> Saved<Book> {
    let title = change.planned.title().to_owned();
    let planned = change.planned;
    match title.as_str() {
        "panic" => panic!("in save"),
        "refused" => Err(refused().into()),
        "half" => Err(Failed::partial(planned.leaking(), refused())),
        "vague" => Ok(planned.leaking().into()),
        "stopped" => {
            wait_for_stop(context).await;
            Err(Failed::partial(planned.stored(), refused()))
        }
        "slow" => {
            let probe = &context.client().probe;
            probe.started.notify_one();
            probe.release.notified().await;
            probe.note(if context.stop().is_cancelled() { "cut" } else { "saved" });
            probe.finished.notify_one();
            Ok(planned.stored().into())
        }
        title => {
            remember(context, title);
            Ok(planned.stored().into())
        }
    }
}

/// Some books are worth a note on the shelf they were seen on, after the notes that are there.
fn remember(context: &Context<Desk>, title: &str) {
    if title == "noted" {
        context.private().keep([context.private().bytes(), b"+seen".to_vec()].concat());
    }
}

/// Where a book stands if nobody says it.
const DEFAULT: &str = "anywhere";

/// A wait that ends only when it is cancelled.
pub(super) async fn wait_for_stop(context: &Context<Desk>) {
    let probe = &context.client().probe;
    probe.started.notify_one();
    context.stop().cancelled().await;
    probe.note("stopped");
    probe.finished.notify_one();
}
