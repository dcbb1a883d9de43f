//! The generated code behind one private door.

#![allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    dead_code,
    clippy::all,
    clippy::allow_attributes_without_reason,
    clippy::too_many_lines,
    reason = "generated; the proto files document it"
)]

/// Messages and service of the Terraform plugin protocol.
pub(crate) mod tfplugin5 {
    include!(concat!(env!("OUT_DIR"), "/server/tfplugin5.rs"));
}

/// The services of go-plugin beside the provider: controller, stdio, broker.
pub(crate) mod plugin {
    include!(concat!(env!("OUT_DIR"), "/server/plugin.rs"));
}
