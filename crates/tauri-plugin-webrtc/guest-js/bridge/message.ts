// What the page and its worker tell each other.
//
// Invariant: whatever belongs to a bridge carries its epoch. What was meant for a bridge that has ended
// never reaches the next one.

import type { MediaCounts } from '../ports.ts';
import type {
  ChannelId,
  ConnectionId,
  Event,
  ReceiverId,
  SourceId,
  VideoCodec,
  RequestKind,
} from './wire.ts';

/** The how manieth bridge of this page. */
export type Epoch = number;

/** A generator whose track the page holds, for a receiver to come. */
export type PooledTrackId = number;

/** One end of how samples pass between a worklet and the worker: shared memory, or messages. */
export type AudioChannel = MessagePort | SharedArrayBuffer;

export type ToWorker =
  /** A bridge begins; what follows of its epoch waits until it is open. */
  | { readonly type: 'begin'; readonly epoch: Epoch }
  | {
      readonly type: 'open';
      readonly epoch: Epoch;
      readonly address: string;
      readonly token: string;
    }
  /** The page gives the bridge up. */
  | { readonly type: 'abandon'; readonly epoch: Epoch }
  | {
      readonly type: 'request';
      readonly epoch: Epoch;
      readonly id: number;
      readonly wish: RequestKind;
    }
  | ({ readonly type: 'channel'; readonly epoch: Epoch } & ChannelMessage)
  | {
      readonly type: 'capture-video';
      readonly epoch: Epoch;
      readonly source: SourceId;
      readonly track: MediaStreamTrack;
      readonly shows: Shows;
    }
  | {
      readonly type: 'show';
      readonly epoch: Epoch;
      readonly source: SourceId;
      readonly shows: Shows;
    }
  | {
      readonly type: 'capture-sound';
      readonly epoch: Epoch;
      readonly source: SourceId;
      readonly channels: number;
      /** From the capture worklet: `Float32Array`s of 20 ms, interleaved. */
      readonly way: AudioChannel;
    }
  | { readonly type: 'end-source'; readonly epoch: Epoch; readonly source: SourceId }
  | {
      readonly type: 'receive-video';
      readonly epoch: Epoch;
      readonly receiver: ReceiverId;
      readonly sink: SinkChoice;
    }
  | {
      readonly type: 'receive-sound';
      readonly epoch: Epoch;
      readonly receiver: ReceiverId;
      /** To the playout worklet, which asks for what it plays. */
      readonly way: AudioChannel;
    }
  | { readonly type: 'end-receiver'; readonly epoch: Epoch; readonly receiver: ReceiverId }
  | { readonly type: 'count'; readonly epoch: Epoch; readonly serial: number };

export type FromWorker =
  | { readonly type: 'lost'; readonly epoch: Epoch }
  | { readonly type: 'event'; readonly epoch: Epoch; readonly event: Event }
  | ({ readonly type: 'channel'; readonly epoch: Epoch } & ChannelMessage)
  | {
      readonly type: 'picture';
      readonly epoch: Epoch;
      readonly receiver: ReceiverId;
      /** The page closes it. */
      readonly frame: VideoFrame;
    }
  | { readonly type: 'counts'; readonly serial: number; readonly counts: MediaCounts }
  | { readonly type: 'spare'; readonly spare: PooledTrackId; readonly track: MediaStreamTrack }
  /** All spares of the start are told. */
  | { readonly type: 'ready' }
  | { readonly type: 'codecs'; readonly codecs: readonly VideoCodec[] };

export interface ChannelMessage {
  readonly connection: ConnectionId;
  readonly channel: ChannelId;
  readonly binary: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A disabled track shows black. */
export type Shows = 'picture' | 'black';

/** Where a receiver's pictures go: into a generator of the worker's, or to the page, which draws
 *  them, where no spare track was at hand. */
export type SinkChoice =
  { readonly to: 'spare'; readonly spare: PooledTrackId } | { readonly to: 'page' };
