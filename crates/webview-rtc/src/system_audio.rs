//! System audio: what the computer's other programs play, mixed, without the call itself.
//!
//! Invariant: the receiver's clock drives it: [`SystemAudio::mix`] gives as much as it asks for,
//! silence included. Nothing that this process or a process of it plays is in it, so the call's
//! participants do not hear themselves. Memory is bounded. Dropping it ends everything.

#[cfg(unix)]
mod drift_buffer;
#[cfg(unix)]
mod mixer;
#[cfg(unix)]
mod own_process;
#[cfg(unix)]
mod programs;
#[cfg(unix)]
mod resampler;
#[cfg(unix)]
mod sink_input;
#[cfg(unix)]
mod task;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

/// A sound server with the PulseAudio protocol.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SoundServer {
    /// The server's socket; `None` takes it from the environment.
    pub socket: Option<PathBuf>,
}

impl SoundServer {
    /// Whether it answers. Needs a tokio runtime.
    pub async fn is_available(&self) -> bool {
        #[cfg(unix)]
        {
            let path = self.socket.as_deref();
            let connected = crate::pulse_connection::PulseConnection::connect(path).await;
            if let Err(error) = &connected {
                tracing::debug!(%error, "no sound server for system audio");
            }
            connected.is_ok()
        }
        #[cfg(not(unix))]
        false
    }
}

/// A running capture.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct SystemAudio {
    mixer: mixer::SharedMixer,
    task: tokio::task::AbortHandle,
}

#[cfg(unix)]
impl SystemAudio {
    /// Needs a tokio runtime. While there is no server the audio is silence.
    pub(crate) fn start(server: SoundServer) -> Self {
        let mixer = mixer::SharedMixer::default();
        let task = task::Task::new(mixer.clone(), server.socket);
        Self {
            mixer,
            task: tokio::spawn(task.run()).abort_handle(),
        }
    }

    /// The next frames of 10 ms, two channels, interleaved.
    pub(crate) fn mix(&self, frames: u16) -> Vec<f32> {
        self.mixer.lock().mix(usize::from(frames))
    }
}

#[cfg(unix)]
impl Drop for SystemAudio {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Without a supported sound server it is silent.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct SystemAudio;

#[cfg(not(unix))]
impl SystemAudio {
    pub(crate) fn start(_server: SoundServer) -> Self {
        Self
    }

    pub(crate) fn mix(&self, frames: u16) -> Vec<f32> {
        vec![0.0; usize::from(frames) * 2 * crate::audio::FRAME_10MS]
    }
}
