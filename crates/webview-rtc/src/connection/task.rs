//! Task of one connection: one `select!` over commands, packets and the clock.
#![allow(
    clippy::disallowed_methods,
    reason = "the shell that reads the clock for the session"
)]
//!
//! Invariant: the task never waits for the event receiver, so the control queue always drains. It
//! closes the session and ends when the last handle or the event receiver is dropped. Media does
//! not wait for a page that reads the data of its channels slowly.

use std::{collections::VecDeque, net::IpAddr, time::Instant};

use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Sleep, sleep_until},
};
use tracing::debug;

use super::{
    Command,
    event_sender::{EventQueues, EventSender, Undelivered},
    handle::Commands,
    ice::candidates,
    session::RtcSession,
    str0m_workarounds::certificate_alert::is_dtls,
};
use crate::{
    network::{self, Network, NetworkEvent},
    wire::{candidate::RemoteCandidate, request::Configuration},
};

/// mDNS names resolved at the same time.
const MAX_NAME_LOOKUPS: usize = 16;
/// Datagrams of channels that wait. The peer sends again what is dropped beyond that.
const MAX_WAITING_DATAGRAMS: usize = 512;

pub(super) struct Task {
    session: Box<RtcSession>,
    network: Network,
    received: mpsc::Receiver<NetworkEvent>,
    /// Of channels, while their events are not received.
    waiting: VecDeque<NetworkEvent>,
    configuration: Configuration,
    commands: Commands,
    handled_dropped_frames: u64,
    event_sender: EventSender,
    name_lookups: JoinSet<ResolvedCandidate>,
}

/// A remote candidate with an mDNS name; no address if the lookup failed.
struct ResolvedCandidate {
    remote: RemoteCandidate,
    username_fragment: Option<String>,
    address: Option<IpAddr>,
}

/// Whether the task continues.
enum Step {
    Next,
    End,
}

impl Task {
    pub(super) fn new(
        session: Box<RtcSession>,
        network: Network,
        received: mpsc::Receiver<NetworkEvent>,
        configuration: Configuration,
        commands: Commands,
        events: EventQueues,
    ) -> Self {
        Self {
            session,
            network,
            received,
            waiting: VecDeque::new(),
            configuration,
            commands,
            handled_dropped_frames: 0,
            event_sender: EventSender::new(events),
            name_lookups: JoinSet::new(),
        }
    }

    pub(super) async fn run(mut self) {
        let mut timer = std::pin::pin!(sleep_until(self.session.poll_timeout().into()));
        loop {
            if matches!(self.step(timer.as_mut()).await, Step::End) {
                break;
            }
            self.deliver();
            self.handle_waiting();
            timer.as_mut().reset(self.session.poll_timeout().into());
        }
        self.session.close(Instant::now());
        self.deliver();
        debug!(
            dropped_video_frames = self.commands.dropped.video_frames(),
            dropped_audio_packets = self.commands.dropped.audio_packets(),
            undelivered = self.event_sender.undelivered(),
            "connection ended"
        );
    }

    async fn step(&mut self, timer: std::pin::Pin<&mut Sleep>) -> Step {
        tokio::select! {
            command = self.commands.control.recv() => {
                let Some(command) = command else {
                    return Step::End;
                };
                self.handle_command(command);
            }
            command = self.commands.media.recv() => {
                let Some(command) = command else {
                    return Step::End;
                };
                self.handle_command(command);
            }
            Some(event) = self.received.recv() => self.receive(event),
            Some(resolved) = self.name_lookups.join_next() => {
                if let Ok(resolved) = resolved {
                    self.handle_resolved(resolved);
                }
            }
            wait_for_capacity = self.event_sender.wait_for_capacity() => {
                if wait_for_capacity.is_err() {
                    return Step::End;
                }
            }
            () = timer => self.session.handle_timeout(Instant::now()),
        }
        self.handle_dropped_frames();
        Step::Next
    }

    fn handle_command(&mut self, command: Command) {
        let now = Instant::now();
        match command {
            Command::UseCertificate(certificate) => self.session.use_certificate(&certificate, now),
            Command::Configure(configuration) => self.configuration = configuration,
            Command::Gather(credentials) => {
                self.session.handle_gather(credentials);
                self.network.gather(self.configuration.clone());
            }
            Command::Commit(negotiated, reply) => {
                let outcome = self.session.commit(&negotiated, now);
                if let Err(error) = &outcome {
                    debug!(%error, "agreement refused");
                }
                // The caller may have dropped the receiver.
                let _ = reply.send(outcome);
            }
            Command::AddRemoteCandidate {
                candidate,
                username_fragment,
            } => self.handle_remote_candidate(candidate, username_fragment, now),
            Command::OpenChannel(channel, options) => {
                self.session.open_channel(channel, options, now);
            }
            Command::SendChannel {
                channel,
                binary,
                bytes,
            } => self.session.send_channel(channel, binary, bytes, now),
            Command::CloseChannel(channel) => self.session.close_channel(channel, now),
            Command::SendTone {
                mid,
                event,
                duration,
            } => self.session.send_tone(&mid, event, duration, now),
            Command::SendVideo { mid, frame } => self.session.send_video(&mid, &frame, now),
            Command::SendAudio {
                mid,
                packet,
                captured,
            } => self.session.send_audio(&mid, &packet, captured, now),
            Command::RequestKeyFrame { mid } => self.session.request_key_frame(&mid, now),
            Command::SetDesiredBitrate(bits) => self.session.set_desired_bitrate(bits, now),
            Command::ReadStatistics(reply) => {
                let _ = reply.send(self.session.statistics());
            }
        }
    }

    /// `None` is the end of candidates.
    fn handle_remote_candidate(
        &mut self,
        remote: Option<RemoteCandidate>,
        username_fragment: Option<String>,
        now: Instant,
    ) {
        let Some(remote) = remote else {
            self.session.handle_remote_end(username_fragment);
            return;
        };
        if let Ok(address) = remote.address.parse() {
            self.use_remote_candidate(&remote, address, username_fragment, now);
            return;
        }
        if !candidates::is_mdns_name(&remote.address) {
            debug!("remote candidate ignored: a name that is not of this network");
            return;
        }
        if self.name_lookups.len() >= MAX_NAME_LOOKUPS {
            debug!("too many names at once; remote candidate ignored");
            return;
        }
        self.name_lookups.spawn(async move {
            ResolvedCandidate {
                address: network::resolve(&remote.address).await,
                remote,
                username_fragment,
            }
        });
    }

    fn handle_resolved(&mut self, resolved: ResolvedCandidate) {
        let Some(address) = resolved.address else {
            debug!("the name of a remote candidate was not found");
            return;
        };
        let fragment = resolved.username_fragment;
        self.use_remote_candidate(&resolved.remote, address, fragment, Instant::now());
    }

    fn use_remote_candidate(
        &mut self,
        remote: &RemoteCandidate,
        address: IpAddr,
        username_fragment: Option<String>,
        now: Instant,
    ) {
        let used = self
            .session
            .handle_remote_candidate(remote, address, username_fragment, now);
        if let Err(reason) = used {
            debug!(%reason, "remote candidate ignored");
        }
    }

    /// Backpressure: while events are not received, the data of channels stays with its sender.
    fn receive(&mut self, event: NetworkEvent) {
        let must_wait = !self.waiting.is_empty() || self.event_sender.has_backpressure();
        if !must_wait || !is_of_channels(&event) {
            self.handle_network(event);
        } else if self.waiting.len() < MAX_WAITING_DATAGRAMS {
            self.waiting.push_back(event);
        }
    }

    fn handle_waiting(&mut self) {
        while !self.event_sender.has_backpressure() {
            let Some(event) = self.waiting.pop_front() else {
                return;
            };
            self.handle_network(event);
            self.deliver();
        }
    }

    fn handle_network(&mut self, event: NetworkEvent) {
        match event {
            NetworkEvent::Candidate(found) => {
                self.session.handle_local_candidate(found, Instant::now());
            }
            NetworkEvent::CandidateError {
                url,
                code,
                text,
                address,
                port,
            } => self
                .session
                .handle_candidate_error(url, code, text, address, port),
            NetworkEvent::GatheringComplete => self.session.handle_gathering_complete(),
            NetworkEvent::Received {
                transport,
                source,
                destination,
                bytes,
                arrival,
            } => self
                .session
                .handle_datagram(transport, source, destination, &bytes, arrival),
            NetworkEvent::Lost(address) => self.session.handle_lost(address, Instant::now()),
        }
    }

    /// Frames dropped by the full media queue leave a gap: the encoder must send a key frame.
    fn handle_dropped_frames(&mut self) {
        let dropped = self.commands.dropped.video_frames();
        if dropped == self.handled_dropped_frames {
            return;
        }
        self.handled_dropped_frames = dropped;
        let now = Instant::now();
        for mid in self.session.sending_video() {
            self.session.handle_lost_frames(&mid, now);
        }
    }

    fn deliver(&mut self) {
        while let Some(datagram) = self.session.poll_transmit() {
            self.network.try_send(
                datagram.transport,
                datagram.source,
                datagram.destination,
                &datagram.bytes,
            );
        }
        while let Some(event) = self.session.poll_event() {
            if let Err(Undelivered::VideoFrame(mid)) = self.event_sender.try_send(event) {
                self.session.request_key_frame(&mid, Instant::now());
            }
        }
    }
}

fn is_of_channels(event: &NetworkEvent) -> bool {
    matches!(event, NetworkEvent::Received { bytes, .. } if is_dtls(bytes))
}
