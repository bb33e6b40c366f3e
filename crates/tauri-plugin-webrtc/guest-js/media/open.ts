// Puts the page's ports together: one worker, one road at a time, one audio graph.

import type { Ports } from '../ports.ts';
import { admission } from '../road/admission.ts';
import { PageRoad } from '../road/page-road.ts';
import { WorkerLink } from '../road/worker-link.ts';
import { PageMedia } from './page-media.ts';
import { guardPictures } from './video/element-pictures.ts';

export interface OpenedPorts extends Ports {
  /** Resolves when receivers' tracks are at hand; connections made before work, but cost more. */
  readonly ready: Promise<void>;
}

/** Starts the worker and opens the road. */
export function openPorts(): OpenedPorts {
  guardPictures();
  const link = new WorkerLink(
    () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }),
  );
  const road = new PageRoad(link, admission);
  const media = new PageMedia(link, road);
  return { road, media, ready: media.ready() };
}
