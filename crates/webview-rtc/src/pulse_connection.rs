//! Connection to a sound server with the PulseAudio protocol: PulseAudio itself, or PipeWire. Sends
//! commands and audio, receives messages and audio.
//!
//! Invariant: [`PulseConnection::next`] is cancel-safe: no message is lost. A server that does not
//! read or answer within [`REPLY_TIMEOUT`] has failed.

use std::{
    env,
    ffi::CString,
    io::{self, Cursor},
    os::unix::ffi::OsStrExt,
    path::Path,
    time::Duration,
};

use futures_util::StreamExt;
use pulseaudio::protocol::{
    self, AuthParams, AuthReply, Command, CommandReply, DESCRIPTOR_SIZE, Prop, Props,
    ProtocolError, PulseError, SetClientNameReply, TagStructReader,
};
use tokio::{
    io::AsyncWriteExt,
    net::{
        UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    time::timeout,
};
use tokio_util::{
    bytes::{Buf, BytesMut},
    codec::{FramedRead, LengthDelimitedCodec},
};

/// For a reply, and for a write.
pub(crate) const REPLY_TIMEOUT: Duration = Duration::from_secs(2);
/// The length that the server accepts.
const COOKIE_BYTES: usize = 256;
/// Far more than a list of devices.
const MAX_MESSAGE_BYTES: usize = 1 << 20;
/// The channel of commands. Other channels are streams.
const CONTROL_CHANNEL: u32 = u32::MAX;

#[derive(Debug, thiserror::Error)]
pub(crate) enum PulseFailure {
    #[error("no sound server with the PulseAudio protocol was found")]
    NoServer,
    #[error("the sound server closed the connection")]
    Closed,
    #[error("the sound server does not answer")]
    Timeout,
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Protocol(#[from] ProtocolError),
}

/// Sent to the server.
#[derive(Debug)]
pub(crate) enum Transmit {
    Command(u32, Box<Command>),
    /// Samples of two channels for the stream of this channel.
    Audio(u32, Vec<f32>),
}

/// Received from the server.
#[derive(Debug)]
pub(crate) enum Message {
    Reply(u32, Reply),
    Refused(u32, PulseError),
    Command(Box<Command>),
    /// Recorded samples of the stream of this channel, as the server sent them.
    Audio(u32, BytesMut),
}

/// The payload of a reply. The type follows from the command.
#[derive(Debug)]
pub(crate) struct Reply {
    bytes: BytesMut,
    version: u16,
}

impl Reply {
    pub(crate) fn read<T: CommandReply>(self) -> Result<T, ProtocolError> {
        let mut bytes = Cursor::new(&self.bytes);
        TagStructReader::new(&mut bytes, self.version).read()
    }

    /// A reply that no type can read.
    #[cfg(test)]
    pub(crate) fn garbled() -> Self {
        Self {
            bytes: b"?".as_slice().into(),
            version: protocol::MAX_VERSION,
        }
    }

    #[cfg(test)]
    pub(crate) fn of<T: CommandReply>(reply: &T) -> Self {
        let version = protocol::MAX_VERSION;
        let mut bytes = Vec::new();
        protocol::TagStructWriter::new(&mut bytes, version)
            .write(reply)
            .unwrap();
        Self {
            bytes: bytes.as_slice().into(),
            version,
        }
    }
}

pub(crate) struct PulseConnection {
    reader: FramedRead<OwnedReadHalf, LengthDelimitedCodec>,
    writer: OwnedWriteHalf,
    version: u16,
}

impl PulseConnection {
    /// Connects to the socket at `path`; `None` takes it from the environment.
    pub(crate) async fn connect(path: Option<&Path>) -> Result<Self, PulseFailure> {
        let path = path.map(Path::to_owned);
        let path = path.or_else(pulseaudio::socket_path_from_env);
        let path = path.ok_or(PulseFailure::NoServer)?;
        match timeout(REPLY_TIMEOUT, Self::handshake(&path)).await {
            Ok(connected) => connected,
            Err(_) => Err(PulseFailure::Timeout),
        }
    }

    async fn handshake(path: &Path) -> Result<Self, PulseFailure> {
        // The server lets the same user in with any cookie, but it must be there.
        let cookie = pulseaudio::cookie_path_from_env().and_then(|path| std::fs::read(path).ok());
        let mut cookie = cookie.unwrap_or_default();
        cookie.resize(COOKIE_BYTES, 0);
        let (reader, writer) = UnixStream::connect(path).await?.into_split();
        let reader = LengthDelimitedCodec::builder()
            .length_field_offset(0)
            .length_field_length(4)
            .length_adjustment(isize::try_from(DESCRIPTOR_SIZE).unwrap_or_default())
            .num_skip(0)
            .max_frame_length(MAX_MESSAGE_BYTES)
            .new_read(reader);
        let mut pulse = Self {
            reader,
            writer,
            version: protocol::MAX_VERSION,
        };
        let auth = AuthParams {
            version: protocol::MAX_VERSION,
            supports_shm: false,
            supports_memfd: false,
            cookie,
        };
        let reply: AuthReply = pulse.request(Command::Auth(auth)).await?;
        pulse.version = reply.version.min(protocol::MAX_VERSION);
        let mut properties = Props::new();
        properties.set(Prop::ApplicationName, application_name());
        if let Ok(process) = CString::new(std::process::id().to_string()) {
            properties.set(Prop::ApplicationProcessId, process);
        }
        let _: SetClientNameReply = pulse.request(Command::SetClientName(properties)).await?;
        Ok(pulse)
    }

    async fn request<T: CommandReply>(&mut self, command: Command) -> Result<T, PulseFailure> {
        self.send(Transmit::Command(0, Box::new(command))).await?;
        match self.next().await? {
            Message::Reply(_, reply) => Ok(reply.read()?),
            Message::Refused(_, error) => Err(ProtocolError::ServerError(error).into()),
            Message::Command(_) | Message::Audio(..) => Err(PulseFailure::Closed),
        }
    }

    pub(crate) async fn send(&mut self, transmit: Transmit) -> Result<(), PulseFailure> {
        let mut bytes = Vec::new();
        match transmit {
            Transmit::Command(serial, command) => {
                protocol::encode_command_message(&mut bytes, serial, &command, self.version)?;
            }
            Transmit::Audio(channel, samples) => {
                let samples: Vec<u8> = samples.into_iter().flat_map(f32::to_le_bytes).collect();
                protocol::write_memblock(&mut bytes, channel, &samples, 0)?;
            }
        }
        match timeout(REPLY_TIMEOUT, self.writer.write_all(&bytes)).await {
            Ok(written) => Ok(written?),
            Err(_) => Err(PulseFailure::Timeout),
        }
    }

    pub(crate) async fn next(&mut self) -> Result<Message, PulseFailure> {
        loop {
            let mut frame = self.reader.next().await.ok_or(PulseFailure::Closed)??;
            let descriptor = protocol::read_descriptor(&mut Cursor::new(&frame))?;
            if descriptor.channel != CONTROL_CHANNEL {
                frame.advance(DESCRIPTOR_SIZE);
                return Ok(Message::Audio(descriptor.channel, frame));
            }
            let mut payload = Cursor::new(&frame[DESCRIPTOR_SIZE..]);
            let read = Command::read_tag_prefixed(&mut payload, self.version);
            let length = usize::try_from(payload.position()).unwrap_or_default();
            match read {
                Ok((serial, Command::Reply)) => {
                    frame.advance(DESCRIPTOR_SIZE + length);
                    let version = self.version;
                    let reply = Reply {
                        bytes: frame,
                        version,
                    };
                    return Ok(Message::Reply(serial, reply));
                }
                Ok((serial, Command::Error(error))) => return Ok(Message::Refused(serial, error)),
                Ok((_, command)) => return Ok(Message::Command(Box::new(command))),
                // Newer servers have commands that this client does not know.
                Err(error) => {
                    tracing::debug!(%error, "unknown message of the sound server ignored")
                }
            }
        }
    }
}

/// The mixer shows the name of the program.
fn application_name() -> CString {
    let program = env::current_exe().unwrap_or_default();
    let name = program.file_stem().unwrap_or_default();
    CString::new(name.as_bytes()).unwrap_or_default()
}
