//! Frames of the WebSocket.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| signal_protocol::fuzzing::wire(bytes));
