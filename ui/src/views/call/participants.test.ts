import { describe, expect, it } from 'vitest';

import { initialState } from '../../engine/initial';
import { newNegotiation } from '../../engine/peer/negotiation';
import type { Peer, Member, State } from '../../engine/state';
import { participantsOf } from './participants';

const MEMBER: Member = {
  id: 'm1',
  email: 'ana@example.org',
  status: {
    session: null,
    call: 'c',
    scope: 'some',
    microphone: false,
    camera: false,
    screen: 'off',
    calls: true,
    away: false,
  },
  presence: 'here',
};

function state(members: Member[], change: Partial<Peer> = {}): State {
  const beginning = initialState({
    page: 'p',
    secret: 'secret',
    canCall: true,
    microphone: null,
    camera: null,
    speaker: null,
    microphoneOn: true,
    cameraOn: true,
    saveData: false,
    ownAddress: 'shown',
  });
  const relay = { kind: 'this-computer' } as const;
  const roomSession = { room: '42', email: 'ben@example.org', session: 's', relay, rejoin: null };
  return {
    ...beginning,
    room: { kind: 'inside', roomSession, self: 'm0', iceServers: [], members },
    call: { kind: 'active', id: 'c', scope: 'some', peers: [peer(change)] },
  };
}

function peer(change: Partial<Peer>): Peer {
  return {
    id: 'l1',
    member: MEMBER.id,
    email: MEMBER.email,
    session: null,
    connection: null,
    fingerprints: { offer: null, remote: null },
    address: 'shown',
    purpose: 'rule',
    phase: 'open',
    path: 'connected',
    detached: false,
    replacedBy: null,
    attempts: 0,
    unsent: [],
    negotiation: newNegotiation(false),
    ...change,
  };
}

describe('participantsOf', () => {
  it('takes muted and camera off from the status of the member', () => {
    expect(participantsOf(state([MEMBER]))).toEqual([
      {
        peer: 'l1',
        member: 'm1',
        email: 'ana@example.org',
        name: 'Ana',
        person: { name: 'Ana', email: 'ana@example.org', needsEmail: false },
        phase: 'connected',
        microphone: 'off',
        camera: 'off',
        screen: 'off',
        turn: null,
        attention: 'here',
        standing: { kind: 'unknown' },
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
