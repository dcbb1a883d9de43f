//! No diagnostic points at a secret: Terraform prints the line that a diagnostic points at, and the
//! values of the expressions in it.
//!
//! Both doors of the service lead through here. A name that is sensitive in one block counts as such
//! in all of them, so that nobody has to know which block a diagnostic is about.

use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::proto::tfplugin5::attribute_path::step::Selector;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::schema::Schema;
use crate::tf_provider::server::Shared;

impl<P: Provider> Shared<P> {
    /// Takes away every path at or below a sensitive attribute.
    pub(super) fn conceal(&self, diagnostics: &mut [pb::Diagnostic]) {
        for diagnostic in diagnostics {
            let name = diagnostic.attribute.as_ref().and_then(first_name);
            let is_sensitive = |schema: &Schema| {
                name.is_some_and(|name| {
                    schema.attributes.iter().any(|known| known.name == name && known.sensitive)
                })
            };
            if is_sensitive(&self.block.schema) || self.registry.schemas().any(is_sensitive) {
                diagnostic.attribute = None;
            }
        }
    }
}

/// The attribute of the block that a path leads into.
fn first_name(path: &pb::AttributePath) -> Option<&str> {
    match path.steps.first()?.selector.as_ref()? {
        Selector::AttributeName(name) => Some(name),
        Selector::ElementKeyString(_) | Selector::ElementKeyInt(_) => None,
    }
}
