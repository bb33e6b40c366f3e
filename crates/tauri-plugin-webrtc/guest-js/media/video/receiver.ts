// A video receiver: what comes in is decoded and goes into its sink.
//
// Invariant: nothing is decoded whose beginning is missing. From a loss to the next key frame the
// last picture stands, and the key frame is asked for until it comes.

import type { ReceiverCounts } from '../../ports.ts';
import type { Received } from '../../bridge/frame.ts';
import type { ReceiverId, VideoCodec } from '../../bridge/wire.ts';
import { pageTime } from '../capture-clock.ts';
import { decoderConfig } from './codec.ts';
import { Rate } from './rate.ts';
import type { Sink } from './sink.ts';
import { FreezeStats } from './freeze-stats.ts';

export type ReceivedVideo = Extract<Received, { kind: 'video' }>;

/** In microseconds. */
const ASK_AGAIN_AFTER = 500_000;
/** Frames in the decoder before it starts anew from a key frame. */
const MOST_WAITING = 30;

export class VideoReceiver {
  readonly #id: ReceiverId;
  readonly #sink: Sink;
  readonly #requestKeyFrame: () => void;
  readonly #smoothness = new FreezeStats();
  readonly #rate = new Rate();
  #decoder: VideoDecoder | null = null;
  #codec: VideoCodec | null = null;
  #isWaitingForKey = true;
  #askedAt: number | null = null;
  readonly #begun = new Map<number, number>();
  #received = 0;
  #decoded = 0;
  #keyFrames = 0;
  #dropped = 0;
  #decodeTime = 0;
  #width = 0;
  #height = 0;

  constructor(id: ReceiverId, sink: Sink, requestKeyFrame: () => void) {
    this.#id = id;
    this.#sink = sink;
    this.#requestKeyFrame = requestKeyFrame;
  }

  handleFrame(frame: ReceivedVideo): void {
    const now = pageTime();
    this.#received += 1;
    if (frame.codec !== this.#codec) this.#drop();
    if (frame.gap || (this.#decoder?.decodeQueueSize ?? 0) > MOST_WAITING) {
      this.#isWaitingForKey = true;
    }
    if (this.#isWaitingForKey && !frame.key) {
      this.#dropped += 1;
      this.#ask(now);
      return;
    }
    this.#isWaitingForKey = false;
    this.#askedAt = null;
    this.#decode(frame, now);
  }

  counts(): ReceiverCounts {
    const { totalInterFrameDelay, totalSquaredInterFrameDelay, freezeCount, totalFreezesDuration } =
      this.#smoothness;
    return {
      receiver: this.#id,
      ...(this.#codec === null ? {} : { codec: this.#codec }),
      framesReceived: this.#received,
      framesDecoded: this.#decoded,
      keyFramesDecoded: this.#keyFrames,
      framesDropped: this.#dropped,
      frameWidth: this.#width,
      frameHeight: this.#height,
      framesPerSecond: this.#rate.at(pageTime()),
      totalDecodeTime: this.#decodeTime / 1_000_000,
      totalInterFrameDelay,
      totalSquaredInterFrameDelay,
      freezeCount,
      totalFreezesDuration,
      decoderImplementation: 'WebCodecs',
    };
  }

  close(): void {
    this.#drop();
    this.#sink.close();
  }

  #decode(frame: ReceivedVideo, now: number): void {
    try {
      const decoder = this.#decoder ?? this.#make(frame.codec);
      this.#begun.set(frame.timestamp, now);
      decoder.decode(
        new EncodedVideoChunk({
          type: frame.key ? 'key' : 'delta',
          timestamp: frame.timestamp,
          data: frame.bytes,
        }),
      );
      if (frame.key) this.#keyFrames += 1;
    } catch {
      this.#fail();
    }
  }

  #make(codec: VideoCodec): VideoDecoder {
    const decoder = new VideoDecoder({
      output: (frame) => {
        if (this.#decoder === decoder) this.#show(frame);
        else frame.close();
      },
      error: () => {
        if (this.#decoder === decoder) this.#fail();
      },
    });
    decoder.configure(decoderConfig(codec));
    this.#decoder = decoder;
    this.#codec = codec;
    return decoder;
  }

  #show(frame: VideoFrame): void {
    const now = pageTime();
    this.#decoded += 1;
    this.#rate.count(now);
    this.#smoothness.count(now);
    this.#width = frame.displayWidth;
    this.#height = frame.displayHeight;
    this.#decodeTime += now - (this.#begun.get(frame.timestamp) ?? now);
    for (const timestamp of this.#begun.keys()) {
      if (timestamp <= frame.timestamp) this.#begun.delete(timestamp);
    }
    // It is to be shown now: the transport has chosen the moment. WebKitGTK 2.50 holds a frame
    // back until the computer has run for as long as its timestamp says, taken as nanoseconds.
    const stamped = new VideoFrame(frame, { timestamp: Math.round(performance.now() * 1000) });
    frame.close();
    this.#sink.show(stamped);
  }

  #fail(): void {
    this.#drop();
    this.#dropped += 1;
    this.#ask(pageTime());
  }

  #ask(now: number): void {
    if (this.#askedAt !== null && now - this.#askedAt < ASK_AGAIN_AFTER) return;
    this.#askedAt = now;
    this.#requestKeyFrame();
  }

  #drop(): void {
    if (this.#decoder !== null && this.#decoder.state !== 'closed') this.#decoder.close();
    this.#decoder = null;
    this.#codec = null;
    this.#isWaitingForKey = true;
    this.#begun.clear();
  }
}
