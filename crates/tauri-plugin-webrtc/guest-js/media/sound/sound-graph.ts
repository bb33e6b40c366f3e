// The page's one audio graph: what is sent goes from tracks into it, what is received comes out of
// it as tracks.
//
// Invariant: samples pass from the worklets straight to the worker; the page's main thread only
// connects and disconnects. Without a user nothing runs.

const OPTIONS = { sampleRate: 48_000, latencyHint: 'interactive' } as const;
/** Events after which an engine lets a page play sound. */
const GESTURES = ['pointerdown', 'keydown', 'touchend'] as const;
/** In seconds: a change of volume without a click. */
const FADE = 0.01;

export interface Loudspeaker {
  /** From 0 to 1. */
  readonly setVolume: (volume: number) => void;
  readonly close: () => void;
}

export interface CapturedSound {
  readonly channels: number;
  /** The worker's end. */
  readonly port: MessagePort;
  readonly close: () => void;
}

export interface PlayedSound {
  readonly track: MediaStreamTrack;
  /** The worker's end. */
  readonly port: MessagePort;
  /** Silent until it is given a volume. */
  readonly openSpeaker: () => Loudspeaker;
  readonly close: () => void;
}

export class SoundGraph {
  #context: AudioContext | null = null;
  #loaded: Promise<void> = Promise.resolve();
  #users = 0;
  #silence: MediaStreamAudioDestinationNode | null = null;

  /** Makes all that takes long, so that the first call need not wait for it. */
  async prepare(): Promise<void> {
    const context = this.#context ?? this.#make();
    await this.#loaded;
    if (this.#users === 0) await context.suspend();
  }

  capture(track: MediaStreamTrack): CapturedSound {
    const context = this.#enter();
    const channels = track.getSettings().channelCount === 2 ? 2 : 1;
    const { port1, port2 } = new MessageChannel();
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const close = this.#attach(context, () => {
      const node = new AudioWorkletNode(context, 'webrtc-capture', {
        numberOfInputs: 1,
        numberOfOutputs: 1,
        channelCount: channels,
        channelCountMode: 'explicit',
        processorOptions: { channels },
      });
      node.port.postMessage(port1, [port1]);
      // It gives silence; only what leads to the destination runs.
      source.connect(node).connect(context.destination);
      return node;
    });
    return {
      channels,
      port: port2,
      close: () => {
        source.disconnect();
        close();
      },
    };
  }

  /** `report` is told now and then how long sound takes from here, in milliseconds. */
  play(report: (delay: number) => void): PlayedSound {
    const context = this.#enter();
    const { port1, port2 } = new MessageChannel();
    const outlet = context.createGain();
    const destination = context.createMediaStreamDestination();
    outlet.connect(destination);
    const [track] = destination.stream.getAudioTracks();
    if (track === undefined) throw new DOMException('no track of sound', 'OperationError');
    const close = this.#attach(context, () => {
      const node = new AudioWorkletNode(context, 'webrtc-playout', {
        numberOfInputs: 0,
        numberOfOutputs: 1,
        outputChannelCount: [2],
      });
      node.port.addEventListener('message', ({ data: buffered }: MessageEvent<number>) => {
        report(buffered + latency(context));
      });
      node.port.start();
      node.port.postMessage(port1, [port1]);
      node.connect(outlet);
      return node;
    });
    return {
      track,
      port: port2,
      openSpeaker: () => loudspeaker(context, outlet),
      close: () => {
        outlet.disconnect();
        close();
      },
    };
  }

  /** A track on which nothing is ever heard. */
  silence(): MediaStreamTrack {
    this.#silence ??= makeSilence(this.#context ?? this.#make());
    const [track] = this.#silence.stream.getAudioTracks();
    if (track === undefined) throw new DOMException('no track of sound', 'OperationError');
    return track;
  }

  /** Builds the node when its script is there. The function that is given back ends it. */
  #attach(context: AudioContext, build: () => AudioWorkletNode): () => void {
    let node: AudioWorkletNode | null = null;
    let closed = false;
    const start = async (): Promise<void> => {
      await this.#loaded;
      if (!closed) node = build();
    };
    // Without its script there is no sound, and everything else goes on.
    start().catch(() => undefined);
    return () => {
      if (closed) return;
      closed = true;
      end(node);
      this.#leave(context);
    };
  }

  #enter(): AudioContext {
    this.#users += 1;
    const context = this.#context ?? this.#make();
    resume(context);
    return context;
  }

  #leave(context: AudioContext): void {
    this.#users -= 1;
    if (this.#users === 0) context.suspend().catch(() => undefined);
  }

  #make(): AudioContext {
    const context = new AudioContext(OPTIONS);
    this.#context = context;
    this.#loaded = load(context);
    const wake = (): void => {
      if (this.#users > 0) resume(context);
    };
    context.addEventListener('statechange', wake);
    for (const gesture of GESTURES) {
      window.addEventListener(gesture, wake, { capture: true, passive: true });
    }
    return context;
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

function makeSilence(context: AudioContext): MediaStreamAudioDestinationNode {
  const destination = context.createMediaStreamDestination();
  // With nothing connected it gives no samples at all, and an element would wait for them.
  const zero = new ConstantSourceNode(context, { offset: 0 });
  zero.connect(destination);
  zero.start();
  return destination;
}

function loudspeaker(context: AudioContext, outlet: AudioNode): Loudspeaker {
  const gain = context.createGain();
  gain.gain.value = 0;
  outlet.connect(gain).connect(context.destination);
  return {
    setVolume: (volume) => {
      gain.gain.setTargetAtTime(volume, context.currentTime, FADE);
    },
    close: () => {
      // The outlet may be gone already.
      gain.disconnect();
    },
  };
}

function latency(context: AudioContext): number {
  const { baseLatency, outputLatency } = context as Partial<AudioContext>;
  return ((baseLatency ?? 0) + (outputLatency ?? 0)) * 1000;
}

function end(node: AudioWorkletNode | null): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
  node?.port.postMessage(null);
  node?.disconnect();
}
