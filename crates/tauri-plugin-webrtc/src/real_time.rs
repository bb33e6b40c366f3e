//! Takes the engine's audio worklets out of real-time scheduling.
//!
//! The locks of WebKitGTK's allocator spin. A real-time worklet may need a lock whose owner waits
//! for the same processor. The worklet then does not let the owner run, and everything on that
//! processor stands still for 0.1 to 0.3 s, until the kernel moves the owner. If RealtimeKit has
//! given the priority, the kernel ends a process that has a thread running for 0.2 s.
//!
//! Invariant: only threads of this app's own pages are changed, selected by name.
#![expect(unsafe_code, reason = "no library sets another thread's scheduling")]

use std::{collections::HashMap, io};

use procfs::{
    ProcError, ProcResult,
    process::{Process, Stat, Task, all_processes},
};

/// The kernel cuts the engine's names to fifteen bytes.
const PAGE: &str = "WebKitWebProces";
const WORKLET: &str = "AudioWorklet";
/// A scheduling policy, as in `/proc/PID/stat`.
const ORDINARY_POLICY: u32 = libc::SCHED_OTHER as u32;

pub(crate) fn leave() -> ProcResult<()> {
    for page in pages()? {
        // A process that has ended needs nothing.
        let Ok(tasks) = page.tasks() else { continue };
        for task in tasks.flatten().filter(is_worklet_in_real_time) {
            set_ordinary_policy(task.tid)?;
        }
    }
    Ok(())
}

/// The processes of this app's pages, at any depth below this process.
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
        .is_ok_and(|stat| stat.comm.ends_with(WORKLET) && stat.policy != Some(ORDINARY_POLICY))
}

/// In the same way as the engine gives up the priority.
fn set_ordinary_policy(thread: i32) -> ProcResult<()> {
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
