import { describe, expect, it } from 'vitest';

import { initialState } from '../../engine/initial';
import { newNegotiation } from '../../engine/negotiation';
import type { Link, Member, State } from '../../engine/state';
import { participantsOf } from './participants';

const MEMBER: Member = {
  id: 'm1',
  email: 'ana@example.org',
  status: { session: null, call: 'c', microphone: false, camera: false, calls: true },
};

function state(members: Member[], change: Partial<Link> = {}): State {
  const beginning = initialState({
    page: 'p',
    canCall: true,
    microphone: null,
    camera: null,
    speaker: null,
    microphoneOn: true,
    cameraOn: true,
  });
  const relay = { kind: 'this-computer' } as const;
  const visit = { room: '42', email: 'ben@example.org', session: 's', relay, rejoin: null };
  return {
    ...beginning,
    room: { kind: 'inside', visit, self: 'm0', iceServers: [], members },
    call: { kind: 'active', id: 'c', links: [link(change)] },
  };
}

function link(change: Partial<Link>): Link {
  return {
    id: 'l1',
    member: MEMBER.id,
    email: MEMBER.email,
    session: null,
    connection: null,
    fingerprints: { offer: null, remote: null },
    phase: 'open',
    path: 'connected',
    orphan: false,
    attempts: 0,
    unsent: [],
    negotiation: newNegotiation(false),
    ...change,
  };
}

describe('participantsOf', () => {
  it('takes muted and camera off from what the member says of himself', () => {
    expect(participantsOf(state([MEMBER]))).toEqual([
      {
        link: 'l1',
        email: 'ana@example.org',
        name: 'Ana',
        person: { name: 'Ana', email: 'ana@example.org', needsEmail: false },
        phase: 'connected',
        microphone: 'off',
        camera: 'off',
      },
    ]);
  });

  it('goes on while the member is missing', () => {
    expect(participantsOf(state([]))[0]).toMatchObject({ microphone: 'on', camera: 'on' });
  });

  it.each([
    ['calling', 'connecting', 'calling'],
    ['accepting', 'connecting', 'connecting'],
    ['open', 'reconnecting', 'reconnecting'],
  ] as const)('%s and %s is %s', (phase, path, shown) => {
    expect(participantsOf(state([], { phase, path }))[0]?.phase).toBe(shown);
  });

  it('is nobody outside a call', () => {
    expect(participantsOf({ ...state([]), call: { kind: 'none', ended: null } })).toEqual([]);
  });
});
