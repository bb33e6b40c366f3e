// A verdict claims no more than the findings show.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import type { Findings, Gathered, RelayedFinding, RelayProtocol } from './findings';
import { NOTHING_FOUND, offeredBy } from './findings';
import { verdictOf, type Verdict } from './verdict';

const PASSED: RelayedFinding = { kind: 'passed', bps: 2_000_000, roundTripMs: 30, full: false };
const HOST: Gathered = { host: true, reflexive: false, relay: [], udpUnanswered: false };
const BOTH = { stun: true, turn: true };
const STUN = { stun: true, turn: false };

function found(
  offered: Findings['offered'],
  gathered: Partial<Gathered>,
  relayed: RelayedFinding = { kind: 'none-offered' },
): Findings {
  const relay = { kind: 'reached', afterMs: 20 } as const;
  return { relay, offered, gathered: { ...HOST, ...gathered }, relayed };
}

const CASES: readonly (readonly [string, Findings, Verdict])[] = [
  ['nothing yet', NOTHING_FOUND, 'testing'],
  [
    'no relay',
    { ...NOTHING_FOUND, relay: { kind: 'unreachable', reason: { code: 'relay-silent' } } },
    'relay-unreachable',
  ],
  ['udp and turn', found(BOTH, { reflexive: true, relay: ['udp'] }, PASSED), 'direct-or-relayed'],
  ['own address is the one outside', found(BOTH, { relay: ['udp'] }, PASSED), 'direct-or-relayed'],
  [
    'turn by tcp only',
    found(BOTH, { relay: ['tcp'], udpUnanswered: true }, PASSED),
    'relayed-only',
  ],
  [
    'turn is offered, and fails',
    found(BOTH, { reflexive: true }, { kind: 'failed' }),
    'direct-only',
  ],
  ['nothing passes', found(BOTH, { udpUnanswered: true }, { kind: 'failed' }), 'blocked'],
  ['stun answers', found(STUN, { reflexive: true }), 'direct-only'],
  ['stun is silent', found(STUN, { udpUnanswered: true }), 'blocked'],
  ['nothing is offered', found({ stun: false, turn: false }, {}), 'local-only'],
  ['no addresses', found(STUN, { host: false }), 'no-addresses'],
];

test.each(CASES)('%s', (_, findings, verdict) => {
  expect(verdictOf(findings)).toBe(verdict);
});

test('relay_that_passed_nothing_is_never_promised', () => {
  const gathered = fc.record({
    host: fc.boolean(),
    reflexive: fc.boolean(),
    relay: fc.subarray<RelayProtocol>(['udp', 'tcp', 'tls']),
    udpUnanswered: fc.boolean(),
  });
  const offered = fc.record({ stun: fc.boolean(), turn: fc.boolean() });
  const none = fc.constantFrom<RelayedFinding>({ kind: 'failed' }, { kind: 'none-offered' });
  fc.assert(
    fc.property(offered, gathered, none, (offers, has, relayed) => {
      const verdict = verdictOf(found(offers, has, relayed));
      expect(['direct-or-relayed', 'relayed-only']).not.toContain(verdict);
    }),
  );
});

test.each([
  [['stun:a.example:3478'], { stun: true, turn: false }],
  [['turn:a.example'], { stun: true, turn: true }],
  [['turn:a.example?transport=tcp'], { stun: false, turn: true }],
  [['turns:a.example:5349?transport=tcp'], { stun: false, turn: true }],
  [[], { stun: false, turn: false }],
])('servers_%s_offer', (urls, offered) => {
  expect(offeredBy(urls.length === 0 ? [] : [{ urls }])).toEqual(offered);
});
