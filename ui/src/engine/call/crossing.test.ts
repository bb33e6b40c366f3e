// Rings that meet: which call stands, and what becomes of the other one.

import { describe, expect, it } from 'vitest';
import type { Effect } from '../effect';
import type { Event } from '../event';
import { asked, calls, directed, member, Script, statusOf } from '../simulation/script';

const offer = { type: 'offer', sdp: 'mine', mids: {} } as const;
const CAPTURED: Event = {
  type: 'captured',
  slot: 'camera',
  device: { id: 'cam', label: 'Camera' },
};

const pressed = (who: string): Event => ({
  type: 'call-member-pressed',
  member: who,
  newCall: 'mine',
});
const made = (peer: string): Event => ({ type: 'peer-done', peer, local: offer });
/** `a` rings this person alone. */
const rung = (call: string): readonly Event[] => calls('a', call);

function room(...others: readonly string[]): Script {
  return new Script().enter(
    'm',
    others.map((id) => member(id)),
  );
}

/** Ringing `b`, the offer sent. */
function ringingB(...others: readonly string[]): Script {
  const script = room('b', ...others);
  script.play(pressed('b'), made('page-1'));
  return script;
}

/** Emails of the people whose call is said to be missed. */
function missed(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.type === 'announce' && effect.announcement.code === 'ended'
      ? [effect.announcement.end.email]
      : [],
  );
}

describe('ring_of_a_third_while_ours_is_unanswered', () => {
  it('with_a_smaller_id_is_told_busy', () => {
    const script = ringingB('a');
    expect(directed(script.play(...rung('a-call')))).toEqual(['a call:declined busy']);
    expect(script.state.call).toMatchObject({ id: 'mine', peers: [{ member: 'b' }] });
  });

  it('with_a_larger_id_takes_us_and_those_we_ring', () => {
    const script = ringingB('a');
    const effects = script.play(...rung('theirs'));
    expect(directed(effects)).toEqual(['b call:ended moved']);
    expect(asked(effects)).toContain('peer-accept-offer page-2');
    const peers = [{ member: 'a' }, { member: 'b', purpose: 'ring' }];
    expect(script.state.call).toMatchObject({ id: 'theirs', scope: 'some', peers });
  });

  it('takes_us_into_no_meeting_of_others', () => {
    const script = ringingB('a', 'c');
    const effects = script.play(statusOf('c', { call: 'theirs' }), ...rung('theirs'));
    expect(directed(effects)).toEqual(['a call:declined busy']);
    expect(script.state.call).toMatchObject({ id: 'mine' });
  });

  it('takes_nobody_who_is_joining_a_meeting', () => {
    const script = new Script().enter('m', [
      member('a'),
      member('b', { call: 'c' }),
      member('c', { call: 'c' }),
    ]);
    script.play(pressed('b'), made('page-1'), made('page-2'));
    expect(directed(script.play(...rung('theirs')))).toEqual(['a call:declined busy']);
    expect(script.state.call).toMatchObject({ id: 'c' });
  });

  it('of_a_claimed_session_is_told_busy', () => {
    const script = ringingB('c', 'a');
    const session = 'session of c';
    const [, ring] = rung('theirs');
    if (ring === undefined) throw new Error('There is no ring.');
    script.play(statusOf('a', { call: 'theirs', session }));
    expect(directed(script.play(ring))).toEqual(['a call:declined busy']);
  });

  it('of_one_declined_a_moment_ago_does_not_ring', () => {
    const script = room('a', 'b');
    script.play(...rung('first'), { type: 'decline-pressed' });
    script.play(statusOf('a', { call: null }), statusOf('b', { call: 'mine' }));
    script.play(statusOf('b', { call: null }));
    const declines = script.state.declines;
    script.play(pressed('b'), made('page-1'));
    script.state = { ...script.state, declines };
    const effects = script.play(...calls('a', 'theirs', 'a-2'));
    expect(directed(effects)).toEqual(['a call:declined declined-before']);
  });
});

/** About to ring `b`, while the camera is opened. */
function starting(): Script {
  const script = new Script({ cameraOn: true }).enter('m', [member('a'), member('b')]);
  script.play(pressed('b'));
  return script;
}

describe('ring_during_the_capture', () => {
  it('waits_and_is_told_busy_if_ours_stands', () => {
    const script = starting();
    expect(directed(script.play(...rung('a-call')))).toEqual([]);
    expect(directed(script.play(CAPTURED))).toEqual(['a call:declined busy']);
    expect(script.state.call).toMatchObject({ id: 'mine', peers: [{ member: 'b' }] });
  });

  it('waits_and_takes_us_if_it_stands', () => {
    const script = starting();
    script.play(...rung('theirs'), CAPTURED);
    const peers = [{ member: 'a' }, { member: 'b', purpose: 'ring' }];
    expect(script.state.call).toMatchObject({ id: 'theirs', peers });
  });

  it('is_told_busy_if_this_person_leaves', () => {
    const script = starting();
    script.play(...rung('theirs'));
    const left = script.play({ type: 'leave-call-pressed' });
    expect(directed(left)).toEqual(['a call:declined busy']);
  });

  it('is_told_missed_if_its_caller_gives_up', () => {
    const script = starting();
    script.play(...rung('theirs'));
    expect(missed(script.play(statusOf('a', { call: null })))).toEqual(['a@example.org']);
    script.play(CAPTURED);
    expect(script.state.call).toMatchObject({ id: 'mine' });
  });
});

describe('ring_behind_another_one', () => {
  it('is_told_missed_when_its_caller_gives_up', () => {
    const script = room('a', 'b');
    script.play(...calls('a', 'one'), ...calls('b', 'two'));
    expect(missed(script.play(statusOf('b', { call: null })))).toEqual(['b@example.org']);
    expect(script.state.call).toMatchObject({ kind: 'incoming', rings: [{ from: 'a' }] });
  });

  it('is_silent_when_its_caller_joins_the_other_one', () => {
    const script = room('a', 'b');
    script.play(...calls('a', 'one'), ...calls('b', 'two'));
    expect(missed(script.play(statusOf('b', { call: 'one' })))).toEqual([]);
  });
});

it('accepted_caller_who_has_moved_is_followed', () => {
  const script = new Script({ cameraOn: true }).enter('m', [member('a'), member('b')]);
  script.play(...calls('a', 'one'), { type: 'accept-pressed' });
  expect(script.state.call).toMatchObject({ kind: 'starting', id: 'one' });
  script.play(statusOf('b', { call: 'two' }), statusOf('a', { call: 'two' }));
  expect(script.state.call).toMatchObject({ kind: 'starting', id: 'two' });
});

it('two_who_follow_each_other_stop', () => {
  // Each followed the other one into the call that it had just left, without an end.
  const script = new Script().enter('m', [member('a')]);
  script.play(...calls('a', 'one', 'a-1', 'everybody'), { type: 'accept-pressed' });
  script.play(statusOf('a', { call: 'two', scope: 'everybody' }));
  expect(script.state.call).toMatchObject({ kind: 'active', id: 'two' });
  script.play(statusOf('a', { call: 'one', scope: 'everybody' }));
  expect(script.state.call).toMatchObject({ kind: 'none', ended: { reason: 'moved' } });
});

it('who_went_on_from_a_call_may_follow_back_up', () => {
  const script = new Script().enter('m', [member('a')]);
  script.play(...calls('a', 'two'), { type: 'accept-pressed' });
  script.play(statusOf('a', { call: 'one' }));
  expect(script.state.call).toMatchObject({ kind: 'active', id: 'one' });
  script.play(statusOf('a', { call: 'two' }));
  expect(script.state.call).toMatchObject({ kind: 'active', id: 'two' });
});
