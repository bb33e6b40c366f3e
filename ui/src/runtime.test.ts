import { describe, expect, test } from 'vitest';

import type { MediaEvent, RelayEvent } from './engine/event';
import type { ProblemReason } from './engine/problem';
import type { RelayChoice, RoomSession } from './engine/state';
import { ProblemError } from './problem-error';
import type { Invite, Ports, Settings, StreamSource } from './ports';
import { DEFAULT_SETTINGS } from './protocol/settings';
import type { ServerMessage } from './protocol/wire';
import { startApp } from './runtime';
import { openStay, sealedStay } from './engine/private/stay';
import { delivered, End, stayOf, userJoined } from './engine/private/testing/end';
import { deviceIn } from './runtime/device';

const RELAY: RelayChoice = { kind: 'this-computer' };
const ROOM_SESSION: RoomSession = {
  email: 'ana@example.org',
  relay: RELAY,
  rejoin: null,
  ...openStay('42', new Uint8Array(32).fill(200)),
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

/** Shown in the words of the relay. */
const inWords = (detail: string): ProblemReason => ({
  code: 'relay-error',
  error: 'too-large',
  detail,
});
const inviteTo = (room: string): Invite => ({ kind: 'room', room, relay: null, secret: null });
const NO_ROOM = (): Promise<void> =>
  Promise.reject(new ProblemError(inWords('The storage is full.')));
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
  const joins: object[] = [];
  const statuses: string[] = [];
  let signaling: ((event: RelayEvent) => void) | null = null;
  let media: ((event: MediaEvent) => void) | null = null;
  const note = (...words: readonly unknown[]): void => {
    asked.push(words.map(String).join(' '));
  };
  const ports: Ports = {
    connectionTest: { load: () => Promise.reject(new Error('Nothing is tested here.')) },
    signaling: {
      listen: (listener) => {
        signaling = listener;
      },
      join: ({ room, email, proof }, status, device) => {
        devices.push(device);
        joins.push({ room, email, proof, status });
        note('join', room);
      },
      leave: () => note('leave'),
      send: (message) => {
        if (message.type === 'user:status') statuses.push(message.status);
        note('send', message.type);
      },
    },
    media: {
      listen: (listener) => {
        media = listener;
      },
      capture: (slot, { on, device }) => note('capture', slot, on, device?.label),
      chooseSpeaker: (device) => note('speaker', device?.label),
      local: NO_STREAM,
    },
    screen: {
      listen: () => undefined,
      share: (ask) => note('share', ask),
      setContent: (content) => note('share-content', content),
      setRegion: (region) => note('share-region', region?.width),
      preview: NO_STREAM,
      whole: NO_STREAM,
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
      openFile: () => null,
      listenForFiles: () => undefined,
      loudness: () => null,
      remote: () => NO_STREAM,
    },
    settings: {
      load: () =>
        Promise.resolve({
          settings: { ...SETTINGS, ...settings },
          warning: inWords('Set aside.'),
        }),
      save: (value) => {
        saved.push(value);
        return save();
      },
    },
    identity: {
      sign: () => Promise.resolve({ key: '', signature: '' }),
      pins: () => Promise.resolve([]),
      keep: NO_TROUBLE,
      block: NO_TROUBLE,
      forget: NO_TROUBLE,
      renew: NO_TROUBLE,
    },
    chatMemory: { load: () => null, save: () => undefined },
    roomSession: {
      load: () => roomSession ?? null,
      save: (value) => note('roomSession', value === null ? null : value.room),
    },
    sounds: { play: (sound) => note('sound', sound), ring: (ring) => note('ring', ring) },
    timers: { set: () => undefined, clear: () => undefined },
    sleep: { listen: () => undefined },
    visibility: { listen: () => undefined },
    files: null,
    host: {
      kind: 'browser',
      canCall: true,
      canShare: true,
      screenPicker: null,
      forgetScreen: null,
      canChooseRelay: false,
      isSecure: true,
      invited: () => Promise.resolve(invited ?? null),
      onInvited: () => undefined,
      inviteLink: () => Promise.resolve(''),
      readInvite: (text) => Promise.resolve({ kind: 'unreadable', text, reason: inWords('No.') }),
      copy: () => Promise.resolve(),
      ownRelay: null,
      filesFolder: null,
      attention: () => note('attention'),
      smallWindow: null,
      showInAddressBar: () => undefined,
      onBack: () => undefined,
    },
  };
  return {
    asked,
    saved,
    devices,
    joins,
    statuses,
    ports,
    hear: (message: ServerMessage) => signaling?.({ type: 'signaling-message', message, at: 0 }),
    capture: (event: MediaEvent) => media?.(event),
  };
}

const JOINED: ServerMessage & { type: 'room:joined' } = {
  type: 'room:joined',
  self: { id: 'a', email: ROOM_SESSION.email },
  room: ROOM_SESSION.room,
  participants: [],
  iceServers: [],
  iceTtl: 3600,
  resume: 'token',
  resumed: false,
  limits: { participants: 12, messageBytes: 65_536 },
};

async function inRoom(beginning: Beginning = {}) {
  const made = world(beginning);
  const app = await startApp(made.ports);
  // As the lobby does: the code for keys is loaded then.
  await app.stayInOpen(ROOM_SESSION.room);
  app.engine.dispatch({ type: 'join-pressed', roomSession: ROOM_SESSION });
  const bo = new End('b', 'open', stayOf('open', 'bo@example.org'));
  bo.join();
  const said = bo.status(bo.session, 'call-1');
  made.hear({ ...JOINED, participants: [{ id: 'b', email: 'bo@example.org', status: said }] });
  bo.hear(userJoined('a', made.statuses[0] ?? ''));
  const call = JSON.stringify({ call: 'call-1', offer: { type: 'offer', sdp: 'v=0' } });
  const ana = { shownId: `a.${ROOM_SESSION.session.slice(0, 16)}` };
  const ring = (): void => made.hear(delivered('b', bo.seal(ana, call, 'user:call')));
  return { ...made, app, ring };
}

/** Another one comes into the room. */
function cy(id: string): ServerMessage {
  const member = new End(id, 'open', stayOf('open', 'cy@example.org'));
  member.join();
  return userJoined(id, member.status());
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
    const roomSession = { ...ROOM_SESSION, rejoin: { id: 'call-1', scope: 'some' } as const };
    const { asked, ports } = world({ roomSession });
    await startApp(ports);
    expect(asked).toContain('join 42');
  });

  test('continues a private room sealed', async () => {
    const place = sealedStay(new Uint8Array(32), new Uint8Array(32));
    const { joins, ports } = world({ roomSession: { ...ROOM_SESSION, ...place } });
    const app = await startApp(ports);
    expect(joins).toMatchObject([{ room: place.room, email: 'private' }]);
    expect(JSON.stringify(joins)).not.toContain(ROOM_SESSION.email);
    // A page that is loaded again counts above all that it has said before.
    expect(app.engine.get().room).toMatchObject({ roomSession: { sealed: { load: 1 } } });
  });

  test('continues it when the page was opened by an invite to the same room', async () => {
    const { asked, ports } = world({ roomSession: ROOM_SESSION, invited: inviteTo('42') });
    await startApp(ports);
    expect(asked).toContain('join 42');
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
      reason: inWords('No.'),
    };
    const { asked, ports } = world({ roomSession: ROOM_SESSION, invited });
    const app = await startApp(ports);
    expect(asked).not.toContain('join 42');
    expect(app.engine.get().room.kind).toBe('outside');
    expect(app.roomDraft.get()).toEqual({
      text: 'https://h/r/%FF',
      problem: 'No.',
    });
  });

  test('saves the room session and the recent room', async () => {
    const { app, asked, saved } = await inRoom();
    expect(app.engine.get().room.kind).toBe('inside');
    expect(asked).toContain('roomSession 42');
    expect(app.settings.get().recentRooms).toEqual([{ room: '42', relay: RELAY }]);
    expect(saved.at(-1)?.recentRooms).toEqual([{ room: '42', relay: RELAY }]);
  });

  test('notifies watchers once for each event, after its effects', async () => {
    const { app, ring, asked } = await inRoom();
    const seen: string[] = [];
    app.engine.subscribe(() => seen.push(`${app.engine.get().call.kind}, ${asked.at(-1)}`));
    ring();
    expect(seen).toEqual(['incoming, ring incoming']);
  });

  test('handles an event of a watcher after the current event', async () => {
    const { app, ring } = await inRoom();
    const calls: string[] = [];
    const stop = app.engine.subscribe(() => {
      stop();
      app.engine.dispatch({ type: 'decline-pressed' });
      calls.push(app.engine.get().call.kind);
    });
    ring();
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
    for (const id of ['c', 'd']) hear(cy(id));
    expect(app.announcement.get().text).toContain('Cy');
    expect(new Set(counts).size).toBe(2);
  });

  test('requests attention for an incoming call', async () => {
    const { ring, asked } = await inRoom();
    ring();
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
    const { hear, ring, asked } = await inRoom();
    hear(cy('c'));
    ring();
    expect(heard(asked)).toEqual(['sound joined', 'ring incoming']);
  });

  test('are not played when switched off', async () => {
    const { hear, ring, asked } = await inRoom({ settings: { sounds: false, ring: false } });
    hear(cy('c'));
    ring();
    expect(heard(asked)).toEqual([]);
  });

  test('of an incoming call stop and start with their switch', async () => {
    const { app, ring, asked } = await inRoom();
    ring();
    app.settings.change({ ring: false });
    app.settings.change({ ring: true });
    app.engine.dispatch({ type: 'decline-pressed' });
    expect(heard(asked)).toEqual(['ring incoming', 'ring off', 'ring incoming', 'ring off']);
  });
});

function heard(asked: readonly string[]): readonly string[] {
  return asked.filter((word) => word.startsWith('sound') || word.startsWith('ring'));
}
