//! Requests of TURN clients, in any order.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| signal_server::fuzzing::turn_rules(bytes));
