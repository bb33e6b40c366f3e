// Members without a line to the relay: said, not rung, and back.

import { describe, expect, it } from 'vitest';
import type { Effect } from '../effect';
import {
  asked,
  calls,
  directed,
  heard,
  joined,
  member,
  Script,
  statusOf,
} from '../simulation/script';
import type { Member } from '../state';

const lost = heard({ type: 'user:lost', id: 'a' });
const back = heard({ type: 'user:back', id: 'a' });
const left = heard({ type: 'user:left', id: 'a', reason: 'lost' });

function codes(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.type === 'announce' ? [effect.announcement.code] : [],
  );
}

function memberIn({ state: { room } }: Script): Member | undefined {
  return room.kind === 'inside' ? room.members[0] : undefined;
}

/** In an open, connected call with `a`. */
function inCall(): Script {
  const script = new Script().enter('m', [member('a')]);
  script.play(...calls('a', 'c'), { type: 'accept-pressed' });
  const local = { type: 'answer', sdp: 'mine', mids: {} } as const;
  script.play({ type: 'peer-done', peer: 'page-1', local });
  script.play({ type: 'peer-connection', peer: 'page-1', state: 'connected' });
  return script;
}

describe('lost_member', () => {
  it('is_said_once_and_again_when_back', () => {
    const script = new Script().enter('m', [member('a')]);
    expect(codes(script.play(lost))).toEqual(['lost']);
    expect(memberIn(script)?.presence).toBe('lost');
    expect(codes(script.play(lost))).toEqual([]);
    expect(codes(script.play(back))).toEqual(['back']);
    expect(memberIn(script)?.presence).toBe('here');
    expect(codes(script.play(back))).toEqual([]);
  });

  it('that_is_given_up_was_said_before', () => {
    const script = new Script().enter('m', [member('a')]);
    expect(codes(script.play(lost, left))).toEqual(['lost']);
    expect(memberIn(script)).toBeUndefined();
  });

  it('comes_as_such_with_the_room', () => {
    const script = new Script().enter('m', [{ ...member('a'), lost: true }]);
    expect(memberIn(script)?.presence).toBe('lost');
    script.play(heard(joined('m', [member('a')], true)));
    expect(memberIn(script)?.presence).toBe('here');
  });

  it('is_not_called', () => {
    const script = new Script().enter('m', [member('a')]);
    const press = { type: 'call-pressed', newCall: 'c' } as const;
    expect(codes(script.play(lost, press))).toContain('nobody-to-call');
    script.play({ type: 'call-member-pressed', member: 'a', newCall: 'c' });
    expect(script.state.call.kind).toBe('none');
  });

  it('in_a_call_is_no_running_call', () => {
    const script = new Script().enter('m', [member('a', { call: 'c' }), member('b')]);
    script.play(lost, { type: 'call-pressed', newCall: 'new' });
    expect(script.state.call).toMatchObject({ id: 'new', peers: [{ member: 'b' }] });
  });

  it('ends_no_call_and_is_not_said_in_it', () => {
    const script = inCall();
    expect(codes(script.play(lost, back))).toEqual([]);
    expect(script.state.call).toMatchObject({ kind: 'active', peers: [{ detached: false }] });
  });

  it('gets_no_new_connection_until_it_is_back', () => {
    const script = inCall();
    const restart = { type: 'timer-fired', timer: { kind: 'restart', peer: 'page-1' } } as const;
    script.play({ type: 'signaling-connected' }, lost);
    script.play({ type: 'peer-connection', peer: 'page-1', state: 'failed' });
    script.play(restart, restart);
    expect(asked(script.play(restart))).not.toContain('peer-close page-1');
    expect(asked(script.play(back, restart))).toContain('peer-close page-1');
  });
});

describe('device_that_is_back_under_another_id', () => {
  const replaced = heard({ type: 'user:left', id: 'a', reason: 'lost', replacedBy: 'b' });
  const fresh = heard({ type: 'user:joined', user: member('b', { session: 'new' }) });
  const reloaded = heard({
    type: 'user:joined',
    user: member('b', { session: 'session of a', call: 'c' }),
  });

  it.each([
    ['first_the_leave', [replaced, fresh]],
    ['first_the_join', [fresh, replaced]],
  ])('in_no_call_ends_the_old_one: %s', (_, events) => {
    const script = inCall();
    script.play(...events);
    expect(script.state.call).toMatchObject({ kind: 'none', ended: { reason: 'lost' } });
  });

  it('in_the_call_is_accepted_without_asking', () => {
    const script = inCall();
    script.play(replaced, reloaded);
    expect(script.state.call).toMatchObject({ peers: [{ id: 'page-1', detached: true }] });
    const effects = script.play(...calls('b', 'c').slice(1));
    expect(asked(effects)).toContain('peer-close page-1');
    expect(asked(effects)).toContain('peer-accept-offer page-2');
    expect(script.state.admissions).toEqual([]);
  });

  it('is_accepted_only_if_the_relay_says_so', () => {
    const script = inCall();
    script.play(left, reloaded, ...calls('b', 'c').slice(1));
    expect(script.state.call).toMatchObject({ peers: [{ id: 'page-1' }] });
    expect(script.state.admissions).toMatchObject([{ from: 'b' }]);
  });

  it('that_leaves_the_call_later_ends_the_old_connection', () => {
    const script = inCall();
    script.play(replaced, reloaded, statusOf('b', { session: 'session of a', call: null }));
    expect(script.state.call).toMatchObject({ kind: 'none', ended: { reason: 'lost' } });
  });

  it('is_not_said_to_have_left', () => {
    const script = new Script().enter('m', [member('a')]);
    expect(codes(script.play(replaced))).toEqual([]);
    expect(directed(script.play(fresh))).toEqual([]);
  });
});
