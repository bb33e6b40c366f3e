//! What connections tell: states and channels for the page, media for its receivers.

use std::time::Instant;

use super::{Effect, Output, Rules};
use crate::{
    connection::{Command, ConnectionEvent},
    page_session::{flow::FlowChange, video_receive::Report},
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
            } => self.tell(Event::Candidate {
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
            } => self.tell(Event::CandidateError {
                connection,
                url,
                code,
                text,
                address,
                port,
            }),
            ConnectionEvent::GatheringComplete { username_fragment } => {
                self.tell(Event::GatheringComplete {
                    connection,
                    username_fragment,
                });
            }
            ConnectionEvent::IceState(state) => {
                self.tell(Event::IceState { connection, state });
                if let Some(entry) = self.connections.get_mut(&connection) {
                    entry.ice = state;
                }
                self.plan(now);
            }
            ConnectionEvent::DtlsState(state) => {
                self.tell(Event::DtlsState { connection, state });
                if let Some(entry) = self.connections.get_mut(&connection) {
                    entry.dtls = state;
                }
                self.plan(now);
                if state == DtlsState::Connected {
                    self.greet(now, connection);
                }
            }
            ConnectionEvent::IncomingChannel(channel, options) => {
                self.tell(Event::IncomingChannel {
                    connection,
                    channel,
                    options,
                });
            }
            ConnectionEvent::ChannelOpen(channel, id) => self.tell(Event::ChannelOpen {
                connection,
                channel,
                id,
            }),
            ConnectionEvent::ChannelClosed(channel) => self.tell(Event::ChannelClosed {
                connection,
                channel,
            }),
            ConnectionEvent::ChannelSent(channel, bytes) => self.tell(Event::ChannelSent {
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
                contiguous,
            } => {
                let Some(receiver) = self.receiver(connection, &mid, SourceKind::Video) else {
                    return;
                };
                if !contiguous && !frame.key {
                    // Not left to the decoder: that would cost it a frame's time.
                    self.command(connection, Command::RequestKeyFrame { mid });
                }
                let before = if contiguous {
                    FramesBefore::Whole
                } else {
                    FramesBefore::Missing
                };
                let change = self
                    .video_receive
                    .handle_frame(now, receiver, frame, before);
                if let Some(change) = change {
                    self.tell_flow(receiver, change);
                }
                self.release_pictures(now);
            }
            ConnectionEvent::Audio {
                mid,
                packet,
                arrival,
            } => {
                let Some(receiver) = self.receiver(connection, &mid, SourceKind::Audio) else {
                    return;
                };
                let (change, pieces) = self
                    .audio_receive
                    .handle_packet(arrival, now, receiver, &packet);
                if let Some(change) = change {
                    self.tell_flow(receiver, change);
                }
                self.effects.extend(pieces.into_iter().map(Effect::Output));
            }
            ConnectionEvent::SenderReport {
                mid,
                media_time,
                ntp_micros,
            } => {
                let report = Report {
                    media_time,
                    ntp_micros,
                };
                self.handle_sender_report(connection, &mid, report);
            }
            ConnectionEvent::KeyFrameWanted { mid } => {
                let effects = self
                    .video_send
                    .handle_key_frame_wanted(now, connection, &mid);
                self.effects.extend(effects);
            }
            ConnectionEvent::Estimate(bits) => {
                if let Some(entry) = self.connections.get_mut(&connection) {
                    entry.estimate = Some(bits);
                }
                self.plan(now);
            }
            ConnectionEvent::AudioLoss { mid, fraction } => {
                self.senders.set_loss(connection, mid, fraction);
            }
        }
    }

    pub(super) fn release_pictures(&mut self, now: Instant) {
        let (outputs, changes) = self.video_receive.handle_timeout(now);
        self.effects.extend(outputs.into_iter().map(Effect::Output));
        for (receiver, change) in changes {
            self.tell_flow(receiver, change);
        }
    }

    pub(super) fn tell_flow(&mut self, receiver: ReceiverId, change: FlowChange) {
        self.tell(Event::Receiving {
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
        let line = self
            .connections
            .get(&connection)?
            .negotiated_media
            .line(mid)?;
        (line.kind == kind && line.receives()).then_some(line.receiver)
    }
}
