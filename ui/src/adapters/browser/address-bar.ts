// The room in the address bar, and what the browser's own controls mean in it: Back leaves the room,
// and closing a tab that is in a call asks first.
//
// Invariant: a room has exactly one entry in the history, above that of the lobby.

import { isRecord } from '../../engine/json';
import type { HostPort, Place } from '../../ports';

/** What the history keeps with the entry of a room; it outlives a reload. */
const ROOM_ENTRY = { snug: 'room' };

export function addressBar(): Pick<HostPort, 'showPlace' | 'onBack'> {
  let place: Place = { room: null, inCall: false };
  let wentBack: (() => void) | null = null;

  window.addEventListener('popstate', () => {
    if (place.room === null || isAtRoom()) return;
    wentBack?.();
    if (place.room !== null) enter(place.room);
  });
  window.addEventListener('beforeunload', (event) => {
    if (place.inCall) event.preventDefault();
  });

  return {
    showPlace(next) {
      const before = place;
      place = next;
      if (next.room === null) {
        if (before.room !== null && isAtRoom()) history.back();
      } else if (next.room !== before.room) {
        enter(next.room);
      }
    },
    onBack(listener) {
      wentBack = listener;
    },
  };
}

function enter(room: string): void {
  const path = `/r/${encodeURIComponent(room)}`;
  if (isAtRoom()) history.replaceState(ROOM_ENTRY, '', path);
  else history.pushState(ROOM_ENTRY, '', path);
}

function isAtRoom(): boolean {
  return isRecord(history.state) && history.state['snug'] === ROOM_ENTRY.snug;
}
