//! How the story looks: headings, commands and the API's log, coloured on a terminal.

use std::env;
use std::io::{self, IsTerminal, Write};

use crate::sandbox::Event;

/// Standard output.
#[derive(Debug)]
pub(crate) struct Stage {
    coloured: bool,
}

impl Stage {
    /// Coloured only where somebody sees colours and has not asked for none.
    pub(crate) fn new() -> Self {
        let unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { coloured: io::stdout().is_terminal() && !unwanted }
    }

    /// Whether Terraform may use colours, too.
    pub(crate) fn is_coloured(&self) -> bool {
        self.coloured
    }

    /// A step's name.
    pub(crate) fn title(&self, text: &str) -> io::Result<()> {
        self.line("1;36", &format!("\n== {text}"))
    }

    /// What happens, and why.
    pub(crate) fn say(&self, text: &str) -> io::Result<()> {
        self.line("", text)
    }

    /// A command as one would type it.
    pub(crate) fn command(&self, text: &str) -> io::Result<()> {
        self.line("1;32", &format!("\n$ {text}"))
    }

    /// A changed line of a file.
    pub(crate) fn change(&self, file: &str, old: &str, new: &str) -> io::Result<()> {
        self.line("", &format!("\n{file}:"))?;
        self.line("31", &format!("- {old}"))?;
        self.line("32", &format!("+ {new}"))
    }

    /// What reached the API.
    pub(crate) fn calls(&self, events: &[Event]) -> io::Result<()> {
        if events.is_empty() {
            return self.line("35", "\nThe API saw nothing.");
        }
        self.line("35", "\nThe API saw:")?;
        events.iter().try_for_each(|event| self.line("35", &event.to_string()))
    }

    fn line(&self, colour: &str, text: &str) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        if self.coloured && !colour.is_empty() {
            writeln!(stdout, "\x1b[{colour}m{text}\x1b[0m")
        } else {
            writeln!(stdout, "{text}")
        }
    }
}
