//! Everything that a page has open: connections, sources, senders and receivers. The rules are
//! pure; this shell performs their effects.
//!
//! Invariant: requests are answered in order. The end of a connection affects no other. Dropping
//! the page session closes everything of its bridge.

mod audio_receive;
mod audio_send;
mod captures;
mod certificates;
mod connections;
mod effect;
mod flow;
mod negotiated_media;
mod refusal;
mod replies;
mod rules;
mod senders;
mod system_audio_captures;
mod video_receive;
mod video_send;

use std::{
    collections::VecDeque,
    future::poll_fn,
    ops::RangeInclusive,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

use tokio::sync::oneshot;
use tracing::debug;

pub(crate) use effect::Output;

use self::{
    captures::{CaptureUpdate, Captures},
    certificates::Certificates,
    connections::{ConnectionUpdate, Connections},
    effect::Effect,
    refusal::Refusal,
    replies::{PendingReply, ReadyReply, Replies},
    rules::Rules,
    system_audio_captures::SystemAudioCaptures,
};
use crate::{
    capture_grants::CaptureGrants,
    connection::Command,
    playback::{Playback, PlaybackCommand, PlaybackEvent},
    wire::{
        event::{Event, Reply},
        frame::Frame,
        id::{ConnectionId, ReceiverId, RequestId},
        request::{Request, RequestKind},
    },
};

/// With more pending replies the page is not read.
const MAX_PENDING_REPLIES: usize = 512;
/// D ([RFC 4733, 3.2](https://www.rfc-editor.org/rfc/rfc4733#section-3.2)).
const MAX_TONE_EVENT: u8 = 15;
/// As `insertDTMF` has them (W3C webrtc-pc, 7.2).
const TONE_MILLIS: RangeInclusive<u16> = 40..=6000;

#[derive(Debug)]
pub(crate) struct PageSession {
    rules: Rules,
    connections: Connections,
    certificates: Certificates,
    playback: Playback,
    captures: Captures,
    system_audio: SystemAudioCaptures,
    replies: Replies,
    outputs: VecDeque<Output>,
}

/// Which inputs are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    All,
    /// The page reads its messages too slowly for more of them. What plays goes on.
    MediaOnly,
}

/// An input that does not come from the page.
#[derive(Debug)]
pub(crate) enum Input {
    Reply(RequestId, ReadyReply),
    ConnectionUpdate(ConnectionId, ConnectionUpdate),
    Playback(PlaybackEvent),
    Capture(CaptureUpdate),
}

impl PageSession {
    pub(crate) fn new(capture_grants: Arc<CaptureGrants>) -> Self {
        Self {
            rules: Rules::default(),
            connections: Connections::default(),
            certificates: Certificates::default(),
            playback: Playback::default(),
            captures: Captures::new(Arc::clone(&capture_grants)),
            system_audio: SystemAudioCaptures::new(capture_grants),
            replies: Replies::default(),
            outputs: VecDeque::new(),
        }
    }

    pub(crate) fn handle_request(&mut self, now: Instant, request: Request) {
        let reply = self
            .execute(now, request.kind)
            .unwrap_or_else(|refusal| PendingReply::Known(refusal.reply()));
        self.replies.push(request.id, reply);
        self.run_effects();
    }

    pub(crate) fn handle_frame(&mut self, now: Instant, frame: Frame<'_>) {
        if let Frame::AudioRequest { receiver, frames } = frame
            && let Some(output) = self.system_audio.handle_frame_request(receiver, frames)
        {
            self.outputs.push_back(output);
            return;
        }
        self.rules.handle_frame(now, frame);
        self.run_effects();
    }

    /// Video frames of this receiver were dropped, because the page did not read in time.
    pub(crate) fn handle_video_frames_dropped(&mut self, receiver: ReceiverId) {
        if self.rules.request_key_frame(receiver).is_ok() {
            self.run_effects();
        }
    }

    pub(crate) fn handle_input(&mut self, now: Instant, input: Input) {
        match input {
            Input::Reply(id, ready) => {
                let outcome = self.reply(now, ready);
                let reply = Event::Reply { id, outcome };
                self.outputs.push_back(Output::Event(reply));
            }
            Input::ConnectionUpdate(connection, ConnectionUpdate::Event(event)) => {
                self.rules.handle_event(now, connection, event);
            }
            Input::ConnectionUpdate(connection, ConnectionUpdate::Ended) => {
                debug!(connection = connection.0, "connection ended by itself");
                self.rules.handle_ended(now, connection);
            }
            Input::Playback(event) => self.rules.handle_playback(now, event),
            Input::Capture(update) => self.outputs.extend(self.captures.handle_update(update)),
        }
        self.run_effects();
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.rules.poll_timeout()
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        self.rules.handle_timeout(now);
        self.run_effects();
    }

    pub(crate) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Whether so much work is pending that the page must not be read now.
    pub(crate) fn has_backlog(&self) -> bool {
        self.replies.len() >= MAX_PENDING_REPLIES || self.connections.has_backlog()
    }

    /// Waits for the next input. Cancellation-safe.
    pub(crate) async fn next(&mut self, wanted: Wanted) -> Input {
        poll_fn(|context| {
            if wanted == Wanted::All
                && let Poll::Ready((id, ready)) = self.replies.poll_next(context)
            {
                return Poll::Ready(Input::Reply(id, ready));
            }
            if let Poll::Ready(event) = self.playback.poll_next(context) {
                return Poll::Ready(Input::Playback(event));
            }
            if wanted == Wanted::All
                && let Poll::Ready(update) = self.captures.poll_next(context)
            {
                return Poll::Ready(Input::Capture(update));
            }
            self.connections
                .poll_next(wanted, context)
                .map(|(connection, update)| Input::ConnectionUpdate(connection, update))
        })
        .await
    }

    fn execute(&mut self, now: Instant, kind: RequestKind) -> Result<PendingReply, Refusal> {
        match kind {
            RequestKind::OpenConnection {
                connection,
                configuration,
            } => {
                let fingerprint = self.connections.open(connection, configuration)?;
                self.rules.open_connection(connection);
                return Ok(PendingReply::Known(Reply::Opened { fingerprint }));
            }
            RequestKind::GenerateCertificate { certificate } => {
                let fingerprint = self.certificates.generate(certificate)?;
                return Ok(PendingReply::Known(Reply::Certificate { fingerprint }));
            }
            RequestKind::UseCertificate {
                connection,
                certificate,
            } => {
                let certificate = Box::new(self.certificates.get(certificate)?);
                self.send(connection, Command::UseCertificate(certificate))?;
            }
            RequestKind::CloseConnection { connection } => {
                self.connections.close(connection)?;
                self.rules.close_connection(now, connection);
            }
            RequestKind::Configure {
                connection,
                configuration,
            } => self.send(connection, Command::Configure(configuration))?,
            RequestKind::Gather { connection, local } => {
                self.send(connection, Command::Gather(local))?
            }
            RequestKind::Commit {
                connection,
                negotiated,
            } => {
                let (done, outcome) = oneshot::channel();
                self.connections.require_open(connection)?;
                let number = self.rules.commit(now, connection, &negotiated);
                self.send(connection, Command::Commit(Box::new(negotiated), done))?;
                return Ok(PendingReply::Commit {
                    connection,
                    number,
                    outcome,
                });
            }
            RequestKind::AddRemoteCandidate {
                connection,
                candidate,
                username_fragment,
            } => self.send(
                connection,
                Command::AddRemoteCandidate {
                    candidate,
                    username_fragment,
                },
            )?,
            RequestKind::SetSender {
                connection,
                mid,
                source,
                parameters,
            } => self
                .rules
                .set_sender(now, connection, mid, source, parameters)?,
            RequestKind::SendTone {
                connection,
                mid,
                event,
                duration,
            } => self.send(connection, send_tone(mid, event, duration)?)?,
            RequestKind::OpenSource {
                source,
                kind,
                pixels,
            } => self.rules.open_source(now, source, kind, pixels)?,
            RequestKind::CloseSource { source } => self.rules.close_source(now, source)?,
            RequestKind::RequestKeyFrame { receiver } => self.rules.request_key_frame(receiver)?,
            RequestKind::ReportPlayoutDelay { receiver, delay } => {
                self.rules.report_playout_delay(receiver, delay)?;
            }
            RequestKind::SetJitterBufferTarget {
                connection,
                receiver,
                target,
            } => self
                .rules
                .set_jitter_buffer_target(connection, receiver, target)?,
            RequestKind::Play {
                receiver,
                volume,
                output,
            } => self.rules.play(receiver, volume, output)?,
            RequestKind::StopPlaying { receiver } => self.rules.stop_playing(receiver),
            RequestKind::ListAudioOutputs => {
                let (done, outputs) = oneshot::channel();
                self.playback.send(PlaybackCommand::ListOutputs(done));
                return Ok(PendingReply::AudioOutputs(outputs));
            }
            RequestKind::OpenCapture {
                capture,
                grant,
                frame_rate,
            } => self.captures.open(now, capture, &grant, frame_rate)?,
            RequestKind::RequestCapturedFrame { capture } => {
                self.captures.request_frame(capture)?;
            }
            RequestKind::SetCaptureRate {
                capture,
                frame_rate,
            } => self.captures.set_frame_rate(capture, frame_rate)?,
            RequestKind::CloseCapture { capture } => self.captures.close(capture)?,
            RequestKind::OpenSystemAudio { receiver, grant } => {
                self.system_audio.open(now, receiver, &grant)?;
            }
            RequestKind::CloseSystemAudio { receiver } => self.system_audio.close(receiver)?,
            RequestKind::OpenChannel {
                connection,
                channel,
                options,
            } => self.send(connection, Command::OpenChannel(channel, options))?,
            RequestKind::CloseChannel {
                connection,
                channel,
            } => self.send(connection, Command::CloseChannel(channel))?,
            RequestKind::ReadStatistics { connection } => {
                let (done, outcome) = oneshot::channel();
                self.send(connection, Command::ReadStatistics(done))?;
                return Ok(PendingReply::Statistics {
                    connection,
                    outcome,
                });
            }
        }
        Ok(PendingReply::Known(Reply::Done))
    }

    fn reply(&mut self, now: Instant, ready: ReadyReply) -> Reply {
        match ready {
            ReadyReply::Known(reply) => reply,
            ReadyReply::Commit {
                outcome: Ok(()), ..
            } => Reply::Done,
            ReadyReply::Commit {
                connection,
                number,
                outcome: Err(refusal),
            } => {
                self.rules.handle_commit_refused(now, connection, number);
                refusal.reply()
            }
            ReadyReply::Statistics {
                outcome: Err(refusal),
                ..
            } => refusal.reply(),
            ReadyReply::Statistics {
                connection,
                outcome: Ok(mut statistics),
            } => {
                self.rules.fill_statistics(connection, &mut statistics);
                Reply::Statistics { statistics }
            }
        }
    }

    fn send(&mut self, connection: ConnectionId, command: Command) -> Result<(), Refusal> {
        self.connections.send(connection, command)
    }

    fn run_effects(&mut self) {
        while let Some(effect) = self.rules.poll_effect() {
            match effect {
                Effect::Output(output) => self.outputs.push_back(output),
                Effect::Command(connection, command) => {
                    // A connection that has just ended reports that by its events.
                    if let Err(refusal) = self.send(connection, command) {
                        debug!(%refusal, "command without a connection");
                    }
                }
                Effect::Playback(command) => self.playback.send(command),
            }
        }
    }
}

fn send_tone(mid: String, event: u8, duration: u16) -> Result<Command, Refusal> {
    if event > MAX_TONE_EVENT {
        return Err(Refusal::OutOfRange("event"));
    }
    if !TONE_MILLIS.contains(&duration) {
        return Err(Refusal::OutOfRange("duration"));
    }
    Ok(Command::SendTone {
        mid,
        event,
        duration: Duration::from_millis(duration.into()),
    })
}
