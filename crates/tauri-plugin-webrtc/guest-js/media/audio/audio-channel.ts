// Moves samples between the worklets and the worker: through shared memory, or by messages where
// the engine has none. WebKitGTK 2.50 delivers such messages over the page's main thread, and a
// worklet reads them only when it renders.
//
// Invariant: samples keep their order, and the clock of the sound card drives both directions.

import type { AudioChannel } from '../../bridge/message.ts';
import { REQUESTED, RingBuffer, WRITTEN } from './ring-buffer.ts';

export interface PlayoutWriter {
  /** Interleaved frames of 10 ms. */
  readonly play: (channels: number, samples: Float32Array) => void;
  readonly close: () => void;
}

export function makeAudioChannel(): {
  readonly worklet: AudioChannel;
  readonly worker: AudioChannel;
} {
  if (typeof SharedArrayBuffer === 'function' && 'waitAsync' in Atomics) {
    const shared = RingBuffer.memory();
    return { worklet: shared, worker: shared };
  }
  const { port1, port2 } = new MessageChannel();
  return { worklet: port1, worker: port2 };
}

/** The transfer list for posting a channel. */
export function transferred(channel: AudioChannel): Transferable[] {
  return channel instanceof MessagePort ? [channel] : [];
}

/** The worker's end of a capture. Calls `received` with frames of `length` samples and the
 *  number of samples that wait behind each. The returned function ends it. */
export function readCapture(
  channel: AudioChannel,
  length: number,
  received: (samples: Float32Array, waiting: number) => void,
): () => void {
  if (channel instanceof MessagePort) {
    channel.addEventListener('message', ({ data }: MessageEvent<Float32Array>) =>
      received(data, 0),
    );
    channel.start();
    return () => channel.close();
  }
  const ring = new RingBuffer(channel);
  return ring.watch(WRITTEN, () => {
    while (ring.filled >= length) {
      const samples = ring.read(length);
      received(samples, ring.filled);
    }
  });
}

/** The worker's end of a playout. Calls `requested` with the number of additional frames of 10
 *  ms. */
export function writePlayout(
  channel: AudioChannel,
  requested: (frames: number) => void,
): PlayoutWriter {
  if (channel instanceof MessagePort) {
    channel.addEventListener('message', ({ data }: MessageEvent<number>) => requested(data));
    channel.start();
    return {
      play: (channels, samples) => channel.postMessage({ channels, samples }, [samples.buffer]),
      close: () => channel.close(),
    };
  }
  const ring = new RingBuffer(channel);
  let known = 0;
  const close = ring.watch(REQUESTED, (all) => {
    requested((all - known) | 0);
    known = all;
  });
  return {
    play: (channels, samples) => ring.write(channels === 2 ? samples : toStereo(samples)),
    close,
  };
}

/** The playout worklet reads two channels. */
function toStereo(samples: Float32Array): Float32Array {
  const both = new Float32Array(2 * samples.length);
  let at = 0;
  for (const sample of samples) {
    both[at] = sample;
    both[at + 1] = sample;
    at += 2;
  }
  return both;
}
