//! Whether a process is this one, or was started by it: a web engine plays its pages' sounds in
//! processes of its own.

use std::fs;

/// A process has fewer ancestors than this.
const MAX_ANCESTORS: usize = 64;

/// On systems without `/proc` only this process is its own.
pub(super) fn is_own(process: u32) -> bool {
    let own = std::process::id();
    let mut next = Some(process);
    for _ in 0..MAX_ANCESTORS {
        match next {
            Some(found) if found == own => return true,
            Some(found) => next = parent(found),
            None => return false,
        }
    }
    false
}

fn parent(process: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn processes_of_this_one_are_own() {
        assert!(is_own(std::process::id()));
        assert!(!is_own(1));
        assert!(!is_own(0));
        assert!(!is_own(u32::MAX));
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        assert!(is_own(child.id()));
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
