// People, rooms and calls written by hand.

import { initialState } from '../engine/initial';
import { newNegotiation } from '../engine/negotiation';
import type { DeviceState, Link, Member, MemberStatus, State, Visit } from '../engine/state';

const NAMES = [
  'ana.souza',
  'ben.okafor',
  'chiara.ricci',
  'dmitri.volkov',
  'elif.yilmaz',
  'farid.rahmani',
  'grace.hopper',
  'hana.sato',
];

export const VISIT: Visit = {
  room: '42',
  email: 'jonas.berg@example.org',
  session: 'own',
  relay: { kind: 'this-computer' },
  rejoin: null,
};

export const BEGINNING: State = {
  ...initialState({
    page: 'gallery',
    canCall: true,
    microphone: null,
    camera: null,
    speaker: null,
    microphoneOn: true,
    cameraOn: true,
  }),
  media: {
    microphone: delivering('Desk microphone'),
    camera: delivering('Desk camera'),
    speaker: { chosen: null },
    previews: 0,
    devices: [
      { kind: 'camera', id: 'c1', label: 'Desk camera (1080p)' },
      { kind: 'camera', id: 'c2', label: 'Document camera' },
      { kind: 'microphone', id: 'm1', label: 'Desk microphone' },
      { kind: 'microphone', id: 'm2', label: 'Headset' },
      { kind: 'speaker', id: 's1', label: 'Headset' },
    ],
  },
};

export function emailOf(index: number): string {
  return `${NAMES[index % NAMES.length] ?? 'ana.souza'}@example.org`;
}

export function member(index: number, status: Partial<MemberStatus> = {}): Member {
  return {
    id: `m${index}`,
    email: emailOf(index),
    status: {
      session: null,
      call: null,
      microphone: true,
      camera: true,
      calls: true,
      ...status,
    },
  };
}

export function link(index: number, change: Partial<Link> = {}): Link {
  return {
    id: `l${index}`,
    member: `m${index}`,
    email: emailOf(index),
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

export function inside(members: readonly Member[], visit: Visit = VISIT): Partial<State> {
  return {
    signaling: { kind: 'connected' },
    room: { kind: 'inside', visit, self: 'm-own', iceServers: [], members },
  };
}

/** A call with so many others. */
export function callWith(
  others: number,
  status: (index: number) => Partial<MemberStatus> = () => ({}),
  change: Partial<Link> = {},
): Partial<State> {
  const indices = Array.from({ length: others }, (_, index) => index);
  return {
    ...inside(indices.map((index) => member(index, { call: 'c', ...status(index) }))),
    call: { kind: 'active', id: 'c', links: indices.map((index) => link(index, change)) },
  };
}

function delivering(label: string): DeviceState {
  return { wanted: true, chosen: null, capture: { kind: 'on', deviceId: label, label } };
}
