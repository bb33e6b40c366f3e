// One bridge in the worker: its socket, and all that is coded for it.
//
// Invariant: everything in it ends with its socket, and nothing of it is told to the page after
// that. It decides nothing: the transport says what is coded and how.

import type { MediaCounts } from '../ports.ts';
import {
  type Received,
  capturedSound,
  channelMessage,
  encodedVideo,
  soundWanted,
} from '../bridge/frame.ts';
import type {
  ChannelMessage,
  Epoch,
  FromWorker,
  Shows,
  SinkChoice,
  AudioChannel,
} from '../bridge/message.ts';
import { Socket } from '../bridge/socket.ts';
import type {
  EncodingId,
  EncodingSettings,
  Event,
  ReceiverId,
  SourceId,
  RequestKind,
} from '../bridge/wire.ts';
import { AudioSource } from './audio/source.ts';
import { type Outlet, writePlayout } from './audio/audio-channel.ts';
import { VideoCapture } from './video/capture.ts';
import { type EncodedFrame, Encoding, type EncodingOutlet } from './video/encoding.ts';
import { VideoReceiver } from './video/receiver.ts';
import type { EncoderWarmup } from './video/encoder-warmup.ts';
import { type Sink, pageSink, trackSink } from './video/sink.ts';
import type { TrackGeneratorPool } from './video/track-generator-pool.ts';

/** The page counts its requests from 0; replies to the worker's own are nobody's. */
const FIRST_REQUEST = 0x8000_0000;

export type ToPage = (message: FromWorker, transfer?: Transferable[]) => void;

/** What was made before anybody needs it. */
export interface Ready {
  readonly spares: TrackGeneratorPool;
  readonly rehearsals: EncoderWarmup;
}

interface RunningEncoding {
  readonly source: SourceId;
  readonly encoding: Encoding;
}

export class WorkerBridge {
  readonly epoch: Epoch;
  readonly #toPage: ToPage;
  readonly #spares: TrackGeneratorPool;
  readonly #socket: Socket;
  readonly #captures = new Map<SourceId, VideoCapture>();
  readonly #soundSources = new Map<SourceId, AudioSource>();
  readonly #encodings = new Map<EncodingId, RunningEncoding>();
  readonly #rehearsals: EncoderWarmup;
  readonly #videoReceivers = new Map<ReceiverId, VideoReceiver>();
  readonly #soundReceivers = new Map<ReceiverId, Outlet>();
  /** Nobody sends these sounds now. */
  readonly #unwanted = new Set<SourceId>();
  #nextRequest = FIRST_REQUEST;

  constructor(epoch: Epoch, { spares, rehearsals }: Ready, toPage: ToPage, lost: () => void) {
    this.epoch = epoch;
    this.#spares = spares;
    this.#rehearsals = rehearsals;
    this.#toPage = toPage;
    this.#socket = new Socket({
      event: (event) => this.#handleEvent(event),
      frame: (frame) => this.#handleFrame(frame),
      lost: () => {
        this.close();
        toPage({ type: 'lost', epoch });
        lost();
      },
    });
  }

  open(address: string, token: string): void {
    this.#socket.open(address, token);
  }

  request(id: number, wish: RequestKind): void {
    this.#socket.request({ id, ...wish });
  }

  sendChannel({ connection, channel, binary, bytes }: ChannelMessage): void {
    this.#socket.send(channelMessage(connection, channel, binary, bytes));
  }

  captureVideo(source: SourceId, track: MediaStreamTrack, shows: Shows): void {
    this.#rehearsals.begin(source);
    const deliver = (frame: VideoFrame): void => {
      this.#rehearsals.handleFrame(source, frame);
      for (const running of this.#encodings.values()) {
        if (running.source === source) running.encoding.handleFrame(frame);
      }
    };
    this.#captures.set(source, new VideoCapture(source, track, shows, deliver));
  }

  show(source: SourceId, shows: Shows): void {
    this.#captures.get(source)?.show(shows);
  }

  captureSound(source: SourceId, channels: number, way: AudioChannel): void {
    const sound = new AudioSource(source, channels, way, (piece) => {
      if (this.#unwanted.has(source)) return;
      this.#socket.send(capturedSound(source, piece.channels, piece.timestamp, piece.samples));
    });
    // Until the transport asks for it.
    this.#unwanted.add(source);
    this.#soundSources.set(source, sound);
  }

  endSource(source: SourceId): void {
    this.#captures.get(source)?.close();
    this.#soundSources.get(source)?.close();
    if (this.#captures.delete(source)) this.#rehearsals.end(source);
    this.#soundSources.delete(source);
    this.#unwanted.delete(source);
  }

  receiveVideo(receiver: ReceiverId, choice: SinkChoice): void {
    const ask = (): void => this.#ask({ type: 'request-key-frame', receiver });
    const sink = this.#sink(receiver, choice);
    this.#videoReceivers.set(receiver, new VideoReceiver(receiver, sink, ask));
  }

  receiveSound(receiver: ReceiverId, way: AudioChannel): void {
    const outlet = writePlayout(way, (pieces) => this.#socket.send(soundWanted(receiver, pieces)));
    this.#soundReceivers.set(receiver, outlet);
  }

  endReceiver(receiver: ReceiverId): void {
    this.#videoReceivers.get(receiver)?.close();
    this.#soundReceivers.get(receiver)?.close();
    this.#videoReceivers.delete(receiver);
    this.#soundReceivers.delete(receiver);
  }

  counts(): MediaCounts {
    return {
      encodings: [...this.#encodings].map(([id, { encoding }]) => ({
        encoding: id,
        ...encoding.counts(),
      })),
      sources: [...this.#captures.values(), ...this.#soundSources.values()].map((source) =>
        source.counts(),
      ),
      receivers: [...this.#videoReceivers.values()].map((receiver) => receiver.counts()),
    };
  }

  close(): void {
    this.#socket.close();
    for (const { encoding } of this.#encodings.values()) encoding.close();
    this.#encodings.clear();
    for (const source of [...this.#captures.keys(), ...this.#soundSources.keys()]) {
      this.endSource(source);
    }
    for (const receiver of [...this.#videoReceivers.keys(), ...this.#soundReceivers.keys()]) {
      this.endReceiver(receiver);
    }
  }

  #sink(receiver: ReceiverId, choice: SinkChoice): Sink {
    const { epoch } = this;
    const generator = choice.to === 'spare' ? this.#spares.take(choice.spare) : null;
    if (generator !== null) return trackSink(generator);
    return pageSink((frame) => this.#toPage({ type: 'picture', epoch, receiver, frame }, [frame]));
  }

  #handleEvent(event: Event): void {
    switch (event.type) {
      case 'encode':
        this.#encode(event.encoding, event.source, event.settings);
        return;
      case 'key-frame-wanted':
        this.#encodings.get(event.encoding)?.encoding.wantKeyFrame();
        return;
      case 'stop-encoding':
        this.#encodings.get(event.encoding)?.encoding.close();
        this.#encodings.delete(event.encoding);
        return;
      case 'source-wanted':
        if (event.wanted) this.#unwanted.delete(event.source);
        else if (this.#soundSources.has(event.source)) this.#unwanted.add(event.source);
        return;
      case 'reply':
        if (event.id < FIRST_REQUEST) this.#toPage({ type: 'event', epoch: this.epoch, event });
        return;
      case 'candidate':
      case 'candidate-error':
      case 'gathering-complete':
      case 'ice-state':
      case 'dtls-state':
      case 'incoming-channel':
      case 'channel-open':
      case 'channel-closed':
      case 'channel-sent':
      case 'receiving':
      case 'playing':
      case 'audio-outputs-changed':
        this.#toPage({ type: 'event', epoch: this.epoch, event });
    }
  }

  #handleFrame(frame: Received): void {
    switch (frame.kind) {
      case 'video':
        this.#videoReceivers.get(frame.receiver)?.handleFrame(frame);
        return;
      case 'sound': {
        const { channels, samples } = frame;
        this.#soundReceivers.get(frame.receiver)?.play(channels, samples);
        return;
      }
      case 'channel': {
        const { connection, channel, binary } = frame;
        // The message's own buffer has a header before them.
        const bytes = frame.bytes.slice();
        const message = { connection, channel, binary, bytes };
        this.#toPage({ type: 'channel', epoch: this.epoch, ...message }, [bytes.buffer]);
      }
    }
  }

  #encode(id: EncodingId, source: SourceId, settings: EncodingSettings): void {
    const running = this.#encodings.get(id);
    if (running !== undefined) {
      running.encoding.change(settings);
      return;
    }
    const socket = this.#socket;
    const outlet: EncodingOutlet = {
      get isCongested() {
        return socket.isCongested;
      },
      encoded: (frame) => this.#sendEncoded(id, frame),
    };
    const rehearsed = this.#rehearsals.take(source, settings.codec);
    rehearsed?.goTo(outlet);
    rehearsed?.change(settings);
    const encoding = rehearsed ?? new Encoding(settings, outlet);
    this.#encodings.set(id, { source, encoding });
  }

  #sendEncoded(encoding: EncodingId, { chunk, width, height }: EncodedFrame): void {
    const { timestamp } = chunk;
    const key = chunk.type === 'key';
    const header = { key, encoding, timestamp, width, height };
    const { message, room } = encodedVideo(header, chunk.byteLength);
    chunk.copyTo(room);
    this.#socket.send(message);
  }

  #ask(wish: RequestKind): void {
    this.#socket.request({ id: this.#nextRequest, ...wish });
    this.#nextRequest += 1;
  }
}
