//! A program that lives no longer than the test that started it, with all that it starts itself,
//! also when the test is killed. What it prints goes to a file.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};

use crate::wait;

/// The program's group has this shell for its leader. It waits for the end of its input, which
/// comes when the test lets go of the process or dies, and then ends the whole group.
#[cfg(unix)]
const LEADER: &str = r#""$@" & cat >/dev/null; kill -KILL 0"#;

/// A running program.
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts it; `log` gets everything it prints, after what is there already.
    pub fn start(program: &Command, log: &Path) -> Result<Self> {
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
        })
    }

    /// The id that all of it descends from.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the program has printed a line in which `read` finds something.
    pub async fn printed<T>(&self, what: &str, read: impl Fn(&str) -> Option<T>) -> Result<T> {
        let what = format!("{what} (see {})", self.log.display());
        wait::until(&what, async || {
            let text = fs::read_to_string(&self.log)?;
            Ok(text.lines().find_map(&read))
        })
        .await
    }

    /// Asks it to end.
    #[cfg(unix)]
    pub fn terminate(&self) -> Result<()> {
        // Its group goes by the leader's id.
        let group = format!("-{}", self.child.id());
        let status = Command::new("kill")
            .args(["-TERM", "--", &group])
            .status()?;
        anyhow::ensure!(status.success(), "it could not be asked to end");
        Ok(())
    }

    /// Ends it at once, without a chance to say goodbye.
    fn end(&mut self) {
        // On unix the leader sees its input end; elsewhere the tree is ended by its root's id.
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
    with_surroundings(leader, program)
}

#[cfg(not(unix))]
fn led(program: &Command) -> Command {
    let mut same = Command::new(program.get_program());
    same.args(program.get_args());
    with_surroundings(same, program)
}

fn with_surroundings(mut to: Command, from: &Command) -> Command {
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
