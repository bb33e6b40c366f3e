//! The frames of a TURN stream: reading and writing.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| signal_server::fuzzing::turn_frames(bytes));
