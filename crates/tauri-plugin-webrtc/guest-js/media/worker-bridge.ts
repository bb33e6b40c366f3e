// One bridge in the worker: its socket, encoders, decoders and audio channels.
//
// Invariant: everything ends with the socket, and nothing is sent to the page after that. The
// transport decides what is encoded and how.

import type { MediaCounts } from '../ports.ts';
import {
  type Received,
  capturedAudio,
  channelMessage,
  encodedVideo,
  audioRequest,
} from '../bridge/frame.ts';
import type {
  ChannelMessage,
  Epoch,
  FromWorker,
  VideoContent,
  SinkChoice,
  AudioChannel,
  PooledTrackId,
} from '../bridge/message.ts';
import { Socket } from '../bridge/socket.ts';
import type {
  CaptureId,
  EncodingId,
  EncodingSettings,
  Event,
  ReceiverId,
  SourceId,
  RequestKind,
} from '../bridge/wire.ts';
import { AudioSource } from './audio/audio-source.ts';
import { type PlayoutWriter, writePlayout } from './audio/audio-channel.ts';
import { ScreenCapture } from './video/screen-capture.ts';
import { type CapturedVideo, VideoCapture } from './video/video-capture.ts';
import { type EncodedFrame, Encoding, type EncoderOutput } from './video/encoding.ts';
import { VideoReceiver } from './video/video-receiver.ts';
import type { EncoderWarmup } from './video/encoder-warmup.ts';
import { type Sink, pageSink, trackSink } from './video/frame-sink.ts';
import type { TrackGeneratorPool } from './video/track-generator-pool.ts';

/** Requests of the page count from 0. Replies to the worker's own requests are ignored. */
const FIRST_WORKER_REQUEST = 0x8000_0000;

export type ToPage = (message: FromWorker, transfer?: Transferable[]) => void;

/** Prepared before the first call. */
export interface Prepared {
  readonly trackPool: TrackGeneratorPool;
  readonly warmup: EncoderWarmup;
}

interface RunningEncoding {
  readonly source: SourceId;
  readonly encoding: Encoding;
}

export class WorkerBridge {
  readonly epoch: Epoch;
  readonly #toPage: ToPage;
  readonly #trackPool: TrackGeneratorPool;
  readonly #socket: Socket;
  readonly #captures = new Map<SourceId, VideoCapture>();
  readonly #screenCaptures = new Map<CaptureId, ScreenCapture>();
  readonly #audioSources = new Map<SourceId, AudioSource>();
  readonly #encodings = new Map<EncodingId, RunningEncoding>();
  readonly #warmup: EncoderWarmup;
  readonly #videoReceivers = new Map<ReceiverId, VideoReceiver>();
  readonly #audioReceivers = new Map<ReceiverId, PlayoutWriter>();
  /** Audio sources that no sender uses. */
  readonly #unwantedAudio = new Set<SourceId>();
  #nextRequest = FIRST_WORKER_REQUEST;

  constructor(epoch: Epoch, { trackPool, warmup }: Prepared, toPage: ToPage, lost: () => void) {
    this.epoch = epoch;
    this.#trackPool = trackPool;
    this.#warmup = warmup;
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

  request(id: number, kind: RequestKind): void {
    this.#socket.request({ id, ...kind });
  }

  sendChannel({ connection, channel, binary, bytes }: ChannelMessage): void {
    this.#socket.send(channelMessage(connection, channel, binary, bytes));
  }

  captureVideo({ source, track, origin, content }: CapturedVideo): void {
    this.#warmup.begin(source);
    const deliver = (frame: VideoFrame): void => {
      this.#warmup.handleFrame(source, frame);
      for (const running of this.#encodings.values()) {
        if (running.source === source) running.encoding.handleFrame(frame);
      }
    };
    this.#captures.set(source, new VideoCapture({ source, track, origin, content }, deliver));
  }

  setContent(source: SourceId, content: VideoContent): void {
    this.#captures.get(source)?.setContent(content);
  }

  captureAudio(source: SourceId, channels: number, audioChannel: AudioChannel): void {
    const audio = new AudioSource(source, channels, audioChannel, (frame) => {
      if (this.#unwantedAudio.has(source)) return;
      this.#socket.send(capturedAudio(source, frame.channels, frame.timestamp, frame.samples));
    });
    // Until the transport wants it.
    this.#unwantedAudio.add(source);
    this.#audioSources.set(source, audio);
  }

  endSource(source: SourceId): void {
    this.#captures.get(source)?.close();
    this.#audioSources.get(source)?.close();
    if (this.#captures.delete(source)) this.#warmup.end(source);
    this.#audioSources.delete(source);
    this.#unwantedAudio.delete(source);
  }

  receiveVideo(receiver: ReceiverId, choice: SinkChoice): void {
    const requestKeyFrame = (): void => this.#request({ type: 'request-key-frame', receiver });
    const sink = this.#sink(receiver, choice);
    this.#videoReceivers.set(receiver, new VideoReceiver(receiver, sink, requestKeyFrame));
  }

  receiveAudio(receiver: ReceiverId, audioChannel: AudioChannel): void {
    const writer = writePlayout(audioChannel, (frames) =>
      this.#socket.send(audioRequest(receiver, frames)),
    );
    this.#audioReceivers.set(receiver, writer);
  }

  endReceiver(receiver: ReceiverId): void {
    this.#videoReceivers.get(receiver)?.close();
    this.#audioReceivers.get(receiver)?.close();
    this.#videoReceivers.delete(receiver);
    this.#audioReceivers.delete(receiver);
  }

  showCapture(capture: CaptureId, track: PooledTrackId): void {
    const generator = this.#trackPool.take(track);
    if (generator === null) return;
    const { epoch } = this;
    this.#screenCaptures.set(
      capture,
      new ScreenCapture(trackSink(generator), {
        requestFrame: () => this.#request({ type: 'request-captured-frame', capture }),
        size: (width, height) => {
          this.#toPage({ type: 'capture-size', epoch, capture, width, height });
        },
      }),
    );
  }

  endCapture(capture: CaptureId): void {
    this.#screenCaptures.get(capture)?.close();
    this.#screenCaptures.delete(capture);
  }

  counts(): MediaCounts {
    return {
      encodings: [...this.#encodings].map(([id, { encoding }]) => ({
        encoding: id,
        ...encoding.counts(),
      })),
      sources: [...this.#captures.values(), ...this.#audioSources.values()].map((source) =>
        source.counts(),
      ),
      receivers: [...this.#videoReceivers.values()].map((receiver) => receiver.counts()),
    };
  }

  close(): void {
    this.#socket.close();
    for (const { encoding } of this.#encodings.values()) encoding.close();
    this.#encodings.clear();
    for (const source of [...this.#captures.keys(), ...this.#audioSources.keys()]) {
      this.endSource(source);
    }
    for (const capture of this.#screenCaptures.keys()) this.endCapture(capture);
    for (const receiver of [...this.#videoReceivers.keys(), ...this.#audioReceivers.keys()]) {
      this.endReceiver(receiver);
    }
  }

  #sink(receiver: ReceiverId, choice: SinkChoice): Sink {
    const { epoch } = this;
    const generator = choice.to === 'pooled-track' ? this.#trackPool.take(choice.id) : null;
    if (generator !== null) return trackSink(generator);
    return pageSink((frame) =>
      this.#toPage({ type: 'video-frame', epoch, receiver, frame }, [frame]),
    );
  }

  #handleEvent(event: Event): void {
    switch (event.type) {
      case 'encode':
        this.#encode(event.encoding, event.source, event.settings);
        return;
      case 'key-frame-wanted':
        this.#encodings.get(event.encoding)?.encoding.requestKeyFrame();
        return;
      case 'stop-encoding':
        this.#encodings.get(event.encoding)?.encoding.close();
        this.#encodings.delete(event.encoding);
        return;
      case 'source-wanted':
        if (event.wanted) this.#unwantedAudio.delete(event.source);
        else if (this.#audioSources.has(event.source)) this.#unwantedAudio.add(event.source);
        return;
      case 'reply':
        if (event.id < FIRST_WORKER_REQUEST)
          this.#toPage({ type: 'event', epoch: this.epoch, event });
        return;
      case 'candidate':
      case 'candidate-error':
      case 'gathering-complete':
      case 'ice-state':
      case 'dtls-state':
      case 'remote-certificate':
      case 'incoming-channel':
      case 'channel-open':
      case 'channel-closed':
      case 'channel-sent':
      case 'receiving':
      case 'sources':
      case 'playing':
      case 'audio-outputs-changed':
      case 'capture-ended':
        this.#toPage({ type: 'event', epoch: this.epoch, event });
    }
  }

  #handleFrame(frame: Received): void {
    switch (frame.kind) {
      case 'video':
        this.#videoReceivers.get(frame.receiver)?.handleFrame(frame);
        return;
      case 'audio': {
        const { channels, samples } = frame;
        this.#audioReceivers.get(frame.receiver)?.play(channels, samples);
        return;
      }
      case 'channel': {
        const { connection, channel, binary } = frame;
        // A copy, because the buffer also holds the message's header.
        const bytes = frame.bytes.slice();
        const message = { connection, channel, binary, bytes };
        this.#toPage({ type: 'channel', epoch: this.epoch, ...message }, [bytes.buffer]);
        return;
      }
      case 'captured-rows':
        this.#screenCaptures.get(frame.capture)?.handleRows(frame);
    }
  }

  #encode(id: EncodingId, source: SourceId, settings: EncodingSettings): void {
    const running = this.#encodings.get(id);
    if (running !== undefined) {
      running.encoding.change(settings);
      return;
    }
    const socket = this.#socket;
    const output: EncoderOutput = {
      get isCongested() {
        return socket.isCongested;
      },
      encoded: (frame) => this.#sendEncoded(id, frame),
    };
    const warm = this.#warmup.take(source, settings.codec);
    warm?.redirect(output);
    warm?.change(settings);
    const encoding = warm ?? new Encoding(settings, output);
    this.#encodings.set(id, { source, encoding });
  }

  #sendEncoded(encoding: EncodingId, { chunk, width, height }: EncodedFrame): void {
    const { timestamp } = chunk;
    const key = chunk.type === 'key';
    const header = { key, encoding, timestamp, width, height };
    const { message, payload } = encodedVideo(header, chunk.byteLength);
    chunk.copyTo(payload);
    this.#socket.send(message);
  }

  #request(kind: RequestKind): void {
    this.#socket.request({ id: this.#nextRequest, ...kind });
    this.#nextRequest += 1;
  }
}
