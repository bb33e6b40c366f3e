import { describe, expect, it } from 'vitest';

import type { Member } from '../../engine/state';
import { runningCall } from './running-call';

function member(id: string, call: string | null): Member {
  const status = {
    session: null,
    call,
    scope: 'some',
    microphone: true,
    camera: true,
    screen: 'off',
    calls: true,
    away: false,
  } as const;
  return { id, email: `${id}@example.org`, status, presence: 'here' };
}

describe('runningCall', () => {
  it('is nothing where nobody is in a call', () => {
    expect(runningCall([])).toBeNull();
    expect(runningCall([member('ana', null)])).toBeNull();
  });

  it('names who is in it, in order of arrival', () => {
    const found = runningCall([member('ana', 'c'), member('ben', null), member('cleo', 'c')]);
    expect(found?.call).toBe('c');
    expect(found?.members.map(({ id }) => id)).toEqual(['ana', 'cleo']);
  });

  it('does_not_count_lost_members', () => {
    const lost: Member = { ...member('ana', 'c'), presence: 'lost' };
    expect(runningCall([lost])).toBeNull();
    expect(runningCall([lost, member('ben', 'c')])?.members).toHaveLength(1);
  });

  it('is_none_with_blocked_members_alone', () => {
    const members = [member('a', 'x'), member('b', 'y'), member('c', 'y')];
    expect(runningCall(members, (id) => id !== 'a')?.call).toBe('x');
    expect(runningCall(members, (id) => id === 'b')?.members).toHaveLength(2);
  });

  it('is the larger of two, and the first of two equal ones', () => {
    expect(runningCall([member('a', 'x'), member('b', 'y'), member('c', 'y')])?.call).toBe('y');
    expect(runningCall([member('a', 'x'), member('b', 'y')])?.call).toBe('x');
  });
});
