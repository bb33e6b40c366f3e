//! Tests of the page whose number of runs can be raised: seeded attacks on private rooms. Each test
//! reads its number from a variable, and takes a small one without it.

use anyhow::{Context, Result, ensure};

use crate::{setup, step, tool, workspace::PAGE};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LongRun {
    variable: &'static str,
    runs: u32,
    file: &'static str,
    test: &'static str,
}

/// Calls whose members are lied to while they make a verification code.
pub(super) const TAMPERED: LongRun = LongRun {
    variable: "SNUG_TAMPERED",
    runs: 100_000,
    file: "src/engine/verification/verification.test.ts",
    test: "tampered_calls_have_no_common_code",
};
/// Wrong passcodes at the door of one room.
pub(super) const GUESSES: LongRun = LongRun {
    variable: "SNUG_GUESSES",
    runs: 10_000,
    file: "src/engine/private/door.test.ts",
    test: "guesses_by_machine_let_nobody_in",
};
/// Words that are tried on all that a relay has seen.
pub(super) const DICTIONARY: LongRun = LongRun {
    variable: "SNUG_DICTIONARY",
    runs: 1_000_000,
    file: "src/engine/private/relay-view.test.ts",
    test: "dictionary_with_the_passcode_finds_nothing",
};
/// Calls of two over a relay that lies, for each of three kinds of room.
pub(super) const LIES: LongRun = LongRun {
    variable: "SNUG_LIES",
    runs: 33_334,
    file: "src/engine/simulation/private.test.ts",
    test: "no_call_of_two_believes_a_lying_relay",
};

/// `parts` may have another number of runs.
pub(super) fn run(long: LongRun, parts: &[String]) -> Result<()> {
    ensure!(parts.len() <= 1, "this proof takes one number of runs");
    let runs = match parts.first() {
        None => long.runs,
        Some(part) => part
            .parse()
            .with_context(|| format!("“{part}” is no number of runs"))?,
    };
    setup::run(setup::Scope::Relay)?;
    let only = ["run", "--project", "node", long.file, "-t", long.test];
    let mut vitest = tool::node(PAGE, "vitest/vitest.mjs", &only);
    step::foreground(vitest.env(long.variable, runs.to_string()))
}
