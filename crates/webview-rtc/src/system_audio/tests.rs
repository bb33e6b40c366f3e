//! System audio with real sound servers and programs of this test.
//!
//! A program whose parent has ended is none of this process; one that is started directly is.
#![cfg(unix)]

use std::{
    path::PathBuf,
    process::{Command as Program, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::AsyncWriteExt,
    process::{Child, ChildStdin, Command},
    time::{interval, timeout},
};

use super::*;
use crate::audio::{FRAME_10MS, SAMPLE_RATE};

const TEST_TIMEOUT: Duration = Duration::from_secs(60);
/// Of the whole power, in decibels.
const SILENT: f64 = -60.0;
const HEARD: f64 = -30.0;
/// A script that plays what comes after the first line of its input.
const START_BY_LINE: &str = r#"read -r _ && exec pacat "$@""#;

/// A sound server and what it needs, in a folder of its own.
struct Server {
    folder: TempDir,
    processes: Vec<Child>,
}

/// A program that plays a tone until this is dropped, which closes its input.
struct Tone {
    writer: tokio::task::JoinHandle<()>,
}

impl Drop for Tone {
    fn drop(&mut self) {
        self.writer.abort();
    }
}

impl Server {
    async fn pulseaudio() -> Self {
        let mut server = Self::empty();
        server.start_pulseaudio();
        server.listens().await
    }

    fn start_pulseaudio(&mut self) {
        let socket = self.socket();
        std::fs::create_dir_all(socket.parent().unwrap()).unwrap();
        self.run(
            Program::new("pulseaudio")
                .args(["-n", "--daemonize=no", "--exit-idle-time=-1"])
                .args(["--use-pid-file=no", "--disable-shm=yes"])
                .arg("--load=module-null-sink sink_name=table")
                .arg("--load=module-null-sink sink_name=headset rate=44100")
                .arg(format!(
                    "--load=module-native-protocol-unix auth-anonymous=1 socket={}",
                    socket.display()
                )),
        );
    }

    /// PipeWire with its session manager, which needs a bus, and its PulseAudio protocol.
    async fn pipewire() -> Self {
        let mut server = Self::empty();
        let bus = format!("unix:path={}", server.folder.path().join("bus").display());
        let mut address = Program::new("dbus-daemon");
        address.args(["--session", "--nofork", "--nopidfile", "--address", &bus]);
        server.run(&mut address);
        for program in ["pipewire", "wireplumber", "pipewire-pulse"] {
            let mut program = Program::new(program);
            server.run(program.env("DBUS_SESSION_BUS_ADDRESS", &bus));
        }
        let server = server.listens().await;
        for sink in ["table", "headset"] {
            let name = format!("sink_name={sink}");
            server
                .control(&["load-module", "module-null-sink", &name])
                .await;
        }
        server
    }

    fn empty() -> Self {
        Self {
            folder: tempfile::Builder::new().prefix("snug-").tempdir().unwrap(),
            processes: Vec::new(),
        }
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("pulse/native")
    }

    fn start(&self) -> SystemAudio {
        SystemAudio::start(SoundServer {
            socket: Some(self.socket()),
        })
    }

    fn run(&mut self, program: &mut Program) {
        let path = self.folder.path();
        program
            .env("HOME", path)
            .env("XDG_RUNTIME_DIR", path)
            .env("XDG_CONFIG_HOME", path)
            .env("XDG_STATE_HOME", path)
            .env("PIPEWIRE_RUNTIME_DIR", path)
            .env_remove("PULSE_SERVER")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let program = std::mem::replace(program, Program::new("true"));
        let started = Command::from(program).kill_on_drop(true).spawn();
        let process = started.expect("`cargo xtask setup` installs the sound servers");
        self.processes.push(process);
    }

    async fn listens(self) -> Self {
        let server = SoundServer {
            socket: Some(self.socket()),
        };
        let answers = async {
            let mut tries = interval(Duration::from_millis(50));
            while !server.is_available().await {
                tries.tick().await;
            }
        };
        let answered = timeout(TEST_TIMEOUT, answers).await;
        answered.expect("the sound server answers");
        self
    }

    /// Another program plays this tone, in hertz.
    fn play(&self, sink: &str, frequency: f32) -> Tone {
        let mut program = Command::new("setsid");
        program.args(["--fork", "sh", "-c", START_BY_LINE, "sh"]);
        let mut parent = self.start_player(program, sink, frequency);
        let mut input = parent.stdin.take().unwrap();
        let writer = async move {
            // Before that it would connect as a child of this process.
            let ended = parent.wait().await;
            assert!(ended.unwrap().success(), "setsid starts a program");
            if input.write_all(b"\n").await.is_ok() {
                write_tone(input, frequency).await;
            }
        };
        Tone {
            writer: tokio::spawn(writer),
        }
    }

    /// A program of this process plays it.
    fn play_own(&self, sink: &str, frequency: f32) -> Tone {
        let mut process = self.start_player(Command::new("pacat"), sink, frequency);
        let input = process.stdin.take().unwrap();
        let writer = async move {
            let _process = process;
            write_tone(input, frequency).await;
        };
        Tone {
            writer: tokio::spawn(writer),
        }
    }

    fn start_player(&self, mut program: Command, sink: &str, frequency: f32) -> Child {
        program
            .arg(format!("--server=unix:{}", self.socket().display()))
            .arg(format!("--device={sink}"))
            .args(["--raw", "--format=float32le", "--rate=48000"])
            .args(["--channels=1", "--latency-msec=20"])
            .arg(format!("--client-name=tone-{frequency}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("`cargo xtask setup` installs pulseaudio-utils")
    }

    async fn control(&self, arguments: &[&str]) -> String {
        let mut program = Command::new("pactl");
        program.arg(format!("--server=unix:{}", self.socket().display()));
        let output = program.args(arguments).output().await.unwrap();
        assert!(output.status.success(), "pactl {arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Of the only stream.
    async fn sink_input(&self) -> String {
        let listed = self.control(&["list", "short", "sink-inputs"]).await;
        listed.split_whitespace().next().unwrap().to_owned()
    }
}

async fn write_tone(mut input: ChildStdin, frequency: f32) {
    let second: Vec<u8> = (0_u16..48_000)
        .map(|at| f32::from(at) * frequency / SAMPLE_RATE as f32)
        .map(|turns| (turns * std::f32::consts::TAU).sin() * 0.25)
        .flat_map(f32::to_le_bytes)
        .collect();
    while input.write_all(&second).await.is_ok() {}
}

/// Reads 0.4 s in real time, as a page does.
async fn listen(audio: &SystemAudio) -> Vec<f32> {
    let mut requests = interval(Duration::from_millis(20));
    let mut heard = Vec::new();
    for _ in 0..20 {
        requests.tick().await;
        let mixed = audio.mix(2);
        assert_eq!(mixed.len(), 2 * 2 * FRAME_10MS);
        heard.extend(mixed.chunks_exact(2).map(|frame| frame[0]));
    }
    heard
}

/// Power at this frequency in decibels: 0 is a tone at full scale (Goertzel's algorithm).
fn power(samples: &[f32], frequency: f64) -> f64 {
    let turn = std::f64::consts::TAU * frequency / f64::from(SAMPLE_RATE);
    let (mut last, mut before) = (0.0, 0.0);
    for (index, sample) in samples.iter().enumerate() {
        // Hann's window: without it a loud tone covers quiet ones.
        let phase = index as f64 / samples.len() as f64 * std::f64::consts::TAU;
        let window = 1.0 - phase.cos();
        let next = f64::from(*sample) * window + 2.0 * turn.cos() * last - before;
        (last, before) = (next, last);
    }
    let power = f64::powi(last, 2) + f64::powi(before, 2) - 2.0 * turn.cos() * last * before;
    let full = samples.len() as f64 / 2.0;
    10.0 * (power / full.powi(2)).max(1e-12).log10()
}

/// Waits until the tones have these powers, or fails with the last ones.
async fn wait_until(audio: &SystemAudio, tones: &[f64], expect: impl Fn(&[f64]) -> bool) {
    let mut last = Vec::new();
    let waited = timeout(TEST_TIMEOUT, async {
        loop {
            let heard = listen(audio).await;
            last = tones.iter().map(|tone| power(&heard, *tone)).collect();
            if expect(&last) {
                return;
            }
        }
    });
    let waited = waited.await;
    assert!(waited.is_ok(), "{tones:?} Hz have {last:?} dB");
}

async fn wait_until_heard(audio: &SystemAudio, tone: f64) {
    wait_until(audio, &[tone], |powers| powers[0] > HEARD).await;
}

async fn wait_until_silent(audio: &SystemAudio, tone: f64) {
    wait_until(audio, &[tone], |powers| powers[0] < SILENT).await;
}

/// Own audio is at least 40 dB below another program's.
async fn own_audio_is_left_out(server: &Server) {
    let own = server.play_own("table", 440.0);
    let audio = server.start();
    let other = server.play("table", 1_000.0);
    wait_until_heard(&audio, 1_000.0).await;
    for _ in 0..5 {
        // The whole tone has -12 dB. On a busy computer it has gaps, and a gap has all frequencies.
        let tones = [1_000.0, 440.0];
        wait_until(&audio, &tones, |powers| {
            let (other, own) = (powers[0], powers[1]);
            assert!(own < -30.0, "{other} and {own} dB");
            other > -13.0 && own < other - 40.0
        })
        .await;
    }
    // The own one does play.
    let listed = server.control(&["list", "short", "sink-inputs"]).await;
    assert_eq!(listed.lines().count(), 2, "{listed}");
    drop(other);
    wait_until_silent(&audio, 1_000.0).await;
    // It begins in the middle.
    let _later = server.play("table", 1_500.0);
    wait_until_heard(&audio, 1_500.0).await;
    drop(own);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn own_audio_is_left_out_on_pulseaudio() {
    let server = Server::pulseaudio().await;
    own_audio_is_left_out(&server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn own_audio_is_left_out_on_pipewire() {
    let server = Server::pipewire().await;
    own_audio_is_left_out(&server).await;
}

/// Volume and mute of the program, and its move to another output.
async fn program_is_heard_as_it_is_set(server: &Server) {
    let audio = server.start();
    let _tone = server.play("table", 1_000.0);
    wait_until_heard(&audio, 1_000.0).await;
    let stream = server.sink_input().await;
    server
        .control(&["set-sink-input-volume", &stream, "-20dB"])
        .await;
    // A quarter of full scale has -12 dB.
    wait_until(&audio, &[1_000.0], |powers| (powers[0] + 32.0).abs() < 2.0).await;
    server.control(&["set-sink-input-mute", &stream, "1"]).await;
    wait_until_silent(&audio, 1_000.0).await;
    server.control(&["set-sink-input-mute", &stream, "0"]).await;
    server
        .control(&["set-sink-input-volume", &stream, "100%"])
        .await;
    server
        .control(&["move-sink-input", &stream, "headset"])
        .await;
    wait_until(&audio, &[1_000.0], |powers| (powers[0] + 12.0).abs() < 2.0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn program_is_heard_as_it_is_set_on_pulseaudio() {
    program_is_heard_as_it_is_set(&Server::pulseaudio().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn program_is_heard_as_it_is_set_on_pipewire() {
    program_is_heard_as_it_is_set(&Server::pipewire().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_programs_on_two_outputs_are_mixed() {
    let server = Server::pulseaudio().await;
    let audio = server.start();
    let _first = server.play("table", 1_000.0);
    let _second = server.play("headset", 1_500.0);
    let is_heard = |powers: &[f64]| powers.iter().all(|power| *power > HEARD);
    wait_until(&audio, &[1_000.0, 1_500.0], is_heard).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restarted_sound_server_is_recorded_again() {
    let mut server = Server::pulseaudio().await;
    let audio = server.start();
    let tone = server.play("table", 1_000.0);
    wait_until_heard(&audio, 1_000.0).await;
    for process in &mut server.processes {
        process.kill().await.unwrap();
    }
    wait_until_silent(&audio, 1_000.0).await;
    drop(tone);
    std::fs::remove_file(server.socket()).ok();
    server.start_pulseaudio();
    let server = server.listens().await;
    let _tone = server.play("table", 1_000.0);
    wait_until_heard(&audio, 1_000.0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_sound_server_there_is_silence() {
    let server = Server::empty();
    let sound_server = SoundServer {
        socket: Some(server.socket()),
    };
    assert!(!sound_server.is_available().await);
    let audio = server.start();
    assert!(listen(&audio).await.iter().all(|sample| *sample == 0.0));
}
