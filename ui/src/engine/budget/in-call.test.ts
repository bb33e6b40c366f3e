// The budget in a call: who takes part, what peers are told, what is forgotten.

import { describe, expect, it } from 'vitest';

import { sentCamera, statistics } from '../connection-report/testing/statistics';
import type { Effect } from '../effect';
import type { Event } from '../event';
import { calls, member, Script } from '../simulation/script';
import type { PeerGrants } from './grant';

const PEER = 'page-1';
const captured: Event = { type: 'captured', slot: 'camera', device: { id: 'c', label: 'C' } };
const pauseOver: Event = { type: 'timer-fired', timer: { kind: 'video-pause' } };

function connected(peer: string): Event {
  return { type: 'peer-connection', peer, state: 'connected' };
}

/** In a call with `a`, whose connection is not up yet; the camera is on. */
function called(): Script {
  const script = new Script({ cameraOn: true }).enter('m', [member('a'), member('b')]);
  script.play({ type: 'signaling-connected' }, ...calls('a', 'c'), { type: 'accept-pressed' });
  script.play(captured, {
    type: 'peer-done',
    peer: PEER,
    local: { type: 'answer', sdp: 'mine', mids: {} },
  });
  return script;
}

function limits(effects: readonly Effect[]): readonly PeerGrants[] {
  return effects.flatMap((effect) => (effect.type === 'peer-limits' ? [effect.grants] : []));
}

function measured(second: number): Event {
  const now = statistics({
    at: second * 1000,
    bytesSent: second * 20_000,
    packetsSent: 0,
    checks: { roundTripMs: second < 2 ? 20 : 400, count: second },
    sent: [sentCamera({})],
  });
  return { type: 'peers-measured', measured: [[PEER, now]] };
}

describe('limits', () => {
  it('come_with_the_connection_and_when_they_change', () => {
    const script = called();
    const [first] = limits(script.play(connected(PEER)));
    expect(first?.camera).toMatchObject({ kind: 'send', maxBitrate: null });
    expect(limits(script.play(connected(PEER)))).toEqual([]);
    const [off] = limits(script.play({ type: 'camera-toggled' }));
    expect(off?.camera).toEqual({ kind: 'off', reason: 'not-captured' });
    const [on] = limits(script.play({ type: 'camera-toggled' }, captured));
    expect(on?.camera.kind).toBe('send');
  });

  it('second_peer_waits_for_its_turn', () => {
    const script = called();
    script.play(connected(PEER), ...calls('b', 'c'));
    const second = script.play(
      { type: 'peer-done', peer: 'page-2', local: { type: 'answer', sdp: 'mine', mids: {} } },
      connected('page-2'),
    );
    const grants = limits(second).find(({ peer }) => peer === 'page-2');
    expect(grants?.camera).toEqual({ kind: 'off', reason: 'opening' });
    expect(limits(script.play(pauseOver)).at(-1)?.camera.kind).toBe('send');
  });
});

describe('statistics', () => {
  it('of_unconnected_peers_are_ignored', () => {
    const script = called();
    script.play(measured(1));
    expect(script.state.statistics).toEqual({});
  });

  it('lower_the_total_of_a_full_line', () => {
    const script = called();
    script.play(connected(PEER));
    const before = script.state.budget.line.bps;
    for (let second = 0; second < 8; second += 1) script.play(measured(second));
    expect(script.state.budget.line.bps).toBeLessThan(before / 2);
    expect(script.state.budget.audio).toBe('narrow');
    expect(script.state.statistics[PEER]).toHaveLength(6);
  });

  it('are_forgotten_with_the_call', () => {
    const script = called();
    script.play(connected(PEER), measured(1), { type: 'leave-call-pressed' });
    expect(script.state.statistics).toEqual({});
    expect(script.state.budget.peers).toEqual([]);
  });
});
