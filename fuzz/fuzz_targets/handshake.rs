//! What the host, or anybody, has put into the environment.

#![no_main]

use libfuzzer_sys::fuzz_target;
use terraform_provider_whatsapp::tf_provider::fuzzing::handshake;

fuzz_target!(|input: &[u8]| handshake(input));
