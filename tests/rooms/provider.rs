//! The room as a crate of its own: it compiles only if the other two give it all it needs in public.

#[path = "../../src/provider/mod.rs"]
pub mod provider;

pub use terraform_provider_whatsapp::{graph, model, tf_provider};
