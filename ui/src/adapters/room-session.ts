// The room session for a reload, in the storage of the tab.
//
// Invariant: stored data is validated; invalid data is no room session.

import { isRecord } from '../engine/json';
import type { RelayChoice, RoomSession } from '../engine/state';
import type { RoomSessionPort } from '../ports';

const KEY = 'snug.visit';

export function roomSessionStorage(): RoomSessionPort {
  return {
    load() {
      try {
        return readRoomSession(JSON.parse(sessionStorage.getItem(KEY) ?? 'null'));
      } catch {
        return null;
      }
    },
    save(roomSession) {
      try {
        if (roomSession === null) sessionStorage.removeItem(KEY);
        else sessionStorage.setItem(KEY, JSON.stringify(roomSession));
      } catch {
        // Without storage a reload shows the lobby.
      }
    },
  };
}

export function readRoomSession(value: unknown): RoomSession | null {
  if (!isRecord(value)) return null;
  const { room, email, session, relay, rejoin } = value;
  if (typeof room !== 'string' || typeof email !== 'string' || typeof session !== 'string') {
    return null;
  }
  if (!isRelayChoice(relay)) return null;
  if (rejoin !== null && typeof rejoin !== 'string') return null;
  return { room, email, session, relay, rejoin };
}

export function isRelayChoice(value: unknown): value is RelayChoice {
  if (!isRecord(value)) return false;
  return (
    value['kind'] === 'this-computer' ||
    (value['kind'] === 'server' && typeof value['address'] === 'string')
  );
}
