// One captured device, microphone or camera: the newest wish is what it comes to.
//
// Invariant: one thing is asked of the browser at a time. A wish that was overtaken while it was
// carried out is never reported, and its track, if unwanted by then, is stopped.

import type { MediaEvent } from '../../engine/event';
import type { DeviceChoice } from '../../engine/state';
import type { Acquired, CaptureKind, Request } from './acquire';

export interface CaptureWish {
  readonly on: boolean;
  /** Off, but ready to be on at once: the track is kept and disabled. */
  readonly keep: boolean;
  readonly device: DeviceChoice | null;
}

export interface Capture {
  wish(wish: CaptureWish): void;
  readonly track: () => MediaStreamTrack | null;
}

export interface CaptureWorld {
  acquire(request: Request): Promise<Acquired>;
  tell(event: MediaEvent): void;
  trackChanged(): void;
}

interface Held {
  readonly track: MediaStreamTrack;
  /** What it was acquired for, which may have had to be another device. */
  readonly meant: DeviceChoice | null;
}

export function capture(kind: CaptureKind, world: CaptureWorld): Capture {
  let newest: CaptureWish | null = null;
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
    world.tell({ type: 'capture-ended', kind });
  };

  const settle = async (): Promise<void> => {
    while (newest !== null) {
      const wish: CaptureWish = newest;
      // oxlint-disable-next-line no-await-in-loop -- one request at a time is what this is for
      const event = await carryOut(wish);
      if (!isAnswered(newest, wish)) continue;
      newest = null;
      if (event !== null) world.tell(event);
    }
    // In the same turn as the look at `newest`: a wish that comes later starts anew.
    settling = false;
  };

  /** Gives what is to be told, should the wish still be the newest one by then. */
  const carryOut = async (wish: CaptureWish): Promise<MediaEvent | null> => {
    if (!wish.on) {
      if (held !== null && wish.keep) held.track.enabled = false;
      else if (held !== null) hold(null);
      return null;
    }
    if (held !== null && isMeant(held, wish.device)) {
      held.track.enabled = true;
      return captured(held.track);
    }
    const acquired = await world.acquire({ kind, choice: wish.device });
    if (acquired.kind === 'problem') {
      hold(null);
      return { type: 'capture-failed', kind, problem: acquired.problem };
    }
    const overtaken: CaptureWish = newest ?? wish;
    if (!overtaken.on && !overtaken.keep) {
      acquired.track.stop();
      return null;
    }
    acquired.track.enabled = overtaken.on;
    hold({ track: acquired.track, meant: wish.device });
    return captured(acquired.track);
  };

  const captured = (track: MediaStreamTrack): MediaEvent => {
    const device = { id: track.getSettings().deviceId ?? '', label: track.label };
    return { type: 'captured', kind, device };
  };

  return {
    track: () => held?.track ?? null,
    wish(wish) {
      newest = wish;
      // Mute is heard at once, whatever is under way.
      if (!wish.on && held !== null) held.track.enabled = false;
      if (settling) return;
      settling = true;
      void settle();
    },
  };
}

/** Off and on again while the person is being asked is one question, not two. */
function isAnswered(newest: CaptureWish, carriedOut: CaptureWish): boolean {
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
