// The page's audio graph: what is sent goes from tracks into it, what is received comes out of it
// as tracks.
//
// Invariant: samples pass from the worklets straight to the worker; the page's main thread only
// connects and disconnects. Without a user nothing runs, and nothing is left of those before: a
// context keeps every source it ever had until it is closed (WebKitGTK 2.50, with five threads
// each), so it is closed after its last user and another takes its place.

import type { AudioChannel } from '../../bridge/message.ts';
import { RenderContext } from './audio-context.ts';
import { makeAudioChannel, transferred } from './audio-channel.ts';

/** In seconds: a change of volume without a click. */
const FADE = 0.01;
/** In seconds, where the engine does not tell (WebKitGTK 2.50 says 0): what its sink keeps, as found
 *  by ear and eye. */
const UNTOLD_LATENCY = 0.06;
/** The capture worklet's first word. */
const RUNNING = 'running';

export interface Loudspeaker {
  /** From 0 to 1. */
  readonly setVolume: (volume: number) => void;
  readonly close: () => void;
}

export interface CapturedAudio {
  readonly channels: number;
  /** The worker's end. */
  readonly way: AudioChannel;
  readonly close: () => void;
}

export interface PlayedAudio {
  readonly track: MediaStreamTrack;
  /** The worker's end. */
  readonly way: AudioChannel;
  /** Silent until it is given a volume. */
  readonly openSpeaker: () => Loudspeaker;
  readonly close: () => void;
}

export class AudioGraph {
  #current: RenderContext | null = null;

  /** Makes all that takes long, so that the next call need not wait for it. */
  async prepare(): Promise<void> {
    this.#current ??= new RenderContext();
    await this.#current.prepare();
  }

  capture(track: MediaStreamTrack): CapturedAudio {
    const { sound, leave } = this.#enter();
    const channels = track.getSettings().channelCount === 2 ? 2 : 1;
    const { worklet, worker } = makeAudioChannel();
    let source: MediaStreamAudioSourceNode | null = null;
    let isOver = false;
    const end = sound.attach((context) => {
      const node = new AudioWorkletNode(context, 'webrtc-capture', {
        numberOfInputs: 1,
        numberOfOutputs: 1,
        channelCount: channels,
        channelCountMode: 'explicit',
        processorOptions: { channels },
      });
      node.port.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (data !== RUNNING || isOver) return;
        // The engine queues what a source gives until it is first asked for, and never catches up:
        // made before anybody asks, it would be late by that for the whole call.
        source = context.createMediaStreamSource(new MediaStream([track]));
        source.connect(node);
      });
      node.port.start();
      node.port.postMessage(worklet, transferred(worklet));
      // It gives silence; only what leads to the destination runs.
      node.connect(context.destination);
      return node;
    });
    return {
      channels,
      way: worker,
      close: () => {
        isOver = true;
        source?.disconnect();
        end();
        leave();
      },
    };
  }

  /** `report` is told now and then how long sound takes from here, in milliseconds. */
  play(report: (delay: number) => void): PlayedAudio {
    const { sound, leave } = this.#enter();
    const { context } = sound;
    const { worklet, worker } = makeAudioChannel();
    const outlet = context.createGain();
    const destination = context.createMediaStreamDestination();
    outlet.connect(destination);
    const [track] = destination.stream.getAudioTracks();
    if (track === undefined) throw new DOMException('no track of sound', 'OperationError');
    const end = sound.attach(() => {
      const node = new AudioWorkletNode(context, 'webrtc-playout', {
        numberOfInputs: 0,
        numberOfOutputs: 1,
        outputChannelCount: [2],
      });
      node.port.addEventListener('message', ({ data: buffered }: MessageEvent<number | null>) => {
        if (buffered !== null) report(buffered + latency(context));
      });
      node.port.start();
      node.port.postMessage(worklet, transferred(worklet));
      node.connect(outlet);
      return node;
    });
    return {
      track,
      way: worker,
      openSpeaker: () => loudspeaker(context, outlet),
      close: () => {
        outlet.disconnect();
        end();
        leave();
      },
    };
  }

  /** A track on which nothing is heard for as long as anything is played. */
  silence(): MediaStreamTrack {
    this.#current ??= new RenderContext();
    return this.#current.silence();
  }

  #enter(): { readonly sound: RenderContext; readonly leave: () => void } {
    this.#current ??= new RenderContext();
    const sound = this.#current;
    sound.enter();
    let hasLeft = false;
    const leave = (): void => {
      if (hasLeft) return;
      hasLeft = true;
      if (sound.leave()) this.#renew(sound);
    };
    return { sound, leave };
  }

  #renew(used: RenderContext): void {
    this.#current = null;
    used.close().catch(() => undefined);
    this.prepare().catch(() => undefined);
  }
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
  const output =
    outputLatency === undefined || outputLatency === 0 ? UNTOLD_LATENCY : outputLatency;
  return ((baseLatency ?? 0) + output) * 1000;
}
