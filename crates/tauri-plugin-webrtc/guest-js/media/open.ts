// Puts the page's ports together: one worker, one bridge at a time, one audio graph.

import type { Ports } from '../ports.ts';
import { admission } from '../bridge/admission.ts';
import { PageBridge } from '../bridge/page-bridge.ts';
import { WorkerLink } from '../bridge/worker-link.ts';
import { PageMedia } from './page-media.ts';
import { guardPictures } from './video/element-video.ts';

export interface OpenedPorts extends Ports {
  /** Resolves when receivers' tracks are at hand; connections made before work, but cost more. */
  readonly ready: Promise<void>;
}

/** Starts the worker and opens the bridge. */
export function openPorts(): OpenedPorts {
  guardPictures();
  const link = new WorkerLink(
    () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }),
  );
  const bridge = new PageBridge(link, admission);
  const media = new PageMedia(link, bridge);
  return { bridge, media, ready: media.ready() };
}
