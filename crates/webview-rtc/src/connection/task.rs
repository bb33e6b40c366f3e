//! The task of one connection: one `select!` over what is asked, what comes, and the clock.
#![allow(
    clippy::disallowed_methods,
    reason = "the shell that reads the clock for the session"
)]
//!
//! Invariant: it never waits for the one who listens, so whoever waits for room in its queue of
//! control gets it. It ends when the last handle or the listener is gone, and says goodbye first.

use std::{net::IpAddr, time::Instant};

use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Sleep, sleep_until},
};
use tracing::debug;

use super::{
    Command, ConnectionEvent,
    event_sender::{EventSender, Undelivered},
    handle::Commands,
    ice::candidates,
    session::RtcSession,
};
use crate::{
    network::{self, Network, NetworkEvent},
    wire::{candidate::RemoteCandidate, request::Configuration},
};

/// Names that are looked for at once.
const NAMES: usize = 16;

pub(super) struct Task {
    session: Box<RtcSession>,
    network: Network,
    received: mpsc::Receiver<NetworkEvent>,
    configuration: Configuration,
    commands: Commands,
    lost_pictures: u64,
    event_sender: EventSender,
    names: JoinSet<Named>,
}

/// A remote candidate whose name was looked for.
struct Named {
    told: RemoteCandidate,
    username_fragment: Option<String>,
    address: Option<IpAddr>,
}

/// Whether there is anybody left to serve.
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
        events: mpsc::Sender<ConnectionEvent>,
    ) -> Self {
        Self {
            session,
            network,
            received,
            configuration,
            commands,
            lost_pictures: 0,
            event_sender: EventSender::new(events),
            names: JoinSet::new(),
        }
    }

    pub(super) async fn run(mut self) {
        let mut timer = std::pin::pin!(sleep_until(self.session.poll_timeout().into()));
        loop {
            if matches!(self.step(timer.as_mut()).await, Step::End) {
                break;
            }
            self.deliver();
            timer.as_mut().reset(self.session.poll_timeout().into());
        }
        self.session.close(Instant::now());
        self.deliver();
        debug!(
            dropped_pictures = self.commands.dropped.pictures(),
            dropped_sound = self.commands.dropped.sound(),
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
            // Who does not listen does not hear more: the other side's data waits on its side.
            Some(event) = self.received.recv(), if !self.event_sender.is_behind() => {
                self.handle_network(event);
            }
            Some(named) = self.names.join_next() => {
                if let Ok(named) = named {
                    self.handle_named(named);
                }
            }
            room = self.event_sender.room() => {
                if room.is_err() {
                    return Step::End;
                }
            }
            () = timer => self.session.handle_timeout(Instant::now()),
        }
        self.mend_pictures();
        Step::Next
    }

    fn handle_command(&mut self, command: Command) {
        let now = Instant::now();
        match command {
            Command::Configure(configuration) => self.configuration = configuration,
            Command::Gather(credentials) => {
                self.session.handle_gather(credentials);
                self.network.gather(self.configuration.clone());
            }
            Command::Commit(agreement, reply) => {
                let outcome = self.session.commit(&agreement, now);
                if let Err(error) = &outcome {
                    debug!(%error, "agreement refused");
                }
                // Who asked may have gone.
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

    /// The end of candidates changes nothing: the timer of *failed* does not need it.
    fn handle_remote_candidate(
        &mut self,
        told: Option<RemoteCandidate>,
        username_fragment: Option<String>,
        now: Instant,
    ) {
        let Some(told) = told else {
            return;
        };
        if let Ok(address) = told.address.parse() {
            self.use_remote_candidate(&told, address, username_fragment, now);
            return;
        }
        if !candidates::is_hidden(&told.address) {
            debug!("remote candidate ignored: a name that is not of this network");
            return;
        }
        if self.names.len() >= NAMES {
            debug!("too many names at once; remote candidate ignored");
            return;
        }
        self.names.spawn(async move {
            Named {
                address: network::resolve(&told.address).await,
                told,
                username_fragment,
            }
        });
    }

    fn handle_named(&mut self, named: Named) {
        let Some(address) = named.address else {
            debug!("the name of a remote candidate was not found");
            return;
        };
        let fragment = named.username_fragment;
        self.use_remote_candidate(&named.told, address, fragment, Instant::now());
    }

    fn use_remote_candidate(
        &mut self,
        told: &RemoteCandidate,
        address: IpAddr,
        username_fragment: Option<String>,
        now: Instant,
    ) {
        let used = self
            .session
            .handle_remote_candidate(told, address, username_fragment, now);
        if let Err(reason) = used {
            debug!(%reason, "remote candidate ignored");
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

    /// Pictures that found no room on their way to this task are missing in what is sent.
    fn mend_pictures(&mut self) {
        let lost = self.commands.dropped.pictures();
        if lost == self.lost_pictures {
            return;
        }
        self.lost_pictures = lost;
        let now = Instant::now();
        for mid in self.session.sending_video() {
            self.session.break_chain(&mid, now);
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
            if let Err(Undelivered::Picture(mid)) = self.event_sender.try_send(event) {
                self.session.request_key_frame(&mid, Instant::now());
            }
        }
    }
}
