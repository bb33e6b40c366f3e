//! A program that ends with the test that started it, together with all processes that it starts,
//! also when the test is killed. Its output goes to a file.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};

use crate::wait;

/// This shell leads the program's process group. It waits for the end of its input, which comes
/// when the test drops the process or ends, and then kills the whole group.
#[cfg(unix)]
const LEADER: &str = r#""$@" & cat >/dev/null; kill -KILL 0"#;

/// Lines of a program's output that an error repeats.
const SHOWN_LINES: usize = 5;

/// A running program.
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: PathBuf,
    /// Bytes that an earlier program has written into the same log.
    log_start: usize,
}

impl Process {
    /// Starts it. `log` gets all its output, appended.
    pub fn start(program: &Command, log: &Path) -> Result<Self> {
        let log_start = fs::read(log).map_or(0, |bytes| bytes.len());
        let open = || {
            File::options()
                .create(true)
                .append(true)
                .open(log)
                .with_context(|| format!("{} could not be opened", log.display()))
        };
        let child = led(program)
            .stdin(Stdio::piped())
            .stdout(open()?)
            .stderr(open()?)
            .spawn()
            .with_context(|| format!("{:?} could not be started", program.get_program()))?;
        Ok(Self {
            child,
            log: log.to_owned(),
            log_start,
        })
    }

    /// The id of the process that all others descend from.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the program has printed a line in which `read` finds something.
    pub async fn printed<T>(&self, what: &str, read: impl Fn(&str) -> Option<T>) -> Result<T> {
        let what = format!("{what} (see {})", self.log.display());
        let found = wait::until(&what, async || Ok(self.output()?.lines().find_map(&read))).await;
        found.with_context(|| format!("it printed only: {}", self.last_lines()))
    }

    /// What this program has printed, without what one before it has.
    fn output(&self) -> Result<String> {
        let bytes = fs::read(&self.log)?;
        let own = bytes.get(self.log_start..).unwrap_or_default();
        Ok(String::from_utf8_lossy(own).into_owned())
    }

    fn last_lines(&self) -> String {
        let text = self.output().unwrap_or_default();
        let lines = text.lines().rev().take(SHOWN_LINES).collect::<Vec<_>>();
        lines.into_iter().rev().collect::<Vec<_>>().join(" | ")
    }

    /// Asks it to end.
    #[cfg(unix)]
    pub fn terminate(&self) -> Result<()> {
        // The group has the leader's id.
        let group = format!("-{}", self.child.id());
        let status = Command::new("kill")
            .args(["-TERM", "--", &group])
            .status()?;
        anyhow::ensure!(status.success(), "it could not be asked to end");
        Ok(())
    }

    /// Ends it at once, without an orderly shutdown.
    fn end(&mut self) {
        // On Unix the leader sees the end of its input. On other systems the process tree is ended
        // by its root's id.
        drop(self.child.stdin.take());
        #[cfg(not(unix))]
        {
            let tree = self.child.id().to_string();
            let _ = Command::new("taskkill")
                .args(["/T", "/F", "/PID", &tree])
                .output();
        }
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(unix)]
fn led(program: &Command) -> Command {
    use std::os::unix::process::CommandExt;

    let mut leader = Command::new("/bin/sh");
    leader.args(["-c", LEADER, "sh"]).arg(program.get_program());
    leader.args(program.get_args()).process_group(0);
    with_environment(leader, program)
}

#[cfg(not(unix))]
fn led(program: &Command) -> Command {
    let mut same = Command::new(program.get_program());
    same.args(program.get_args());
    with_environment(same, program)
}

fn with_environment(mut to: Command, from: &Command) -> Command {
    for (name, value) in from.get_envs() {
        match value {
            Some(value) => to.env(name, value),
            None => to.env_remove(name),
        };
    }
    if let Some(folder) = from.get_current_dir() {
        to.current_dir(folder);
    }
    to
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;

    use super::Process;

    #[tokio::test]
    async fn program_is_not_taken_for_the_one_before_it_in_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("display.log");
        for expect in ["first", "second"] {
            let mut program = Command::new("echo");
            let process = Process::start(program.arg(expect), &log).unwrap();
            let line = process.printed("a line", |line| Some(line.to_owned()));
            assert_eq!(line.await.unwrap(), expect);
        }
    }
}
