//! Stored JSON of any schema version, upgraded.

#![no_main]

use libfuzzer_sys::fuzz_target;
use terraform_provider_whatsapp::provider::fuzzing::state_upgrade;

fuzz_target!(|input: &[u8]| state_upgrade(input));
