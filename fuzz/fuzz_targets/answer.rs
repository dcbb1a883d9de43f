//! Answers of the Graph API, whatever their status.

#![no_main]

use libfuzzer_sys::fuzz_target;
use terraform_provider_whatsapp::graph::fuzzing::answer;

fuzz_target!(|input: &[u8]| answer(input));
