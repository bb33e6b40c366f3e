// The page's audio graph: captured tracks are inputs, received tracks are outputs.
//
// Invariant: samples pass directly between worklets and worker; the main thread only connects
// nodes. Without users nothing runs. WebKitGTK 2.50 keeps every source of a context, with five
// threads each, until the context closes, so it is closed after its last user and replaced.

import type { AudioChannel } from '../../bridge/message.ts';
import { RenderContext } from './audio-context.ts';
import { makeAudioChannel, transferred } from './audio-channel.ts';

/** Fade time that avoids a click when the volume changes. */
const FADE_SECONDS = 0.01;
/** For engines that report no output latency (WebKitGTK 2.50 reports 0). Measured by ear and
 *  eye. */
const DEFAULT_OUTPUT_LATENCY_SECONDS = 0.06;
/** First message of the capture worklet. */
const RUNNING_MESSAGE = 'running';

export interface GraphPlayback {
  /** From 0 to 1. */
  readonly setVolume: (volume: number) => void;
  readonly close: () => void;
}

export interface CapturedAudio {
  readonly channels: number;
  /** The worker's end. */
  readonly audioChannel: AudioChannel;
  readonly close: () => void;
}

export interface PlayedAudio {
  readonly track: MediaStreamTrack;
  /** The worker's end. */
  readonly audioChannel: AudioChannel;
  /** Silent until the volume is set. */
  readonly openPlayback: () => GraphPlayback;
  readonly close: () => void;
}

export class AudioGraph {
  #current: RenderContext | null = null;

  /** Loads everything ahead, so that the next call does not wait for it. */
  async prepare(): Promise<void> {
    this.#current ??= new RenderContext();
    await this.#current.prepare();
  }

  capture(track: MediaStreamTrack): CapturedAudio {
    const { render, leave } = this.#enter();
    const channels = track.getSettings().channelCount === 2 ? 2 : 1;
    const { worklet, worker } = makeAudioChannel();
    let source: MediaStreamAudioSourceNode | null = null;
    let isEnded = false;
    const end = render.attach((context) => {
      const node = new AudioWorkletNode(context, 'webrtc-capture', {
        numberOfInputs: 1,
        numberOfOutputs: 1,
        channelCount: channels,
        channelCountMode: 'explicit',
        processorOptions: { channels },
      });
      node.port.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (data !== RUNNING_MESSAGE || isEnded) return;
        // The engine queues a source's samples until they are first read, and never catches up. A
        // source created before the worklet runs would be late by that for the whole call.
        source = context.createMediaStreamSource(new MediaStream([track]));
        source.connect(node);
      });
      node.port.start();
      node.port.postMessage(worklet, transferred(worklet));
      // The output is silent. Only nodes with a path to the destination are processed.
      node.connect(context.destination);
      return node;
    });
    return {
      channels,
      audioChannel: worker,
      close: () => {
        isEnded = true;
        source?.disconnect();
        end();
        leave();
      },
    };
  }

  /** Calls `report` regularly with the playout delay in milliseconds. */
  play(report: (delay: number) => void): PlayedAudio {
    const { render, leave } = this.#enter();
    const { context } = render;
    const { worklet, worker } = makeAudioChannel();
    const output = context.createGain();
    const destination = context.createMediaStreamDestination();
    output.connect(destination);
    const [track] = destination.stream.getAudioTracks();
    if (track === undefined)
      throw new DOMException('The audio graph has no track.', 'OperationError');
    const end = render.attach(() => {
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
      node.connect(output);
      return node;
    });
    return {
      track,
      audioChannel: worker,
      openPlayback: () => graphPlayback(context, output),
      close: () => {
        output.disconnect();
        end();
        leave();
      },
    };
  }

  /** A silent track for as long as audio is played. */
  silence(): MediaStreamTrack {
    this.#current ??= new RenderContext();
    return this.#current.silence();
  }

  #enter(): { readonly render: RenderContext; readonly leave: () => void } {
    this.#current ??= new RenderContext();
    const render = this.#current;
    render.enter();
    let hasLeft = false;
    const leave = (): void => {
      if (hasLeft) return;
      hasLeft = true;
      if (render.leave()) this.#renew(render);
    };
    return { render, leave };
  }

  #renew(used: RenderContext): void {
    this.#current = null;
    used.close().catch(() => undefined);
    this.prepare().catch(() => undefined);
  }
}

function graphPlayback(context: AudioContext, output: AudioNode): GraphPlayback {
  const gain = context.createGain();
  gain.gain.value = 0;
  output.connect(gain).connect(context.destination);
  return {
    setVolume: (volume) => {
      gain.gain.setTargetAtTime(volume, context.currentTime, FADE_SECONDS);
    },
    close: () => {
      // The output may be disconnected already.
      gain.disconnect();
    },
  };
}

function latency(context: AudioContext): number {
  const { baseLatency, outputLatency } = context as Partial<AudioContext>;
  const output =
    outputLatency === undefined || outputLatency === 0
      ? DEFAULT_OUTPUT_LATENCY_SECONDS
      : outputLatency;
  return ((baseLatency ?? 0) + output) * 1000;
}
