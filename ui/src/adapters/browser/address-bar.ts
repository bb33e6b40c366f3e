// The room in the address bar: Back leaves the room, and closing a tab during a call asks first.
//
// Invariant: a room has exactly one history entry, above the entry of the lobby.

import { isRecord } from '../../engine/json';
import type { HostPort, PageLocation } from '../../ports';

/** History state of a room entry; survives a reload. */
const ROOM_ENTRY = { snug: 'room' };

export function addressBar(): Pick<HostPort, 'showInAddressBar' | 'onBack'> {
  let current: PageLocation = { room: null, inCall: false };
  let wentBack: (() => void) | null = null;

  window.addEventListener('popstate', () => {
    if (current.room === null || isAtRoom()) return;
    wentBack?.();
    if (current.room !== null) enter(current.room);
  });
  window.addEventListener('beforeunload', (event) => {
    if (current.inCall) event.preventDefault();
  });

  return {
    showInAddressBar(next) {
      const before = current;
      current = next;
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
