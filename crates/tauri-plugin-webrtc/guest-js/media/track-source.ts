// A captured track as a source of the transport: a clone of a video track in the worker, or an
// audio track in the audio graph.
//
// Invariant: the page's track is neither stopped nor transferred. When it ends nothing more is
// sent, but the source stays until its last sender has released it.

import type { Epoch, VideoOrigin } from '../bridge/message.ts';
import type { PageBridge } from '../bridge/page-bridge.ts';
import type { SourceId } from '../bridge/wire.ts';
import type { AudioGraph } from './audio/audio-graph.ts';
import { transferred } from './audio/audio-channel.ts';
import { watchTrack } from './track-watcher.ts';

export class TrackSource {
  readonly id: SourceId;
  readonly #bridge: PageBridge;
  readonly #epoch: Epoch;
  readonly #onReleased: () => void;
  readonly #close: () => void;
  #users = 0;

  constructor(
    id: SourceId,
    track: MediaStreamTrack,
    { bridge, graph }: SourceDependencies,
    onReleased: () => void,
  ) {
    this.id = id;
    this.#bridge = bridge;
    this.#epoch = bridge.epoch();
    this.#onReleased = onReleased;
    const kind = track.kind === 'audio' ? 'audio' : 'video';
    const pixels = kind === 'video' ? pixelsOf(track) : null;
    bridge.send(this.#epoch, { type: 'open-source', source: id, kind, pixels });
    if (track.readyState === 'ended') this.#close = () => undefined;
    else
      this.#close = kind === 'audio' ? this.#captureAudio(track, graph) : this.#captureVideo(track);
  }

  use(): void {
    this.#users += 1;
  }

  release(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#close();
    this.#onReleased();
    this.#bridge.send(this.#epoch, { type: 'close-source', source: this.id });
  }

  /** The bridge was lost, and the source with it. */
  lose(): void {
    this.#close();
  }

  #captureVideo(track: MediaStreamTrack): () => void {
    const copy = track.clone();
    // The clone stays enabled: the worker itself sends black, and returns to video when the page
    // enables the track.
    copy.enabled = true;
    const { id: source } = this;
    const epoch = this.#epoch;
    this.#bridge.post(
      {
        type: 'capture-video',
        epoch,
        source,
        track: copy,
        origin: originOf(track),
        content: track.enabled ? 'frames' : 'black',
      },
      [copy],
    );
    return this.#watch(track, {
      enabled: (enabled) => {
        this.#bridge.post({
          type: 'set-content',
          epoch,
          source,
          content: enabled ? 'frames' : 'black',
        });
      },
      close: () => undefined,
    });
  }

  /** The graph delivers silence for a disabled track. */
  #captureAudio(track: MediaStreamTrack, graph: AudioGraph): () => void {
    const { channels, audioChannel, close } = graph.capture(track);
    const { id: source } = this;
    const epoch = this.#epoch;
    this.#bridge.post(
      { type: 'capture-audio', epoch, source, channels, audioChannel },
      transferred(audioChannel),
    );
    return this.#watch(track, { enabled: () => undefined, close });
  }

  #watch(
    track: MediaStreamTrack,
    { enabled, close }: { enabled: (enabled: boolean) => void; close: () => void },
  ): () => void {
    let isEnded = false;
    const end = (): void => {
      if (isEnded) return;
      isEnded = true;
      unwatch();
      close();
      this.#bridge.post({ type: 'end-source', epoch: this.#epoch, source: this.id });
    };
    const unwatch = watchTrack(track, { enabled, ended: end });
    return end;
  }
}

export interface SourceDependencies {
  readonly bridge: PageBridge;
  readonly graph: AudioGraph;
}

function originOf(track: MediaStreamTrack): VideoOrigin {
  return track instanceof CanvasCaptureMediaStreamTrack ? 'canvas' : 'device';
}

/** Pixels of a frame, if the engine knows them before the first frame. */
function pixelsOf(track: MediaStreamTrack): number | null {
  const { width = 0, height = 0 } = track.getSettings();
  return width * height > 0 ? width * height : null;
}
