import { describe, expect, it } from 'vitest';

import { firstProblem, lobbyProblems, type LobbyInput } from './lobby-validation';

const GOOD: LobbyInput = {
  email: 'ana@example.org',
  room: '42',
  relay: { kind: 'this-computer' },
};

function check(change: Partial<LobbyInput>, wrong: string[]) {
  expect(Object.keys(lobbyProblems({ ...GOOD, ...change }))).toEqual(wrong);
}

describe('lobbyProblems', () => {
  it.each(['ana@example.org', ' ana@example.org ', 'a@b', 'é+x@localhost'])(
    'accepts the email %j',
    (email) => check({ email }, []),
  );

  it.each([
    '',
    '  ',
    'ana',
    'ana@',
    '@example.org',
    'a b@example.org',
    'a@b@c',
    `${'é'.repeat(300)}@b`,
  ])('refuses the email %j', (email) => check({ email }, ['email']));

  it.each(['42', 'a', ' 42 ', 'Team_A-1.2', 'x'.repeat(128), '...', 'a b', 'é', 'Team Meeting'])(
    'accepts the room %j',
    (room) => check({ room }, []),
  );

  it.each(['', ' ', '.', '..', '!', 'x'.repeat(129)])('refuses the room %j', (room) =>
    check({ room }, ['room']),
  );

  it('wants an address only for a server', () => {
    check({ relay: { kind: 'server', address: ' ' } }, ['relay']);
    check({ relay: { kind: 'server', address: 'my server' } }, ['relay']);
    check({ relay: { kind: 'server', address: 'calls.example.org:8787' } }, []);
  });

  it('focuses the first invalid field in page order', () => {
    const all = { email: '', room: '', relay: { kind: 'server', address: '' } } as const;
    expect(firstProblem(lobbyProblems(all))).toBe('email');
    expect(firstProblem(lobbyProblems({ ...all, email: 'a@b' }))).toBe('room');
    expect(firstProblem({})).toBeNull();
  });
});
