import { describe, expect, it } from 'vitest';

import { plainText } from '../../engine/sentence';
import { callStatus } from './call-status';
import type { Participant } from './participants';

function person(name: string, phase: Participant['phase']): Participant {
  const email = `${name.toLowerCase()}@example.org`;
  const called = { name, email, needsEmail: false };
  const shown = {
    microphone: 'on',
    camera: 'on',
    screen: 'off',
    turn: null,
    attention: 'here',
    standing: { kind: 'unknown' },
  } as const;
  return { peer: name, member: name, email, name, person: called, phase, ...shown };
}

function check(participants: Participant[], words: string, mood: string, weak: string[] = []) {
  const status = callStatus('active', participants, new Set(weak));
  expect({ ...status, words: plainText(status.words) }).toEqual({ words, mood });
}

describe('callStatus', () => {
  it('says who is being called', () => {
    check([person('Ana', 'calling')], 'Calling Ana…', 'waiting');
    check([person('Ana', 'calling'), person('Ben', 'calling')], 'Calling Ana and Ben…', 'waiting');
  });

  it('is quiet about unanswered ones while others talk', () => {
    check([person('Ana', 'connected'), person('Ben', 'calling')], 'Connected', 'calm');
  });

  it('puts a broken path before everything else', () => {
    check(
      [person('Ana', 'connecting'), person('Ben', 'reconnecting')],
      'Reconnecting to Ben…',
      'trouble',
    );
    check([person('Ana', 'connecting')], 'Connecting to Ana…', 'waiting');
  });

  it('names weak connections only while they are connected', () => {
    check([person('Ana', 'connected')], 'Ana’s connection is weak', 'trouble', ['Ana']);
    check([person('Jonas', 'connected')], 'Jonas’ connection is weak', 'trouble', ['Jonas']);
    check(
      [person('Ana', 'connected'), person('Ben', 'connected')],
      'The connections to Ana and Ben are weak',
      'trouble',
      ['Ana', 'Ben'],
    );
    check([person('Ana', 'connecting')], 'Connecting to Ana…', 'waiting', ['Ana']);
  });

  it('starts, and may be alone', () => {
    expect(callStatus('starting', [], new Set()).words).toBe('Starting…');
    check([], 'Nobody else is in the call', 'waiting');
  });
});
