// Generated from crates/webview-rtc by `cargo xtask types`. Do not edit.

export type ConnectionId = number;

export type SourceId = number;

export type ReceiverId = number;

export type ChannelId = number;

export type EncodingId = number;

export type CaptureId = number;

export type CertificateId = number;

export type RequestId = number;

export type Request = { id: RequestId, } & ({ "type": "open-connection", connection: ConnectionId, configuration: Configuration, } | { "type": "generate-certificate", certificate: CertificateId, } | { "type": "use-certificate", connection: ConnectionId, certificate: CertificateId, } | { "type": "configure", connection: ConnectionId, configuration: Configuration, } | { "type": "gather", connection: ConnectionId, local: IceCredentials, } | { "type": "commit", connection: ConnectionId, negotiated: NegotiatedParameters, } | { "type": "add-remote-candidate", connection: ConnectionId, candidate: RemoteCandidate | null, usernameFragment: string | null, } | { "type": "set-sender", connection: ConnectionId, mid: string, source: SourceId | null, parameters: SendParameters, } | { "type": "send-tone", connection: ConnectionId, mid: string, 
/**
 * 0 to 15: the digits, `*`, `#`, A to D.
 */
event: number, 
/**
 * In milliseconds, 40 to 6000.
 */
duration: number, } | { "type": "open-source", source: SourceId, kind: SourceKind, 
/**
 * Pixels per video frame, where they are known before the first frame.
 */
pixels: number | null, } | { "type": "close-source", source: SourceId, } | { "type": "request-key-frame", receiver: ReceiverId, } | { "type": "report-playout-delay", receiver: ReceiverId, delay: number, } | { "type": "set-jitter-buffer-target", connection: ConnectionId, receiver: ReceiverId, target: number | null, } | { "type": "play", receiver: ReceiverId, 
/**
 * 0 to 1.
 */
volume: number, 
/**
 * [`super::event::AudioOutput::id`]; the system's default output for `None`.
 */
output: string | null, } | { "type": "stop-playing", receiver: ReceiverId, } | { "type": "list-audio-outputs" } | { "type": "open-capture", capture: CaptureId, 
/**
 * From [`crate::Transport::grant_capture`].
 */
grant: string, 
/**
 * In frames per second, limited to 0.2 to 60.
 */
frameRate: number, } | { "type": "request-captured-frame", capture: CaptureId, } | { "type": "set-capture-rate", capture: CaptureId, 
/**
 * As in `OpenCapture`.
 */
frameRate: number, } | { "type": "close-capture", capture: CaptureId, } | { "type": "open-system-audio", receiver: ReceiverId, 
/**
 * From [`crate::Transport::grant_system_audio`].
 */
grant: string, } | { "type": "close-system-audio", receiver: ReceiverId, } | { "type": "open-channel", connection: ConnectionId, channel: ChannelId, options: ChannelOptions, } | { "type": "close-channel", connection: ConnectionId, channel: ChannelId, } | { "type": "read-statistics", connection: ConnectionId, } | { "type": "close-connection", connection: ConnectionId, });

export type RequestKind = { "type": "open-connection", connection: ConnectionId, configuration: Configuration, } | { "type": "generate-certificate", certificate: CertificateId, } | { "type": "use-certificate", connection: ConnectionId, certificate: CertificateId, } | { "type": "configure", connection: ConnectionId, configuration: Configuration, } | { "type": "gather", connection: ConnectionId, local: IceCredentials, } | { "type": "commit", connection: ConnectionId, negotiated: NegotiatedParameters, } | { "type": "add-remote-candidate", connection: ConnectionId, candidate: RemoteCandidate | null, usernameFragment: string | null, } | { "type": "set-sender", connection: ConnectionId, mid: string, source: SourceId | null, parameters: SendParameters, } | { "type": "send-tone", connection: ConnectionId, mid: string, 
/**
 * 0 to 15: the digits, `*`, `#`, A to D.
 */
event: number, 
/**
 * In milliseconds, 40 to 6000.
 */
duration: number, } | { "type": "open-source", source: SourceId, kind: SourceKind, 
/**
 * Pixels per video frame, where they are known before the first frame.
 */
pixels: number | null, } | { "type": "close-source", source: SourceId, } | { "type": "request-key-frame", receiver: ReceiverId, } | { "type": "report-playout-delay", receiver: ReceiverId, delay: number, } | { "type": "set-jitter-buffer-target", connection: ConnectionId, receiver: ReceiverId, target: number | null, } | { "type": "play", receiver: ReceiverId, 
/**
 * 0 to 1.
 */
volume: number, 
/**
 * [`super::event::AudioOutput::id`]; the system's default output for `None`.
 */
output: string | null, } | { "type": "stop-playing", receiver: ReceiverId, } | { "type": "list-audio-outputs" } | { "type": "open-capture", capture: CaptureId, 
/**
 * From [`crate::Transport::grant_capture`].
 */
grant: string, 
/**
 * In frames per second, limited to 0.2 to 60.
 */
frameRate: number, } | { "type": "request-captured-frame", capture: CaptureId, } | { "type": "set-capture-rate", capture: CaptureId, 
/**
 * As in `OpenCapture`.
 */
frameRate: number, } | { "type": "close-capture", capture: CaptureId, } | { "type": "open-system-audio", receiver: ReceiverId, 
/**
 * From [`crate::Transport::grant_system_audio`].
 */
grant: string, } | { "type": "close-system-audio", receiver: ReceiverId, } | { "type": "open-channel", connection: ConnectionId, channel: ChannelId, options: ChannelOptions, } | { "type": "close-channel", connection: ConnectionId, channel: ChannelId, } | { "type": "read-statistics", connection: ConnectionId, } | { "type": "close-connection", connection: ConnectionId, };

export type Configuration = { iceServers: Array<IceServer>, iceTransportPolicy: IceTransportPolicy, };

export type IceServer = { urls: Array<string>, username: string | null, credential: string | null, };

export type IceTransportPolicy = "all" | "relay";

export type SourceKind = "audio" | "video";

export type SendParameters = { active: boolean, 
/**
 * Of the codec to send with; `None` is the first negotiated one, as is a payload type that was
 * not negotiated.
 */
payloadType: number | null, 
/**
 * In bits per second.
 */
maxBitrate: number | null, 
/**
 * At least 1.
 */
scaleResolutionDownBy: number, 
/**
 * In frames per second.
 */
maxFramerate: number | null, priority: Priority, degradationPreference: DegradationPreference, };

export type Priority = "very-low" | "low" | "medium" | "high";

export type DegradationPreference = "maintain-framerate" | "maintain-resolution" | "balanced" | "maintain-framerate-and-resolution";

export type ChannelOptions = { label: string, ordered: boolean, 
/**
 * In milliseconds. At most one of the two limits is set.
 */
maxPacketLifeTime: number | null, maxRetransmits: number | null, protocol: string, negotiated: boolean, 
/**
 * The SCTP stream identifier; set where `negotiated` is true.
 */
id: number | null, };

export type RemoteCandidate = { foundation: string, protocol: CandidateProtocol, priority: number, 
/**
 * An IP address without brackets, or a host name.
 */
address: string, port: number, type: CandidateType, 
/**
 * RFC 6544, 4.5.
 */
tcpType: TcpCandidateType | null, };

export type CandidateProtocol = "udp" | "tcp";

export type CandidateType = "host" | "srflx" | "prflx" | "relay";

export type TcpCandidateType = "active" | "passive" | "so";

export type NegotiatedParameters = { dtlsRole: DtlsRole, 
/**
 * RFC 8445, 6.1.1: true for the side of the first offer, or where the remote is lite.
 */
iceControlling: boolean, local: IceCredentials, 
/**
 * Changed credentials are an ICE restart.
 */
remote: IceCredentials, remoteIsLite: boolean, remoteFingerprints: Array<Fingerprint>, media: Array<Media>, };

export type DtlsRole = "client" | "server";

export type IceCredentials = { usernameFragment: string, password: string, };

export type Fingerprint = { algorithm: string, value: string, };

export type Media = { "kind": "audio" } & Rtp | { "kind": "video" } & Rtp | { "kind": "application", mid: string, 
/**
 * The remote's `a=sctp-port`.
 */
sctpPort: number, 
/**
 * The remote's `a=max-message-size`, in bytes; 0 is no limit.
 */
maxMessageSize: number, } | { "kind": "stopped", mid: string, };

export type Rtp = { mid: string, 
/**
 * From the local point of view.
 */
direction: Direction, 
/**
 * The negotiated codecs; the first one is used to send, unless the parameters of the sender
 * name another. Payload types are the same in both directions.
 */
codecs: Array<Codec>, extensions: Array<HeaderExtension>, 
/**
 * The SSRCs of the local description.
 */
send: Ssrcs, 
/**
 * The SSRCs of the remote description; empty where it has none.
 */
receive: Array<Ssrcs>, 
/**
 * The RTCP CNAME of the local streams (RFC 3550, 6.5.1).
 */
cname: string, 
/**
 * The receiver of this m-line.
 */
receiver: ReceiverId, };

export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

export type Codec = { payloadType: number, 
/**
 * As in `a=rtpmap`: `opus`, `VP8`, `H264`.
 */
name: string, 
/**
 * In Hz.
 */
clockRate: number, channels: number | null, 
/**
 * As in `a=fmtp`, without the payload type; may be empty.
 */
parameters: string, 
/**
 * As in `a=rtcp-fb`: `nack`, `nack pli`, `transport-cc`.
 */
feedback: Array<string>, 
/**
 * The payload type of retransmissions (RFC 4588).
 */
rtx: number | null, };

export type HeaderExtension = { id: number, uri: string, };

export type Ssrcs = { ssrc: number, rtx: number | null, };

export type Event = { "type": "reply", id: RequestId, outcome: Reply, } | { "type": "candidate", connection: ConnectionId, candidate: string, usernameFragment: string, url: string | null, } | { "type": "candidate-error", connection: ConnectionId, url: string, 
/**
 * The STUN error code, or 701 where the server was not reached.
 */
code: number, text: string, address: string | null, port: number | null, } | { "type": "gathering-complete", connection: ConnectionId, usernameFragment: string, } | { "type": "ice-state", connection: ConnectionId, state: IceState, } | { "type": "dtls-state", connection: ConnectionId, state: DtlsState, } | { "type": "remote-certificate", connection: ConnectionId, certificate: string, } | { "type": "incoming-channel", connection: ConnectionId, channel: ChannelId, options: ChannelOptions, } | { "type": "channel-open", connection: ConnectionId, channel: ChannelId, id: number, } | { "type": "channel-closed", connection: ConnectionId, channel: ChannelId, } | { "type": "channel-sent", connection: ConnectionId, channel: ChannelId, bytes: number, } | { "type": "receiving", receiver: ReceiverId, flowing: boolean, } | { "type": "sources", sources: Array<RtpSource>, } | { "type": "playing", receiver: ReceiverId, playing: boolean, } | { "type": "audio-outputs-changed" } | { "type": "capture-ended", capture: CaptureId, error: string | null, } | { "type": "source-wanted", source: SourceId, wanted: boolean, } | { "type": "encode", encoding: EncodingId, source: SourceId, settings: EncodingSettings, } | { "type": "key-frame-wanted", encoding: EncodingId, } | { "type": "stop-encoding", encoding: EncodingId, };

export type Reply = { "is": "done" } | { "is": "opened", fingerprint: Fingerprint, } | { "is": "certificate", fingerprint: Fingerprint, } | { "is": "statistics", statistics: Statistics, } | { "is": "audio-outputs", outputs: Array<AudioOutput>, } | { "is": "failed", name: string, message: string, };

export type RtpSource = { receiver: ReceiverId, ssrc: number, contributing: Array<number>, rtpTimestamp: number, 
/**
 * 0 to 1, linear; audio only.
 */
audioLevel: number | null, };

export type AudioOutput = { id: string, 
/**
 * Name to display.
 */
label: string, };

export type IceState = "new" | "checking" | "connected" | "completed" | "disconnected" | "failed" | "closed";

export type DtlsState = "new" | "connecting" | "connected" | "closed" | "failed";

export type EncodingSettings = { codec: VideoCodec, 
/**
 * In bits per second.
 */
bitrate: number, 
/**
 * At least 1.
 */
scaleDownBy: number, 
/**
 * In frames per second.
 */
maxFramerate: number, };

export type VideoCodec = "vp8" | "h264";

export type Statistics = { transport: TransportStatistics, outbound: Array<OutboundStatistics>, inbound: Array<InboundStatistics>, candidates: Array<CandidateStatistics>, candidatePairs: Array<PairStatistics>, channels: Array<ChannelStatistics>, };

export type TransportStatistics = { bytesSent: number, bytesReceived: number, packetsSent: number, packetsReceived: number, availableOutgoingBitrate: number | null, 
/**
 * The selected pair, as [`CandidateStatistics::id`]s.
 */
localCandidate: string | null, remoteCandidate: string | null, selectedCandidatePairChanges: number, 
/**
 * Of DTLS, as four hexadecimal digits; `None` before the handshake ends, as the two below.
 */
tlsVersion: string | null, dtlsCipher: string | null, srtpCipher: string | null, 
/**
 * The certificates in DER, as hexadecimal digits; the remote's after the handshake.
 */
localCertificate: string, remoteCertificate: string | null, };

export type OutboundStatistics = { mid: string, ssrc: number, 
/**
 * Of the last packet; `None` before the first one.
 */
payloadType: number | null, 
/**
 * The encoder of the stream; video only.
 */
encoding: EncodingId | null, targetBitrate: number | null, packetsSent: number, bytesSent: number, retransmittedPacketsSent: number, retransmittedBytesSent: number, nackCount: number, pliCount: number, firCount: number, 
/**
 * From RTCP receiver reports (RFC 3550, 6.4.2).
 */
roundTripTime: number | null, fractionLost: number | null, remotePacketsLost: number | null, remoteJitter: number | null, };

export type InboundStatistics = { mid: string, receiver: ReceiverId | null, ssrc: number, 
/**
 * Of the last packet; `None` before the first one.
 */
payloadType: number | null, packetsReceived: number, bytesReceived: number, packetsLost: number, jitter: number, nackCount: number, pliCount: number, firCount: number, 
/**
 * From here on audio only, in samples at 48 kHz; durations in seconds, as in the standard.
 */
totalSamplesReceived: number | null, concealedSamples: number | null, silentConcealedSamples: number | null, concealmentEvents: number | null, insertedSamplesForDeceleration: number | null, removedSamplesForAcceleration: number | null, fecPacketsReceived: number | null, packetsDiscarded: number | null, audioLevel: number | null, totalAudioEnergy: number | null, totalSamplesDuration: number | null, jitterBufferDelay: number | null, jitterBufferTargetDelay: number | null, jitterBufferEmittedCount: number | null, 
/**
 * From RTCP sender reports; `None` before the first one.
 */
remote: RemoteOutboundStatistics | null, };

export type RemoteOutboundStatistics = { packetsSent: number, bytesSent: number, reportsSent: number, 
/**
 * By the remote clock, in milliseconds since 1970.
 */
remoteTimestamp: number, };

export type CandidateStatistics = { id: string, isRemote: boolean, 
/**
 * `host`, `srflx`, `prflx`, `relay`.
 */
candidateType: string, 
/**
 * `udp` or `tcp`.
 */
protocol: string, 
/**
 * Transport to the TURN server: `udp`, `tcp`, `tls`.
 */
relayProtocol: string | null, address: string | null, port: number, priority: number, url: string | null, };

export type PairStatistics = { 
/**
 * As [`CandidateStatistics::id`].
 */
localCandidate: string, remoteCandidate: string, state: PairState, nominated: boolean, packetsSent: number, packetsReceived: number, bytesSent: number, bytesReceived: number, currentRoundTripTime: number | null, totalRoundTripTime: number, requestsSent: number, requestsReceived: number, responsesSent: number, responsesReceived: number, };

export type PairState = "in-progress" | "succeeded" | "failed";

export type ChannelStatistics = { channel: number, label: string, messagesSent: number, bytesSent: number, messagesReceived: number, bytesReceived: number, };

export const SUBPROTOCOL = 'webrtc-bridge';

/** The first byte of a binary message. */
export const FRAME_KIND = {
  encodedVideo: 1,
  capturedAudio: 2,
  receivedVideo: 3,
  receivedAudio: 4,
  audioRequest: 5,
  channelMessage: 6,
  capturedRows: 7,
} as const;
