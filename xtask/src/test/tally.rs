//! The numbers of passed and failed tests, from the output of the runners. Pure: text in, numbers
//! out. A text without a runner's summary gives `None`.

use std::fmt;

/// Tests that ran, by result.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: usize,
    pub(super) failed: usize,
}

impl Tally {
    pub(super) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// `Summary [ 1.2s] 7 tests run: 5 passed (1 slow), 1 failed, 1 timed out, 0 skipped`
    pub(super) fn of_nextest(output: &str) -> Option<Self> {
        let summary = nextest_summary(output)?;
        let (_, counts) = summary.split_once(" run: ")?;
        Some(Self {
            passed: count(counts, &["passed"]),
            failed: count(counts, &["failed", "timed out", "exec failed"]),
        })
    }

    /// `test result: FAILED. 5 passed; 1 failed; 0 ignored; ...`, once for each test program
    pub(super) fn of_cargo_test(output: &str) -> Option<Self> {
        let mut total: Option<Self> = None;
        for line in output.lines() {
            let Some(counts) = line.trim().strip_prefix("test result: ") else {
                continue;
            };
            let counts = counts.split_once(". ").map_or(counts, |(_, rest)| rest);
            total.get_or_insert_default().add(Self {
                passed: count(counts, &["passed"]),
                failed: count(counts, &["failed"]),
            });
        }
        total
    }

    /// `Tests  1 failed | 5 passed (6)`
    pub(super) fn of_vitest(output: &str) -> Option<Self> {
        let line = output
            .lines()
            .rev()
            .map(str::trim)
            .find(|line| line.starts_with("Tests ") && line.ends_with(')'))?;
        let counts = line.strip_prefix("Tests ")?;
        Some(Self {
            passed: count(counts, &["passed"]),
            failed: count(counts, &["failed"]),
        })
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// nextest's own last line.
pub(super) fn nextest_summary(output: &str) -> Option<&str> {
    output
        .lines()
        .rev()
        .map(str::trim)
        .find(|line| line.starts_with("Summary [") && line.contains(" run: "))
}

/// The sum of the numbers before these words.
fn count(counts: &str, words: &[&str]) -> usize {
    counts
        .split([',', ';', '|', '('])
        .filter_map(|part| part.trim().split_once(' '))
        .filter(|(_, word)| words.contains(&word.trim_end_matches(')').trim()))
        .filter_map(|(number, _)| number.parse::<usize>().ok())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::Tally;

    fn tally(passed: usize, failed: usize) -> Option<Tally> {
        Some(Tally { passed, failed })
    }

    #[test]
    fn nextest_summaries_are_counted() {
        let check = |text, expect| assert_eq!(Tally::of_nextest(text), expect, "{text}");
        check(
            "     Summary [   0.010s] 3 tests run: 3 passed, 0 skipped",
            tally(3, 0),
        );
        check(
            "noise\n     Summary [  61.2s] 9 tests run: 5 passed (2 slow, 1 leaky), 2 failed, 1 timed out, 1 exec failed, 4 skipped\n        FAIL [   0.1s] a::b",
            tally(5, 4),
        );
        check(
            "     Summary [   1.0s] 1 test run: 1 passed, 12 skipped",
            tally(1, 0),
        );
        check(
            "     Summary [   1.0s] 2/5 tests run: 1 passed, 1 failed, 0 skipped",
            tally(1, 1),
        );
        check("error: could not compile", None);
    }

    #[test]
    fn cargo_test_results_are_summed() {
        let check = |text, expect| assert_eq!(Tally::of_cargo_test(text), expect, "{text}");
        check(
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            tally(5, 0),
        );
        check(
            "test result: ok. 5 passed; 0 failed; 0 ignored\nx\ntest result: FAILED. 2 passed; 3 failed; 0 ignored",
            tally(7, 3),
        );
        check("error[E0308]: mismatched types", None);
    }

    #[test]
    fn vitest_summaries_are_counted() {
        let check = |text, expect| assert_eq!(Tally::of_vitest(text), expect, "{text}");
        check(
            " Test Files  3 passed (3)\n      Tests  45 passed (45)\n   Duration  1s",
            tally(45, 0),
        );
        check(
            "      Tests  1 failed | 44 passed | 2 skipped (47)",
            tally(44, 1),
        );
        check("      Tests  2 failed (2)", tally(0, 2));
        check("Startup Error", None);
    }

    #[test]
    fn last_line_is_found() {
        let tally = Tally {
            passed: 12,
            failed: 0,
        };
        assert_eq!(tally.to_string(), "12 passed, 0 failed");
    }
}
