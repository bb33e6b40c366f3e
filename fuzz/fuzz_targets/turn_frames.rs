//! The frames of a TURN stream: reading and writing.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| turn_server::fuzzing::frames(bytes));
