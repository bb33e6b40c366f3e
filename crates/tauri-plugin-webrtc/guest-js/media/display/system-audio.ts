// The audio of a shared display: what the computer's other programs play, as a track.
//
// Invariant: the call itself is not in it. A capture ends with its track, and a track with its capture.
// All end with the bridge.

import type { PageBridge } from '../../bridge/page-bridge.ts';
import type { ReceiverId } from '../../bridge/wire.ts';
import { transferred } from '../audio/audio-channel.ts';
import type { AudioGraph, PlayedAudio } from '../audio/audio-graph.ts';
import { watchTrack } from '../track-watcher.ts';

/** Receivers of connections count from 0. */
const FIRST_RECEIVER: ReceiverId = 0x8000_0000;
const LABEL = 'System audio';

interface RunningCapture {
  /** By itself: the page is told. */
  readonly end: () => void;
}

export class SystemAudio {
  readonly #bridge: PageBridge;
  readonly #graph: AudioGraph;
  readonly #running = new Set<RunningCapture>();
  #next = FIRST_RECEIVER;

  constructor(bridge: PageBridge, graph: AudioGraph) {
    this.#bridge = bridge;
    this.#graph = graph;
    bridge.onLost(() => {
      for (const capture of this.#running) capture.end();
    });
  }

  /** Null: the transport refuses. */
  async open(grant: string): Promise<MediaStreamTrack | null> {
    const epoch = this.#bridge.epoch();
    const receiver = this.#next;
    this.#next += 1;
    const request = { type: 'open-system-audio', receiver, grant } as const;
    const reply = await this.#bridge.request(request).catch(() => null);
    if (reply === null || reply.is === 'failed') return null;
    // It is in no lip sync.
    const played = this.#graph.play(() => undefined);
    const { audioChannel } = played;
    this.#bridge.post(
      { type: 'receive-audio', epoch, receiver, audioChannel },
      transferred(audioChannel),
    );
    this.#watch(played, () => {
      this.#bridge.send(epoch, { type: 'close-system-audio', receiver });
      this.#bridge.post({ type: 'end-receiver', epoch, receiver });
    });
    return describe(played.track);
  }

  #watch({ track, close }: PlayedAudio, closeCapture: () => void): void {
    const stopped = (): void => {
      if (!this.#running.delete(capture)) return;
      unwatch();
      closeCapture();
      close();
    };
    const capture: RunningCapture = {
      end: () => {
        const wasLive = track.readyState === 'live';
        // `stop()` fires no event.
        track.stop();
        if (wasLive) track.dispatchEvent(new Event('ended'));
      },
    };
    this.#running.add(capture);
    const unwatch = watchTrack(track, { enabled: () => undefined, ended: stopped });
  }
}

/** Says what the track is, as W3C mediacapture-main describes it. */
function describe(track: MediaStreamTrack): MediaStreamTrack {
  const native = track.getSettings.bind(track);
  Object.defineProperties(track, {
    label: { configurable: true, get: () => LABEL },
    getSettings: {
      configurable: true,
      value: (): MediaTrackSettings => ({
        ...native(),
        channelCount: 2,
        sampleRate: 48_000,
        echoCancellation: false,
        noiseSuppression: false,
        autoGainControl: false,
      }),
    },
  });
  return track;
}
