// Messages between the page and its media worker.
//
// Invariant: a message about a bridge carries the epoch of that bridge, so messages for an ended
// bridge never reach the next one.

import type { MediaCounts } from '../ports.ts';
import type {
  CaptureId,
  ChannelId,
  ConnectionId,
  Event,
  ReceiverId,
  SourceId,
  VideoCodec,
  RequestKind,
} from './wire.ts';

/** Number of the bridge, counted from the start of the page. */
export type Epoch = number;

/** A generator in the worker's pool, whose track the page holds. */
export type PooledTrackId = number;

/** One end of the audio channel between a worklet and the worker: shared memory or messages. */
export type AudioChannel = MessagePort | SharedArrayBuffer;

export type ToWorker =
  /** Starts a bridge. Messages of its epoch wait until it is open. */
  | { readonly type: 'begin'; readonly epoch: Epoch }
  | {
      readonly type: 'open';
      readonly epoch: Epoch;
      readonly address: string;
      readonly token: string;
    }
  /** The bridge could not be opened. */
  | { readonly type: 'abandon'; readonly epoch: Epoch }
  | {
      readonly type: 'request';
      readonly epoch: Epoch;
      readonly id: number;
      readonly kind: RequestKind;
    }
  | ({ readonly type: 'channel'; readonly epoch: Epoch } & ChannelMessage)
  | {
      readonly type: 'capture-video';
      readonly epoch: Epoch;
      readonly source: SourceId;
      readonly track: MediaStreamTrack;
      readonly origin: VideoOrigin;
      readonly content: VideoContent;
    }
  | {
      readonly type: 'set-content';
      readonly epoch: Epoch;
      readonly source: SourceId;
      readonly content: VideoContent;
    }
  | {
      readonly type: 'capture-audio';
      readonly epoch: Epoch;
      readonly source: SourceId;
      readonly channels: number;
      /** From the capture worklet: frames of 20 ms, interleaved. */
      readonly audioChannel: AudioChannel;
    }
  | { readonly type: 'end-source'; readonly epoch: Epoch; readonly source: SourceId }
  | {
      readonly type: 'receive-video';
      readonly epoch: Epoch;
      readonly receiver: ReceiverId;
      readonly sink: SinkChoice;
    }
  | {
      readonly type: 'receive-audio';
      readonly epoch: Epoch;
      readonly receiver: ReceiverId;
      /** To the playout worklet, which requests the frames it plays. */
      readonly audioChannel: AudioChannel;
    }
  | { readonly type: 'end-receiver'; readonly epoch: Epoch; readonly receiver: ReceiverId }
  | {
      readonly type: 'show-capture';
      readonly epoch: Epoch;
      readonly capture: CaptureId;
      readonly track: PooledTrackId;
    }
  | { readonly type: 'end-capture'; readonly epoch: Epoch; readonly capture: CaptureId }
  | { readonly type: 'count'; readonly epoch: Epoch; readonly serial: number };

export type FromWorker =
  | { readonly type: 'lost'; readonly epoch: Epoch }
  | { readonly type: 'event'; readonly epoch: Epoch; readonly event: Event }
  | ({ readonly type: 'channel'; readonly epoch: Epoch } & ChannelMessage)
  | {
      readonly type: 'video-frame';
      readonly epoch: Epoch;
      readonly receiver: ReceiverId;
      /** The page closes the frame. */
      readonly frame: VideoFrame;
    }
  /** The first frame of a capture, or the first one of another size. */
  | {
      readonly type: 'capture-size';
      readonly epoch: Epoch;
      readonly capture: CaptureId;
      readonly width: number;
      readonly height: number;
    }
  | { readonly type: 'counts'; readonly serial: number; readonly counts: MediaCounts }
  | { readonly type: 'pooled-track'; readonly id: PooledTrackId; readonly track: MediaStreamTrack }
  /** The initial pool of tracks was sent. */
  | { readonly type: 'ready' }
  | { readonly type: 'codecs'; readonly codecs: readonly VideoCodec[] };

export interface ChannelMessage {
  readonly connection: ConnectionId;
  readonly channel: ChannelId;
  readonly binary: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Where the frames of a track come from. */
export type VideoOrigin = 'canvas' | 'device';

/** A disabled track sends black frames. */
export type VideoContent = 'frames' | 'black';

/** Where a receiver's frames go: into a pooled track, or to the page, which draws them when the pool
 *  was empty. */
export type SinkChoice =
  { readonly to: 'pooled-track'; readonly id: PooledTrackId } | { readonly to: 'page' };
