// Who is in the relay's room, and who of them says that it is inside.
//
// Invariant: a lost member, and one whose claim changes, gets a new chance.

import type { MemberId, Participant, ServerMessage } from '../../protocol/wire';
import { claimsInside } from './door-box';
import { withEntry, withoutEntry, type Door, type Present } from './door-state';
import { passcodeKeys } from './passcode';
import { isSealedWith } from './status-box';

/** The largest room of any relay. */
const MAX_MEMBERS = 64;

export function seen(door: Door, message: ServerMessage, at: number): Door {
  switch (message.type) {
    case 'room:joined': {
      const { id } = message.self;
      // Under another id every attempt has other keys.
      const none = {
        attempt: null,
        guests: new Map(),
        welcomed: new Map(),
        tried: new Map(),
        apart: new Set<MemberId>(),
      };
      const kept: Door = door.self === id ? door : { ...door, ...none };
      const empty: Door = { ...kept, self: id, present: new Map(), joinedAt: at };
      return message.participants
        .slice(0, MAX_MEMBERS)
        .reduce((before, each) => add(before, each, at, door.present.get(each.id)), empty);
    }
    case 'user:joined':
      return add(door, message.user, at, door.present.get(message.user.id));
    case 'user:status': {
      const before = door.present.get(message.from);
      if (before === undefined) return door;
      return put(door, message.from, { ...before, status: message.status }, at);
    }
    case 'user:left':
      return forget({ ...door, present: withoutEntry(door.present, message.id) }, message.id);
    case 'user:lost':
    case 'user:back': {
      const before = door.present.get(message.id);
      if (before === undefined) return door;
      const presence = message.type === 'user:lost' ? 'lost' : 'here';
      const now: Present = { ...before, presence, since: at };
      const next = withEntry(door.present, message.id, now);
      return forget({ ...door, present: next }, message.id);
    }
    case 'room:left':
    case 'ice:servers':
    case 'pong':
    case 'error':
    case 'incoming:call':
    case 'call:accepted':
    case 'call:declined':
    case 'call:ended':
    case 'peer:nego:needed':
    case 'peer:nego:final':
    case 'peer:candidate':
    case 'user:message':
      return door;
  }
}

/** The statuses again, with the keys that the member has now. */
export function seenAgain(door: Door, at: number): Door {
  return [...door.present].reduce((before, [id, each]) => put(before, id, each, at), door);
}

function add(
  door: Door,
  { id, status, lost }: Participant,
  at: number,
  before: Present | undefined,
): Door {
  if (door.present.size >= MAX_MEMBERS && !door.present.has(id)) return door;
  const presence = lost === true ? 'lost' : 'here';
  const { keys = 'none', since = at } = before ?? {};
  return put(door, id, { presence, status, keys, since }, at);
}

function put(door: Door, id: MemberId, now: Present, at: number): Door {
  const keys = keysOf(door, now.status);
  const since = keys === now.keys ? now.since : at;
  const next = { ...door, present: withEntry(door.present, id, { ...now, keys, since }) };
  return keys === now.keys ? next : forget(next, id);
}

function keysOf({ root, room, entry }: Door, status: string | undefined): Present['keys'] {
  if (status === undefined || !claimsInside(status)) return 'none';
  if (root === null) return 'unknown';
  const keys = [...entry.epochs, passcodeKeys(room, root)];
  // Its signature is verified where it is heard (hear-status.ts), and nowhere else.
  return keys.some((each) => isSealedWith(each, status)) ? 'ours' : 'foreign';
}

function forget(door: Door, id: MemberId): Door {
  if (!door.tried.has(id) && !door.apart.has(id)) return door;
  const apart = new Set([...door.apart].filter((each) => each !== id));
  return { ...door, tried: withoutEntry(door.tried, id), apart };
}
