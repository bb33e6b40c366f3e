// The room session for a reload, in the storage of the tab.
//
// Invariant: stored data is validated; invalid data is no room session.

import type { OwnAddress } from '../engine/address/state';
import type { Hand } from '../engine/hands/state';
import { isRecord } from '../engine/json';
import type { KeptPasscode, RelayChoice, RoomSession, SealedStay } from '../engine/state';
import { isHandTime } from '../engine/wire/talk/hands';
import type { RoomSessionPort } from '../ports';

const KEY = 'snug.visit';
/** Above it, counters of statuses would not be exact. */
const MAX_LOADS = 1_000_000;

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
  const call = readRejoin(rejoin);
  if (call === 'unreadable') return null;
  const hand = readHand(value['hand']);
  const blocked = readBlocked(value['blocked']);
  const ownAddress = readOwnAddress(value['ownAddress']);
  const sealed = readSealed(value['sealed']);
  if (sealed === null) return null;
  return {
    room,
    email,
    session,
    relay,
    rejoin: call,
    ...(hand === null ? {} : { hand }),
    ...(blocked.length === 0 ? {} : { blocked }),
    ...(ownAddress === null ? {} : { ownAddress }),
    sealed,
  };
}

/** A secret that is missing is none of an open room: that is null. */
function readSealed(value: unknown): SealedStay | null {
  if (!isRecord(value)) return null;
  const { secret, signing, load, epoch } = value;
  if (secret !== null && typeof secret !== 'string') return null;
  if (typeof signing !== 'string') return null;
  const isCount = typeof load === 'number' && Number.isInteger(load) && load >= 0;
  if (!isCount || load >= MAX_LOADS) return null;
  const passcode = readPasscode(value['passcode']);
  if (passcode === 'unreadable') return null;
  return {
    secret,
    signing,
    load,
    // One that cannot be read is handed over again.
    ...(typeof epoch === 'string' ? { epoch } : {}),
    ...(passcode === null ? {} : { passcode }),
  };
}

function readPasscode(value: unknown): KeptPasscode | null | 'unreadable' {
  if (value === undefined) return null;
  if (!isRecord(value)) return 'unreadable';
  const { code, root } = value;
  const isRoot = root === null || typeof root === 'string';
  return typeof code === 'string' && isRoot ? { code, root } : 'unreadable';
}

function readRejoin(value: unknown): RoomSession['rejoin'] | 'unreadable' {
  if (value === null) return null;
  if (!isRecord(value) || typeof value['id'] !== 'string') return 'unreadable';
  const { id, scope } = value;
  return scope === 'everybody' || scope === 'some' ? { id, scope } : 'unreadable';
}

/** Null if there is none. What cannot be read hides the address. */
function readOwnAddress(value: unknown): OwnAddress | null {
  if (value === undefined) return null;
  return value === 'shown' || value === 'answered' ? value : 'relayed';
}

/** What cannot be read blocks nobody. */
function readBlocked(value: unknown): readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : [];
}

/** Null if there is none, or none that can be read. */
function readHand(value: unknown): Hand | null {
  if (!isRecord(value)) return null;
  const { position, at } = value;
  if (position !== 'raised' && position !== 'lowered') return null;
  return isHandTime(at) ? { position, at } : null;
}

export function isRelayChoice(value: unknown): value is RelayChoice {
  if (!isRecord(value)) return false;
  return (
    value['kind'] === 'this-computer' ||
    (value['kind'] === 'server' && typeof value['address'] === 'string')
  );
}
