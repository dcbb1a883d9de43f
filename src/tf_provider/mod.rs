//! A Terraform provider SDK for plugin protocol 5.

mod lifecycle;
mod proto;
