//! Errors and warnings for the user: title, explanation, and the attribute at fault.

use std::fmt;

use crate::tf_provider::value::Path;

/// How much a [`Diagnostic`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The operation did not succeed.
    Error,
    /// The operation went on, and the user should know something.
    Warning,
}

/// One error or warning.
///
/// The summary is a short title without values. The detail says what happened and what to do next;
/// it may have several lines. Neither may hold a secret: Terraform prints both, and pipelines keep
/// what it prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    severity: Severity,
    summary: String,
    detail: String,
    path: Path,
}

impl Diagnostic {
    /// An error.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Error, summary, detail)
    }

    /// A warning.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Severity::Warning, summary, detail)
    }

    /// An error that the user cannot mend: the provider broke one of its own rules.
    pub fn bug(detail: impl fmt::Display) -> Self {
        Self::error(
            "Provider Bug",
            format!(
                "{detail}\n\nThis is a bug in the provider. Please report it to its maintainers."
            ),
        )
    }

    /// Points at an attribute, so that Terraform shows its line.
    #[must_use]
    pub fn at(mut self, path: impl Into<Path>) -> Self {
        self.path = path.into();
        self
    }

    /// Adds a paragraph to the explanation.
    #[must_use]
    pub fn with_paragraph(mut self, text: impl fmt::Display) -> Self {
        self.detail = format!("{}\n\n{text}", self.detail);
        self
    }

    /// Whether this is an error or a warning.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The title.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// The explanation.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The attribute at fault; the root path stands for the whole block.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn new(severity: Severity, summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { severity, summary: summary.into(), detail: detail.into(), path: Path::root() }
    }
}

/// A list of diagnostics in the order they were found, without duplicates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No diagnostics.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one, unless the same is there already.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if !self.0.contains(&diagnostic) {
            self.0.push(diagnostic);
        }
    }

    /// Whether there is at least one error.
    pub fn has_errors(&self) -> bool {
        self.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    /// These diagnostics as those of a failure: they hold an error for certain.
    ///
    /// A failure without an error would look like a success to Terraform.
    #[must_use]
    pub fn into_failure(mut self) -> Self {
        if !self.has_errors() {
            self.push(Diagnostic::bug("An operation failed without saying why."));
        }
        self
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        diagnostics.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        let mut all = Self::new();
        all.extend(diagnostics);
        all
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_diagnostic_is_kept_once() {
        let mut all = Diagnostics::from(Diagnostic::warning("Careful", "Twice."));
        all.push(Diagnostic::warning("Careful", "Twice."));
        assert_eq!(all.iter().count(), 1);
    }

    #[test]
    fn a_failure_always_holds_an_error() {
        let warning = Diagnostics::from(Diagnostic::warning("Careful", "Only a warning."));
        assert!(warning.into_failure().has_errors());
        assert!(Diagnostics::new().into_failure().has_errors());
    }
}
