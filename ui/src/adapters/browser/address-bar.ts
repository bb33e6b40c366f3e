// The room in the address bar: Back leaves the room, and closing a tab during a call asks first.
//
// Invariant: a room has exactly one history entry, above the entry of the lobby. The secret of a private
// room is never in the address.

import { isRecord } from '../../engine/json';
import type { HostPort, PageLocation } from '../../ports';

/** History state of a room entry; survives a reload. */
const ROOM_ENTRY = { snug: 'room' };

/**
 * The end of the page's address. That of a private room leaves the address bar, where others could
 * read it, and stays with the tab's entry for a reload.
 */
export function takeSecret(): string {
  const { hash } = location;
  const state: unknown = history.state;
  const before = isRecord(state) ? state : {};
  if (!hasSecret()) return typeof before['secret'] === 'string' ? before['secret'] : hash;
  history.replaceState({ ...before, secret: hash }, '', location.pathname + location.search);
  return hash;
}

export function addressBar(): Pick<HostPort, 'showInAddressBar' | 'onBack'> {
  let current: PageLocation = { room: null, inCall: false };
  let wentBack: (() => void) | null = null;

  // A whole link at the address of a cut one: the page takes it as if it were opened new.
  window.addEventListener('hashchange', () => {
    if (hasSecret()) location.reload();
  });
  window.addEventListener('popstate', () => {
    if (hasSecret()) return;
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
  else {
    // The secret is now with the room. Who leaves it leaves nothing in the lobby's entry.
    history.replaceState(null, '', location.pathname + location.search);
    history.pushState(ROOM_ENTRY, '', path);
  }
}

function hasSecret(): boolean {
  return /^#[0-9]/u.test(location.hash);
}

function isAtRoom(): boolean {
  return isRecord(history.state) && history.state['snug'] === ROOM_ENTRY.snug;
}
