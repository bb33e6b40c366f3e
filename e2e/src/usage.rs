//! Resources that the test's apps use, from the kernel: processor time, memory, processes, threads,
//! files.
//!
//! Invariant: drivers, displays and servers of the test are not apps and are left out.

use std::{collections::HashMap, fs, process};

use anyhow::{Context, Result, ensure};

use crate::page::Page;

/// Programs that a test needs and a person does not.
const TEST_PROGRAMS: [&str; 9] = [
    "sh",
    "cat",
    "chromedriver",
    "geckodriver",
    "WebKitWebDriver",
    "Xvfb",
    "pulseaudio",
    "signal-server",
    "parec",
];
/// The kernel's unit of processor time, on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;
/// A scheduling policy (sched(7)).
const ORDINARY_POLICY: u64 = 0;

/// The resources of an app at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// Processor time so far, in seconds.
    pub processor: f64,
    /// Memory in bytes, with shared pages counted once.
    pub memory: u64,
    pub processes: usize,
    pub threads: usize,
    /// Open files, sockets among them.
    pub files: usize,
    pub sockets: usize,
}

/// For the page's app only, with all its processes.
pub fn read_app(page: &Page) -> Result<Usage> {
    sum(apps_below(page.root())?)
}

/// For the processes of this name only.
pub fn read_of(program: &str) -> Result<Usage> {
    let mut found = apps_below(process::id())?;
    found.retain(|app| app.name == program);
    sum(found)
}

/// Kills the processes of this name in the page's app.
pub fn kill(page: &Page, program: &str) -> Result<()> {
    let mut found = apps_below(page.root())?;
    found.retain(|app| app.name == program);
    ensure!(!found.is_empty(), "{}: no {program} runs", page.name());
    let ids = found.iter().map(|app| app.id.to_string());
    // Some of them may end with the first.
    process::Command::new("kill")
        .arg("-KILL")
        .args(ids)
        .output()?;
    Ok(())
}

/// For each thread of the page's app whose name ends so: whether it has real-time priority.
pub fn real_time(page: &Page, thread: &str) -> Result<Vec<bool>> {
    let apps = apps_below(page.root())?;
    let threads = apps.iter().flat_map(|app| entries(app, "task"));
    let mut threads: Vec<App> = threads.filter_map(|entry| read_stat(&entry)).collect();
    threads.retain(|task| task.name.ends_with(thread));
    Ok(threads
        .iter()
        .map(|task| task.policy != ORDINARY_POLICY)
        .collect())
}

fn sum(apps: Vec<App>) -> Result<Usage> {
    let mut usage = Usage::default();
    for app in apps {
        usage.processor += app.ticks as f64 / TICKS_PER_SECOND;
        usage.processes += 1;
        usage.threads += app.threads;
        for file in entries(&app, "fd") {
            usage.files += 1;
            let leads_to = fs::read_link(file.path()).unwrap_or_default();
            usage.sockets += usize::from(leads_to.to_string_lossy().starts_with("socket:"));
        }
        usage.memory += memory(app.id).unwrap_or_default();
    }
    Ok(usage)
}

#[derive(Debug)]
struct App {
    id: u32,
    name: String,
    parent: u32,
    ticks: u64,
    threads: usize,
    policy: u64,
}

/// The process of this program that the other one has started.
pub fn process_below(root: u32, program: &str) -> Result<u32> {
    let found = descendants(root)?;
    let process = found.iter().find(|process| process.name == program);
    Ok(process.with_context(|| format!("no {program} runs"))?.id)
}

fn apps_below(root: u32) -> Result<Vec<App>> {
    let mut found = descendants(root)?;
    found.retain(|app| !TEST_PROGRAMS.contains(&app.name.as_str()));
    Ok(found)
}

fn descendants(root: u32) -> Result<Vec<App>> {
    let mut children: HashMap<u32, Vec<App>> = HashMap::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        if let Some(app) = read_stat(&entry) {
            children.entry(app.parent).or_default().push(app);
        }
    }
    let mut found = vec![];
    let mut waiting = vec![root];
    while let Some(parent) = waiting.pop() {
        for app in children.remove(&parent).unwrap_or_default() {
            waiting.push(app.id);
            found.push(app);
        }
    }
    Ok(found)
}

/// Of a folder of the process; empty if it has ended.
fn entries(app: &App, folder: &str) -> impl Iterator<Item = fs::DirEntry> {
    let folder = fs::read_dir(format!("/proc/{}/{folder}", app.id));
    folder.into_iter().flatten().flatten()
}

/// Of a process or a thread; `None` if it has ended.
fn read_stat(entry: &fs::DirEntry) -> Option<App> {
    parse(&fs::read_to_string(entry.path().join("stat")).ok()?)
}

/// One line of `/proc/ID/stat` (proc(5)). The name is in brackets and may contain brackets and
/// spaces.
fn parse(line: &str) -> Option<App> {
    let (id, rest) = line.split_once(" (")?;
    let (name, rest) = rest.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(App {
        id: id.parse().ok()?,
        name: name.to_owned(),
        parent: number(1)?.try_into().ok()?,
        ticks: number(11)? + number(12)?,
        threads: number(17)?.try_into().ok()?,
        policy: number(38)?,
    })
}

fn memory(id: u32) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{id}/smaps_rollup"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kilobytes = line.and_then(|rest| rest.split_whitespace().next());
    let kilobytes: u64 = kilobytes.context("no Pss")?.parse()?;
    Ok(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn name_with_brackets_and_spaces_is_parsed() {
        let line = "12 (a (b) c) S 7 12 12 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 9 0 1 2 3 \
                    0 0 0 0 0 0 0 0 0 0 0 0 0 17 1 5 2 0 0";
        let app = parse(line).expect("a whole line");
        assert_eq!((app.id, app.name.as_str(), app.parent), (12, "a (b) c", 7));
        assert_eq!((app.ticks, app.threads, app.policy), (300, 9, 2));
    }

    #[test]
    fn half_a_line_is_not_parsed() {
        assert!(parse("12 (a) S 7").is_none());
    }
}
