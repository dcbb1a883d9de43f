//! Msgpack from the host, decoded by a schema's type.

#![no_main]

use libfuzzer_sys::fuzz_target;
use terraform_provider_whatsapp::tf_provider::fuzzing::msgpack;

fuzz_target!(|input: &[u8]| msgpack(input));
