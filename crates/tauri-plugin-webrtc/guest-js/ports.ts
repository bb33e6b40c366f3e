// What the API classes need, as interfaces: the bridge to the transport, and media in the page.
// `guest-js/bridge` and `guest-js/media` implement them. Only `index.ts` chooses the implementation.
//
// Invariant: the API classes own no socket, worker or audio graph, so their tests need no webview.

import type {
  ChannelId,
  ConnectionId,
  EncodingId,
  Event as BridgeEvent,
  ReceiverId,
  Reply,
  SourceId,
  VideoCodec,
  RequestKind,
} from './bridge/wire';

export type Kind = 'audio' | 'video';

export interface Ports {
  readonly bridge: BridgePort;
  readonly media: MediaPort;
}

/** The bridge to the transport. The first request opens it. Requests wait, in order, until it is
 *  open. */
export interface BridgePort {
  /**
   * Resolves with the reply, `failed` included. The transport replies in order. Rejects with
   * `BridgeLost` when the bridge ends first. The next request after a loss opens a new bridge.
   */
  request(kind: RequestKind): Promise<Reply>;
  /** In order with the requests. Takes ownership of `bytes`. */
  sendChannel(
    connection: ConnectionId,
    channel: ChannelId,
    binary: boolean,
    bytes: Uint8Array<ArrayBuffer>,
  ): void;
  /** Listens to the events of one connection until the returned function is called. Call it before
   *  the connection's `open-connection`. */
  listen(connection: ConnectionId, listener: ConnectionListener): () => void;
}

/** Called in the order of the transport's messages. */
export interface ConnectionListener {
  handleEvent(event: ConnectionEvent): void;
  message(channel: ChannelId, binary: boolean, bytes: Uint8Array<ArrayBuffer>): void;
  /** The bridge, its worker or the transport is gone. No call follows. */
  lost(): void;
}

/** Events that name a connection. The worker and `media` handle the others. */
export type ConnectionEvent = Extract<BridgeEvent, { connection: ConnectionId }>;

/** The bridge has ended, and its connections with it. */
export class BridgeLost extends Error {
  override readonly name = 'BridgeLost';
}

/** Captured and received tracks. The transport controls the codecs behind it. */
export interface MediaPort {
  /**
   * Returns a receiver's track at once, live and muted. The transport's `receiving` events unmute
   * and mute it.
   */
  receive(kind: Kind, receiver: ReceiverId): ReceivedTrack;
  /**
   * Opens a captured track as a source of the transport. The source is reference-counted: further
   * calls return it again, and it closes with the last release. A disabled track sends silence or
   * black, an ended one nothing. After the bridge was lost, a call opens a new source.
   */
  source(track: MediaStreamTrack): Source;
  /** Codecs known to work in both directions so far. VP8 is always the first. */
  videoCodecs(): readonly VideoCodec[];
  /** Counters of the page's codecs. */
  counts(): Promise<MediaCounts>;
}

export interface ReceivedTrack {
  readonly track: MediaStreamTrack;
  /** Mutes the track, with the event, until media arrives again. */
  mute(): void;
  /** Ends the track, with the event. Called once. */
  end(): void;
  readonly sources: ReceivedSources;
}

/** Whose packets the track has played (W3C webrtc-pc, 5.3); `now` as `performance` counts it, in
 *  milliseconds since 1970. */
export interface ReceivedSources {
  synchronization(now: number): RTCRtpSynchronizationSource[];
  contributing(now: number): RTCRtpContributingSource[];
}

export interface Source {
  readonly id: SourceId;
  /** Call once for each `source()`. */
  release(): void;
}

/** Names and units of W3C webrtc-stats. Unknown members are absent. */
export interface MediaCounts {
  readonly encodings: readonly EncodingCounts[];
  readonly sources: readonly SourceCounts[];
  readonly receivers: readonly ReceiverCounts[];
}

export interface EncodingCounts {
  readonly encoding: EncodingId;
  readonly codec: VideoCodec;
  readonly framesEncoded: number;
  readonly keyFramesEncoded: number;
  readonly frameWidth: number;
  readonly frameHeight: number;
  readonly framesPerSecond: number;
  /** In seconds. */
  readonly totalEncodeTime: number;
  readonly encoderImplementation?: string;
  /** Set while the encoder scales down because the computer is too slow. */
  readonly qualityLimitationReason?: 'cpu';
}

export interface SourceCounts {
  readonly source: SourceId;
  /** Video only. */
  readonly width?: number;
  readonly height?: number;
  readonly frames?: number;
  readonly framesPerSecond?: number;
  /** Audio only. */
  readonly audioLevel?: number;
  readonly totalAudioEnergy?: number;
  readonly totalSamplesDuration?: number;
}

export interface ReceiverCounts {
  readonly receiver: ReceiverId;
  /** Video only, this and all members below. */
  readonly codec?: VideoCodec;
  readonly framesReceived?: number;
  readonly framesDecoded?: number;
  readonly keyFramesDecoded?: number;
  readonly framesDropped?: number;
  readonly frameWidth?: number;
  readonly frameHeight?: number;
  readonly framesPerSecond?: number;
  /** In seconds. */
  readonly totalDecodeTime?: number;
  readonly totalInterFrameDelay?: number;
  readonly totalSquaredInterFrameDelay?: number;
  readonly freezeCount?: number;
  readonly totalFreezesDuration?: number;
  readonly decoderImplementation?: string;
}
