// What ended in one step of a page without a word to its person.
//
// Invariant: a call ends by a press of the person or with a reason, and a ring ends in an answer, a
// decline, busy, or missed.

import type { Ring } from '../call/state';
import type { Effect } from '../effect';
import type { Event } from '../event';
import type { MemberId } from '../../protocol/wire';
import type { CallId, State } from '../state';

export interface PageStep {
  readonly before: State;
  readonly event: Event;
  readonly effects: readonly Effect[];
  readonly after: State;
}

const PRESSES: readonly Event['type'][] = [
  'join-pressed',
  'leave-room-pressed',
  'leave-call-pressed',
  'decline-pressed',
  'accept-pressed',
];

/** In words; empty if all is well. */
export function silentEnds({ before, event, effects, after }: PageStep): readonly string[] {
  if (PRESSES.includes(event.type) || after.room.kind !== 'inside') return [];
  const isOver = before.call.kind !== 'none' && after.call.kind === 'none';
  const call = isOver && after.call.kind === 'none' && after.call.ended === null;
  const left = ringsOf(after);
  const told = effects.flatMap((effect) =>
    effect.type === 'announce' && effect.announcement.code === 'ended'
      ? [effect.announcement.end.email]
      : [],
  );
  const isSilent = ({ from, email }: Ring): boolean =>
    !told.includes(email) &&
    !left.some((ring) => ring.from === from || ring.call === callOf(after, from));
  const rings = after.call.kind === 'none' || after.call.kind === 'incoming' ? ringsOf(before) : [];
  return [
    ...(call ? ['a call ended without a word'] : []),
    ...rings.filter(isSilent).map(({ email }) => `the ring of ${email} ended without a word`),
  ];
}

/** A caller who went into another call that rings here is not gone. */
function callOf({ room }: State, id: MemberId): CallId | null {
  const members = room.kind === 'inside' ? room.members : [];
  return members.find((member) => member.id === id)?.status.call ?? null;
}

function ringsOf({ call }: State): readonly Ring[] {
  return call.kind === 'incoming' ? call.rings : [];
}
