//! A virtual sound card: a PulseAudio server of the test with a null sink. Tests do not depend on
//! the computer's own, and nobody hears them.

pub mod tone;

use std::{fs, path::Path, process::Command, time::Duration};

use anyhow::{Result, ensure};
use tempfile::TempDir;

use crate::{process::Process, programs, wait};

/// The default output.
pub const OUTPUT: &str = "nowhere";

/// Longer than a test.
const PLAYED_SECONDS: u32 = 180;

/// Recorded output.
#[derive(Debug)]
pub struct Recording {
    /// Milliseconds since 1970.
    pub began: f64,
    /// Of one channel, [`tone::RATE`] per second.
    pub samples: Vec<i16>,
}

#[derive(Debug)]
pub struct Sound {
    _process: Process,
    /// Short on purpose: a socket's path has at most 107 bytes.
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
            .arg(format!("--load=module-null-sink sink_name={OUTPUT}"))
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

    /// Adds another output with this name for people. [`Self::unplug`] takes the number.
    pub fn plug_in(&self, output: &str, label: &str) -> Result<String> {
        let sink = format!("sink_name={output}");
        let label = format!("sink_properties=device.description={label}");
        self.control(&["load-module", "module-null-sink", &sink, &label])
    }

    pub fn unplug(&self, number: &str) -> Result<()> {
        self.control(&["unload-module", number]).map(drop)
    }

    fn control(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new(programs::linux("pactl")?)
            .args(arguments)
            .envs(self.variables())
            .output()?;
        ensure!(
            output.status.success(),
            "pactl {}: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Records the output from now on, for this long.
    pub async fn record(&self, folder: &Path, stretch: Duration) -> Result<Recording> {
        self.record_at(OUTPUT, folder, stretch).await
    }

    /// Records this output only.
    pub async fn record_at(
        &self,
        output: &str,
        folder: &Path,
        stretch: Duration,
    ) -> Result<Recording> {
        let file = folder.join("played.raw");
        let mut program = Command::new(programs::linux("parec")?);
        program
            .arg(format!("--device={output}.monitor"))
            .args(["--raw", "--format=s16le"])
            .arg(format!("--rate={}", tone::RATE))
            .args(["--channels=1", "--latency-msec=10"])
            .arg(&file)
            .envs(self.variables());
        fs::remove_file(&file).ok();
        let process = Process::start(&program, &folder.join("record.log"))?;
        let bytes_a_millisecond = f64::from(tone::RATE) * 2.0 / 1_000.0;
        let enough = stretch.as_secs_f64() * 1_000.0 * bytes_a_millisecond;
        let mut began = f64::INFINITY;
        let patience = stretch + wait::DEADLINE;
        wait::until_within(patience, "the sound server plays", async || {
            let length = fs::metadata(&file)?.len() as f64;
            if length > 0.0 {
                // The samples that were written with the least delay give the time of the
                // recording.
                began = began.min(wait::clock() - length / bytes_a_millisecond);
            }
            Ok((length >= enough).then_some(()))
        })
        .await?;
        drop(process);
        let bytes = fs::read(&file)?;
        let samples = bytes.chunks_exact(2);
        let samples = samples
            .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        Ok(Recording { began, samples })
    }

    /// The share of this frequency in what the output plays now.
    pub async fn share_at(&self, output: &str, folder: &Path, frequency: f64) -> Result<f64> {
        let stretch = Duration::from_secs(1);
        let played = self.record_at(output, folder, stretch).await?;
        Ok(tone::share(&played.samples, frequency))
    }

    /// Another program plays a tone at the default output, until the result is dropped or some
    /// minutes are over.
    pub fn play(&self, folder: &Path, frequency: f64) -> Result<Process> {
        let samples = tone::samples(frequency, PLAYED_SECONDS);
        self.play_samples(folder, &format!("{frequency}.raw"), 1, samples)
    }

    /// The same in the left one of two channels only.
    pub fn play_left(&self, folder: &Path, frequency: f64) -> Result<Process> {
        let samples = tone::samples(frequency, PLAYED_SECONDS).flat_map(|sample| [sample, 0]);
        self.play_samples(folder, &format!("{frequency}-left.raw"), 2, samples)
    }

    /// `samples` are interleaved.
    fn play_samples(
        &self,
        folder: &Path,
        name: &str,
        channels: u8,
        samples: impl Iterator<Item = i16>,
    ) -> Result<Process> {
        let file = folder.join(name);
        fs::write(
            &file,
            samples.flat_map(i16::to_le_bytes).collect::<Vec<_>>(),
        )?;
        let mut program = Command::new(programs::linux("pacat")?);
        program
            .args(["--playback", "--raw", "--format=s16le"])
            .arg(format!("--channels={channels}"))
            .arg(format!("--rate={}", tone::RATE))
            .arg(&file)
            .envs(self.variables());
        Process::start(&program, &folder.join("player.log"))
    }

    /// Environment variables for programs that use it.
    pub fn variables(&self) -> Vec<(String, String)> {
        let socket = self.home.path().join("native");
        vec![(
            "PULSE_SERVER".to_owned(),
            format!("unix:{}", socket.display()),
        )]
    }
}
