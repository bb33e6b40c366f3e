//! With a real sound server: two outputs, and what is heard there.
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
const PATIENCE: Duration = Duration::from_secs(20);
/// Of full scale: louder is sound, quieter is none.
const LOUD: i16 = 3_000;

struct Server {
    home: TempDir,
    process: Child,
}

impl Server {
    async fn start(home: TempDir) -> Self {
        let socket = home.path().join("native");
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
            .env("HOME", home.path())
            .env("XDG_RUNTIME_DIR", home.path())
            .env("XDG_CONFIG_HOME", home.path())
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
        timeout(PATIENCE, listens)
            .await
            .expect("pulseaudio listens");
        Self { home, process }
    }

    fn socket(&self) -> PathBuf {
        self.home.path().join("native")
    }

    /// A new one in its place.
    async fn restart(self) -> Self {
        let Self { home, mut process } = self;
        process.kill().await.unwrap();
        Self::start(home).await
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

/// Plays a square wave for as long as it is waited for anything.
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
        self.playback.order(Order::Play {
            receiver: ANNA,
            volume: 0.5,
            output: output.map(str::to_owned),
        });
    }

    async fn outputs(&mut self) -> Vec<String> {
        let (answer, listed) = oneshot::channel();
        self.playback.order(Order::ListOutputs(answer));
        let outputs = timeout(PATIENCE, listed).await.unwrap().unwrap();
        outputs.into_iter().map(|output| output.id).collect()
    }

    async fn next(&mut self) -> PlaybackEvent {
        let event = poll_fn(|context| self.playback.poll_next(context)).await;
        if let PlaybackEvent::Wanted { receiver, pieces } = event {
            let period = (0..960_u16).map(|at| if at / 96 % 2 == 0 { 1.0 } else { -1.0 });
            let samples = period.cycle().take(usize::from(pieces) * 2 * FRAME_10MS);
            self.playback.order(Order::Sound {
                receiver,
                samples: samples.collect(),
            });
        }
        event
    }

    async fn happens(&mut self, expect: &PlaybackEvent) {
        let happens = async { while self.next().await != *expect {} };
        timeout(PATIENCE, happens).await.expect("it happens");
    }

    /// Whether an output is heard now, or soon.
    async fn is_heard(&mut self, server: &Server, output: &str, expect: bool) {
        let mut recorder = server.listen(output);
        let mut heard = recorder.stdout.take().unwrap();
        let listen = async {
            let mut bytes = vec![0; 8820];
            loop {
                heard.read_exact(&mut bytes).await.unwrap();
                let samples = bytes.chunks_exact(2);
                let loud = samples
                    .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
                    .filter(|sample| sample.unsigned_abs() > LOUD.unsigned_abs())
                    .count();
                // A tenth of a second of all or of nothing.
                if (expect && loud > 4000) || (!expect && loud == 0) {
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
        timeout(PATIENCE, heard)
            .await
            .unwrap_or_else(|_| panic!("{output} heard: not {expect}"));
    }
}

#[tokio::test]
async fn sound_comes_out_where_it_was_asked_for() {
    let server = Server::start(tempfile::tempdir().unwrap()).await;
    let mut page = Page::at(&server);
    assert_eq!(page.outputs().await, ["table", "headset"]);
    page.play(Some("headset"));
    let playing = |playing| PlaybackEvent::Playing {
        receiver: ANNA,
        playing,
    };
    page.happens(&playing(true)).await;
    page.is_heard(&server, "headset", true).await;
    page.is_heard(&server, "table", false).await;
    page.play(Some("table"));
    page.is_heard(&server, "table", true).await;
    page.is_heard(&server, "headset", false).await;
    page.playback.order(Order::Stop { receiver: ANNA });
    page.is_heard(&server, "table", false).await;
}

#[tokio::test]
async fn a_sound_server_that_comes_back_is_used_again() {
    let server = Server::start(tempfile::tempdir().unwrap()).await;
    let mut page = Page::at(&server);
    page.play(None);
    let playing = |playing| PlaybackEvent::Playing {
        receiver: ANNA,
        playing,
    };
    page.happens(&playing(true)).await;
    let server = server.restart().await;
    page.happens(&playing(false)).await;
    page.happens(&PlaybackEvent::OutputsChanged).await;
    page.happens(&playing(true)).await;
    let is_heard = page.outputs().await;
    page.is_heard(&server, &is_heard[0], true).await;
}
