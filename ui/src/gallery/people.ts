// People, rooms and calls for the gallery.

import { initialState } from '../engine/initial';
import { newNegotiation } from '../engine/peer/negotiation';
import { visibleText } from '../engine/untrusted-text';
import type { OwnAddress } from '../engine/address/state';
import type { DeviceState, Peer, Member, MemberStatus, State, RoomSession } from '../engine/state';

/** The people, selected by `?people=`. */
const CROWDS = {
  usual: [
    'ana.souza@example.org',
    'ben.okafor@example.org',
    'chiara.ricci@example.org',
    'dmitri.volkov@example.org',
    'elif.yilmaz@example.org',
    'farid.rahmani@example.org',
    'grace.hopper@example.org',
    'hana.sato@example.org',
  ],
  long: [
    'maximiliana-alexandrina.von-und-zu-hohenstein-wolkenburg@department-of-very-long-names.example.org',
    `${'a'.repeat(120)}@${'b'.repeat(120)}.example.org`,
    'wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren@example.org',
  ],
  /** Right to left, pictures, wide letters, and two pairs that look the same. */
  mixed: [
    'ana@example.org',
    'аna@example.org',
    'نور.الهدى@مثال.example',
    '👩‍🚀.🏳️‍🌈@example.org',
    'יעל.לוי@example.org',
    'ana@example.org',
    '山田.太郎@example.org',
    'jose\u0301@example.org',
  ],
  /** Each contains `zq`, so that a test finds it everywhere. */
  hostile: [
    '\u202Egro.zq.elpmaxe@example.org',
    'zq\u2066\u2067\u2068evil\u202D@example.org',
    'zq\u200B\u200D\u2060\u{E0041}\u{E007F}@example.org',
    `z\u{71}${'\u0336\u0489\u0300'.repeat(40)}@example.org`,
    'zq\n\n\n\t\u0000\u0007\u009B31m@example.org',
    'שלום\u200F.zq.\u061C@example.org',
    'zq\u2028<b>bold</b>&amp;@example.org',
    `${'zq'.repeat(200)}\u202E@example.org`,
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

const EMAILS: readonly string[] = crowd(new URLSearchParams(location.search).get('people'));

function crowd(name: string | null): readonly string[] {
  const isCrowd = (key: string | null): key is keyof typeof CROWDS =>
    key !== null && Object.hasOwn(CROWDS, key);
  // As the engine reads them.
  return CROWDS[isCrowd(name) ? name : 'usual'].map(visibleText);
}

export const ROOM_SESSION: RoomSession = {
  room: '42',
  email: 'jonas.berg@example.org',
  session: 'own',
  relay: { kind: 'this-computer' },
  rejoin: null,
};

export const BEGINNING: State = {
  ...initialState({
    page: 'gallery',
    secret: 'gallery',
    canCall: true,
    microphone: null,
    camera: null,
    speaker: null,
    microphoneOn: true,
    cameraOn: true,
    saveData: false,
    ownAddress: 'shown',
  }),
  media: {
    microphone: delivering('Desk microphone'),
    camera: delivering('Desk camera'),
    speaker: { chosen: null },
    cameraAfterCall: 'as-is',
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
  return EMAILS[index % EMAILS.length] ?? 'ana.souza@example.org';
}

export function member(index: number, status: Partial<MemberStatus> = {}): Member {
  return {
    id: `m${index}`,
    email: emailOf(index),
    status: {
      session: null,
      call: null,
      scope: 'some',
      microphone: true,
      camera: true,
      screen: 'off',
      calls: true,
      away: false,
      ...status,
    },
    presence: 'here',
  };
}

export function peer(index: number, change: Partial<Peer> = {}): Peer {
  return {
    id: `l${index}`,
    member: `m${index}`,
    email: emailOf(index),
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

export const PRIVATE_INVITE = {
  room: 'private-1a479b0edf841eeb9ed1d1653fe6a918',
  secret: '1.AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE',
};

export const PRIVATE_SESSION: RoomSession = {
  ...ROOM_SESSION,
  room: PRIVATE_INVITE.room,
  sealed: { secret: PRIVATE_INVITE.secret, signing: '', load: 0 },
};

export function inside(
  members: readonly Member[],
  roomSession: RoomSession = ROOM_SESSION,
): Partial<State> {
  return {
    signaling: { kind: 'connected' },
    room: { kind: 'inside', roomSession, self: 'm-own', iceServers: [], members },
  };
}

/** Where the relay has a TURN server. */
export function withTurn(members: readonly Member[], ownAddress: OwnAddress): Partial<State> {
  const state = inside(members, { ...ROOM_SESSION, ownAddress });
  const iceServers = [{ urls: ['turn:relay.example.org'] }];
  return state.room?.kind === 'inside' ? { ...state, room: { ...state.room, iceServers } } : state;
}

/** A call with this number of other members. */
export function callWith(
  others: number,
  status: (index: number) => Partial<MemberStatus> = () => ({}),
  change: Partial<Peer> = {},
): Partial<State> {
  const indices = Array.from({ length: others }, (_, index) => index);
  return {
    ...inside(indices.map((index) => member(index, { call: 'c', ...status(index) }))),
    call: {
      kind: 'active',
      id: 'c',
      scope: 'everybody',
      peers: indices.map((index) => peer(index, change)),
    },
  };
}

function delivering(label: string): DeviceState {
  return { wanted: true, chosen: null, capture: { kind: 'on', deviceId: label, label } };
}
