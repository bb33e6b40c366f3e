// Rooms with a passcode: in the lobby, and inside.

import { writeRoomName } from '../engine/private/room-name';
import type { RoomSession } from '../engine/state';
import { texts } from '../text/texts';
import { clickWords } from './act';
import type { GalleryScreen } from './gallery-screen';
import { inside, member, ROOM_SESSION } from './people';

const ROOM = 'passcode-0c0ffee0c0ffee0c0ffee0c0ffee0c0f';
const INVITE = { room: ROOM, secret: writeRoomName('team-meeting') };
const CODE = 'marble canoe ribbon walnut';
const SESSION: RoomSession = {
  ...ROOM_SESSION,
  room: ROOM,
  sealed: {
    secret: INVITE.secret,
    signing: '',
    load: 0,
    passcode: { code: CODE.replaceAll(' ', ''), root: null },
  },
};
const QUIET = { kind: 'inside', guesses: 0, newcomers: 'come-in', strangers: 0 } as const;

export const PASSCODE_SCREENS: Readonly<Record<string, GalleryScreen>> = {
  'lobby-passcode': { state: {}, passcode: CODE },
  'lobby-passcode-shown': {
    state: {},
    passcode: CODE,
    act: clickWords(texts.lobby.passcode.show),
  },
  'lobby-passcode-wrong': {
    state: { problem: { field: 'passcode', reason: { code: 'passcode-wrong' } } },
    privateInvite: INVITE,
    passcode: CODE,
  },
  'lobby-passcode-wait': {
    state: {
      room: { kind: 'joining', roomSession: SESSION },
      signaling: { kind: 'waiting', reason: { code: 'passcode-wait' } },
    },
    privateInvite: INVITE,
    passcode: CODE,
  },
  'room-passcode': {
    state: inside([member(0)], SESSION),
    passcode: CODE,
    door: QUIET,
    act: clickWords(texts.room.byPasscode.show),
  },
  'room-passcode-guesses': {
    state: inside([member(0), member(1)], SESSION),
    door: { ...QUIET, guesses: 7, newcomers: 'wait', strangers: 1 },
  },
};
