// Reactions: shown for a moment, in limits, announced together.

import { describe, expect, it } from 'vitest';

import type { Effect } from '../effect';
import type { Event } from '../event';
import { heard, member, Script } from '../simulation/script';
import { writeTalk } from '../wire/talk/talk-message';
import type { Reaction } from '../wire/talk/hands';

function inRoom(...others: readonly string[]): Script {
  return new Script().enter(
    'm',
    others.map((id) => member(id)),
  );
}

function press(at: number, reaction: Reaction = 'heart'): Event {
  return { type: 'reaction-pressed', reaction, at };
}

function from(id: string, reaction: Reaction = 'applause'): Event {
  const payload = writeTalk({ type: 'reaction', reaction });
  return heard({ type: 'user:message', from: id, payload });
}

function receivers(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.type === 'signaling-send' && effect.message.type === 'user:message'
      ? [effect.message.to]
      : [],
  );
}

function said(effects: readonly Effect[]): readonly unknown[] {
  return effects.flatMap((effect) =>
    effect.type === 'announce' && effect.announcement.code === 'reactions'
      ? [effect.announcement.said]
      : [],
  );
}

describe('own_reaction', () => {
  it('is_shown_and_told_to_everybody', () => {
    const script = inRoom('a', 'b');
    expect(receivers(script.play(press(0)))).toEqual(['a', 'b']);
    expect(script.state.reactions.shown).toEqual([{ id: 1, by: 'm', reaction: 'heart' }]);
  });

  it('is_sent_after_a_clock_was_set_back', () => {
    const script = inRoom('a');
    script.play(press(60_000), press(60_000), press(60_000));
    expect(receivers(script.play(press(0)))).toEqual(['a']);
  });

  it('is_sent_three_times_a_second_at_most', () => {
    const script = inRoom('a');
    const effects = script.play(press(0), press(10), press(20), press(30), press(999));
    expect(receivers(effects)).toHaveLength(3);
    expect(receivers(script.play(press(1_000)))).toHaveLength(1);
  });

  it('is_nothing_outside_a_room', () => {
    expect(new Script().play(press(0))).toEqual([]);
  });
});

describe('reactions', () => {
  it('leave_the_screen_by_a_timer', () => {
    const script = inRoom('a');
    const timers = script.play(from('a')).filter(({ type }) => type === 'timer-set');
    expect(timers).toContainEqual({
      type: 'timer-set',
      timer: { kind: 'reaction-over', reaction: 1 },
      ms: 3_000,
    });
    script.play({ type: 'timer-fired', timer: { kind: 'reaction-over', reaction: 1 } });
    expect(script.state.reactions.shown).toEqual([]);
  });

  it('of_one_person_are_limited', () => {
    const script = inRoom('a', 'b');
    script.play(...Array.from({ length: 20 }, () => from('a')), from('b'));
    const by = script.state.reactions.shown.map((one) => one.by);
    expect(by).toEqual(['a', 'a', 'a', 'a', 'a', 'a', 'b']);
  });

  it('of_all_are_limited', () => {
    const people = Array.from({ length: 11 }, (_, index) => `p${index}`);
    const script = inRoom(...people);
    script.play(...people.flatMap((id) => Array.from({ length: 5 }, () => from(id))));
    expect(script.state.reactions.shown).toHaveLength(30);
  });

  it('of_the_same_moment_are_announced_together', () => {
    const script = inRoom('a', 'b');
    expect(said(script.play(from('a')))).toEqual([
      [{ email: 'a@example.org', reaction: 'applause' }],
    ]);
    expect(said(script.play(from('b'), press(0)))).toEqual([]);
    const pauseOver: Event = { type: 'timer-fired', timer: { kind: 'reaction-pause' } };
    expect(said(script.play(pauseOver))).toEqual([
      [
        { email: 'b@example.org', reaction: 'applause' },
        { email: null, reaction: 'heart' },
      ],
    ]);
    expect(said(script.play(pauseOver, pauseOver))).toEqual([]);
    expect(said(script.play(from('a')))).toHaveLength(1);
  });

  it('of_another_room_are_forgotten', () => {
    const script = inRoom('a');
    script.play(from('a'), { type: 'leave-room-pressed' });
    expect(script.state.reactions.shown).toEqual([]);
  });

  it('unknown_ones_are_malformed', () => {
    const script = inRoom('a');
    const payload = JSON.stringify({ v: 1, type: 'reaction', reaction: '<b>' });
    script.play(heard({ type: 'user:message', from: 'a', payload }));
    expect(script.state.reactions.shown).toEqual([]);
  });
});
