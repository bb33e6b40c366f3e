// Two peers that act at random, with glare and rollback. After every exchange both have negotiated
// the same.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import type { Direction } from '../bridge/wire.ts';
import { readDescription } from './sdp/read.ts';
import { writeDescription } from './sdp/write.ts';
import { reversed } from './state.ts';
import { TestPeer, negotiate } from './testing/test-peer.ts';
import {
  needsNegotiation,
  restartIce,
  setDirection,
  setStreams,
  stopTransceiver,
  wantData,
} from './transceivers.ts';

interface Step {
  readonly act:
    'add' | 'turn' | 'streams' | 'stop' | 'data' | 'restart' | 'negotiate' | 'rollback' | 'glare';
  readonly end: 0 | 1;
  /** Chooses a transceiver, or kind and origin of a new one. */
  readonly at: number;
  readonly direction: Direction;
}

const step: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom<Step['act'][]>(
    'add',
    'turn',
    'streams',
    'stop',
    'data',
    'restart',
    'negotiate',
    'negotiate',
    'rollback',
    'glare',
  ),
  end: fc.constantFrom<(0 | 1)[]>(0, 1),
  at: fc.nat(7),
  direction: fc.constantFrom<Direction[]>('sendrecv', 'sendonly', 'recvonly', 'inactive'),
});

function take(ends: readonly [TestPeer, TestPeer], taken: Step): void {
  const one = ends[taken.end];
  const other = ends[taken.end === 0 ? 1 : 0];
  switch (taken.act) {
    case 'add': {
      const kind = (taken.at & 1) === 0 ? 'audio' : 'video';
      const madeBy = (taken.at & 2) === 0 ? 'add-track' : 'add-transceiver';
      if (one.state.transceivers.length < 10) one.add(kind, taken.direction, madeBy, ['s']);
      return;
    }
    case 'turn': {
      const turned = one.state.transceivers[taken.at];
      if (turned?.life !== 'live') return;
      one.change((state) => setDirection(state, turned.id, taken.direction));
      return;
    }
    case 'streams': {
      const moved = one.state.transceivers[taken.at];
      if (moved?.life !== 'live') return;
      one.change((state) => setStreams(state, moved.id, ['t', 'u']));
      return;
    }
    case 'stop': {
      const stopped = one.state.transceivers[taken.at];
      if (stopped !== undefined) one.change((state) => stopTransceiver(state, stopped.id));
      return;
    }
    case 'data':
      one.change(wantData);
      return;
    case 'restart':
      one.change(restartIce);
      return;
    case 'negotiate':
      negotiate(one, other);
      return;
    case 'rollback':
      other.setRemote(one.offer());
      other.setRemote({ type: 'rollback', sdp: '' });
      one.setLocal({ type: 'rollback', sdp: '' });
      return;
    case 'glare':
      other.offer();
      one.setRemote(other.answer(one.offer()));
      return;
  }
}

function seen(one: TestPeer, turn: (direction: Direction) => Direction): string[] {
  return one.state.transceivers
    .flatMap(({ kind, negotiated: { mid, currentDirection } }) =>
      currentDirection === null ? [] : [`${mid} ${kind} ${turn(currentDirection)}`],
    )
    .toSorted((a, b) => a.localeCompare(b));
}

function expectAgreement([a, b]: readonly [TestPeer, TestPeer]): void {
  expect([a.state.signaling, b.state.signaling]).toEqual(['stable', 'stable']);
  expect(seen(a, (one) => one)).toEqual(seen(b, reversed));
  const [ours, theirs] = [a.state.session, b.state.session];
  expect(ours?.remote).toEqual(theirs?.local);
  expect(theirs?.remote).toEqual(ours?.local);
  const lines = (one: typeof ours): unknown => one?.media.map(({ kind, mid }) => [kind, mid]);
  expect(lines(ours)).toEqual(lines(theirs));
  const mids = a.state.current.local?.parsed.sections.map(({ mid }) => mid) ?? [];
  expect(new Set(mids).size).toBe(mids.length);
  const parsed = a.state.current.local?.parsed;
  if (parsed !== undefined) expect(readDescription(writeDescription(parsed))).toEqual(parsed);
}

test('both peers always agree', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const ends = [new TestPeer(1), new TestPeer(2)] as const;
      for (const taken of steps) {
        take(ends, taken);
        if (taken.act === 'negotiate' || taken.act === 'glare') expectAgreement(ends);
      }
      // Each peer that needs a negotiation offers. Two rounds are enough.
      for (let round = 0; round < 4; round += 1) {
        const [a, b] = ends;
        if (needsNegotiation(a.state)) negotiate(a, b);
        if (needsNegotiation(b.state)) negotiate(b, a);
      }
      expect(ends.map(({ state }) => needsNegotiation(state))).toEqual([false, false]);
      if (ends[0].state.session !== null) expectAgreement(ends);
    }),
    { numRuns: 300 },
  );
  // For slow machines. The duration proves nothing.
}, 120_000);
