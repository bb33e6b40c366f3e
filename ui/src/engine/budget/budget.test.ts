// The budget on a simulated line, and its properties under any events.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { BudgetEvent } from './events';
import { NO_BUDGET, stepBudget } from './step';
import type { BudgetState, Demand, SlotDemand } from './state';
import { CALM, costOf, run, type Line, type Sample } from './testing/fluid-line';

const LARGE: SlotDemand = { kind: 'shown', width: 1280, height: 720, content: 'motion' };
const MEDIUM: SlotDemand = { kind: 'shown', width: 640, height: 360, content: 'motion' };
const SMALL: SlotDemand = { kind: 'shown', width: 320, height: 180, content: 'motion' };
const HIDDEN: SlotDemand = { kind: 'hidden' };
const CAMERA = { camera: 'on', screen: 'off', screenAudio: 'off' } as const;
const OPEN: Line = { bps: 50_000_000, baseMs: 20, queueMs: 300 };

function play(state: BudgetState, ...events: readonly BudgetEvent[]): BudgetState {
  return events.reduce(stepBudget, state);
}

/** A call with these peers, who show the camera so large. */
function callOf(peers: readonly string[], camera: SlotDemand = LARGE): BudgetState {
  return play(
    NO_BUDGET,
    { type: 'devices', captured: CAMERA },
    ...peers.map((peer): BudgetEvent => ({ type: 'budget-peer-joined', peer })),
    ...peers.map((): BudgetEvent => ({ type: 'pause-over' })),
    ...peers.map((peer): BudgetEvent => demandOf(peer, { camera, screen: HIDDEN })),
  );
}

/** As if nothing had been granted before, on a line of so much. */
function onLine(state: BudgetState, bps: number): BudgetState {
  return { ...state, line: { ...NO_BUDGET.line, bps }, grants: [] };
}

function narrow(bps: number): Line {
  return { bps, baseMs: 20, queueMs: 300 };
}

function narrowFrom(since: number, bps: number): (at: number) => Line {
  return (at) => (at < since ? OPEN : narrow(bps));
}

/** Numbers from 0 to 1 (a linear congruential generator). */
function noise(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function demandOf(peer: string, demand: Demand): BudgetEvent {
  return { type: 'video-demand', peer, demand };
}

function cameras({ grants }: BudgetState): readonly string[] {
  return grants.map(({ camera }) =>
    camera.kind === 'off' ? `off: ${camera.reason}` : `${camera.rung}: ${camera.reason}`,
  );
}

describe('shares', () => {
  it('call_of_two_has_no_limit', () => {
    const [grants] = callOf(['ana']).grants;
    expect(grants?.camera).toEqual({
      kind: 'send',
      rung: '720p',
      maxBitrate: null,
      maxFramerate: null,
      shortEdge: null,
      reason: 'largest',
    });
  });

  it('size_shown_chooses_the_rung', () => {
    let state = callOf(['ana', 'ben', 'cam', 'dan']);
    state = play(
      state,
      demandOf('ana', { camera: LARGE, screen: HIDDEN }),
      demandOf('ben', { camera: MEDIUM, screen: HIDDEN }),
      demandOf('cam', { camera: SMALL, screen: HIDDEN }),
      demandOf('dan', { camera: HIDDEN, screen: HIDDEN }),
    );
    expect(cameras(state)).toEqual([
      '720p: largest',
      '360p: shown-small',
      '180p: shown-small',
      'off: hidden',
    ]);
    const [, ben, cam] = state.grants;
    expect(ben?.camera).toMatchObject({ maxBitrate: 350_000, maxFramerate: 20, shortEdge: 360 });
    expect(cam?.camera).toMatchObject({ maxBitrate: 110_000, maxFramerate: 12, shortEdge: 180 });
  });

  it('screen_comes_before_the_camera', () => {
    const text: SlotDemand = { kind: 'shown', width: 1920, height: 1080, content: 'text' };
    const peers = ['ana', 'ben', 'cam'];
    const shared = play(
      callOf(peers),
      ...peers.map((peer) => demandOf(peer, { camera: LARGE, screen: text })),
    );
    const state = play(onLine(shared, 2_500_000), {
      type: 'devices',
      captured: { ...CAMERA, screen: 'text' },
    });
    for (const { screen } of state.grants)
      expect(screen).toMatchObject({ rung: '720p', reason: 'line', maxFramerate: 5 });
    expect(cameras(state)).toEqual(['360p: line', '180p: line', '180p: line']);
  });

  it('everybody_has_a_rung_before_one_has_the_next', () => {
    const state = play(
      onLine(callOf(['ana', 'ben', 'cam']), 1_000_000),
      demandOf('cam', { camera: { ...LARGE, width: 1300 }, screen: HIDDEN }),
    );
    // 168 kbit/s of audio, 350 of the lowest rungs, and 254 for the next of the largest.
    expect(cameras(state)).toEqual(['180p: line', '180p: line', '360p: line']);
  });

  it('video_of_new_peers_begins_one_by_one', () => {
    let state = play(
      NO_BUDGET,
      { type: 'devices', captured: CAMERA },
      { type: 'budget-peer-joined', peer: 'ana' },
      { type: 'budget-peer-joined', peer: 'ben' },
      { type: 'budget-peer-joined', peer: 'cam' },
    );
    expect(cameras(state)).toEqual(['360p: shown-small', 'off: opening', 'off: opening']);
    expect(state.pace).toBe('pausing');
    state = play(state, { type: 'pause-over' });
    expect(cameras(state).slice(1)).toEqual(['360p: shown-small', 'off: opening']);
    state = play(state, { type: 'pause-over' });
    expect(cameras(state)[2]).toBe('360p: shown-small');
    expect(play(state, { type: 'pause-over' }).pace).toBe('free');
  });

  it('saving_sends_the_smallest_and_narrow_audio', () => {
    const state = play(callOf(['ana', 'ben']), { type: 'data-use', dataUse: 'saving' });
    expect(cameras(state)).toEqual(['180p: saving', '180p: saving']);
    expect(state.grants[0]?.microphone).toMatchObject({ ptimeMs: 60, silence: 'left-out' });
  });

  it('audio_only_sends_no_camera', () => {
    const state = play(callOf(['ana']), { type: 'data-use', dataUse: 'audio-only' });
    expect(cameras(state)).toEqual(['off: audio-only']);
    expect(state.grants[0]?.microphone.kind).toBe('send');
  });
});

describe('processor', () => {
  const busy = { limitation: 'processor' as const };
  const slow = { frames: { captured: 30, encoded: 10 } };

  it.each([
    ['limitation', busy],
    ['dropped_frames', slow],
  ])('%s_for_3_s_lowers_the_frame_rate_then_the_size', (_, sign) => {
    let state = onLine(callOf(['ana', 'ben']), 20_000_000);
    const seen: string[] = [];
    for (let at = 0; at <= 12_000; at += 1000) {
      state = play(state, { ...CALM, peer: 'ana', at, ...sign });
      const camera = state.grants[1]?.camera;
      const is = camera?.kind === 'send' ? `${camera.rung} ${camera.maxFramerate}` : 'off';
      if (seen.at(-1) !== is) seen.push(is);
    }
    expect(seen.slice(0, 3)).toEqual(['720p 30', '720p 20', '360p 20']);
    expect(state.grants.map(({ microphone }) => microphone.kind)).toEqual(['send', 'send']);
  });

  it('frames_that_the_line_drops_change_nothing', () => {
    let state = callOf(['ana', 'ben']);
    for (let at = 0; at <= 12_000; at += 1000) {
      state = play(state, { ...CALM, peer: 'ana', at, ...slow, limitation: 'line' });
    }
    expect(state.processor.steps).toBe(0);
  });

  it('rest_of_10_s_raises_again', () => {
    let state = callOf(['ana', 'ben']);
    for (let at = 0; at <= 3000; at += 1000)
      state = play(state, { ...CALM, peer: 'ana', at, ...busy });
    expect(state.processor.steps).toBe(1);
    for (let at = 4000; at <= 14_000; at += 1000) state = play(state, { ...CALM, peer: 'ana', at });
    expect(state.processor.steps).toBe(0);
  });
});

describe('line', () => {
  const FOUR = ['ana', 'ben', 'cam', 'dan'];

  it('trouble_of_two_peers_lowers_the_total_in_1500_ms', () => {
    const samples = run(callOf(FOUR), narrowFrom(5000, 800_000), {
      forMs: 8000,
    });
    const before = samples.find(({ at }) => at === 4900)?.state.line.bps ?? 0;
    const lateSince = samples.find(({ lateMs }) => lateMs > 40)?.at ?? Infinity;
    const lower = samples.find(({ state }) => state.line.bps < before * 0.9)?.at ?? Infinity;
    expect(lower - lateSince).toBeLessThanOrEqual(1500);
  });

  it('total_rises_only_5_s_after_trouble', () => {
    const samples = run(callOf(FOUR), narrowFrom(5000, 800_000), {
      forMs: 60_000,
    });
    let troubledAt = -Infinity;
    for (const [index, { at, lateMs, state }] of samples.entries()) {
      const before = samples[index - 1];
      if (before !== undefined && state.line.bps > before.state.line.bps) {
        expect(at - troubledAt).toBeGreaterThanOrEqual(4900);
      }
      if (at >= 5000 && lateMs > 60) troubledAt = at;
    }
  });

  it.each([2_000_000, 800_000, 300_000])('line_of_%i_is_filled_to_95_percent', (bps) => {
    const samples = run(callOf(FOUR, MEDIUM), narrowFrom(1000, bps), {
      forMs: 90_000,
    });
    const settled = samples.filter(({ at }) => at >= 15_000);
    for (let from = 0; from + 50 <= settled.length; from += 10) {
      const carried = settled.slice(from, from + 50).map(({ carriedBps }) => carriedBps);
      expect(mean(carried)).toBeLessThanOrEqual(bps * 0.95);
    }
    const late = settled.filter(({ lateMs }) => lateMs > 100).length;
    expect(late / settled.length).toBeLessThan(0.02);
  });

  it('sizes_do_not_flicker_on_a_narrow_line', () => {
    const samples = run(callOf(FOUR, MEDIUM), narrowFrom(1000, 800_000), { forMs: 120_000 });
    const shown = samples
      .filter(({ at }) => at >= 15_000)
      .map(({ state }) => cameras(state).join());
    const changes = shown.filter((one, index) => index > 0 && one !== shown[index - 1]).length;
    expect(changes).toBeLessThanOrEqual(2);
  });

  it('old_size_is_back_12_s_after_the_line_opens', () => {
    const closed = { from: 20_000, to: 40_000 };
    const samples = run(
      callOf(FOUR, MEDIUM),
      (at) => (at >= closed.from && at < closed.to ? narrow(800_000) : OPEN),
      { forMs: 60_000 },
    );
    const shownAt = (at: number) => cameras(sampleAt(samples, at).state);
    expect(shownAt(19_900)).toEqual(FOUR.map(() => '360p: shown-small'));
    expect(shownAt(35_000)).not.toEqual(shownAt(19_900));
    expect(shownAt(closed.to + 12_000)).toEqual(shownAt(19_900));
  });

  it('loss_of_5_percent_holds_the_total', () => {
    let state: BudgetState = { ...callOf(FOUR), line: { ...NO_BUDGET.line, bps: 1_000_000 } };
    for (let at = 0; at < 30_000; at += 1000)
      for (const peer of FOUR)
        state = play(state, { ...CALM, peer, at, loss: 0.05, sentBps: 250_000 });
    expect(state.line.bps).toBe(1_000_000);
  });

  it('peer_that_lies_lowers_only_its_own_share', () => {
    let state = callOf(FOUR, MEDIUM);
    for (let at = 0; at < 60_000; at += 1000)
      for (const peer of FOUR) {
        const lie = peer === 'ana' ? { loss: 1, roundTripMs: at } : {};
        state = play(state, { ...CALM, peer, at, sentBps: 400_000, ...lie });
      }
    expect(cameras(state)).toEqual([
      'off: path',
      '360p: shown-small',
      '360p: shown-small',
      '360p: shown-small',
    ]);
    expect(state.grants[0]?.microphone.kind).toBe('send');
    for (let at = 60_000; at < 120_000; at += 1000)
      for (const peer of FOUR) state = play(state, { ...CALM, peer, at, sentBps: 400_000 });
    expect(cameras(state)[0]).toBe('360p: shown-small');
  });

  it('audio_is_narrow_below_500_kbit', () => {
    const samples = run(callOf(FOUR), narrowFrom(1000, 300_000), { forMs: 30_000 });
    const { grants } = sampleAt(samples, 29_900).state;
    for (const { microphone } of grants)
      expect(microphone).toMatchObject({ ptimeMs: 60, maxBitrate: 16_000, silence: 'left-out' });
  });

  it.each([1, 2, 3, 4, 5])('busy_computers_keep_the_video_of_all_%i', (seed) => {
    const busy = noise(seed);
    let state = callOf(FOUR, MEDIUM);
    const off: string[] = [];
    for (let at = 0; at < 120_000; at += 250) {
      const peer = FOUR[(at / 250) % 4] ?? '';
      // Most round trips wait for a processor.
      const waits = busy() < 0.7 ? busy() * 150 : busy() * 10;
      const sentBps = costOf(state.grants.filter((one) => one.peer === peer));
      state = play(state, { ...CALM, peer, at, sentBps, roundTripMs: 20 + waits });
      if (at >= 30_000) off.push(...cameras(state).filter((one) => one.startsWith('off')));
    }
    expect(off).toEqual([]);
  });

  it('longer_path_counts_as_normal_after_30_s', () => {
    const samples = run(
      callOf(FOUR, MEDIUM),
      (at) => ({ ...OPEN, baseMs: at < 10_000 ? 20 : 120 }),
      { forMs: 90_000 },
    );
    expect(cameras(sampleAt(samples, 89_900).state)).toEqual(FOUR.map(() => '360p: shown-small'));
  });
});

describe('any_events', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const peer = fc.constantFrom(...names, 'nobody');
  const slot: fc.Arbitrary<SlotDemand> = fc.oneof(
    fc.constant(HIDDEN),
    fc.record({
      kind: fc.constant('shown' as const),
      width: fc.integer({ min: 1, max: 4000 }),
      height: fc.integer({ min: 1, max: 4000 }),
      content: fc.constantFrom('text' as const, 'motion' as const),
    }),
  );
  const captured = fc.constantFrom('on' as const, 'off' as const);
  const at = fc.integer({ min: 0, max: 2000 });
  const event: fc.Arbitrary<BudgetEvent> = fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({ type: fc.constant('budget-peer-joined' as const), peer }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('budget-peer-left' as const), peer }) },
    {
      weight: 12,
      arbitrary: fc.record({
        type: fc.constant('peer-stats' as const),
        peer,
        at,
        sentBps: fc.integer({ min: 0, max: 5_000_000 }),
        roundTripMs: fc.option(fc.integer({ min: 0, max: 2000 })),
        loss: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        path: fc.constantFrom(null, 'host/udp', 'relay/tls'),
        limitation: fc.constantFrom('none', 'processor', 'line', 'other'),
        frames: fc.option(
          fc.record({ captured: fc.integer({ min: 0, max: 60 }), encoded: fc.nat({ max: 60 }) }),
        ),
        encodeMs: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant('video-demand' as const),
        peer,
        demand: fc.record({ camera: slot, screen: slot }),
      }),
    },
    fc.record({
      type: fc.constant('speaker-changed' as const),
      speaker: fc.constantFrom('self', 'other', 'nobody'),
    }),
    fc.record({
      type: fc.constant('devices' as const),
      captured: fc.record({
        camera: captured,
        screen: fc.constantFrom('off' as const, 'text' as const, 'motion' as const),
        screenAudio: captured,
      }),
    }),
    fc.record({
      type: fc.constant('data-use' as const),
      dataUse: fc.constantFrom('full', 'saving', 'audio-only'),
    }),
    fc.record({ type: fc.constant('pause-over' as const) }),
  );
  /** `at` of an event is the time since the one before. */
  const schedule = fc.array(event, { minLength: 1, maxLength: 80 }).map((events) => {
    let now = 0;
    return events.map((one) => {
      if (!('at' in one)) return one;
      now += one.at;
      return { ...one, at: now };
    });
  });

  function eachState(check: (state: BudgetState, before: BudgetState, event: BudgetEvent) => void) {
    fc.assert(
      fc.property(schedule, (events) => {
        let state = NO_BUDGET;
        for (const one of events) {
          const next = stepBudget(state, one);
          check(next, state, one);
          state = next;
        }
      }),
      { numRuns: 400 },
    );
  }

  it('grants_never_exceed_the_total', () => {
    eachState(({ grants, line, peers }) => {
      if (peers.length !== 1) expect(costOf(grants)).toBeLessThanOrEqual(line.bps + 1);
      expect(grants.map((one) => one.peer)).toEqual(peers.map(({ id }) => id));
    });
  });

  it('audio_is_always_granted', () => {
    eachState(({ grants }) => {
      for (const { microphone } of grants) expect(microphone.maxBitrate).toBeGreaterThan(0);
    });
  });

  it('hidden_video_is_off', () => {
    eachState(({ grants, peers, captured: is }) => {
      for (const [index, { demand }] of peers.entries()) {
        for (const name of ['camera', 'screen'] as const) {
          const isWanted = demand?.[name].kind !== 'hidden' && is[name] !== 'off';
          if (!isWanted) expect(grants[index]?.[name].kind).toBe('off');
        }
      }
    });
  });

  it('video_for_several_has_limits', () => {
    eachState(({ grants, peers }) => {
      for (const grant of grants.flatMap(({ camera, screen }) => [camera, screen])) {
        if (grant.kind === 'off' || peers.length === 1) continue;
        expect(grant.maxBitrate).toBeGreaterThan(0);
        expect(grant.maxFramerate).toBeGreaterThan(0);
      }
    });
  });

  it('total_never_falls_by_what_one_peer_reports', () => {
    const lie = fc.record({
      roundTripMs: fc.option(fc.integer({ min: 0, max: 5000 })),
      loss: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      sentBps: fc.integer({ min: 0, max: 5_000_000 }),
    });
    fc.assert(
      fc.property(fc.array(lie, { minLength: 5, maxLength: 60 }), (lies) => {
        let state = callOf(['ana', 'ben', 'cam'], MEDIUM);
        for (const [second, one] of lies.entries()) {
          const before = state.line.bps;
          const now = second * 1000;
          state = play(
            state,
            { ...CALM, peer: 'ana', at: now, ...one },
            { ...CALM, peer: 'ben', at: now, sentBps: 400_000 },
            { ...CALM, peer: 'cam', at: now, sentBps: 400_000 },
          );
          expect(state.line.bps).toBeGreaterThanOrEqual(before);
          expect(cameras(state).slice(1)).toEqual(['360p: shown-small', '360p: shown-small']);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('same_events_give_the_same_grants', () => {
    fc.assert(
      fc.property(schedule, (events) => {
        expect(play(NO_BUDGET, ...events)).toEqual(play(NO_BUDGET, ...events));
      }),
    );
  });

  it('unknown_peers_change_nothing', () => {
    const state = callOf(['ana', 'ben']);
    expect(play(state, { ...CALM, peer: 'nobody', at: 1 })).toBe(state);
    expect(play(state, demandOf('nobody', { camera: SMALL, screen: SMALL }))).toEqual(state);
  });
});

function sampleAt(samples: readonly Sample[], at: number): Sample {
  const found = samples.find((sample) => sample.at === at);
  if (found === undefined) throw new Error(`No sample at ${at} ms.`);
  return found;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
