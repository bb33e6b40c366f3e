//! Processor time of a process, as the kernel counts it.

use std::time::Duration;

/// Processor time so far, of all running threads, in user mode and in the kernel. In nanoseconds,
/// unlike /proc/PID/stat, which counts hundredths of a second.
pub(crate) fn processor_time(process: u32) -> Duration {
    let nanos = std::fs::read_dir(format!("/proc/{process}/task"))
        .unwrap()
        .filter_map(|thread| {
            let path = thread.unwrap().path().join("schedstat");
            // The thread may have ended meanwhile.
            let stat = std::fs::read_to_string(path).ok()?;
            stat.split(' ').next()?.parse::<u64>().ok()
        })
        .sum();
    Duration::from_nanos(nanos)
}
