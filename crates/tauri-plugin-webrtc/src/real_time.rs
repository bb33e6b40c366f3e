//! Takes the engine's audio worklets out of real-time scheduling.
//!
//! The locks of WebKitGTK's allocator spin. A worklet that runs in real time and needs one whose
//! owner waits for the same processor does not let the owner run: for 0.1 to 0.3 s, until the kernel
//! moves the owner elsewhere, everything on that processor stands; and where RealtimeKit has given
//! the priority, the kernel ends a process of which a thread runs on for 0.2 s.
//!
//! Invariant: only threads of this app's own pages are touched, and only by their names.
#![expect(unsafe_code, reason = "no library sets another thread's scheduling")]

use std::{collections::HashMap, io};

use procfs::{
    ProcError, ProcResult,
    process::{Process, Stat, Task, all_processes},
};

/// As the kernel shortens the engine's names, to fifteen bytes.
const PAGE: &str = "WebKitWebProces";
const WORKLET: &str = "AudioWorklet";
/// Of a process's scheduling policy, as `/proc/PID/stat` tells it.
const ORDINARY: u32 = libc::SCHED_OTHER as u32;

pub(crate) fn leave() -> ProcResult<()> {
    for page in pages()? {
        // Who is gone meanwhile needs nothing.
        let Ok(tasks) = page.tasks() else { continue };
        for task in tasks.flatten().filter(is_worklet_in_real_time) {
            schedule_ordinarily(task.tid)?;
        }
    }
    Ok(())
}

/// The processes of pages that this one has begun, however many there are in between.
fn pages() -> ProcResult<Vec<Process>> {
    let own = Process::myself()?.pid;
    let stats: HashMap<i32, Stat> = all_processes()?
        .flatten()
        .filter_map(|process| process.stat().ok())
        .map(|stat| (stat.pid, stat))
        .collect();
    let is_own = |page: &Stat| {
        let mut above = page;
        while above.ppid != own {
            match stats.get(&above.ppid) {
                Some(parent) => above = parent,
                None => return false,
            }
        }
        true
    };
    let pages = stats.values().filter(|stat| stat.comm == PAGE);
    let pages = pages.filter(|stat| is_own(stat));
    Ok(pages
        .filter_map(|stat| Process::new(stat.pid).ok())
        .collect())
}

fn is_worklet_in_real_time(task: &Task) -> bool {
    task.stat()
        .is_ok_and(|stat| stat.comm.ends_with(WORKLET) && stat.policy != Some(ORDINARY))
}

/// As the engine does it where it takes the priority back.
fn schedule_ordinarily(thread: i32) -> ProcResult<()> {
    let policy = libc::SCHED_OTHER | libc::SCHED_RESET_ON_FORK;
    let parameters = libc::sched_param { sched_priority: 0 };
    // SAFETY: the parameters outlive the call, which only reads them.
    let done = unsafe { libc::sched_setscheduler(thread, policy, &raw const parameters) };
    if done == 0 {
        return Ok(());
    }
    let error = io::Error::last_os_error();
    if error.raw_os_error() == Some(libc::ESRCH) {
        return Ok(());
    }
    Err(ProcError::Io(error, None))
}
