//! What must hold on every supported version of Terraform; `scripts/acceptance-lanes` runs these.

mod cells;
mod cli;
mod conditions;
mod configuration;
mod debug;
mod failure;
mod import;
mod life;
mod owners;
mod truth;
mod write_only;
