// A video receiver: decodes frames into its sink.
//
// Invariant: nothing is decoded without its reference frames. From a loss to the next key frame the
// last frame stays visible, and the key frame is requested until it arrives.

import type { ReceiverCounts } from '../../ports.ts';
import type { Received } from '../../bridge/frame.ts';
import type { ReceiverId, VideoCodec } from '../../bridge/wire.ts';
import { pageTime } from '../capture-clock.ts';
import { decoderConfig } from './codec-config.ts';
import { FrameRate } from './frame-rate.ts';
import type { Sink } from './frame-sink.ts';
import { FreezeStats } from './freeze-stats.ts';

export type ReceivedVideo = Extract<Received, { kind: 'video' }>;

/** Interval of key frame requests. */
const KEY_FRAME_REQUEST_INTERVAL_US = 500_000;
/** More frames in the decoder: it restarts from a key frame. */
const MAX_QUEUED_FRAMES = 30;

export class VideoReceiver {
  readonly #id: ReceiverId;
  readonly #sink: Sink;
  readonly #requestKeyFrame: () => void;
  readonly #freezeStats = new FreezeStats();
  readonly #rate = new FrameRate();
  #decoder: VideoDecoder | null = null;
  #codec: VideoCodec | null = null;
  #needsKeyFrame = true;
  #requestedAt: number | null = null;
  readonly #startTimes = new Map<number, number>();
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
    if (frame.gap || (this.#decoder?.decodeQueueSize ?? 0) > MAX_QUEUED_FRAMES) {
      this.#needsKeyFrame = true;
    }
    if (this.#needsKeyFrame && !frame.key) {
      this.#dropped += 1;
      this.#request(now);
      return;
    }
    this.#needsKeyFrame = false;
    this.#requestedAt = null;
    this.#decode(frame, now);
  }

  counts(): ReceiverCounts {
    const { totalInterFrameDelay, totalSquaredInterFrameDelay, freezeCount, totalFreezesDuration } =
      this.#freezeStats;
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
      this.#startTimes.set(frame.timestamp, now);
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
    this.#freezeStats.count(now);
    this.#width = frame.displayWidth;
    this.#height = frame.displayHeight;
    this.#decodeTime += now - (this.#startTimes.get(frame.timestamp) ?? now);
    for (const timestamp of this.#startTimes.keys()) {
      if (timestamp <= frame.timestamp) this.#startTimes.delete(timestamp);
    }
    // The frame is shown now: the transport has chosen the time. WebKitGTK 2.50 would delay it
    // until the computer's uptime exceeds the timestamp, read as nanoseconds.
    const stamped = new VideoFrame(frame, { timestamp: Math.round(performance.now() * 1000) });
    frame.close();
    this.#sink.show(stamped);
  }

  #fail(): void {
    this.#drop();
    this.#dropped += 1;
    this.#request(pageTime());
  }

  #request(now: number): void {
    if (this.#requestedAt !== null && now - this.#requestedAt < KEY_FRAME_REQUEST_INTERVAL_US)
      return;
    this.#requestedAt = now;
    this.#requestKeyFrame();
  }

  #drop(): void {
    if (this.#decoder !== null && this.#decoder.state !== 'closed') this.#decoder.close();
    this.#decoder = null;
    this.#codec = null;
    this.#needsKeyFrame = true;
    this.#startTimes.clear();
  }
}
