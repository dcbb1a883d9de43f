//! One attribute of a schema and everything Terraform may know about it.

use std::borrow::Cow;

use crate::tf_provider::value::Type;

/// An attribute. Its constructor says who gives the value, so that impossible combinations (such
/// as required and computed) cannot be written down.
#[derive(Clone, Debug)]
pub struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) of: Type,
    pub(crate) source: Source,
    pub(crate) description: Cow<'static, str>,
    pub(crate) sensitive: bool,
    pub(crate) write_only: bool,
    pub(crate) forces_replacement: bool,
    pub(crate) keeps_prior: bool,
    pub(crate) deprecation: Option<&'static str>,
}

/// Who gives an attribute its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Required,
    Optional,
    Computed,
    OptionalComputed,
}

impl Attribute {
    /// The user must give a value.
    pub fn required(name: &'static str, of: Type) -> Self {
        Self::new(name, of, Source::Required)
    }

    /// The user may give a value.
    pub fn optional(name: &'static str, of: Type) -> Self {
        Self::new(name, of, Source::Optional)
    }

    /// The provider gives the value.
    pub fn computed(name: &'static str, of: Type) -> Self {
        Self::new(name, of, Source::Computed)
    }

    /// The user may give a value; otherwise the provider does.
    pub fn optional_computed(name: &'static str, of: Type) -> Self {
        Self::new(name, of, Source::OptionalComputed)
    }

    /// What the attribute means, in Markdown. Every attribute needs one.
    #[must_use]
    pub fn described(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.description = description.into();
        self
    }

    /// Adds a sentence to the description: one that is made by code, as it is the same for many.
    #[must_use]
    pub fn adding(mut self, sentence: &str) -> Self {
        let description = self.description.to_mut();
        if !description.is_empty() {
            description.push(' ');
        }
        description.push_str(sentence);
        self
    }

    /// Terraform hides the value in its output.
    #[must_use]
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// The value is sent to the provider and never stored. Not for computed attributes.
    #[must_use]
    pub fn write_only(mut self) -> Self {
        self.write_only = true;
        self
    }

    /// A change of the value replaces the object. If the provider gave the value, it stays as it is for
    /// as long as the object does.
    #[must_use]
    pub fn forces_replacement(mut self) -> Self {
        self.forces_replacement = true;
        self
    }

    /// Once known, an update does not change the value. Only for computed attributes.
    #[must_use]
    pub fn keeps_prior(mut self) -> Self {
        self.keeps_prior = true;
        self
    }

    /// The attribute should no longer be used; the text says what to use instead.
    #[must_use]
    pub fn deprecated(mut self, instead: &'static str) -> Self {
        self.deprecation = Some(instead);
        self
    }

    /// The attribute's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The type of its values.
    pub fn terraform_type(&self) -> &Type {
        &self.of
    }

    /// What it means, in Markdown.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Whether the user must give the value.
    pub fn is_required(&self) -> bool {
        self.source == Source::Required
    }

    /// Whether the user may give the value, or leave it out.
    pub fn is_optional(&self) -> bool {
        matches!(self.source, Source::Optional | Source::OptionalComputed)
    }

    /// Whether the provider may give the value.
    pub fn is_computed(&self) -> bool {
        matches!(self.source, Source::Computed | Source::OptionalComputed)
    }

    /// Whether Terraform hides the value.
    pub fn is_sensitive(&self) -> bool {
        self.sensitive
    }

    /// Whether the value is never stored.
    pub fn is_write_only(&self) -> bool {
        self.write_only
    }

    /// What to use instead, if the attribute should no longer be used.
    pub fn deprecation(&self) -> Option<&'static str> {
        self.deprecation
    }

    fn new(name: &'static str, of: Type, source: Source) -> Self {
        Self {
            name,
            of,
            source,
            description: Cow::Borrowed(""),
            sensitive: false,
            write_only: false,
            forces_replacement: false,
            keeps_prior: false,
            deprecation: None,
        }
    }
}
