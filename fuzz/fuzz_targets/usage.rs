//! The headers of an answer that say how long to wait.

#![no_main]

use libfuzzer_sys::fuzz_target;
use terraform_provider_whatsapp::graph::fuzzing::usage;

fuzz_target!(|input: &[u8]| usage(input));
