// Two calls to everybody in one room.

import { describe, expect, it } from 'vitest';
import type { Effect } from '../effect';
import type { Event } from '../event';
import { calls, directed, member, Script, statusOf } from '../simulation/script';

const MERGE: Event = { type: 'timer-fired', timer: { kind: 'merge' } };
const everybody = (call: string): { call: string; scope: 'everybody' } => ({
  call,
  scope: 'everybody',
});

/** In a call of two, `mine`, with others in the room. */
function inCall(...others: readonly string[]): Script {
  const script = new Script().enter('m', [member('a'), ...others.map((id) => member(id))]);
  script.play(...calls('a', 'mine', 'a-1', 'everybody'), { type: 'accept-pressed' });
  return script;
}

function merges(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) =>
    (effect.type === 'timer-set' || effect.type === 'timer-clear') && effect.timer.kind === 'merge'
      ? [effect.type]
      : [],
  );
}

describe('two_calls_to_everybody', () => {
  it('become_the_one_with_more_members', () => {
    const script = inCall('x', 'y', 'z');
    script.play(...['x', 'y', 'z'].map((id) => statusOf(id, everybody('a-call'))));
    const effects = script.play(MERGE);
    expect(directed(effects)).toEqual(['a call:ended moved']);
    const peers = [{ member: 'x' }, { member: 'y' }, { member: 'z' }];
    expect(script.state.call).toMatchObject({ id: 'a-call', scope: 'everybody', peers });
  });

  it.each([
    ['theirs', 'theirs'],
    ['a-call', 'mine'],
  ])('of_the_same_size_become_the_larger_id: %s', (call, standing) => {
    const script = inCall('x', 'y');
    script.play(statusOf('x', everybody(call)), statusOf('y', everybody(call)), MERGE);
    expect(script.state.call).toMatchObject({ kind: 'active', id: standing });
  });

  it('wait_until_nothing_changes', () => {
    const script = inCall('x', 'y', 'z');
    expect(merges(script.play(statusOf('x', everybody('theirs'))))).toEqual(['timer-clear']);
    expect(merges(script.play(statusOf('y', everybody('theirs'))))).toEqual(['timer-set']);
    expect(merges(script.play(statusOf('z', everybody('theirs'))))).toEqual(['timer-set']);
    expect(merges(script.play(statusOf('z', { ...everybody('theirs'), camera: true })))).toEqual(
      [],
    );
    script.play(statusOf('z', { call: null }));
    expect(merges(script.play(statusOf('y', { call: null })))).toEqual(['timer-clear']);
  });

  it('wait_for_the_relay', () => {
    const script = inCall('x', 'y');
    script.play(statusOf('x', everybody('theirs')), statusOf('y', everybody('theirs')));
    script.play({ type: 'signaling-waiting', reason: { code: 'relay-lost' } });
    expect(merges(script.play(MERGE))).toEqual(['timer-set']);
    expect(script.state.call).toMatchObject({ id: 'mine' });
  });

  it('stay_two_if_nobody_there_would_be_connected', () => {
    const script = new Script().enter('m', [member('a'), member('x'), member('y')]);
    script.play(...calls('x', 'theirs', 'x-1', 'everybody'), { type: 'decline-pressed' });
    const { declines } = script.state;
    script.play(...calls('a', 'mine', 'a-1', 'everybody'), { type: 'accept-pressed' });
    script.state = { ...script.state, declines };
    script.play(statusOf('y', { call: null }));
    script.play(statusOf('x', everybody('theirs')), MERGE);
    expect(script.state.call).toMatchObject({ id: 'mine' });
  });
});

it('call_to_some_stays_beside_one_to_everybody', () => {
  const script = inCall('x', 'y', 'z');
  for (const id of ['x', 'y', 'z']) script.play(statusOf(id, { call: 'theirs' }));
  script.play(MERGE);
  expect(script.state.call).toMatchObject({ id: 'mine' });
});
