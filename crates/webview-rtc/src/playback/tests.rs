//! System playback with a real sound server: two outputs, and recordings of both.
#![cfg(unix)]

use std::{
    future::poll_fn,
    path::Path,
    process::{Command as Program, Stdio},
};

use tempfile::TempDir;
use tokio::{
    io::AsyncReadExt,
    process::{Child, Command},
    time::{sleep, timeout},
};

use super::*;
use crate::audio::FRAME_10MS;

const ANNA: ReceiverId = ReceiverId(1);
const TEST_TIMEOUT: Duration = Duration::from_secs(20);
/// Sample value above which the output is audible.
const MIN_AUDIBLE_SAMPLE: i16 = 3_000;

struct Server {
    directory: TempDir,
    process: Child,
}

impl Server {
    async fn start(directory: TempDir) -> Self {
        let socket = directory.path().join("native");
        std::fs::remove_file(&socket).ok();
        let process = Command::new("pulseaudio")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1"])
            .args(["--use-pid-file=no", "--disable-shm=yes"])
            .arg("--load=module-null-sink sink_name=table")
            .arg("--load=module-null-sink sink_name=headset")
            .arg(format!(
                "--load=module-native-protocol-unix auth-anonymous=1 socket={}",
                socket.display()
            ))
            .env("HOME", directory.path())
            .env("XDG_RUNTIME_DIR", directory.path())
            .env("XDG_CONFIG_HOME", directory.path())
            .env_remove("PULSE_SERVER")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("pulseaudio starts; install it with `apt-get install pulseaudio`");
        let listens = async {
            while std::os::unix::net::UnixStream::connect(&socket).is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(TEST_TIMEOUT, listens)
            .await
            .expect("pulseaudio listens");
        Self { directory, process }
    }

    fn socket(&self) -> PathBuf {
        self.directory.path().join("native")
    }

    /// Replaces the server by a new one.
    async fn restart(self) -> Self {
        let Self {
            directory,
            mut process,
        } = self;
        process.kill().await.unwrap();
        Self::start(directory).await
    }

    fn listen(&self, output: &str) -> Child {
        Command::from(recorder(&self.socket(), output))
            .kill_on_drop(true)
            .spawn()
            .expect("parec starts; install it with `apt-get install pulseaudio-utils`")
    }
}

fn recorder(socket: &Path, output: &str) -> Program {
    let mut program = Program::new("parec");
    program
        .arg(format!("--server=unix:{}", socket.display()))
        .arg(format!("--device={output}.monitor"))
        .args([
            "--raw",
            "--format=s16le",
            "--channels=1",
            "--latency-msec=10",
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    program
}

/// Sends a square wave for requested frames while it waits for something.
struct Page {
    playback: Playback,
}

impl Page {
    fn at(server: &Server) -> Self {
        let running = Some(start(Some(server.socket())));
        Self {
            playback: Playback { running },
        }
    }

    fn play(&mut self, output: Option<&str>) {
        self.playback.send(PlaybackCommand::Play {
            receiver: ANNA,
            volume: 0.5,
            output: output.map(str::to_owned),
        });
    }

    async fn outputs(&mut self) -> Vec<String> {
        let (answer, listed) = oneshot::channel();
        self.playback.send(PlaybackCommand::ListOutputs(answer));
        let outputs = timeout(TEST_TIMEOUT, listed).await.unwrap().unwrap();
        outputs.into_iter().map(|output| output.id).collect()
    }

    async fn next(&mut self) -> PlaybackEvent {
        let event = poll_fn(|context| self.playback.poll_next(context)).await;
        if let PlaybackEvent::FramesRequested { receiver, frames } = event {
            let period = (0..960_u16).map(|at| if at / 96 % 2 == 0 { 1.0 } else { -1.0 });
            let samples = period.cycle().take(usize::from(frames) * 2 * FRAME_10MS);
            self.playback.send(PlaybackCommand::Audio {
                receiver,
                samples: samples.collect(),
            });
        }
        event
    }

    async fn wait_for(&mut self, expect: &PlaybackEvent) {
        let received = async { while self.next().await != *expect {} };
        timeout(TEST_TIMEOUT, received)
            .await
            .expect("the event arrives");
    }

    /// Waits until the output is audible, or silent.
    async fn wait_until_heard(&mut self, server: &Server, output: &str, expect: bool) {
        let mut recorder = server.listen(output);
        let mut heard = recorder.stdout.take().unwrap();
        let listen = async {
            let mut bytes = vec![0; 8820];
            loop {
                heard.read_exact(&mut bytes).await.unwrap();
                let samples = bytes.chunks_exact(2);
                let audible = samples
                    .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
                    .filter(|sample| sample.unsigned_abs() > MIN_AUDIBLE_SAMPLE.unsigned_abs())
                    .count();
                // 0.1 s of only audio or only silence.
                if (expect && audible > 4000) || (!expect && audible == 0) {
                    return;
                }
            }
        };
        let played = async {
            loop {
                self.next().await;
            }
        };
        let heard = async {
            tokio::select! {
                () = listen => {}
                () = played => {}
            }
        };
        timeout(TEST_TIMEOUT, heard)
            .await
            .unwrap_or_else(|_| panic!("{output} heard: not {expect}"));
    }
}

#[tokio::test]
async fn audio_plays_on_the_requested_output() {
    let server = Server::start(tempfile::tempdir().unwrap()).await;
    let mut page = Page::at(&server);
    assert_eq!(page.outputs().await, ["table", "headset"]);
    page.play(Some("headset"));
    let playing = |playing| PlaybackEvent::Playing {
        receiver: ANNA,
        playing,
    };
    page.wait_for(&playing(true)).await;
    page.wait_until_heard(&server, "headset", true).await;
    page.wait_until_heard(&server, "table", false).await;
    page.play(Some("table"));
    page.wait_until_heard(&server, "table", true).await;
    page.wait_until_heard(&server, "headset", false).await;
    page.playback.send(PlaybackCommand::Stop { receiver: ANNA });
    page.wait_until_heard(&server, "table", false).await;
}

#[tokio::test]
async fn restarted_sound_server_is_used_again() {
    let server = Server::start(tempfile::tempdir().unwrap()).await;
    let mut page = Page::at(&server);
    page.play(None);
    let playing = |playing| PlaybackEvent::Playing {
        receiver: ANNA,
        playing,
    };
    page.wait_for(&playing(true)).await;
    let server = server.restart().await;
    page.wait_for(&playing(false)).await;
    page.wait_for(&PlaybackEvent::OutputsChanged).await;
    page.wait_for(&playing(true)).await;
    let outputs = page.outputs().await;
    page.wait_until_heard(&server, &outputs[0], true).await;
}
