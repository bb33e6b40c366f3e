// A member that floods and lies: the others go on, this page answers a bounded number of its
// messages, keeps little of them, and says once what is wrong.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { levelOf } from '../speaker/level';
import type { Effect } from '../effect';
import type { Event } from '../event';
import type { DeliveredKind } from '../../protocol/wire';
import { readTalk } from '../wire/talk/talk-message';
import { announced, calls, heard, member, said, Script, sdpOf, statusOf } from './script';

const DELIVERED = [
  'incoming:call',
  'call:accepted',
  'call:declined',
  'call:ended',
  'peer:nego:needed',
  'peer:nego:final',
  'peer:candidate',
] as const satisfies readonly DeliveredKind[];

const answer = { type: 'answer', sdp: 'mine', mids: {} } as const;
const offer = { type: 'offer', sdp: 'mine', mids: {} } as const;

function inRoom(): Script {
  const script = new Script().enter('m', [member('a'), member('mallory')]);
  script.play({ type: 'signaling-connected' });
  return script;
}

/** In a call with `a`. */
function inCall(): Script {
  const script = inRoom();
  script.play(...calls('a', 'c'), { type: 'accept-pressed' });
  script.play(
    { type: 'peer-done', peer: 'page-1', local: answer },
    { type: 'peer-connection', peer: 'page-1', state: 'connected' },
  );
  return script;
}

/** A ring of mallory, each with another connection. */
function rings(count: number, from: number, everyMs: number): readonly Event[] {
  return Array.from({ length: count }, (_, index) => {
    const [, call] = calls('mallory', 'theirs', `mallory-${from + index}`);
    return at(call, from + index * everyMs);
  });
}

function at(event: Event | undefined, time: number): Event {
  if (event?.type !== 'signaling-message') throw new Error('No message.');
  return { ...event, at: time };
}

function sentTo(effects: readonly Effect[], to: string): number {
  return effects.filter(
    (effect) =>
      effect.type === 'signaling-send' && 'to' in effect.message && effect.message.to === to,
  ).length;
}

describe('rings_without_end', () => {
  const calling = statusOf('mallory', { call: 'theirs' });

  it('are_announced_once_and_then_ignored', () => {
    const script = inRoom();
    const effects = script.play(calling, ...rings(500, 0, 20));
    expect(announced(effects).filter((code) => code === 'ringing')).toHaveLength(1);
    expect(announced(effects).filter((code) => code === 'calls-ignored')).toHaveLength(1);
    expect(script.state.call.kind).toBe('incoming');
  });

  it('into_a_call_cost_few_answers', () => {
    const script = inCall();
    const effects = script.play(calling, ...rings(500, 0, 20));
    expect(sentTo(effects, 'mallory')).toBeLessThan(40);
    expect(script.state.call).toMatchObject({ kind: 'active', peers: [{ path: 'connected' }] });
  });

  it('withdrawn_each_time_make_few_announcements', () => {
    const script = inRoom();
    const flood = Array.from({ length: 200 }, (_, index) => {
      const call = `theirs-${index}`;
      const [status, ring] = calls('mallory', call, `mallory-${index}`);
      const ended = said('mallory', { type: 'call:ended', call, reason: 'hung-up' });
      return status === undefined ? [] : [status, at(ring, index * 20), ended];
    });
    const effects = script.play(...flood.flat());
    expect(announced(effects).length).toBeLessThan(60);
  });

  it('do_not_stop_the_ring_of_another', () => {
    const script = inRoom();
    script.play(calling, ...rings(500, 0, 20));
    script.play({ type: 'decline-pressed' });
    const effects = script.play(...calls('a', 'other'));
    expect(announced(effects)).toContain('ringing');
  });

  it('are_read_again_after_a_quiet_minute', () => {
    const script = inRoom();
    script.play(calling, ...rings(500, 0, 20), { type: 'decline-pressed' });
    script.play({ type: 'timer-fired', timer: { kind: 'pause', member: 'mallory' } });
    script.play(statusOf('mallory', { call: 'next' }));
    const [, call] = calls('mallory', 'next', 'mallory-new');
    expect(announced(script.play(at(call, 71_000)))).toContain('ringing');
  });
});

describe('rings_now_and_then', () => {
  it('are_read_after_a_clock_was_set_back', () => {
    const script = inRoom();
    const calling = statusOf('mallory', { call: 'theirs' });
    const effects = script.play(calling, ...rings(20, 86_400_000, 3_000), ...rings(60, 0, 3_000));
    expect(announced(effects)).not.toContain('calls-ignored');
  });
});

describe('member_that_says_again_that_it_was_away', () => {
  it('gets_our_offer_a_bounded_number_of_times', () => {
    const script = inRoom();
    script.play({ type: 'call-member-pressed', member: 'mallory', newCall: 'ours' });
    const first = script.play({ type: 'peer-done', peer: 'page-1', local: offer });
    expect(sentTo(first, 'mallory')).toBe(1);
    const away = Array.from({ length: 500 }, () => statusOf('mallory', {}));
    expect(sentTo(script.play(...away), 'mallory')).toBeLessThan(40);
  });
});

describe('renegotiation_without_end', () => {
  it('is_answered_a_bounded_number_of_times', () => {
    const script = inCall();
    const again = Array.from({ length: 500 }, (_, index) => [
      at(
        said('a', {
          type: 'peer:nego:needed',
          call: 'c',
          connection: 'a-1',
          serial: index + 2,
          offer: { type: 'offer', sdp: sdpOf('again', 'a-1'), mids: {} },
        }),
        index * 20,
      ),
      { type: 'peer-done', peer: 'page-1', local: answer } as const,
    ]).flat();
    const effects = script.play(...again);
    expect(sentTo(effects, 'a')).toBeLessThan(40);
    expect(announced(effects)).toContain('calls-ignored');
  });
});

const json = fc.oneof(
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.string(),
  fc
    .record({
      call: fc.constantFrom('c', 'theirs', '', 7),
      connection: fc.option(fc.constantFrom('a-1', 'mallory-1', 'x'.repeat(300))),
      serial: fc.constantFrom(1, -1, 1e99, 'one', null),
      offer: fc.constantFrom(
        { type: 'offer', sdp: sdpOf('v=0', 'mallory') },
        { type: 'offer', sdp: `v=0\r\n${'m=video 9 RTP/AVP 0\r\n'.repeat(30)}` },
        { type: 'answer', sdp: 'v=0' },
        null,
      ),
      answer: fc.constantFrom({ type: 'answer', sdp: 'v=0' }, { type: 'answer', sdp: '' }),
      candidate: fc.constantFrom(null, {}, { candidate: 'candidate:1' }, { candidate: 7 }),
      called: fc.constantFrom(
        [],
        ['m'],
        'm',
        Array.from({ length: 999 }, () => 'm'),
      ),
      reason: fc.constantFrom('hung-up', 'constructor', 1),
      proof: fc.option(fc.string()),
    })
    .map((value) => JSON.stringify(value)),
);

describe('anything_a_member_sends', () => {
  it('breaks_nothing_and_is_kept_within_bounds', () => {
    const message = fc.record({ type: fc.constantFrom(...DELIVERED), payload: json });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 120 }), (messages) => {
        const script = inCall();
        script.play(
          statusOf('mallory', { call: 'theirs' }),
          ...messages.map(({ type, payload }, index) =>
            heard({ type, from: 'mallory', payload }, index * 20),
          ),
        );
        const { call, finished, declines, admissions, offerQuotas } = script.state;
        expect(call).toMatchObject({ kind: 'active', id: 'c' });
        expect(call.kind === 'active' && call.peers[0]?.path).toBe('connected');
        expect(call.kind === 'active' ? call.peers.length : 0).toBeLessThanOrEqual(2);
        expect(finished.length).toBeLessThanOrEqual(64);
        expect(declines.length).toBeLessThanOrEqual(64);
        expect(admissions.length).toBeLessThanOrEqual(8);
        expect(Object.keys(offerQuotas).length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 300 },
    );
  });

  it('is_no_demand_beyond_a_screen', () => {
    const size = fc.oneof(fc.double(), fc.integer(), fc.constantFrom('9', null, 1e308));
    fc.assert(
      fc.property(size, size, (width, height) => {
        const camera = { kind: 'shown', width, height, content: 'motion' };
        const screen = { kind: 'hidden' };
        const read = readTalk(JSON.stringify({ v: 1, type: 'video-demand', camera, screen }));
        if (read.kind !== 'message' || read.message.type !== 'video-demand') return;
        const { camera: shown } = read.message;
        expect(shown.kind === 'shown' && shown.width >= 1 && shown.width <= 16_384).toBe(true);
        expect(shown.kind === 'shown' && shown.height >= 1 && shown.height <= 16_384).toBe(true);
      }),
    );
  });

  it('is_no_point_beside_a_picture', () => {
    const number = fc.double({ min: -1, max: 2 });
    const any = fc.oneof(number, number, fc.double(), fc.constantFrom('0', null, -0, 1e308));
    fc.assert(
      fc.property(any, any, (x, y) => {
        const points = [
          { x: 0.5, y: 0.5 },
          { x, y },
        ];
        const text = JSON.stringify({ v: 1, type: 'draw', screen: 'm', line: 1, points });
        const isInside = [x, y].every(
          (value) => typeof value === 'number' && value >= 0 && value <= 1,
        );
        expect(readTalk(text).kind).toBe(isInside ? 'message' : 'malformed');
      }),
    );
  });

  it('is_a_level_between_silence_and_the_loudest', () => {
    fc.assert(
      fc.property(fc.double(), (amplitude) => {
        const level = levelOf(amplitude);
        expect(level >= 0 && level <= 1).toBe(true);
      }),
    );
  });
});
