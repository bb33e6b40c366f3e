//! How a stream of TURN is cut, and how frames are written.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| signal_server::fuzzing::turn_frames(bytes));
