// How long the keys of a room take while people come in and call each other, in this browser. There is
// no room without keys to compare with: without them, a message would go out as it is.

import { describe, expect, test } from 'vitest';

import {
  delivered,
  End,
  pair,
  status,
  userJoined,
  type RoomKind,
} from '../engine/private/testing/end';

const ROUNDS = 21;
/** What a setup may take longer than without keys. */
const MOST_MS = 30;
/** As those of a call with camera, microphone and shared screen. */
const DESCRIPTION = JSON.stringify({ call: 'c'.repeat(36), offer: { sdp: 'x'.repeat(7_000) } });
const CANDIDATE = JSON.stringify({ call: 'c'.repeat(36), candidate: 'x'.repeat(160) });
const CANDIDATES = 8;
const KINDS: readonly RoomKind[] = ['private', 'open'];

/** All that both ends sign, seal, open and verify until Ben is shown to Ana, and Ana to Ben. */
function meet(kind: RoomKind): void {
  const [ana, ben] = [new End('a', kind), new End('b', kind)];
  ana.join();
  const joined = ana.hear(userJoined('b', ben.status()));
  ben.join({ id: 'a', status: ana.status() });
  const shown = ana.hear(status('b', ben.status()));
  if (joined.length + shown.length !== 1) throw new Error('Ben is not shown.');
}

/** The same from Ana's press until both have all of the other. */
function call({ ana, ben }: ReturnType<typeof pair>): void {
  const ends = [
    [ana, ben, 'user:call'],
    [ben, ana, 'call:accepted'],
  ] as const;
  for (const [from, to, type] of ends) {
    let heard = to.hear(status(from.id, from.status(from.session, 'c'))).length;
    heard += to.hear(delivered(from.id, from.seal(to, DESCRIPTION, type))).length;
    for (let at = 0; at < CANDIDATES; at += 1) {
      const candidate = from.seal(to, CANDIDATE, 'peer:candidate');
      heard += to.hear(delivered(from.id, candidate)).length;
    }
    if (heard !== 2 + CANDIDATES) throw new Error(`${heard} messages were heard.`);
  }
}

function medianMs(act: () => () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const timed = act();
    const before = performance.now();
    timed();
    return performance.now() - before;
  });
  return times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Infinity;
}

describe.each(KINDS)('keys of a room: %s', (kind) => {
  test('take_little_of_the_way_into_a_room', () => {
    expect(medianMs(() => () => meet(kind))).toBeLessThan(2 * MOST_MS);
  });

  test('take_little_of_a_call_s_setup', () => {
    const ms = medianMs(() => {
      const people = pair(kind);
      return () => call(people);
    });
    expect(ms).toBeLessThan(MOST_MS);
  });
});
