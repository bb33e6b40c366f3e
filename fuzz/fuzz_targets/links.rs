//! Relay addresses and invite links.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| signal_protocol::fuzzing::links(bytes));
