// A link that is not whole, and a page that is not secure, lead into no private room. Each stay has a key.

import { expect, test } from 'vitest';

import vectors from '../../../crates/signal-protocol/testdata/private-vectors.json';
import { stays, type Stays } from './stays';

const { room, fragment: secret } = vectors.link;

function rooms(isSecure = true): Stays {
  return stays({
    isSecure,
    load: () => import('../engine/private/sealing'),
    loadPasscodes: () => import('../engine/private/passcode-sealing'),
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  });
}

test('whole_link_leads_into_its_room', async () => {
  expect(await rooms().inPrivate({ room, secret })).toMatchObject({
    room,
    sealed: { secret, load: 0 },
  });
});

test('new_rooms_and_stays_differ', async () => {
  const made = rooms();
  const [first, second] = [await made.inPrivate('new'), await made.inPrivate('new')];
  if ('code' in first || 'code' in second) throw new Error('No room.');
  expect(first.room).not.toBe(second.room);
  const again = await made.inPrivate({ room: first.room, secret: first.sealed.secret ?? '' });
  expect(again).toMatchObject({ room: first.room });
  expect(again).not.toMatchObject({ session: first.session });
});

test.each([
  [room, secret.slice(0, -1), 'private-link-cut'],
  [room, `${secret.slice(0, -2)}AA`, 'private-link-cut'],
  ['42', secret, 'private-link-cut'],
  [room, secret.replace(/^1/u, '2'), 'invite-private'],
])('link_that_is_not_whole_is_refused: %s#%s', async (name, fragment, code) => {
  expect(await rooms().inPrivate({ room: name, secret: fragment })).toEqual({ code });
});

test('page_that_others_could_change_joins_no_private_room', async () => {
  expect(await rooms(false).inPrivate({ room, secret })).toEqual({ code: 'private-insecure' });
  expect(await rooms(false).inPrivate('new')).toEqual({ code: 'private-insecure' });
});

test('code_that_does_not_load_is_told', async () => {
  const made = stays({
    isSecure: true,
    load: () => Promise.reject(new Error('Not there.')),
    loadPasscodes: () => Promise.reject(new Error('Not there.')),
    randomBytes: (count) => new Uint8Array(count),
  });
  expect(await made.inPrivate('new')).toEqual({ code: 'relay-silent' });
  expect(await made.inOpen('42')).toEqual({ code: 'relay-silent' });
  // Nobody waits for it yet.
  made.prepare();
});

test('open_rooms_have_keys_also_where_others_could_change_the_page', async () => {
  const made = rooms(false);
  made.prepare();
  const [first, second] = [await made.inOpen('42'), await made.inOpen('42')];
  expect(first).toMatchObject({ room: '42', sealed: { secret: null, load: 0 } });
  if ('code' in first || 'code' in second) throw new Error('No room.');
  expect(first.session).not.toBe(second.session);
});

test('name_of_a_private_room_is_no_open_room', async () => {
  expect(await rooms().inOpen(room)).toEqual({ code: 'private-link-cut' });
});

test('passcode_leads_into_the_room_of_its_name', async () => {
  const made = rooms();
  const place = { invite: null, name: '42', passcode: 'Blue-Horse battery' };
  const typed = await made.byPasscode(place);
  if ('code' in typed) throw new Error('No room.');
  expect(typed.sealed.passcode).toEqual({ code: 'bluehorsebattery', root: null });
  const invite = { room: typed.room, secret: typed.sealed.secret ?? '' };
  const opened = await made.byPasscode({ ...place, invite, name: '' });
  expect(opened).toMatchObject({ room: typed.room });
  // The secret of a room by link is another one.
  expect(await made.inPrivate(invite)).toEqual({ code: 'invite-private' });
});

test.each([
  [{ invite: null, name: '42', passcode: 'a-b' }, 'passcode-short'],
  [{ invite: { room, secret: '2.NDI' }, name: '', passcode: 'abcd' }, 'private-link-cut'],
  [{ invite: { room, secret: '2.' }, name: '', passcode: 'abcd' }, 'private-link-cut'],
])('passcode_that_leads_nowhere_is_refused: %j', async (place, code) => {
  expect(await rooms().byPasscode(place)).toEqual({ code });
});

test('passcode_on_a_page_that_others_could_change_is_not_used', async () => {
  const place = { invite: null, name: '42', passcode: 'abcd' };
  expect(await rooms(false).byPasscode(place)).toEqual({ code: 'private-insecure' });
});
