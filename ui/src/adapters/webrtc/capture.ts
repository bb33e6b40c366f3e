// The capture of one device: applies the newest request.
//
// Invariant: one browser request at a time. A superseded request is never reported, and its unused
// track is stopped.

import type { MediaEvent } from '../../engine/event';
import type { DeviceChoice } from '../../engine/state';
import type { DeviceSlot } from '../../engine/media/slot';
import type { Acquired, Request } from './acquire';

export interface CaptureRequest {
  readonly on: boolean;
  /** Off, with the track kept and disabled for a quick unmute. */
  readonly keep: boolean;
  readonly device: DeviceChoice | null;
}

export interface Capture {
  request(request: CaptureRequest): void;
  readonly track: () => MediaStreamTrack | null;
}

export interface CaptureWorld {
  acquire(request: Request): Promise<Acquired>;
  tell(event: MediaEvent): void;
  trackChanged(): void;
}

interface Held {
  readonly track: MediaStreamTrack;
  /** The requested device; the captured one may differ. */
  readonly meant: DeviceChoice | null;
}

export function capture(slot: DeviceSlot, world: CaptureWorld): Capture {
  let newest: CaptureRequest | null = null;
  let held: Held | null = null;
  let settling = false;

  const hold = (next: Held | null): void => {
    const previous = held;
    held = next;
    previous?.track.removeEventListener('ended', onEnded);
    previous?.track.stop();
    next?.track.addEventListener('ended', onEnded);
    if (previous !== next) world.trackChanged();
  };

  const onEnded = (): void => {
    hold(null);
    world.tell({ type: 'capture-ended', slot });
  };

  const settle = async (): Promise<void> => {
    while (newest !== null) {
      const request: CaptureRequest = newest;
      // oxlint-disable-next-line no-await-in-loop -- one request at a time is what this is for
      const event = await carryOut(request);
      if (!isAnswered(newest, request)) continue;
      newest = null;
      if (event !== null) world.tell(event);
    }
    // Synchronous with the check of `newest`: a later request starts a new run.
    settling = false;
  };

  /** Returns the event to report if the request is still the newest. */
  const carryOut = async (request: CaptureRequest): Promise<MediaEvent | null> => {
    if (!request.on) {
      if (held !== null && request.keep) held.track.enabled = false;
      else if (held !== null) hold(null);
      return null;
    }
    if (held !== null && isMeant(held, request.device)) {
      held.track.enabled = true;
      return captured(held.track);
    }
    const acquired = await world.acquire({ slot, choice: request.device });
    if (acquired.kind === 'problem') {
      hold(null);
      return { type: 'capture-failed', slot, problem: acquired.problem };
    }
    const overtaken: CaptureRequest = newest ?? request;
    if (!overtaken.on && !overtaken.keep) {
      acquired.track.stop();
      return null;
    }
    acquired.track.enabled = overtaken.on;
    hold({ track: acquired.track, meant: request.device });
    return captured(acquired.track);
  };

  const captured = (track: MediaStreamTrack): MediaEvent => {
    const device = { id: track.getSettings().deviceId ?? '', label: track.label };
    return { type: 'captured', slot, device };
  };

  return {
    track: () => held?.track ?? null,
    request(request) {
      newest = request;
      // Mute takes effect immediately.
      if (!request.on && held !== null) held.track.enabled = false;
      if (settling) return;
      settling = true;
      void settle();
    },
  };
}

/** Off and on during a permission prompt shows one prompt only. */
function isAnswered(newest: CaptureRequest, carriedOut: CaptureRequest): boolean {
  return (
    newest === carriedOut ||
    (newest.on && carriedOut.on && newest.device?.id === carriedOut.device?.id)
  );
}

function isMeant({ track, meant }: Held, device: DeviceChoice | null): boolean {
  if (track.readyState === 'ended') return false;
  if (device === null || meant === null) return device === meant;
  return meant.id === device.id || track.getSettings().deviceId === device.id;
}
