// Pointing and drawing: shown and told, limited, over in a moment.

import { describe, expect, it } from 'vitest';

import type { Event } from '../event';
import {
  announced,
  calls,
  heard,
  member,
  saidInCall,
  Script,
  statusOf,
} from '../simulation/script';
import { writeTalk, type TalkMessage } from '../wire/talk/talk-message';
import type { PointingPersonEvent } from './events';

const PEER = 'page-1';
const AT = { x: 0.5, y: 0.25 };
const pause: Event = { type: 'timer-fired', timer: { kind: 'pointing-pause' } };

/** In a call with `a`, who shares a screen; `b` is in the room. */
function watching(): Script {
  const script = new Script().enter('m', [member('a'), member('b')]);
  script.play({ type: 'signaling-connected' }, ...calls('a', 'c'), { type: 'accept-pressed' });
  script.play(
    { type: 'peer-done', peer: PEER, local: { type: 'answer', sdp: 'mine', mids: {} } },
    { type: 'peer-connection', peer: PEER, state: 'connected' },
    { type: 'talk-opened', peer: PEER, at: 0 },
    statusOf('a', { call: 'c', screen: 'on' }),
  );
  return script;
}

/** In a call with `a`, sharing the own screen. */
function sharing(): Script {
  const script = watching();
  script.play(
    { type: 'share-toggled' },
    { type: 'share-started', surface: 'window', audio: 'off' },
  );
  return script;
}

function says(message: TalkMessage, at = 0): Event {
  return { type: 'talk-message', peer: PEER, at, text: writeTalk(message) };
}

function points(x = 0.5, screen = 'm'): TalkMessage {
  return { type: 'point', screen, at: { x, y: 0.25 } };
}

function draws(line: number, count = 1, screen = 'm'): TalkMessage {
  return { type: 'draw', screen, line, points: Array.from({ length: count }, () => AT) };
}

function wish(type: 'pointed' | 'line-begun' | 'line-continued', x = 0.5): PointingPersonEvent {
  return { type, screen: 'a', at: { x, y: 0.25 } };
}

describe('own_pointer', () => {
  it('is_shown_and_told_in_the_call', () => {
    const script = watching();
    const effects = script.play(wish('pointed'));
    expect(saidInCall(effects)).toEqual([{ type: 'point', screen: 'a', at: AT }]);
    expect(script.state.pointing.marks).toEqual([
      { kind: 'pointer', id: 1, by: 'm', screen: 'a', at: AT, change: 1 },
    ]);
    expect(effects.some(({ type }) => type === 'signaling-send')).toBe(false);
  });

  it('moves_are_told_once_in_a_pause', () => {
    const script = watching();
    script.play(wish('pointed', 0.1));
    expect(saidInCall(script.play(wish('pointed', 0.2), wish('pointed', 0.3)))).toEqual([]);
    expect(saidInCall(script.play(pause))).toEqual([
      { type: 'point', screen: 'a', at: { x: 0.3, y: 0.25 } },
    ]);
    expect(saidInCall(script.play(pause, pause))).toEqual([]);
    expect(script.state.pointing.pace).toBe('free');
  });

  it('end_is_told_and_removes_it', () => {
    const script = watching();
    script.play(wish('pointed'), pause);
    const effects = script.play({ type: 'pointing-ended', screen: 'a' });
    expect(saidInCall(effects)).toEqual([{ type: 'point', screen: 'a', at: null }]);
    expect(script.state.pointing.marks).toEqual([]);
  });

  it('stays_in_the_picture', () => {
    const script = watching();
    script.play({ type: 'pointed', screen: 'a', at: { x: -3, y: 1.00004 } });
    expect(script.state.pointing.marks).toMatchObject([{ at: { x: 0, y: 1 } }]);
  });

  it('is_nothing_where_no_screen_is_shared', () => {
    const script = watching();
    const effects = script.play(
      { type: 'pointed', screen: 'b', at: AT },
      { type: 'pointed', screen: 'm', at: AT },
      { type: 'pointed', screen: 'nobody', at: AT },
    );
    expect(effects).toEqual([]);
    expect(new Script().play(wish('pointed'))).toEqual([]);
  });
});

describe('own_line', () => {
  it('is_told_in_pieces', () => {
    const script = watching();
    expect(saidInCall(script.play(wish('line-begun', 0)))).toHaveLength(1);
    script.play(wish('line-continued', 0.1), wish('line-continued', 0.2));
    expect(saidInCall(script.play(pause))).toMatchObject([
      { type: 'draw', line: 1, points: [{ x: 0.1 }, { x: 0.2 }] },
    ]);
    expect(script.state.pointing.marks).toMatchObject([
      { kind: 'line', line: 1, points: [{ x: 0 }, { x: 0.1 }, { x: 0.2 }] },
    ]);
  });

  it('that_is_full_goes_on_as_another', () => {
    const script = watching();
    script.play(wish('line-begun', 0));
    for (let point = 1; point <= 600; point += 1) script.play(wish('line-continued', point / 1000));
    expect(script.state.pointing.marks).toMatchObject([
      { line: 1, points: { length: 512 } },
      { line: 2, points: { length: 90 } },
    ]);
    const [first, second] = script.state.pointing.marks;
    const end = first?.kind === 'line' ? first.points.at(-1) : null;
    expect(second).toMatchObject({ points: { 0: end } });
  });

  it('each_has_its_number', () => {
    const script = watching();
    script.play(wish('line-begun', 0), wish('line-begun', 0.5), wish('line-continued', 0.6));
    expect(script.state.pointing.marks).toMatchObject([
      { line: 1, points: [{ x: 0 }] },
      { line: 2, points: [{ x: 0.5 }, { x: 0.6 }] },
    ]);
    expect(saidInCall(script.play(pause, pause))).toMatchObject([{ line: 2 }]);
  });
});

describe('marks_of_others', () => {
  it('are_shown_on_the_own_screen_and_announced_once', () => {
    const script = sharing();
    expect(announced(script.play(says(points())))).toEqual(['points-at-screen']);
    expect(announced(script.play(says(points(0.6)), says(draws(1))))).toEqual([]);
    script.play({ type: 'timer-fired', timer: { kind: 'pointing-quiet', member: 'a' } });
    expect(announced(script.play(says(points(0.7))))).toEqual(['points-at-screen']);
    expect(script.state.pointing.marks.map(({ by, screen }) => [by, screen])).toEqual([
      ['a', 'm'],
      ['a', 'm'],
    ]);
  });

  it('leave_the_screen_by_a_timer', () => {
    const script = sharing();
    expect(script.play(says(points()))).toContainEqual({
      type: 'timer-set',
      timer: { kind: 'mark-over', mark: 1 },
      ms: 3_000,
    });
    script.play({ type: 'timer-fired', timer: { kind: 'mark-over', mark: 1 } });
    expect(script.state.pointing.marks).toEqual([]);
  });

  it('at_a_screen_that_is_not_shared_are_refused', () => {
    const script = watching();
    script.play(says(points(0.5, 'm')), says(points(0.5, 'b')), says(draws(1, 1, 'nobody')));
    expect(script.state.pointing.marks).toEqual([]);
  });

  it('at_the_screen_of_their_sender_are_refused', () => {
    const script = watching();
    script.play(says(points(0.5, 'a')));
    expect(script.state.pointing.marks).toEqual([]);
  });

  it('of_a_member_outside_the_call_are_refused', () => {
    const script = sharing();
    script.play(heard({ type: 'user:message', from: 'b', payload: writeTalk(points()) }));
    expect(script.state.pointing.marks).toEqual([]);
  });

  it('go_with_the_share_and_with_the_call', () => {
    const script = sharing();
    script.play(says(points()), wish('pointed'));
    script.play({ type: 'share-toggled' });
    expect(script.state.pointing.marks).toMatchObject([{ by: 'm', screen: 'a' }]);
    script.play(statusOf('a', { call: 'c', screen: 'off' }));
    expect(script.state.pointing.marks).toEqual([]);
    script.play(statusOf('a', { call: 'c', screen: 'on' }), wish('pointed'));
    script.play({ type: 'leave-call-pressed' });
    expect(script.state.pointing).toMatchObject({ marks: [], unsent: [] });
  });
});

describe('too_many', () => {
  it('lines_of_one_are_dropped', () => {
    const script = sharing();
    for (let line = 1; line <= 100; line += 1) script.play(says(draws(line), line * 100));
    expect(script.state.pointing.marks).toHaveLength(24);
  });

  it('points_of_a_line_are_dropped', () => {
    const script = sharing();
    for (let part = 0; part < 50; part += 1) script.play(says(draws(1, 64), part * 100));
    expect(script.state.pointing.marks).toMatchObject([{ points: { length: 512 } }]);
  });

  it('lines_without_end_mute_their_sender_and_break_nothing', () => {
    const script = sharing();
    const message = says(draws(1, 64));
    let muted = 0;
    for (let each = 0; each < 100_000; each += 1)
      muted += announced(script.play(message)).filter((code) => code === 'talk-muted').length;
    expect(muted).toBe(1);
    expect(script.state.hearing['a']?.reading).toBe('muted');
    expect(script.state.call.kind).toBe('active');
  });

  it('lines_outside_of_the_picture_mute_their_sender', () => {
    const script = sharing();
    const outside = says({ type: 'draw', screen: 'm', line: 1, points: [{ x: 7, y: 0 }] });
    const effects = Array.from({ length: 5 }, () => script.play(outside)).flat();
    expect(announced(effects)).toEqual(['talk-muted']);
    expect(script.state.pointing.marks).toEqual([]);
  });

  it('own_lines_are_not_sent_without_end', () => {
    const script = watching();
    for (let line = 0; line < 1_000; line += 1) script.play(wish('line-begun'));
    expect(script.state.pointing.unsent.length).toBeLessThanOrEqual(32);
    expect(script.state.pointing.marks).toHaveLength(24);
  });
});
