// A captured track as a source of the transport: a clone of its pictures in the worker, or its
// sound in the audio graph.
//
// Invariant: the page's own track is never touched: not stopped, not taken. When it ends, nothing
// more is sent of it, though the source stays until the last sender has released it.

import type { Epoch } from '../bridge/message.ts';
import type { PageBridge } from '../bridge/page-bridge.ts';
import type { SourceId } from '../bridge/wire.ts';
import type { AudioGraph } from './audio/audio-graph.ts';
import { transferred } from './audio/audio-channel.ts';
import { watchTrack } from './track-watch.ts';

export class TrackSource {
  readonly id: SourceId;
  readonly #bridge: PageBridge;
  readonly #epoch: Epoch;
  readonly #whenFree: () => void;
  readonly #close: () => void;
  #users = 0;

  constructor(
    id: SourceId,
    track: MediaStreamTrack,
    { bridge, graph }: SourceSurroundings,
    whenFree: () => void,
  ) {
    this.id = id;
    this.#bridge = bridge;
    this.#epoch = bridge.epoch();
    this.#whenFree = whenFree;
    const kind = track.kind === 'audio' ? 'audio' : 'video';
    const pixels = kind === 'video' ? pixelsOf(track) : null;
    bridge.ask(this.#epoch, { type: 'open-source', source: id, kind, pixels });
    if (track.readyState === 'ended') this.#close = () => undefined;
    else
      this.#close = kind === 'audio' ? this.#captureSound(track, graph) : this.#captureVideo(track);
  }

  use(): void {
    this.#users += 1;
  }

  release(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#close();
    this.#whenFree();
    this.#bridge.ask(this.#epoch, { type: 'close-source', source: this.id });
  }

  /** The bridge is gone, and the source with it. */
  lose(): void {
    this.#close();
  }

  #captureVideo(track: MediaStreamTrack): () => void {
    const copy = track.clone();
    // The worker shows black itself, since it must also do so when the page changes its mind.
    copy.enabled = true;
    const { id: source } = this;
    const epoch = this.#epoch;
    this.#bridge.post(
      {
        type: 'capture-video',
        epoch,
        source,
        track: copy,
        shows: track.enabled ? 'picture' : 'black',
      },
      [copy],
    );
    return this.#watch(track, {
      enabled: (enabled) => {
        this.#bridge.post({ type: 'show', epoch, source, shows: enabled ? 'picture' : 'black' });
      },
      close: () => undefined,
    });
  }

  /** The graph itself gives silence for a track that is switched off. */
  #captureSound(track: MediaStreamTrack, graph: AudioGraph): () => void {
    const { channels, way, close } = graph.capture(track);
    const { id: source } = this;
    const epoch = this.#epoch;
    this.#bridge.post({ type: 'capture-sound', epoch, source, channels, way }, transferred(way));
    return this.#watch(track, { enabled: () => undefined, close });
  }

  #watch(
    track: MediaStreamTrack,
    { enabled, close }: { enabled: (enabled: boolean) => void; close: () => void },
  ): () => void {
    let isOver = false;
    const over = (): void => {
      if (isOver) return;
      isOver = true;
      unwatch();
      close();
      this.#bridge.post({ type: 'end-source', epoch: this.#epoch, source: this.id });
    };
    const unwatch = watchTrack(track, { enabled, ended: over });
    return over;
  }
}

export interface SourceSurroundings {
  readonly bridge: PageBridge;
  readonly graph: AudioGraph;
}

/** As far as the engine says before the first picture. */
function pixelsOf(track: MediaStreamTrack): number | null {
  const { width = 0, height = 0 } = track.getSettings();
  return width * height > 0 ? width * height : null;
}
