//! The room as a crate of its own: it compiles only if it names no other room. On the day on which a
//! second provider needs it, this file is its `lib.rs`.

#[path = "../../src/tf_provider/mod.rs"]
pub mod tf_provider;
