import { describe, expect, test } from 'vitest';

import { initialState } from '../engine/initial';
import type { RelayChoice, State } from '../engine/state';
import type { Settings } from '../ports';
import { DEFAULT_SETTINGS } from '../protocol/settings';
import { remember } from './remembering';

const HERE: RelayChoice = { kind: 'this-computer' };
const THERE: RelayChoice = { kind: 'server', address: 'relay.example.org' };

const SETTINGS: Settings = {
  ...DEFAULT_SETTINGS,
  email: 'ana@example.org',
  room: '42',
  relay: HERE,
  recentRooms: [{ room: '42', relay: HERE }],
  microphone: { id: 'm', label: 'Desk' },
  cameraOn: false,
};

function outside(): State {
  return initialState({ ...SETTINGS, page: 'p', secret: 'secret', canCall: true });
}

function inside(room: string, relay: RelayChoice): State {
  const roomSession = { room, relay, email: SETTINGS.email, session: 's', rejoin: null };
  return {
    ...outside(),
    room: { kind: 'inside', roomSession, self: 'a', iceServers: [], members: [] },
  };
}

describe('settings', () => {
  test('stay the same object without a change', () => {
    expect(remember(SETTINGS, outside())).toBe(SETTINGS);
    expect(remember(SETTINGS, inside('42', { ...HERE }))).toBe(SETTINGS);
  });

  test('keep nothing of a private room', () => {
    const sealed = { secret: '1.a', signing: 'b', load: 0 };
    const { room, ...state } = inside('private-1', HERE);
    if (room.kind !== 'inside') throw new Error('Not inside.');
    const roomSession = { ...room.roomSession, sealed };
    const kept = remember(SETTINGS, { ...state, room: { ...room, roomSession } });
    expect(kept).toBe(SETTINGS);
  });

  test('keep chosen devices and switches', () => {
    const state = outside();
    const media = {
      ...state.media,
      microphone: { ...state.media.microphone, wanted: false },
      camera: { ...state.media.camera, wanted: true, chosen: { id: 'c', label: 'Lid' } },
      speaker: { chosen: { id: 's', label: 'Room' } },
    };
    expect(remember(SETTINGS, { ...state, media })).toEqual({
      ...SETTINGS,
      microphoneOn: false,
      cameraOn: true,
      camera: { id: 'c', label: 'Lid' },
      speaker: { id: 's', label: 'Room' },
    });
  });

  test('keep eight rooms, newest first, each once', () => {
    let settings: Settings = { ...SETTINGS, recentRooms: [] };
    const roomSession = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '3'];
    for (const room of roomSession) settings = remember(settings, inside(room, HERE));
    expect(settings.recentRooms.map(({ room }) => room).join('')).toBe('39876542');
  });

  test('distinguish rooms of one name on two relays', () => {
    const { recentRooms } = remember(SETTINGS, inside('42', THERE));
    expect(recentRooms).toEqual([
      { room: '42', relay: THERE },
      { room: '42', relay: HERE },
    ]);
  });
});
