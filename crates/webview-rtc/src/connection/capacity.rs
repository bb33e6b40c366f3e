//! What the path carries, as the stack estimates it, in bits a second.
//!
//! Invariant: never more than the stack's latest estimate. What the stack tells by itself is a mean
//! of three seconds, in which a path that has become narrow fills, and then stays full.

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Capacity {
    mean: Option<u64>,
    latest: Option<u64>,
}

impl Capacity {
    /// `None` before the first estimate.
    pub(super) fn bits(&self) -> Option<u64> {
        let mean = self.mean?;
        Some(self.latest.map_or(mean, |latest| latest.min(mean)))
    }

    /// Gives what the path carries, where that has changed.
    pub(super) fn handle_mean(&mut self, bits: u64) -> Option<u64> {
        self.become_known(Self {
            mean: Some(bits),
            ..*self
        })
    }

    /// Gives what the path carries, where that has changed.
    pub(super) fn handle_latest(&mut self, bits: u64) -> Option<u64> {
        self.become_known(Self {
            latest: Some(bits),
            ..*self
        })
    }

    fn become_known(&mut self, known: Self) -> Option<u64> {
        let before = std::mem::replace(self, known).bits();
        self.bits().filter(|bits| before != Some(*bits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_falls_at_once_and_grows_with_the_mean() {
        let mut capacity = Capacity::default();
        assert_eq!(capacity.handle_latest(900), None);
        assert_eq!(capacity.handle_mean(1000), Some(900));
        assert_eq!(capacity.handle_latest(400), Some(400));
        assert_eq!(capacity.handle_mean(800), None);
        assert_eq!(capacity.handle_mean(500), None);
        assert_eq!(capacity.handle_latest(700), Some(500));
        assert_eq!(capacity.handle_latest(700), None);
        assert_eq!(capacity.bits(), Some(500));
    }
}
