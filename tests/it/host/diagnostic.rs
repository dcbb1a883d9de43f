//! Errors and warnings as a user gets to see them.

use std::fmt;

use super::proto::tfplugin5::{
    self, attribute_path::step::Selector, diagnostic::Severity as WireSeverity,
};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Severity {
    Error,
    Warning,
}

#[derive(Clone, Debug)]
pub(crate) struct Diagnostic {
    pub(crate) severity: Severity,
    pub(crate) summary: String,
    pub(crate) detail: String,
    /// Like `rules[0].name`; empty for the whole block.
    pub(crate) path: String,
}

/// All diagnostics of one answer.
#[derive(Clone, Default)]
pub(crate) struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    pub(crate) fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }

    pub(crate) fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter().filter(|diagnostic| diagnostic.severity == Severity::Error)
    }

    pub(crate) fn warnings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning)
    }

    /// The one error, as most bad input gives.
    pub(crate) fn only_error(&self) -> &Diagnostic {
        let errors: Vec<_> = self.errors().collect();
        match errors[..] {
            [error] => error,
            _ => panic!("one error is expected, not {self:?}"),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    /// The one error, at this attribute.
    pub(crate) fn only_error_at(&self, path: &str) -> &Diagnostic {
        let error = self.only_error();
        assert_eq!(error.path, path, "{self:?}");
        error
    }

    /// Fails the test unless there is nothing to say.
    pub(crate) fn none(&self, call: &str) {
        assert!(self.0.is_empty(), "{call}: {self:?}");
    }

    /// Fails the test if there are errors; warnings may be.
    pub(crate) fn no_errors(&self, call: &str) {
        assert!(!self.has_errors(), "{call}: {self:?}");
    }
}

impl Diagnostic {
    /// Whether title or text say this, in capitals or not.
    pub(crate) fn says(&self, words: &str) -> bool {
        let words = words.to_lowercase();
        [&self.summary, &self.detail].iter().any(|text| text.to_lowercase().contains(&words))
    }
}

impl fmt::Debug for Diagnostics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Diagnostic { severity, summary, detail, path } in &self.0 {
            write!(formatter, "\n  {severity:?} at {path:?}: {summary}\n    {detail}")?;
        }
        Ok(())
    }
}

/// Reads what the wire carries, and refuses what Terraform misunderstands.
pub(crate) fn read(diagnostics: Vec<tfplugin5::Diagnostic>) -> Diagnostics {
    Diagnostics(diagnostics.into_iter().map(read_one).collect())
}

/// An attribute path as text. An empty step would make it point elsewhere.
pub(crate) fn path(path: &tfplugin5::AttributePath) -> String {
    let steps = path.steps.iter().map(|step| step.selector.as_ref().expect("a step selects"));
    let text: String = steps
        .map(|step| match step {
            Selector::AttributeName(name) => format!(".{name}"),
            Selector::ElementKeyString(key) => format!("[{key:?}]"),
            Selector::ElementKeyInt(index) => format!("[{index}]"),
        })
        .collect();
    text.trim_start_matches('.').to_owned()
}

fn read_one(diagnostic: tfplugin5::Diagnostic) -> Diagnostic {
    let severity = match diagnostic.severity() {
        WireSeverity::Error => Severity::Error,
        WireSeverity::Warning => Severity::Warning,
        WireSeverity::Invalid => panic!("Terraform takes this for no error: {diagnostic:?}"),
    };
    assert!(!diagnostic.summary.trim().is_empty(), "no title: {diagnostic:?}");
    let path = diagnostic.attribute.as_ref().map(path).unwrap_or_default();
    Diagnostic { severity, summary: diagnostic.summary, detail: diagnostic.detail, path }
}
