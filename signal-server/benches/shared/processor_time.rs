//! Processor time of a process, as the kernel counts it.

use std::time::Duration;

/// Used so far, by all threads, for the program and by the system for it.
pub(crate) fn processor_time(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // proc_pid_stat(5): after the name in brackets, utime and stime are fields 14 and 15.
    let (_, after_name) = stat.rsplit_once(") ").unwrap();
    let ticks: u32 = after_name
        .split(' ')
        .skip(11)
        .take(2)
        .map(|field| field.parse::<u32>().unwrap())
        .sum();
    let ticks_a_second = u32::try_from(rustix::param::clock_ticks_per_second()).unwrap();
    Duration::from_secs(1) * ticks / ticks_a_second
}
