// What the façade needs of the world, as interfaces: the bridge to the transport, and media in the
// page. `guest-js/bridge` and `guest-js/media` make them real; `index.ts` chooses, nobody else.
//
// Invariant: the façade keeps no socket, worker or audio graph of its own, so its rules run
// without a webview.

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

/** The way to the transport. Opens by itself with the first request; what is asked for before it
 *  is open waits, in order. */
export interface BridgePort {
  /**
   * Resolves with the reply, `failed` included; the transport answers in order. Rejects with a
   * `BridgeLost` when the bridge ends first. Wishes about connections made after a loss open a new
   * bridge.
   */
  request(wish: RequestKind): Promise<Reply>;
  /** Keeps its place among the requests around it. The bytes are the caller's no more. */
  sendChannel(
    connection: ConnectionId,
    channel: ChannelId,
    binary: boolean,
    bytes: Uint8Array<ArrayBuffer>,
  ): void;
  /** Tells what happens to one connection, from now until the returned function is called. Is
   *  called before the connection's `open-connection`. */
  listen(connection: ConnectionId, listener: ConnectionListener): () => void;
}

/** Called in the order in which the transport told it. */
export interface ConnectionListener {
  happened(event: ConnectionEvent): void;
  message(channel: ChannelId, binary: boolean, bytes: Uint8Array<ArrayBuffer>): void;
  /** The bridge, its worker or the transport is gone; nothing is told after this. */
  lost(): void;
}

/** The events that name a connection. All others are the worker's and the media's own. */
export type ConnectionEvent = Extract<BridgeEvent, { connection: ConnectionId }>;

/** The bridge has ended: its connections are closed. */
export class BridgeLost extends Error {
  override readonly name = 'BridgeLost';
}

/** Tracks in, tracks out. Coding happens behind it, driven by the transport. */
export interface MediaPort {
  /**
   * The track of a receiver, at once: muted, live. Unmutes and
   * mutes itself as the transport tells (`receiving`).
   */
  receive(kind: Kind, receiver: ReceiverId): ReceivedTrack;
  /**
   * A captured track as a source of the transport. Asked for again it is the same source, counted:
   * it is closed when each has released it. `enabled` is honoured (silence, black), and an ended
   * track sends nothing. After the bridge was lost, a new source.
   */
  source(track: MediaStreamTrack): Source;
  /** What can be both coded and decoded here as far as is known by now; VP8 always, and first. */
  videoCodecs(): readonly VideoCodec[];
  /** What the page's side of the coding has counted. */
  counts(): Promise<MediaCounts>;
}

export interface ReceivedTrack {
  readonly track: MediaStreamTrack;
  /** Nothing is expected any more: muted, with the event, until something arrives again. */
  mute(): void;
  /** Ends the track, with the event; called once, at last. */
  end(): void;
}

export interface Source {
  readonly id: SourceId;
  /** Once for each time it was asked for. */
  release(): void;
}

/** By the standard's names and units (W3C webrtc-stats). What is not known is left out. */
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
  /** While the picture is smaller than wished for the computer's sake. */
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
  /** Video only, from here to the end. */
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
