// Raised hands, reactions, and people who are away.

import type { Hand } from '../engine/hands/state';
import type { ShownReaction } from '../engine/reactions/state';
import type { Member, MemberStatus, Peer, State } from '../engine/state';
import { REACTIONS } from '../engine/wire/talk/hands';
import { pressInCall } from './act';
import { BEGINNING, callWith, inside, member } from './people';
import type { GalleryScreen } from './gallery-screen';
import { drawnStatistics } from './statistics';

const someAway = (index: number): Partial<MemberStatus> => ({
  microphone: index % 3 !== 1,
  camera: index !== 4,
  away: index % 4 === 3,
});

function raised(at: number): Hand {
  return { position: 'raised', at };
}

/** The own hand is second. */
function withHands(state: Partial<State>): Partial<State> {
  const members = { m1: raised(7), m2: raised(1), m4: raised(5), m5: raised(9) };
  return { ...state, hands: { ...BEGINNING.hands, own: raised(3), members } };
}

/** One reaction of each person in the call, and of this person; two of the first. */
function withReactions(state: Partial<State>): Partial<State> {
  const by = ['m0', 'm1', 'm2', 'm3', 'm-own', 'm0', 'm4', 'm5', 'm6'];
  const shown = by.map((id, index): ShownReaction => ({
    id: index,
    by: id,
    reaction: REACTIONS[index % REACTIONS.length] ?? 'heart',
  }));
  return { ...state, reactions: { ...BEGINNING.reactions, shown } };
}

/** Twelve in the room: eight in the call, one with a weak connection, one reconnecting. */
function manyPeople(): Partial<State> {
  const inCall = callWith(7, someAway);
  if (inCall.room?.kind !== 'inside' || inCall.call?.kind !== 'active') return inCall;
  const others: readonly Member[] = [
    member(7, { calls: false }),
    { ...member(8), presence: 'lost' },
    member(9, { call: 'other' }),
    member(10),
  ];
  const peers = inCall.call.peers.map((one, index): Peer =>
    index === 3 ? { ...one, path: 'reconnecting' } : one,
  );
  return withHands({
    ...inCall,
    room: { ...inCall.room, members: [...inCall.room.members, ...others] },
    call: { ...inCall.call, peers },
    statistics: { l1: drawnStatistics('l1') },
  });
}

export const HAND_SCREENS: Readonly<Record<string, GalleryScreen>> = {
  'call-hands-2': {
    state: {
      ...callWith(1, someAway),
      hands: { ...BEGINNING.hands, own: raised(2), members: { m0: raised(1) } },
    },
  },
  'call-hands-8': { state: withHands(callWith(7, someAway)) },
  'call-hands-speaker': {
    state: withHands(callWith(4, someAway)),
    settings: { layout: 'speaker' },
  },
  'call-hands-people': { state: manyPeople(), act: pressInCall('p') },
  'room-hands': {
    state: withReactions(
      withHands(inside([0, 1, 2, 3, 4].map((index) => member(index, someAway(index))))),
    ),
  },
  'call-reactions-2': { state: withReactions(callWith(1)) },
  'call-reactions-8': { state: withReactions(withHands(callWith(7, someAway))) },
  'call-reactions-choice': { state: withReactions(callWith(2)), act: pressInCall('r') },
};
