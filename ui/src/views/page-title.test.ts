import { expect, test } from 'vitest';

import { initialState } from '../engine/initial';
import type { CallState, Member, Ring, State } from '../engine/state';
import { pageTitle } from './page-title';

const BEGINNING = initialState({
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
const STATUS = {
  session: null,
  call: null,
  scope: 'some',
  microphone: true,
  camera: true,
  screen: 'off',
  calls: true,
  away: false,
} as const;

function inRoom(call: CallState, emails: readonly string[] = []): State {
  const relay = { kind: 'this-computer' } as const;
  const roomSession = { room: '42', email: 'jo@example.org', session: 's', relay, rejoin: null };
  const members = emails.map((email, index): Member => ({
    id: `m${index}`,
    email,
    status: STATUS,
    presence: 'here',
  }));
  return {
    ...BEGINNING,
    room: { kind: 'inside', roomSession, self: 'me', iceServers: [], members },
    call,
  };
}

function ringing(email: string): CallState {
  const offer = { type: 'offer', sdp: '', mids: {} } as const;
  const ring: Ring = {
    call: 'c',
    from: 'm0',
    email,
    connection: null,
    serial: null,
    called: null,
    kind: 'video',
    offer,
    candidates: [],
  };
  return { kind: 'incoming', rings: [ring] };
}

const ANA = 'ana@example.org';
const PEERS: CallState = { kind: 'active', id: 'c', scope: 'some', peers: [] };
const SHARED: State['share'] = {
  kind: 'on',
  flow: 'live',
  region: null,
  surface: 'screen',
  audio: 'off',
  choice: 'automatic',
  measured: 'text',
};
const MISSED: CallState = { kind: 'none', ended: { reason: 'missed', email: ANA } };

test.each([
  [BEGINNING, 'Join a room – Snug'],
  [inRoom({ kind: 'none', ended: null }), 'Room 42 – Snug'],
  [inRoom(PEERS, [ANA]), 'In a call – Room 42 – Snug'],
  [{ ...inRoom(PEERS, [ANA]), share: SHARED }, 'You share your screen – Room 42 – Snug'],
  [inRoom(ringing(ANA), [ANA]), 'Ana is calling – Room 42 – Snug'],
  [inRoom(MISSED, [ANA]), 'Missed call from Ana – Room 42 – Snug'],
  [
    inRoom(ringing('יעל@example.org'), ['יעל@example.org']),
    '\u2068יעל\u2069 is calling – Room 42 – Snug',
  ],
])('title_says_where_one_is_and_who_calls: %#', (state, title) => {
  expect(pageTitle(state)).toBe(title);
});
