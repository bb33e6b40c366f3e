//! Requests of TURN clients, in any order.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| turn_server::fuzzing::rules(bytes));
