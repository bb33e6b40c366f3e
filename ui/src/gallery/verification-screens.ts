// The code of a call, people who were compared, and people in doubt.

import type { Claim, Pin } from '../engine/identity/state';
import type { State } from '../engine/state';
import type { Progress, Stage } from '../engine/verification/state';
import { texts } from '../text/texts';
import { click } from './act';
import type { GalleryScreen } from './gallery-screen';
import { BEGINNING, callWith, emailOf, inside, member, PRIVATE_SESSION } from './people';

const TODAY = Date.now();
const EARLIER = Date.UTC(2026, 4, 3);
const CODE = [0, 27, 23, 11, 20, 3, 63];
const OWN = 'f'.repeat(64);

function sessionOf(index: number): string {
  return `${index}`.repeat(64);
}

function keyOf(index: number): string {
  return `${index}a`.repeat(32);
}

function pin(index: number, firstSeen: number, compared: number | null, key = keyOf(index)): Pin {
  const email = emailOf(index).normalize('NFKC').trim().toLowerCase();
  return { email, key, firstSeen, compared, blocked: false };
}

/** In a private room with so many others, each with a proven identity. */
function known(
  state: Partial<State>,
  pins: readonly Pin[],
  absent: readonly number[] = [],
): Partial<State> {
  const { room } = state;
  if (room?.kind !== 'inside') return state;
  const claims = Object.fromEntries(
    room.members.map((_, index): [string, Claim] => [
      sessionOf(index),
      absent.includes(index) ? { kind: 'absent' } : { kind: 'proven', key: keyOf(index) },
    ]),
  );
  const members = room.members.map((each, index) => ({
    ...each,
    status: { ...each.status, session: sessionOf(index) },
  }));
  const call =
    state.call?.kind === 'active'
      ? {
          ...state.call,
          peers: state.call.peers.map((peer, index) => ({ ...peer, session: sessionOf(index) })),
        }
      : BEGINNING.call;
  const roomSession = { ...PRIVATE_SESSION, session: OWN };
  const own = { key: keyOf(9), signature: '' };
  return {
    ...state,
    room: { ...room, roomSession, members },
    call,
    identity: { own, keeping: 'kept', claims, pins },
  };
}

function withRound(state: Partial<State>, others: number, progress: Progress): Partial<State> {
  const sessions = [...Array.from({ length: others }, (_, index) => sessionOf(index)), OWN];
  const stage: Stage = {
    kind: 'round',
    id: '00'.repeat(32),
    call: 'c',
    sessions,
    attempt: 1,
    ownSession: OWN,
    own: { nonce: '', commit: '' },
    commits: {},
    nonces: {},
    progress,
  };
  return { ...state, verification: { ...BEGINNING.verification, stage } };
}

const made = (answer: 'none' | 'same' | 'different'): Progress => ({
  kind: 'made',
  code: CODE,
  answer,
});

const firstSeen = (others: number) =>
  Array.from({ length: others }, (_, index) => pin(index, TODAY, null));
const compared = (others: number) =>
  Array.from({ length: others }, (_, index) => pin(index, EARLIER, TODAY));
const changed = [pin(0, EARLIER, EARLIER, keyOf(8)), pin(1, EARLIER, null)];
const act = click(texts.standing.verify);

/** For the settings. */
export const KNOWN_PEOPLE = known(inside([member(0), member(1), member(2)]), [
  ...compared(2),
  ...changed,
  pin(2, EARLIER, null),
]);

export const VERIFICATION_SCREENS: Readonly<Record<string, GalleryScreen>> = {
  'call-check': {
    state: withRound(known(callWith(1), firstSeen(1)), 1, made('none')),
    act,
  },
  'call-check-same': {
    state: withRound(known(callWith(3), compared(3)), 3, made('same')),
    act,
  },
  'call-check-different': {
    state: withRound(known(callWith(2), firstSeen(2)), 2, made('different')),
    act,
  },
  'call-check-waiting': {
    state: withRound(known(callWith(2), firstSeen(1), [1]), 2, { kind: 'committing' }),
    act,
  },
  'call-check-broken': {
    state: withRound(known(callWith(2), firstSeen(2)), 2, {
      kind: 'broken',
      by: sessionOf(1),
      fault: 'nonce',
    }),
    act,
  },
  'call-identity-changed': {
    state: withRound(known(callWith(2), changed, [1]), 2, made('none')),
  },
  'call-compared': {
    state: withRound(known(callWith(4), compared(3)), 4, made('none')),
  },
  'room-identity-changed': { state: known(inside([member(0), member(1)]), changed, [1]) },
  'room-compared': {
    state: known(inside([member(0), member(1), member(2)]), compared(2)),
  },
};
