//! A sound card nobody hears: a PulseAudio server of the test's own with a null sink, so that no
//! test depends on, or is heard from, the computer's own.

use std::{path::Path, process::Command};

use anyhow::Result;
use tempfile::TempDir;

use crate::{process::Process, programs, wait};

#[derive(Debug)]
pub struct Sound {
    _process: Process,
    /// Short on purpose: a socket's path may have 107 bytes at most.
    home: TempDir,
}

impl Sound {
    pub async fn start(folder: &Path) -> Result<Self> {
        let home = tempfile::Builder::new().prefix("snug-sound-").tempdir()?;
        let socket = home.path().join("native");
        let mut program = Command::new(programs::linux("pulseaudio")?);
        program
            .args([
                "-n",
                "--daemonize=no",
                "--exit-idle-time=-1",
                "--use-pid-file=no",
                "--disable-shm=yes",
            ])
            .arg("--load=module-null-sink sink_name=nowhere")
            .arg(format!(
                "--load=module-native-protocol-unix auth-anonymous=1 socket={}",
                socket.display()
            ))
            .env("HOME", home.path())
            .env("XDG_RUNTIME_DIR", home.path())
            .env("XDG_CONFIG_HOME", home.path())
            .env_remove("PULSE_SERVER");
        let process = Process::start(&program, &folder.join("sound.log"))?;
        let what = "the sound server listens (see sound.log)";
        wait::until(what, async || Ok(socket.exists().then_some(()))).await?;
        Ok(Self {
            _process: process,
            home,
        })
    }

    /// Variables by which programs find it.
    pub fn surroundings(&self) -> Vec<(String, String)> {
        let socket = self.home.path().join("native");
        vec![(
            "PULSE_SERVER".to_owned(),
            format!("unix:{}", socket.display()),
        )]
    }
}
