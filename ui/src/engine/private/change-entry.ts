// What this person does about who is inside: locks, lets in, turns away, removes.
//
// Invariant: only from inside, and in private rooms.

import type { EntryAsk } from '../entry/events';
import type { MemberId } from '../../protocol/wire';
import { beginEpoch, handOver, presentEpoch, tell, type Said } from './entry';
import { isUnread } from './hear-status';
import { settle, type Step } from './open';
import { memberAt, setMember, type SealedRoom } from './sealed-room';
import { relayId } from './sealed-id';
import { sessionOf } from './visit-keys';

export interface Randomness {
  /** For a new epoch. */
  readonly secret: Uint8Array<ArrayBuffer>;
  /** For the own status. */
  readonly nonce: Uint8Array;
}

/** `mayAnswer`: whether a member with another secret may be inside with the keys of this room. */
export function changeEntry(
  room: SealedRoom,
  ask: EntryAsk,
  { secret, nonce }: Randomness,
  mayAnswer: (id: MemberId) => boolean = () => true,
): Step {
  const [next, say] = isAllowed(room, mayAnswer)
    ? changed(room, ask, secret)
    : ([room, []] as const);
  return settle(room, { room: next, say }, nonce);
}

function isAllowed(room: SealedRoom, mayAnswer: (id: MemberId) => boolean): boolean {
  const { keys, own, self, members } = room;
  if (keys.kind === 'open' || own === 'outside' || self === null) return false;
  // Somebody has a secret that this page does not have: it is about to hear that it is outside.
  if (presentEpoch(room) !== null) return true;
  return ![...members].some(([id, member]) => mayAnswer(id) && isUnread(room, member));
}

function changed(room: SealedRoom, ask: EntryAsk, secret: Randomness['secret']): Said {
  switch (ask.kind) {
    case 'set': {
      const { entry } = ask;
      const [next, say] = beginEpoch(room, { entry, secret }, []);
      return entry === 'locked' ? [next, say] : letAllIn([next, say]);
    }
    case 'let-in':
      return letIn(room, ask.member);
    case 'turn-away':
      return turnAway(room, ask.member);
    case 'remove':
      return remove(room, ask.member, secret);
  }
}

function letIn(room: SealedRoom, member: MemberId): Said {
  const id = relayId(member);
  const { asks } = memberAt(room, id);
  if (asks?.id !== member) return [room, []];
  return handOver(setMember(room, id, { ...memberAt(room, id), asks: null }), asks);
}

function letAllIn([room, said]: Said): Said {
  return [...room.members.values()].reduce<Said>(
    ([before, words], { asks }) => {
      if (asks === null) return [before, words];
      const [next, more] = letIn(before, asks.id);
      return [next, [...words, ...more]];
    },
    [room, said],
  );
}

function turnAway(room: SealedRoom, member: MemberId): Said {
  const id = relayId(member);
  const { asks } = memberAt(room, id);
  if (asks?.id !== member) return [room, []];
  const turnedAway = new Set([...room.turnedAway, sessionOf(asks.signingKey)]);
  const next = setMember({ ...room, turnedAway }, id, { ...memberAt(room, id), asks: null });
  return tell(next, asks, { kind: 'turned-away' });
}

/** The room is locked then, as the link would let it in again. */
function remove(room: SealedRoom, member: MemberId, secret: Randomness['secret']): Said {
  const { known } = memberAt(room, relayId(member));
  if (known?.id !== member) return [room, []];
  const [told, notice] = tell(room, known, { kind: 'removed' });
  const [next, say] = beginEpoch(told, { entry: 'locked', secret }, [sessionOf(known.signingKey)]);
  return [next, [...notice, ...say]];
}
