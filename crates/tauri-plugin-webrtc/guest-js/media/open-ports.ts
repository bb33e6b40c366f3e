// Creates the ports: one worker, one bridge at a time, one audio graph.

import type { Ports } from '../ports.ts';
import { admission } from '../bridge/admission.ts';
import { PageBridge } from '../bridge/page-bridge.ts';
import { WorkerHandle } from '../bridge/worker-handle.ts';
import type { DisplayCaptures } from './display/display-captures.ts';
import type { SystemAudio } from './display/system-audio.ts';
import { PageMedia } from './page-media.ts';
import { guardVideoElements } from './video/element-video.ts';

export interface OpenedPorts extends Ports {
  /** Resolves when pooled tracks are available. Earlier connections work, but cost more. */
  readonly ready: Promise<void>;
  /** Resolves when the first offer will have every codec. */
  readonly codecsKnown: Promise<void>;
  readonly displays: DisplayCaptures;
  readonly systemAudio: SystemAudio;
}

/** Starts the worker and opens the bridge. */
export function openPorts(): OpenedPorts {
  guardVideoElements();
  const worker = new WorkerHandle(
    () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }),
  );
  const bridge = new PageBridge(worker, admission);
  const media = new PageMedia(worker, bridge);
  return {
    bridge,
    media,
    ready: media.ready(),
    codecsKnown: media.codecsKnown(),
    displays: media.displays,
    systemAudio: media.systemAudio,
  };
}
