import { describe, expect, test } from 'vitest';

import type { App } from './app';
import type { MediaEvent, SignalingEvent } from './engine/event';
import type { ProblemReason } from './engine/problem';
import type { RelayChoice, RoomSession } from './engine/state';
import { ProblemError } from './problem-error';
import type { Invite, Ports, Settings, StreamSource } from './ports';
import { DEFAULT_SETTINGS } from './protocol/settings';
import type { ServerMessage } from './protocol/wire';
import { startApp } from './runtime';
import { deviceIn } from './runtime/device';

const RELAY: RelayChoice = { kind: 'this-computer' };
const ROOM_SESSION: RoomSession = {
  room: '42',
  email: 'ana@example.org',
  session: 'session-of-ana',
  relay: RELAY,
  rejoin: null,
};
const SETTINGS: Settings = {
  ...DEFAULT_SETTINGS,
  relay: RELAY,
  deviceSecret: 'secret',
  camera: { id: 'c', label: 'Desk' },
  speaker: { id: 's', label: 'Room' },
  cameraOn: false,
};
const NO_STREAM: StreamSource = { get: () => null, subscribe: () => () => undefined };

const shellError = (detail: string): ProblemReason => ({
  code: 'shell-error',
  error: null,
  detail,
});
const inviteTo = (room: string): Invite => ({ kind: 'room', room, relay: null });
const NO_ROOM = (): Promise<void> =>
  Promise.reject(new ProblemError(shellError('The storage is full.')));
const NO_TROUBLE = (): Promise<void> => Promise.resolve();

interface Beginning {
  readonly settings?: Partial<Settings>;
  readonly roomSession?: RoomSession;
  readonly invited?: Invite;
  readonly save?: () => Promise<void>;
}

/** Ports that write down what is asked of them, and through which the test makes things happen. */
function world({ settings = {}, roomSession, invited, save = NO_TROUBLE }: Beginning = {}) {
  const asked: string[] = [];
  const saved: Settings[] = [];
  const devices: string[] = [];
  let signaling: ((event: SignalingEvent) => void) | null = null;
  let media: ((event: MediaEvent) => void) | null = null;
  const note = (...words: readonly unknown[]): void => {
    asked.push(words.map(String).join(' '));
  };
  const ports: Ports = {
    signaling: {
      listen: (listener) => {
        signaling = listener;
      },
      join: ({ room, rejoin }, _, device) => {
        devices.push(device);
        note('join', room, rejoin);
      },
      leave: () => note('leave'),
      send: ({ type }) => note('send', type),
    },
    media: {
      listen: (listener) => {
        media = listener;
      },
      capture: (slot, { on, device }) => note('capture', slot, on, device?.label),
      chooseSpeaker: (device) => note('speaker', device?.label),
      local: NO_STREAM,
    },
    peers: {
      listen: () => undefined,
      open: () => note('open'),
      close: () => note('close'),
      offer: () => note('offer'),
      acceptOffer: () => note('accept-offer'),
      acceptAnswer: () => note('accept-answer'),
      addCandidate: () => note('add-candidate'),
      restartIce: () => note('restart-ice'),
      limit: () => note('limit'),
      talk: () => note('talk'),
      loudness: () => null,
      remote: () => NO_STREAM,
    },
    settings: {
      load: () =>
        Promise.resolve({
          settings: { ...SETTINGS, ...settings },
          warning: shellError('Set aside.'),
        }),
      save: (value) => {
        saved.push(value);
        return save();
      },
    },
    roomSession: {
      load: () => roomSession ?? null,
      save: (value) => note('roomSession', value === null ? null : value.room),
    },
    sounds: { play: (sound) => note('sound', sound), ring: (ring) => note('ring', ring) },
    timers: { set: () => undefined, clear: () => undefined },
    sleep: { listen: () => undefined },
    host: {
      kind: 'browser',
      canCall: true,
      canChooseRelay: false,
      invited: () => Promise.resolve(invited ?? null),
      onInvited: () => undefined,
      inviteLink: () => Promise.resolve(''),
      readInvite: (text) =>
        Promise.resolve({ kind: 'unreadable', text, reason: shellError('No.') }),
      copy: () => Promise.resolve(),
      ownRelay: null,
      attention: () => note('attention'),
      showInAddressBar: () => undefined,
      onBack: () => undefined,
    },
  };
  return {
    asked,
    saved,
    devices,
    ports,
    hear: (message: ServerMessage) => signaling?.({ type: 'signaling-message', message }),
    capture: (event: MediaEvent) => media?.(event),
  };
}

const JOINED: ServerMessage = {
  type: 'room:joined',
  self: { id: 'a', email: ROOM_SESSION.email },
  room: ROOM_SESSION.room,
  participants: [{ id: 'b', email: 'bo@example.org' }],
  iceServers: [],
  iceTtl: 3600,
  resume: 'token',
  resumed: false,
  limits: { participants: 12, messageBytes: 65_536 },
};

const RING: ServerMessage = {
  type: 'incoming:call',
  from: 'b',
  payload: JSON.stringify({
    call: 'call-1',
    offer: { type: 'offer', sdp: 'v=0' },
    media: { microphone: true, camera: true },
  }),
};

async function inRoom(beginning: Beginning = {}): Promise<ReturnType<typeof world> & { app: App }> {
  const made = world(beginning);
  const app = await startApp(made.ports);
  app.engine.dispatch({ type: 'join-pressed', roomSession: ROOM_SESSION });
  made.hear(JOINED);
  return { ...made, app };
}

describe('the runtime at its start', () => {
  test('loads saved settings and reports what failed to load', async () => {
    const { asked, ports } = world();
    const app = await startApp(ports);
    const { microphone, camera } = app.engine.get().media;
    expect(microphone.wanted).toBe(true);
    expect(camera).toMatchObject({ wanted: false, chosen: SETTINGS.camera });
    expect(asked).toEqual(['speaker Room']);
    expect(app.warning.get()).toBe('Set aside.');
  });

  test('continues the room session after a reload', async () => {
    const roomSession = { ...ROOM_SESSION, rejoin: 'call-1' };
    const { asked, ports } = world({ roomSession });
    await startApp(ports);
    expect(asked).toContain('join 42 call-1');
  });

  test('continues it when the page was opened by an invite to the same room', async () => {
    const { asked, ports } = world({ roomSession: ROOM_SESSION, invited: inviteTo('42') });
    await startApp(ports);
    expect(asked).toContain('join 42 null');
  });

  test('drops it for an invite to another room', async () => {
    const { asked, ports } = world({ roomSession: ROOM_SESSION, invited: inviteTo('43') });
    const app = await startApp(ports);
    expect(asked).toContain('roomSession null');
    expect(app.engine.get().room.kind).toBe('outside');
  });
});

describe('the runtime', () => {
  test('drops the room session for an unreadable invite and shows the invite', async () => {
    const invited: Invite = {
      kind: 'unreadable',
      text: 'https://h/r/%FF',
      reason: shellError('No.'),
    };
    const { asked, ports } = world({ roomSession: ROOM_SESSION, invited });
    const app = await startApp(ports);
    expect(asked).not.toContain('join 42 null');
    expect(app.engine.get().room.kind).toBe('outside');
    expect(app.roomDraft.get()).toEqual({ text: 'https://h/r/%FF', problem: 'No.' });
  });

  test('saves the room session and the recent room', async () => {
    const { app, asked, saved } = await inRoom();
    expect(app.engine.get().room.kind).toBe('inside');
    expect(asked).toContain('roomSession 42');
    expect(app.settings.get().recentRooms).toEqual([{ room: '42', relay: RELAY }]);
    expect(saved.at(-1)?.recentRooms).toEqual([{ room: '42', relay: RELAY }]);
  });

  test('notifies watchers once for each event, after its effects', async () => {
    const { app, hear, asked } = await inRoom();
    const seen: string[] = [];
    app.engine.subscribe(() => seen.push(`${app.engine.get().call.kind}, ${asked.at(-1)}`));
    hear(RING);
    expect(seen).toEqual(['incoming, ring incoming']);
  });

  test('handles an event of a watcher after the current event', async () => {
    const { app, hear } = await inRoom();
    const calls: string[] = [];
    const stop = app.engine.subscribe(() => {
      stop();
      app.engine.dispatch({ type: 'decline-pressed' });
      calls.push(app.engine.get().call.kind);
    });
    hear(RING);
    expect(calls).toEqual(['incoming']);
    expect(app.engine.get().call.kind).toBe('none');
  });

  test('saves chosen devices and switches', async () => {
    const { app, saved } = await inRoom();
    app.engine.dispatch({ type: 'camera-toggled' });
    app.engine.dispatch({
      type: 'device-chosen',
      kind: 'microphone',
      device: { id: 'm', label: 'Headset' },
    });
    await new Promise((settled) => setTimeout(settled, 0));
    expect(saved.at(-1)).toMatchObject({
      cameraOn: true,
      microphone: { id: 'm', label: 'Headset' },
    });
  });

  test('reports once that settings were not saved', async () => {
    const app = await startApp(world({ save: NO_ROOM }).ports);
    const said: string[] = [];
    app.announcement.subscribe(() => said.push(app.announcement.get().text));
    for (const sounds of [false, true, false]) {
      app.settings.change({ sounds });
      // oxlint-disable-next-line no-await-in-loop -- each change is saved before the next
      await new Promise((settled) => setTimeout(settled, 0));
    }
    expect(app.warning.get()).toBe('The storage is full.');
    expect(said).toEqual(['The storage is full.']);
  });

  test('announces each text, also twice in a row', async () => {
    const { app, hear } = await inRoom();
    const counts: number[] = [];
    app.announcement.subscribe(() => counts.push(app.announcement.get().count));
    for (const id of ['c', 'd'])
      hear({ type: 'user:joined', user: { id, email: 'cy@example.org' } });
    expect(app.announcement.get().text).toContain('Cy');
    expect(new Set(counts).size).toBe(2);
  });

  test('requests attention for an incoming call', async () => {
    const { hear, asked } = await inRoom();
    hear(RING);
    expect(asked).toContain('attention');
  });
});

describe('device', () => {
  test('is_made_once_and_kept', async () => {
    const { ports, saved } = world({ settings: { deviceSecret: '' } });
    const app = await startApp(ports);
    const { deviceSecret } = app.settings.get();
    expect(deviceSecret).toMatch(/^[0-9a-f]{32}$/u);
    expect(saved.at(-1)?.deviceSecret).toBe(deviceSecret);
  });

  test('is_told_to_the_relay_but_not_the_secret_itself', async () => {
    const { devices } = await inRoom();
    expect(devices).toEqual([deviceIn('secret', ROOM_SESSION)]);
    expect(devices).not.toContain('secret');
  });
});

describe('sounds', () => {
  test('are played', async () => {
    const { hear, asked } = await inRoom();
    hear({ type: 'user:joined', user: { id: 'c', email: 'cy@example.org' } });
    hear(RING);
    expect(heard(asked)).toEqual(['sound joined', 'ring incoming']);
  });

  test('are not played when switched off', async () => {
    const { hear, asked } = await inRoom({ settings: { sounds: false, ring: false } });
    hear({ type: 'user:joined', user: { id: 'c', email: 'cy@example.org' } });
    hear(RING);
    expect(heard(asked)).toEqual([]);
  });

  test('of an incoming call stop and start with their switch', async () => {
    const { app, hear, asked } = await inRoom();
    hear(RING);
    app.settings.change({ ring: false });
    app.settings.change({ ring: true });
    app.engine.dispatch({ type: 'decline-pressed' });
    expect(heard(asked)).toEqual(['ring incoming', 'ring off', 'ring incoming', 'ring off']);
  });
});

function heard(asked: readonly string[]): readonly string[] {
  return asked.filter((word) => word.startsWith('sound') || word.startsWith('ring'));
}
