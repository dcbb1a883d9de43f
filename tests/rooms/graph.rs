//! The room as a crate of its own: it compiles only if it names no other room.

#[path = "../../src/graph/mod.rs"]
pub mod graph;
