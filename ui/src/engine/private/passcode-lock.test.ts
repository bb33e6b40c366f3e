// A room with a passcode that is locked: who proves the passcode then, who was inside, and whose root is
// another one.

import { hexToBytes } from '@noble/hashes/utils.js';
import { expect, test } from 'vitest';

import vectors from '../../../../crates/signal-protocol/testdata/passcode-vectors.json';
import type { MemberId } from '../../protocol/wire';
import type { Bytes } from './bytes';
import { DoorWorld } from './door-world';
import { keptStay } from './passcode-room';
import { shownIn } from './open';
import { passcodeKeys } from './passcode';
import { withRoomKeys } from './sealed-room';

const CODE = 'blue horse battery seven';
const WRONG = 'blue horse battery eight';
const LOCK = { kind: 'set', entry: 'locked' } as const;
const UNLOCK = { kind: 'set', entry: 'open' } as const;
const OTHER = hexToBytes(vectors.handshake.otherRoot);
const ROOT = hexToBytes(vectors.handshake.root);
const STANDS = hexToBytes(vectors.handshake.stands);
const FALLS = hexToBytes(
  vectors.handshake.stands === vectors.handshake.root
    ? vectors.handshake.otherRoot
    : vectors.handshake.root,
);

function locked(root?: Bytes): DoorWorld {
  const world = new DoorWorld();
  for (const id of ['a', 'b']) world.join(id, CODE, root);
  world.pass(3_000);
  world.change('a', LOCK);
  return world;
}

function inside(world: DoorWorld, id: MemberId) {
  const { inside: room } = world.member(id).room;
  if (room === null) throw new Error(`${id} is at the door.`);
  return room;
}

/** The first letters of the emails that this person sees. */
function seen(world: DoorWorld, id: MemberId): string {
  const room = inside(world, id);
  const shown = [...room.members.keys()].flatMap((each) => shownIn(room, each)?.email[0] ?? []);
  return shown.toSorted().join('');
}

function askOf(world: DoorWorld, at: MemberId, id: MemberId): MemberId {
  const ask = inside(world, at).members.get(id)?.asks ?? null;
  if (ask === null) throw new Error(`${id} does not ask at ${at}.`);
  return ask.id;
}

test('right_passcode_waits_outside_of_a_locked_room', () => {
  const world = locked();
  world.join('c', CODE);
  expect(world.member('c').room.door.root).toEqual(world.member('a').room.door.root);
  expect(inside(world, 'c').own).toBe('outside');
  expect([seen(world, 'a'), seen(world, 'b'), seen(world, 'c')]).toEqual(['b', 'a', '']);
  expect(world.member('c').told).toContainEqual({ type: 'entry-own', own: 'outside' });
  for (const id of ['a', 'b']) {
    expect(world.member(id).told).toContainEqual(expect.objectContaining({ type: 'entry-asked' }));
  }
  const { length } = world.seenByRelay;
  world.pass(180_000);
  // Nothing more is tried, and nobody is called a stranger.
  expect(world.seenByRelay).toHaveLength(length);
  for (const id of ['a', 'b', 'c']) expect(world.view(id)).toMatchObject({ strangers: 0 });
});

test('who_is_let_in_is_seen_by_all', () => {
  const world = locked();
  world.join('c', CODE);
  world.change('b', { kind: 'let-in', member: askOf(world, 'b', 'c') });
  expect([seen(world, 'a'), seen(world, 'b'), seen(world, 'c')]).toEqual(['bc', 'ac', 'ab']);
  world.pass(60_000);
  for (const id of ['a', 'b', 'c']) {
    expect(world.view(id)).toEqual({
      kind: 'inside',
      guesses: 0,
      newcomers: 'come-in',
      strangers: 0,
    });
  }
});

test('wrong_passcode_is_refused_and_counted_at_a_locked_room', () => {
  const world = locked();
  world.join('x', WRONG);
  world.pass(30_000);
  expect(world.member('x')).toMatchObject({ refusals: 1, heard: [] });
  for (const id of ['a', 'b']) expect(world.view(id)).toMatchObject({ guesses: 1, strangers: 0 });
});

test('who_waits_at_the_lock_takes_no_guess', () => {
  const world = locked();
  world.join('c', CODE);
  for (let guess = 0; guess < 4; guess += 1) {
    world.join(`x${guess}`, WRONG);
    world.pass(15_000);
    world.leave(`x${guess}`);
  }
  for (const id of ['a', 'b']) expect(world.view(id)).toMatchObject({ guesses: 4 });
});

test('room_that_is_unlocked_is_entered_by_passcode_again', () => {
  const world = locked();
  world.change('b', UNLOCK);
  world.join('c', CODE);
  expect([seen(world, 'a'), seen(world, 'c')]).toEqual(['bc', 'ab']);
});

test('who_is_removed_waits_outside_with_the_right_passcode', () => {
  const world = new DoorWorld();
  for (const id of ['a', 'b', 'c']) world.join(id, CODE);
  world.pass(3_000);
  const { known } = inside(world, 'a').members.get('c') ?? {};
  world.change('a', { kind: 'remove', member: known?.id ?? '' });
  expect(world.member('c').told).toContainEqual({ type: 'entry-refused', as: 'removed' });
  world.leave('c');
  world.join('c', CODE);
  expect(inside(world, 'c').own).toBe('outside');
  expect([seen(world, 'a'), seen(world, 'b'), seen(world, 'c')]).toEqual(['b', 'a', '']);
});

test('reload_keeps_passcode_root_and_epoch', () => {
  const world = locked();
  const { passcode, epoch } = keptStay(world.member('b').room);
  expect([passcode?.code, typeof passcode?.root, typeof epoch]).toEqual([
    'bluehorsebatteryseven',
    'string',
    'string',
  ]);
  world.reload('b');
  expect(inside(world, 'b').own).toBe('inside');
  expect([seen(world, 'a'), seen(world, 'b')]).toEqual(['b', 'a']);
  expect(keptStay(world.member('b').room)).toMatchObject({ passcode, epoch });
  // From outside, it asks again.
  world.join('c', CODE);
  world.reload('c');
  expect(inside(world, 'c').own).toBe('outside');
  expect(seen(world, 'a')).toBe('b');
});

test('locked_room_keeps_its_root', () => {
  const world = locked(FALLS);
  world.join('c', CODE, STANDS);
  world.pass(60_000);
  for (const id of ['a', 'b']) expect(world.member(id).room.door.root).toEqual(FALLS);
  expect([seen(world, 'a'), seen(world, 'b'), seen(world, 'c')]).toEqual(['b', 'a', '']);
  // All three are told that somebody is there, and that it has the passcode.
  for (const id of ['a', 'c']) {
    expect(world.member(id).told).toContainEqual({ type: 'entry-others', others: 'unseen' });
    expect(world.view(id)).toMatchObject({ strangers: 0, guesses: 0 });
  }
  world.leave('c');
  world.join('c', CODE);
  expect(inside(world, 'c').own).toBe('outside');
  expect(world.member('c').room.door.root).toEqual(FALLS);
  expect(world.member('a').told).toContainEqual({ type: 'entry-others', others: 'seen' });
});

test('other_root_falls_to_that_of_a_locked_room_and_asks', () => {
  const world = locked(STANDS);
  world.join('c', CODE, FALLS);
  world.pass(20_000);
  expect(world.member('c').room.door.root).toEqual(STANDS);
  expect(inside(world, 'c').own).toBe('outside');
  askOf(world, 'a', 'c');
});

test('keys_of_a_room_are_not_changed_in_an_epoch', () => {
  const world = locked(ROOT);
  const room = inside(world, 'a');
  const others = passcodeKeys(room.keys.room, OTHER);
  expect(withRoomKeys(room, others)).toBeNull();
  const alone = new DoorWorld();
  alone.join('a', CODE, ROOT);
  const moved = withRoomKeys(inside(alone, 'a'), others);
  expect(moved).toMatchObject({ keys: others, epochs: [{ epoch: null, keys: others }] });
});

test('stranger_with_another_passcode_keeps_nobody_from_locking', () => {
  const world = new DoorWorld();
  world.join('s', WRONG, OTHER);
  for (const id of ['a', 'b']) world.join(id, CODE, ROOT);
  world.pass(60_000);
  world.change('a', LOCK);
  expect(world.member('b').told).toContainEqual(
    expect.objectContaining({ type: 'entry-changed', entry: 'locked' }),
  );
  expect([seen(world, 'a'), seen(world, 's')]).toEqual(['b', '']);
});
