// The visit that a reload of this page goes on with, in the storage of its tab or window.
//
// Invariant: what is kept there is read as data; anything that is no visit is none.

import { isRecord } from '../engine/json';
import type { RelayChoice, Visit } from '../engine/state';
import type { VisitsPort } from '../ports';

const KEY = 'snug.visit';

export function visits(): VisitsPort {
  return {
    load() {
      try {
        return readVisit(JSON.parse(sessionStorage.getItem(KEY) ?? 'null'));
      } catch {
        return null;
      }
    },
    save(visit) {
      try {
        if (visit === null) sessionStorage.removeItem(KEY);
        else sessionStorage.setItem(KEY, JSON.stringify(visit));
      } catch {
        // A browser that keeps nothing shows the lobby after a reload; that is all it costs.
      }
    },
  };
}

export function readVisit(value: unknown): Visit | null {
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
