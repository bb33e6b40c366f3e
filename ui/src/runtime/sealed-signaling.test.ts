// What goes to the port, and what comes to the engine. The rules of sealing are tested in
// `engine/private`, whole rooms in `engine/simulation/private.test.ts`.

import { expect, test } from 'vitest';

import type { DoorView } from '../engine/private/door-view';
import { writeBase64url } from '../engine/private/bytes';
import * as passcodeSealing from '../engine/private/passcode-sealing';
import * as sealing from '../engine/private/sealing';
import type { RelayEvent, SignalingEvent } from '../engine/event';
import { End } from '../engine/private/testing/end';
import type { RoomSession } from '../engine/state';
import type { ServerMessage } from '../protocol/wire';
import { sealedSignaling } from './sealed-signaling';

const EMAIL = 'ana@example.org';
const STATUS = '{"session":null,"call":"c"}';
const OPEN: RoomSession = {
  room: '42',
  email: EMAIL,
  session: 's',
  relay: { kind: 'this-computer' },
  rejoin: null,
};
const SECRET = new Uint8Array(32).fill(1);

function openSession(): RoomSession {
  return { ...OPEN, ...sealing.openStay('42', bytes(32)) };
}

function privateSession(): RoomSession {
  return { ...OPEN, ...sealing.sealedStay(SECRET, bytes(32)) };
}

function bytes(count: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(count));
}

function world(loaded: typeof sealing | null = sealing) {
  const asked: string[] = [];
  const heard: SignalingEvent[] = [];
  const views: (DoorView | null)[] = [];
  const time: { now: number; due: { at: number; act: () => void }[] } = { now: 0, due: [] };
  let listener: ((event: RelayEvent) => void) | null = null;
  const signaling = sealedSignaling(
    {
      listen: (hear) => {
        listener = hear;
      },
      join: (...join) => void asked.push(JSON.stringify(['join', ...join])),
      leave: () => void asked.push('leave'),
      send: (message) => void asked.push(JSON.stringify(message)),
    },
    {
      sealing: () => loaded,
      passcodeSealing: () => passcodeSealing,
      randomBytes: bytes,
      now: () => time.now,
      after: (ms, act) => {
        time.due.push({ at: time.now + ms, act });
        return () => undefined;
      },
      doorChanged: (view) => void views.push(view),
      keptChanged: () => void asked.push('kept'),
    },
  );
  signaling.listen((event) => heard.push(event));
  const hear = (message: ServerMessage): void =>
    listener?.({ type: 'signaling-message', message, at: 1 });
  const pass = (ms: number): void => {
    time.now += ms;
    for (const { at, act } of time.due.splice(0)) {
      if (at <= time.now) act();
      else time.due.push({ at, act });
    }
  };
  return { asked, heard, signaling, hear, views, pass };
}

function joined(status: string): ServerMessage {
  return {
    type: 'room:joined',
    self: { id: 'a1', email: 'private' },
    room: 'private',
    participants: [{ id: 'b2', email: 'mallory', status }],
    iceServers: [],
    iceTtl: 0,
    resume: 'token',
    resumed: false,
    limits: { participants: 12, messageBytes: 65_536 },
  };
}

test('open_room_is_joined_signed_and_hears_who_is_proven', () => {
  const { asked, heard, signaling, hear } = world();
  signaling.join(openSession(), STATUS, 'device');
  const [join] = asked;
  expect(join).toContain(
    JSON.stringify({ relay: OPEN.relay, room: '42', email: EMAIL, proof: null }),
  );
  expect(join).not.toContain('"call"');
  const ben = new End('b2', 'open');
  ben.join();
  hear(joined(ben.status()));
  expect(heard).toMatchObject([
    { message: { self: { email: EMAIL }, participants: [{ id: ben.shownId }] } },
  ]);
  signaling.send({ type: 'user:message', to: ben.shownId, payload: 'hello' });
  expect(asked.at(-1)).toContain('"to":"b2"');
  expect(asked.join()).not.toContain('hello');
});

test('who_proves_nothing_is_told_once_and_not_heard', () => {
  const { heard, signaling, hear } = world();
  signaling.join(openSession(), STATUS, 'device');
  hear(joined(STATUS));
  hear({ type: 'user:status', from: 'b2', status: STATUS });
  hear({ type: 'user:message', from: 'b2', payload: 'hello' });
  expect(heard).toMatchObject([
    { message: { type: 'room:joined', participants: [] } },
    { type: 'signaling-stranger' },
  ]);
});

test('nothing_of_a_person_leaves_a_private_room_unsealed', () => {
  const { asked, heard, signaling, hear } = world();
  const roomSession = privateSession();
  signaling.join(roomSession, STATUS, 'device');
  hear(joined(STATUS));
  signaling.send({ type: 'user:status', status: STATUS });
  signaling.send({ type: 'user:message', to: 'b2', payload: 'hello' });
  const said = asked.join('\n');
  expect(said).toContain('"email":"private"');
  expect(said).toContain(sealing.roomKeys(SECRET).proof);
  for (const word of [EMAIL, 'session', 'hello', roomSession.sealed?.secret ?? '']) {
    expect(said).not.toContain(word);
  }
  // The join, the status with the id, the status of the engine; nothing for a stranger.
  expect(asked).toHaveLength(3);
  // Whose status is not sealed is nobody here.
  expect(heard).toMatchObject([
    { message: { self: { email: EMAIL }, participants: [] } },
    { type: 'signaling-stranger' },
  ]);
});

test('name_of_a_private_room_without_secret_is_not_joined', () => {
  const { asked, heard, signaling } = world();
  signaling.join({ ...openSession(), room: privateSession().room }, STATUS, 'device');
  expect(asked).toEqual([]);
  const reason = { code: 'private-link-cut' };
  expect(heard).toEqual([{ type: 'signaling-failed', field: 'room', reason }]);
});

test.each([
  ['of another room', (session: RoomSession) => ({ ...session, room: '42' }), sealing],
  ['of another session', (session: RoomSession) => ({ ...session, session: 's' }), sealing],
  ['before its code is loaded', (session: RoomSession) => session, null],
  ['without its keys', () => OPEN, sealing],
])('no_room_is_joined_with_other_keys_or_none: %s', (_, change, loaded) => {
  const { asked, heard, signaling } = world(loaded);
  signaling.join(change(privateSession()), STATUS, 'device');
  expect(asked).toEqual([]);
  expect(heard).toMatchObject([{ type: 'signaling-failed' }]);
});

test('email_that_does_not_fit_is_told', () => {
  const { asked, heard, signaling } = world();
  signaling.join({ ...privateSession(), email: 'é'.repeat(1_000) }, STATUS, 'device');
  expect(asked).toEqual([]);
  expect(heard).toMatchObject([{ reason: { code: 'private-email-long' } }]);
});

test('open_room_after_a_private_one_has_no_secret', () => {
  const { asked, signaling } = world();
  signaling.join(privateSession(), STATUS, 'device');
  signaling.leave();
  signaling.join(openSession(), STATUS, 'device');
  expect(asked.at(-1)).toContain('"room":"42"');
  expect(asked.at(-1)).toContain('"proof":null');
});

test('room_of_a_test_is_joined_without_a_status', () => {
  const { asked, heard, signaling, hear } = world(null);
  signaling.joinAlone({ relay: OPEN.relay, room: 'test-1', email: 'test' }, 'device');
  expect(asked).toHaveLength(1);
  hear(joined(STATUS));
  expect(heard).toMatchObject([{ message: { type: 'room:joined' } }]);
});

const CODE = 'bluehorsebattery';

function passcodeSession(): RoomSession {
  return { ...OPEN, ...passcodeSealing.passcodeStay('42', CODE, bytes(32)) };
}

test('passcode_and_person_stay_out_of_what_the_relay_gets', () => {
  const { asked, heard, signaling, hear, views } = world();
  const session = passcodeSession();
  signaling.join(session, STATUS, 'device');
  signaling.send({ type: 'user:status', status: STATUS });
  expect(heard).toEqual([]);
  const message = joined('');
  hear(message.type === 'room:joined' ? { ...message, participants: [] } : message);
  expect(heard).toMatchObject([{ message: { type: 'room:joined', self: { email: EMAIL } } }]);
  expect(asked[0]).toContain('"AgA"');
  expect(asked.join('\n')).not.toMatch(/example|battery|"call"/u);
  expect(views.at(-1)).toMatchObject({ kind: 'inside', guesses: 0 });
  const kept = signaling.kept(session).sealed?.passcode;
  expect(kept).toMatchObject({ code: CODE });
  expect(kept?.root).toMatch(/^[\w-]{43}$/u);
});

test('door_of_a_left_room_is_silent', () => {
  const { asked, signaling, hear, views, pass } = world();
  signaling.join(passcodeSession(), STATUS, 'device');
  // Somebody claims to be inside, and never answers.
  hear(joined(writeBase64url(Uint8Array.of(1, ...bytes(200)))));
  expect(asked.filter((text) => text.includes('user:message'))).toHaveLength(1);
  signaling.leave();
  const before = asked.length;
  pass(60_000);
  expect(asked).toHaveLength(before);
  expect(views.at(-1)).toBeNull();
});

test('silent_member_leads_to_an_own_room_that_says_so', () => {
  const { heard, signaling, hear, views, pass } = world();
  signaling.join(passcodeSession(), STATUS, 'device');
  hear(joined(writeBase64url(Uint8Array.of(1, ...bytes(200)))));
  expect(heard).toEqual([]);
  for (let second = 0; second < 30; second += 1) pass(1_000);
  expect(heard).toMatchObject([{ message: { type: 'room:joined', participants: [] } }]);
  expect(views.at(-1)).toMatchObject({ kind: 'inside', strangers: 1 });
});

test('reload_keeps_passcode_root_and_epoch', () => {
  const { asked, heard, signaling, hear } = world();
  const session = passcodeSession();
  const alone = { ...joined(''), participants: [] };
  signaling.join(session, STATUS, 'device');
  hear(alone);
  signaling.change({ kind: 'set', entry: 'locked' });
  expect(heard).toContainEqual(expect.objectContaining({ type: 'entry-changed', entry: 'locked' }));
  const kept = signaling.kept(session);
  const root: unknown = expect.stringMatching(/^[\w-]{43}$/u);
  expect(kept.sealed).toMatchObject({ passcode: { code: CODE, root } });
  expect(asked.join('\n')).not.toContain(kept.sealed?.passcode?.root ?? '');
  const again = world();
  again.signaling.join(passcodeSealing.reloaded(kept), STATUS, 'device');
  again.hear(alone);
  // As before, and no news.
  const known = { type: 'entry-changed', entry: 'locked', as: 'known' };
  expect(again.heard).toContainEqual(known);
  expect(again.signaling.kept(kept).sealed).toMatchObject({
    passcode: kept.sealed?.passcode,
    epoch: kept.sealed?.epoch,
  });
});
