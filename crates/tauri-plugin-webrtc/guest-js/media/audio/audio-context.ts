// One audio context, with the worklets' scripts in it, from its making to its end.
//
// Invariant: it has ended only when every worklet node in it has. WebKitGTK 2.50 keeps the thread
// of a context that is closed before.

import { keepOutOfRealTime } from '../../bridge/real-time';

const OPTIONS = { sampleRate: 48_000, latencyHint: 'interactive' } as const;
/** Events after which an engine lets a page play sound. */
const GESTURES = ['pointerdown', 'keydown', 'touchend'] as const;
/** In milliseconds: nodes of a context that does not run never end. */
const PATIENCE = 2000;
/** In bytes. */
const HEAVY = 64 << 20;

export class RenderContext {
  readonly context = new AudioContext(OPTIONS);
  readonly #loaded: Promise<void>;
  readonly #ending = new Set<Promise<void>>();
  readonly #deaf = new AbortController();
  #users = 0;
  #silence: MediaStreamAudioDestinationNode | null = null;

  constructor() {
    const { context } = this;
    const { signal } = this.#deaf;
    this.#loaded = load(context);
    // Whoever waits for it is told that it failed.
    this.#loaded.then(keepOutOfRealTime, () => undefined);
    const wake = (): void => {
      if (this.#users > 0) resume(context);
    };
    context.addEventListener('statechange', wake, { signal });
    for (const gesture of GESTURES) {
      window.addEventListener(gesture, wake, { capture: true, passive: true, signal });
    }
  }

  /** Makes all that takes long, and rests until it is used. */
  async prepare(): Promise<void> {
    await this.#loaded;
    if (this.#users === 0 && this.context.state === 'running') await this.context.suspend();
  }

  enter(): void {
    this.#users += 1;
    resume(this.context);
  }

  /** Tells whether that was the last user. */
  leave(): boolean {
    this.#users -= 1;
    return this.#users === 0;
  }

  /** Builds the node when its script is there. The function that is given back ends it. */
  attach(build: (context: AudioContext) => AudioWorkletNode): () => void {
    let node: AudioWorkletNode | null = null;
    let closed = false;
    const start = async (): Promise<void> => {
      await this.#loaded;
      if (!closed) node = build(this.context);
    };
    // Without its script there is no sound, and everything else goes on.
    start().catch(() => undefined);
    return () => {
      closed = true;
      if (node !== null) this.#ending.add(end(node));
    };
  }

  /** A track on which nothing is ever heard. */
  silence(): MediaStreamTrack {
    this.#silence ??= makeSilence(this.context);
    const [track] = this.#silence.stream.getAudioTracks();
    if (track === undefined) throw new DOMException('no track of sound', 'OperationError');
    return track;
  }

  async close(): Promise<void> {
    this.#deaf.abort();
    await Promise.race([Promise.all(this.#ending), patience()]);
    await this.context.close();
    // It goes with its threads when it is collected, and the engine does not know their weight.
    // What is never written to costs nothing, and counts.
    setTimeout(() => new ArrayBuffer(HEAVY), 0);
  }
}

async function load(context: AudioContext): Promise<void> {
  await Promise.all([
    context.audioWorklet.addModule(new URL('./capture-worklet.js', import.meta.url)),
    context.audioWorklet.addModule(new URL('./playout-worklet.js', import.meta.url)),
  ]);
}

/** An engine may refuse until the person has done something; then that is waited for. */
function resume(context: AudioContext): void {
  if (context.state !== 'running') context.resume().catch(() => undefined);
}

/** Its last word is `null`, as ours to it. */
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
    // Only what leads to the destination runs, and hears it.
    node.connect(new GainNode(context, { gain: 0 })).connect(context.destination);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
    port.postMessage(null);
  });
}

function patience(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, PATIENCE);
  });
}

function makeSilence(context: AudioContext): MediaStreamAudioDestinationNode {
  const destination = context.createMediaStreamDestination();
  // With nothing connected it gives no samples at all, and an element would wait for them.
  const zero = new ConstantSourceNode(context, { offset: 0 });
  zero.connect(destination);
  zero.start();
  return destination;
}
