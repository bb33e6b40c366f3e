//! Handles the events of connections: states and channels go to the page, media to receivers.
//!
//! Invariant: media without a receiving m-line is ignored.

use std::time::Instant;

use super::{Effect, Output, Rules};
use crate::{
    connection::{Command, ConnectionEvent, hexadecimal},
    page_session::{flow::FlowChange, video_receive::SenderReport},
    wire::{
        event::{DtlsState, Event},
        frame::{ChannelMessage, Frame, FramesBefore},
        id::{ConnectionId, ReceiverId},
        request::SourceKind,
    },
};

impl Rules {
    pub(in crate::page_session) fn handle_event(
        &mut self,
        now: Instant,
        connection: ConnectionId,
        event: ConnectionEvent,
    ) {
        match event {
            ConnectionEvent::Candidate {
                candidate,
                username_fragment,
                url,
            } => self.push_event(Event::Candidate {
                connection,
                candidate,
                username_fragment,
                url,
            }),
            ConnectionEvent::CandidateError {
                url,
                code,
                text,
                address,
                port,
            } => self.push_event(Event::CandidateError {
                connection,
                url,
                code,
                text,
                address,
                port,
            }),
            ConnectionEvent::GatheringComplete { username_fragment } => {
                self.push_event(Event::GatheringComplete {
                    connection,
                    username_fragment,
                });
            }
            ConnectionEvent::IceState(state) => {
                self.push_event(Event::IceState { connection, state });
                if let Some(entry) = self.connections.get_mut(&connection) {
                    entry.ice = state;
                }
                self.update_senders(now);
            }
            ConnectionEvent::DtlsState(state) => {
                self.push_event(Event::DtlsState { connection, state });
                if let Some(entry) = self.connections.get_mut(&connection) {
                    entry.dtls = state;
                }
                self.update_senders(now);
                if state == DtlsState::Connected {
                    self.start_with_key_frame(now, connection);
                }
            }
            ConnectionEvent::RemoteCertificate(der) => {
                self.push_event(Event::RemoteCertificate {
                    connection,
                    certificate: hexadecimal(&der),
                });
            }
            ConnectionEvent::IncomingChannel(channel, options) => {
                self.push_event(Event::IncomingChannel {
                    connection,
                    channel,
                    options,
                });
            }
            ConnectionEvent::ChannelOpen(channel, id) => self.push_event(Event::ChannelOpen {
                connection,
                channel,
                id,
            }),
            ConnectionEvent::ChannelClosed(channel) => self.push_event(Event::ChannelClosed {
                connection,
                channel,
            }),
            ConnectionEvent::ChannelSent(channel, bytes) => self.push_event(Event::ChannelSent {
                connection,
                channel,
                bytes,
            }),
            ConnectionEvent::ChannelMessage {
                channel,
                binary,
                bytes,
            } => {
                let message = Frame::ChannelMessage(ChannelMessage {
                    binary,
                    connection,
                    channel,
                    bytes: &bytes,
                });
                let output = Output::ChannelMessage(message.encode());
                self.effects.push_back(Effect::Output(output));
            }
            ConnectionEvent::Video {
                mid,
                frame,
                sources,
                contiguous,
            } => {
                let Some(receiver) = self.receiver(connection, &mid, SourceKind::Video) else {
                    return;
                };
                if !contiguous && !frame.key {
                    // Requested here and not by the decoder, which is one frame later.
                    self.push_command(connection, Command::RequestKeyFrame { mid });
                }
                let before = if contiguous {
                    FramesBefore::Whole
                } else {
                    FramesBefore::Missing
                };
                let change = self
                    .video_receive
                    .handle_frame(now, receiver, frame, sources, before);
                if let Some(change) = change {
                    self.push_flow_change(receiver, change);
                }
                self.release_video(now);
            }
            ConnectionEvent::Audio {
                mid,
                packet,
                sources,
                arrival,
            } => {
                let Some(receiver) = self.receiver(connection, &mid, SourceKind::Audio) else {
                    return;
                };
                let (change, outputs) = self
                    .audio_receive
                    .handle_packet(arrival, now, receiver, &packet, sources);
                if let Some(change) = change {
                    self.push_flow_change(receiver, change);
                }
                self.effects.extend(outputs.into_iter().map(Effect::Output));
                self.update_sources(now);
            }
            ConnectionEvent::SenderReport {
                mid,
                media_time,
                ntp_micros,
            } => {
                let report = SenderReport {
                    media_time,
                    ntp_micros,
                };
                self.handle_sender_report(connection, &mid, report);
            }
            ConnectionEvent::KeyFrameWanted { mid } => {
                let effects = self
                    .video_send
                    .handle_key_frame_request(now, connection, &mid);
                self.effects.extend(effects);
            }
            ConnectionEvent::Estimate(bits) => {
                if let Some(entry) = self.connections.get_mut(&connection) {
                    entry.estimate = Some(bits);
                }
                self.update_senders(now);
            }
            ConnectionEvent::AudioLoss { mid, fraction } => {
                self.senders.set_loss(connection, mid, fraction);
            }
        }
    }

    pub(super) fn release_video(&mut self, now: Instant) {
        let (outputs, changes) = self.video_receive.handle_timeout(now);
        self.effects.extend(outputs.into_iter().map(Effect::Output));
        for (receiver, change) in changes {
            self.push_flow_change(receiver, change);
        }
        self.update_sources(now);
    }

    pub(super) fn push_flow_change(&mut self, receiver: ReceiverId, change: FlowChange) {
        self.push_event(Event::Receiving {
            receiver,
            flowing: match change {
                FlowChange::Begins => true,
                FlowChange::Ends => false,
            },
        });
    }

    fn receiver(
        &self,
        connection: ConnectionId,
        mid: &str,
        kind: SourceKind,
    ) -> Option<ReceiverId> {
        let section = self
            .connections
            .get(&connection)?
            .negotiated_media
            .section(mid)?;
        (section.kind == kind && section.receives()).then_some(section.receiver)
    }
}
