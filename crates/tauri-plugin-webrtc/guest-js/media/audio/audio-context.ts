// One AudioContext with the worklets' modules, from its creation to its end.
//
// Invariant: the context closes after all its worklet nodes have ended. WebKitGTK 2.50 leaks the
// thread of a context that closes earlier.

import { keepOutOfRealTime } from '../../bridge/real-time';

const OPTIONS = { sampleRate: 48_000, latencyHint: 'interactive' } as const;
/** Events after which an engine lets a page play audio. */
const GESTURES = ['pointerdown', 'keydown', 'touchend'] as const;
/** In a suspended context nodes never end. */
const CLOSE_TIMEOUT_MS = 2000;
/** Size of an allocation that makes the garbage collector run. */
const GC_PRESSURE_BYTES = 64 << 20;

export class RenderContext {
  readonly context = new AudioContext(OPTIONS);
  readonly #loaded: Promise<void>;
  readonly #ending = new Set<Promise<void>>();
  readonly #listeners = new AbortController();
  #users = 0;
  #silence: MediaStreamAudioDestinationNode | null = null;

  constructor() {
    const { context } = this;
    const { signal } = this.#listeners;
    this.#loaded = load(context);
    // Callers that await `#loaded` get the error.
    this.#loaded.then(keepOutOfRealTime, () => undefined);
    const wake = (): void => {
      if (this.#users > 0) resume(context);
    };
    context.addEventListener('statechange', wake, { signal });
    for (const gesture of GESTURES) {
      window.addEventListener(gesture, wake, { capture: true, passive: true, signal });
    }
  }

  /** Loads the modules and suspends the context until it is used. */
  async prepare(): Promise<void> {
    await this.#loaded;
    if (this.#users === 0 && this.context.state === 'running') await this.context.suspend();
  }

  enter(): void {
    this.#users += 1;
    resume(this.context);
  }

  /** Returns whether that was the last user. */
  leave(): boolean {
    this.#users -= 1;
    return this.#users === 0;
  }

  /** Builds the node once the modules are loaded. The returned function ends the node. */
  attach(build: (context: AudioContext) => AudioWorkletNode): () => void {
    let node: AudioWorkletNode | null = null;
    let closed = false;
    const start = async (): Promise<void> => {
      await this.#loaded;
      if (!closed) node = build(this.context);
    };
    // Without the module there is no audio, and everything else continues.
    start().catch(() => undefined);
    return () => {
      closed = true;
      if (node !== null) this.#ending.add(end(node));
    };
  }

  /** A silent track. */
  silence(): MediaStreamTrack {
    this.#silence ??= makeSilence(this.context);
    const [track] = this.#silence.stream.getAudioTracks();
    if (track === undefined)
      throw new DOMException('The audio graph has no track.', 'OperationError');
    return track;
  }

  async close(): Promise<void> {
    this.#listeners.abort();
    await Promise.race([Promise.all(this.#ending), closeTimeout()]);
    await this.context.close();
    // The context and its threads are freed when it is collected, but the engine does not count
    // their memory. This allocation is never written to, so it costs nothing, but the engine counts
    // it.
    setTimeout(() => new ArrayBuffer(GC_PRESSURE_BYTES), 0);
  }
}

async function load(context: AudioContext): Promise<void> {
  await Promise.all([
    context.audioWorklet.addModule(new URL('./capture-worklet.js', import.meta.url)),
    context.audioWorklet.addModule(new URL('./playout-worklet.js', import.meta.url)),
  ]);
}

/** An engine may refuse until a user gesture. The listeners then try again. */
function resume(context: AudioContext): void {
  if (context.state !== 'running') context.resume().catch(() => undefined);
}

/** Sends `null`, and waits until the node answers with `null`. */
function end(node: AudioWorkletNode): Promise<void> {
  const { context, port } = node;
  return new Promise((resolve) => {
    port.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data !== null) return;
      node.disconnect();
      port.close();
      resolve();
    });
    port.start();
    // Only nodes with a path to the destination are processed.
    node.connect(new GainNode(context, { gain: 0 })).connect(context.destination);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
    port.postMessage(null);
  });
}

function closeTimeout(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, CLOSE_TIMEOUT_MS);
  });
}

function makeSilence(context: AudioContext): MediaStreamAudioDestinationNode {
  const destination = context.createMediaStreamDestination();
  // Without an input it yields no samples, and an element would wait for them.
  const zero = new ConstantSourceNode(context, { offset: 0 });
  zero.connect(destination);
  zero.start();
  return destination;
}
