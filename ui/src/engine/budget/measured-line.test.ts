// What a call tells of its line: nothing before it is measured, and then no more than was seen.

import { expect, test } from 'vitest';

import { sentCamera, statistics } from '../connection-report/testing/statistics';
import type { Event } from '../event';
import { calls, member, Script } from '../simulation/script';
import { measuredLine } from './measured-line';

const PEER = 'page-1';

function inCall(): Script {
  const script = new Script().enter('m', [member('a')]);
  script.play({ type: 'signaling-connected' }, ...calls('a', 'c'), { type: 'accept-pressed' });
  script.play(
    { type: 'peer-done', peer: PEER, local: { type: 'answer', sdp: 'mine', mids: {} } },
    { type: 'peer-connection', peer: PEER, state: 'connected' },
  );
  return script;
}

function second(at: number, roundTripMs: number, available: number | null = null): Event {
  const camera = sentCamera({ framesEncoded: at * 20, encodeSeconds: at * 20 * 0.008 });
  const now = statistics({
    at: at * 1000,
    bytesSent: at * 100_000,
    checks: { roundTripMs, count: at },
    availableOutgoingBps: available,
    sent: [{ ...camera, width: 1280, height: 720 }],
  });
  return { type: 'peers-measured', measured: [[PEER, now]] };
}

test('line_is_unknown_before_two_measurements', () => {
  const script = inCall();
  expect(measuredLine(script.state)).toBeNull();
  script.play(second(1, 20));
  expect(measuredLine(script.state)).toBeNull();
});

test('line_that_was_never_full_carries_at_least_what_was_sent', () => {
  const script = inCall();
  script.play(second(1, 20), second(2, 20));
  expect(measuredLine(script.state)).toEqual({ kind: 'at-least', bps: 800_000, encodeMs: 2 });
});

test('estimate_of_the_engine_counts_where_it_is_told', () => {
  const script = inCall();
  script.play(second(1, 20), second(2, 20, 2_000_000));
  expect(measuredLine(script.state)).toMatchObject({ kind: 'at-least', bps: 2_000_000 });
});

test('line_that_was_full_has_a_limit', () => {
  const script = inCall();
  for (let at = 1; at < 10; at += 1) script.play(second(at, at < 3 ? 20 : 400));
  const line = measuredLine(script.state);
  expect(line?.kind).toBe('limit');
  expect(line?.bps).toBe(script.state.budget.line.bps);
});
