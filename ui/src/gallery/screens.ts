// All screens by name: the state and the typed input.

import type { App } from '../app';
import type { CaptureProblem, DeviceState, Ring } from '../engine/state';
import { displayName } from '../engine/person-name';
import { isolate } from '../engine/sentence';
import { texts } from '../text/texts';
import { click, pressInCall, whenThere } from './act';
import { BLOCKING_SCREENS } from './blocking-screens';
import { FILE_SCREENS } from './file-screens';
import type { GalleryScreen } from './gallery-screen';
import { HAND_SCREENS } from './hand-screens';
import { CONNECTION_TEST_SCREENS } from './connection-test-screens';
import { CHAT_SCREENS } from './chat-screens';
import { LAYOUT_SCREENS } from './layout-screens';
import { PASSCODE_SCREENS } from './passcode-screens';
import { SHARE_SCREENS } from './share-screens';
import { KNOWN_PEOPLE, VERIFICATION_SCREENS } from './verification-screens';
import {
  BEGINNING,
  PRIVATE_INVITE,
  PRIVATE_SESSION,
  ROOM_SESSION,
  callWith,
  withTurn,
  emailOf,
  inside,
  member,
  peer,
} from './people';

const { media } = BEGINNING;
const LONG_EMAIL =
  'maximiliana-alexandrina.von-und-zu-hohenstein-wolkenburg@department-of-very-long-names.example.org';

const RING: Ring = {
  call: 'c',
  from: 'm0',
  email: emailOf(0),
  connection: null,
  serial: null,
  offer: { type: 'offer', sdp: '', mids: {} },
  called: null,
  kind: 'video',
  candidates: [],
};

export const SCREENS: Readonly<Record<string, GalleryScreen>> = {
  lobby: { state: {} },
  'lobby-no-camera': {
    state: { media: { ...media, camera: failed('none'), microphone: failed('none'), devices: [] } },
  },
  'lobby-denied': {
    state: { media: { ...media, camera: failed('denied'), microphone: failed('denied') } },
  },
  'lobby-errors': {
    state: {
      problem: {
        field: 'relay',
        reason: {
          code: 'shell-error',
          fault: { code: 'nothing-answers', address: 'https://calls.example.org' },
        },
      },
    },
    settings: {
      email: 'jonas.berg',
      room: '',
      relay: { kind: 'server', address: 'calls.example.org' },
    },
    act: submitOnceThere,
  },
  'lobby-unreadable-link': {
    state: {},
    roomDraft: {
      text: 'https://calls.example.org/r/caf%E9',
      problem:
        'The room in this invite link cannot be read. Ask for the link again, or enter the room number.',
    },
  },
  'lobby-long-email': { state: {}, settings: { email: LONG_EMAIL, room: 'x'.repeat(128) } },
  'lobby-relay': {
    state: {},
    act: (root) => {
      whenThere(root, 'button[aria-expanded="false"]', (trigger) => trigger.click());
      whenThere(root, '[role="switch"]', (sharing) => sharing.click());
    },
  },
  'lobby-joining': {
    state: {
      room: { kind: 'joining', roomSession: ROOM_SESSION },
      signaling: { kind: 'connecting' },
    },
  },
  'lobby-private': { state: {}, privateInvite: PRIVATE_INVITE },
  'room-private': { state: inside([member(0)], PRIVATE_SESSION) },
  'room-private-locked': {
    state: {
      ...inside([member(0), member(1)], PRIVATE_SESSION),
      entry: {
        entry: 'locked',
        own: 'inside',
        asks: [
          { member: 'm7', email: emailOf(2) },
          { member: 'm8', email: LONG_EMAIL },
        ],
        others: 'seen',
        turnedAway: [],
      },
    },
  },
  'room-private-outside': {
    state: {
      ...inside([], PRIVATE_SESSION),
      entry: { entry: 'open', own: 'outside', asks: [], others: 'seen', turnedAway: [] },
    },
  },
  'call-private-locked': {
    state: {
      ...callWith(1),
      ...inside([member(0, { call: 'c' })], PRIVATE_SESSION),
      entry: {
        entry: 'locked',
        own: 'inside',
        asks: [{ member: 'm7', email: emailOf(2) }],
        others: 'seen',
        turnedAway: [],
      },
    },
    act: pressInCall('p'),
  },
  'room-code': {
    state: inside([member(0)], PRIVATE_SESSION),
    act: click(texts.room.invite.showCode),
  },
  'room-address': { state: withTurn([member(0)], 'relayed') },
  'room-address-no-turn': {
    state: { ...inside([member(0)]), keptAddress: 'relayed' },
  },
  'room-alone': { state: inside([]) },
  'room-people': { state: inside([member(0), member(1), longMember()]) },
  'room-many': { state: inside(Array.from({ length: 12 }, (_, index) => member(index))) },
  'room-running-call': {
    state: inside([
      member(0, { call: 'c' }),
      member(1, { call: 'c', microphone: false }),
      member(2),
    ]),
  },
  incoming: { state: { ...inside([member(0)]), call: { kind: 'incoming', rings: [RING] } } },
  calling: {
    state: {
      ...inside([member(0)]),
      call: {
        kind: 'active',
        id: 'c',
        scope: 'everybody',
        peers: [peer(0, { phase: 'calling', path: 'connecting' })],
      },
    },
  },
  'call-1': {
    state: {
      ...inside([member(0)]),
      call: { kind: 'starting', id: 'c', start: { kind: 'call', to: 'everybody', rings: [] } },
    },
  },
  'call-2': { state: callWith(1) },
  'call-3': { state: callWith(2) },
  'call-5': { state: callWith(4, (index) => ({ microphone: index !== 1 })) },
  'call-9': {
    state: callWith(8, (index) => ({ microphone: index % 3 !== 1, camera: index !== 4 })),
  },
  'call-people': {
    state: callWith(2, (index) => ({ microphone: index === 0 })),
    act: pressInCall('p'),
  },
  'call-reconnecting': {
    state: {
      ...callWith(1, undefined, { path: 'reconnecting' }),
      signaling: {
        kind: 'waiting',
        reason: { code: 'relay-lost' },
      },
    },
  },
  'call-camera-off': { state: callWith(1, () => ({ camera: false, microphone: false })) },
  'call-muted': {
    state: {
      ...callWith(1),
      media: {
        ...media,
        microphone: { ...media.microphone, wanted: false },
        camera: { ...media.camera, wanted: false, capture: { kind: 'idle' } },
      },
    },
  },
  'call-asking': { state: { ...callWith(1), admissions: [RING] } },
  'call-ended': {
    state: {
      ...inside([member(0)]),
      call: { kind: 'none', ended: { reason: 'hung-up', email: emailOf(0) } },
    },
  },
  ...Object.fromEntries(
    ['bottom-left', 'top-left', 'top-right'].map((corner, index) => [
      `call-${corner}`,
      {
        state: callWith(1),
        act: (root: HTMLElement) =>
          whenThere(root, 'button[aria-label="Move your picture"]', (handle) => {
            for (let press = 0; press <= index; press += 1) handle.click();
          }),
      },
    ]),
  ),
  'call-devices-failed': {
    state: {
      ...callWith(1),
      media: { ...media, camera: failed('busy'), microphone: failed('vanished') },
    },
  },
  ...CHAT_SCREENS,
  ...LAYOUT_SCREENS,
  ...SHARE_SCREENS,
  ...HAND_SCREENS,
  ...CONNECTION_TEST_SCREENS,
  ...FILE_SCREENS,
  ...VERIFICATION_SCREENS,
  ...BLOCKING_SCREENS,
  ...PASSCODE_SCREENS,
  'call-toasts': { state: callWith(1), act: notifyTwice },
  'room-toasts': { state: inside([member(0), member(1)]), act: notifyTwice },
  'room-missed': {
    state: {
      ...inside([member(0), member(1)]),
      call: { kind: 'none', ended: { reason: 'missed', email: emailOf(1) } },
    },
  },
  'incoming-several': {
    state: {
      ...inside([member(0), member(1)]),
      call: { kind: 'incoming', rings: [RING, { ...RING, from: 'm1', email: emailOf(1) }] },
    },
  },
  'no-webrtc': { state: { ...inside([member(0)]), canCall: false } },
  settings: { state: inside([member(0)]), dialog: 'settings' },
  ...Object.fromEntries(
    ['Sounds', 'Files', 'Appearance', 'Relay', 'Shortcuts'].map((tab) => [
      `settings-${tab.toLowerCase()}`,
      {
        state: inside([member(0)]),
        dialog: 'settings' as const,
        filesFolder: {
          path: `/media/ana/${'long folder name '.repeat(6)}`,
          folder: 'chosen' as const,
        },
        act: openTab(tab.toLowerCase()),
      },
    ]),
  ),
  'settings-shared-audio': {
    state: inside([member(0)]),
    dialog: 'settings',
    screenIsKept: true,
  },
  'settings-privacy': {
    state: KNOWN_PEOPLE,
    dialog: 'settings',
    act: openTab('privacy'),
  },
  shortcuts: { state: inside([member(0)]), dialog: 'shortcuts' },
};

export const screenNames: readonly string[] = Object.keys(SCREENS);

function failed(problem: CaptureProblem): DeviceState {
  return { wanted: true, chosen: null, capture: { kind: 'failed', problem } };
}

function longMember() {
  return { ...member(2), email: LONG_EMAIL };
}

/** Of the settings. */
function openTab(subject: string): () => void {
  const tab = `[role="tab"][data-subject="${subject}"]`;
  return () => whenThere(document.body, tab, (one) => one.click());
}

function notifyTwice(root: HTMLElement, app: App) {
  whenThere(root, 'main', () => {
    app.notify(`${isolate(displayName(emailOf(1)))} has left the room.`);
    app.notify(`${isolate(displayName(emailOf(2)))} is here.`);
  });
}

function submitOnceThere(root: HTMLElement) {
  whenThere(root, 'button[type="submit"]', (button) => button.click());
}
