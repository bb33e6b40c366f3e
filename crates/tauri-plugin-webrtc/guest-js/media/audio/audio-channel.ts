// How sound gets from a worklet to the worker, and from the worker to a worklet: in memory that both
// see, or by messages where the engine gives none. WebKitGTK 2.50 brings such messages over the
// page's main thread, and a worklet reads them only when it is its turn to render.
//
// Invariant: whichever it is, nothing overtakes, and the sound card's clock drives both.

import type { AudioChannel } from '../../bridge/message.ts';
import { ASKED, RingBuffer, WRITTEN } from './ring-buffer.ts';

export interface Outlet {
  /** Interleaved; pieces of 10 ms. */
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

/** What goes along when it is posted. */
export function transferred(way: AudioChannel): Transferable[] {
  return way instanceof MessagePort ? [way] : [];
}

/** The worker's end of a capture: hears pieces of this many samples, and how many wait behind each,
 *  until it is closed by the function that is given back. */
export function readCapture(
  way: AudioChannel,
  length: number,
  heard: (samples: Float32Array, waiting: number) => void,
): () => void {
  if (way instanceof MessagePort) {
    way.addEventListener('message', ({ data }: MessageEvent<Float32Array>) => heard(data, 0));
    way.start();
    return () => way.close();
  }
  const ring = new RingBuffer(way);
  return ring.watch(WRITTEN, () => {
    while (ring.filled >= length) {
      const samples = ring.read(length);
      heard(samples, ring.filled);
    }
  });
}

/** The worker's end of a playout: hears how many pieces of 10 ms are wanted more. */
export function writePlayout(way: AudioChannel, asked: (pieces: number) => void): Outlet {
  if (way instanceof MessagePort) {
    way.addEventListener('message', ({ data }: MessageEvent<number>) => asked(data));
    way.start();
    return {
      play: (channels, samples) => way.postMessage({ channels, samples }, [samples.buffer]),
      close: () => way.close(),
    };
  }
  const ring = new RingBuffer(way);
  let known = 0;
  const close = ring.watch(ASKED, (all) => {
    asked((all - known) | 0);
    known = all;
  });
  return {
    play: (channels, samples) => ring.write(channels === 2 ? samples : doubled(samples)),
    close,
  };
}

/** The playout worklet has two channels of everything. */
function doubled(samples: Float32Array): Float32Array {
  const both = new Float32Array(2 * samples.length);
  let at = 0;
  for (const sample of samples) {
    both[at] = sample;
    both[at + 1] = sample;
    at += 2;
  }
  return both;
}
