// The door of a room with a passcode: who comes in, what a guess costs, and two rooms that become one.

import { hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';

import vectors from '../../../../crates/signal-protocol/testdata/passcode-vectors.json';
import type { MemberId } from '../../protocol/wire';
import { writeBase64url, type Bytes } from './bytes';
import { readDoor, writeDoor } from './door-box';
import { DoorWorld, joined } from './door-world';

const CODE = 'blue horse battery seven';
const WRONG = 'blue horse battery eight';
/** Of a long run (`cargo xtask prove`). */
const TIMEOUT_MS = 36_000_000;
/** Guesses by machine; `SNUG_GUESSES` sets another number. */
const GUESSES = Number(process.env['SNUG_GUESSES'] ?? 150);
/** Runs of a relay that lies. */
const LIES = 40;

function room(...ids: readonly MemberId[]): DoorWorld {
  const world = new DoorWorld();
  for (const id of ids) world.join(id, CODE);
  world.pass(1_000);
  return world;
}

function rootOf(world: DoorWorld, id: MemberId): Bytes | null {
  return world.member(id).room.door.root;
}

function emails(...ids: readonly MemberId[]): readonly string[] {
  return ids.map((id) => `${id}@example.org`).toSorted();
}

describe('passcode', () => {
  test('lets_people_in_in_any_spelling', () => {
    const world = room('a', 'b');
    world.join('c', 'Blue-Horse BATTERY_seven');
    world.join('d', 'bluehorsebatteryseven');
    for (const id of ['a', 'b', 'c', 'd']) {
      expect(world.shown(id)).toEqual(emails('a', 'b', 'c', 'd').filter((one) => one[0] !== id));
      expect(rootOf(world, id)).toEqual(rootOf(world, 'a'));
    }
    expect(world.member('c').heard[0]).toMatchObject({
      type: 'room:joined',
      self: { id: /^c\./u },
    });
  });

  test('that_is_wrong_is_said_and_only_counted_inside', () => {
    const world = room('a', 'b');
    const before = world.member('b').heard.length;
    world.join('c', WRONG);
    world.pass(60_000);
    expect(world.member('c')).toMatchObject({ refusals: 1, heard: [] });
    expect(world.isInside('c')).toBe(false);
    const counted = { kind: 'inside', guesses: 1, newcomers: 'come-in', strangers: 0 };
    for (const id of ['a', 'b']) expect(world.view(id)).toEqual(counted);
    expect(world.member('b').heard).toHaveLength(before);
    expect(world.shown('a')).toEqual(emails('b'));
  });

  test('five_wrong_ones_in_a_minute_make_newcomers_wait', () => {
    const world = room('a', 'b');
    for (let guess = 0; guess < 5; guess += 1) {
      world.join(`x${guess}`, WRONG);
      world.leave(`x${guess}`);
    }
    expect(world.view('b')).toMatchObject({ guesses: 5, newcomers: 'wait' });
    world.join('c', CODE);
    expect(world.view('c')).toEqual({ kind: 'outside', waits: true });
    world.pass(50_000);
    expect(world.isInside('c')).toBe(false);
    world.pass(15_000);
    expect(world.shown('c')).toEqual(emails('a', 'b'));
    expect(world.view('a')).toMatchObject({ newcomers: 'come-in', guesses: 5 });
  });

  test(
    'guesses_by_machine_let_nobody_in',
    () => {
      const world = room('a', 'b');
      let refusals = 0;
      for (let guess = 0; guess < GUESSES; guess += 1) {
        const id = `x${guess}`;
        const guesser = world.join(id, `guess ${guess}`);
        world.pass(15_000);
        expect(guesser.heard).toEqual([]);
        refusals += guesser.refusals;
        world.leave(id);
      }
      expect(refusals).toBe(GUESSES);
      expect(world.view('a')).toMatchObject({ guesses: GUESSES });
      expect(world.shown('a')).toEqual(emails('b'));
      // Otherwise nothing would be shown by that.
      world.join('c', CODE);
      expect(world.shown('c')).toEqual(emails('a', 'b'));
    },
    TIMEOUT_MS,
  );
});

describe('room_that_is_begun', () => {
  test('by_the_first_who_comes', () => {
    const world = new DoorWorld();
    world.join('a', CODE);
    expect(world.isInside('a')).toBe(true);
  });

  test('by_two_at_once_becomes_one', () => {
    // Each is told of the other only later.
    const world = new DoorWorld();
    world.join('a', CODE);
    const second = new DoorWorld(2);
    const b = second.join('b', CODE);
    world.members.set('b', b);
    for (const id of ['a', 'b']) {
      const other = id === 'a' ? 'b' : 'a';
      const { status = '' } = world.member(other);
      world.deliver(id, { type: 'user:joined', user: { id: other, email: 'private', status } });
    }
    world.run();
    expect(rootOf(world, 'a')).not.toEqual(rootOf(world, 'b'));
    world.pass(10_000);
    expect(rootOf(world, 'a')).toEqual(rootOf(world, 'b'));
    expect([world.shown('a'), world.shown('b')]).toEqual([emails('b'), emails('a')]);
    expect([world.view('a'), world.view('b')]).toMatchObject([{ guesses: 0 }, { guesses: 0 }]);
  });

  test('by_two_groups_takes_all_along', () => {
    const roots = [hexToBytes(vectors.handshake.root), hexToBytes(vectors.handshake.otherRoot)];
    const world = new DoorWorld();
    for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) {
      world.join(id, CODE, roots[index % 2]);
    }
    world.pass(20_000);
    for (const id of ['a', 'b', 'c', 'd']) {
      expect(rootOf(world, id)).toEqual(hexToBytes(vectors.handshake.stands));
      expect(world.shown(id)).toHaveLength(3);
    }
  });

  test('is_begun_although_a_stranger_claims_to_be_inside', () => {
    const world = new DoorWorld();
    const box = writeBase64url(Uint8Array.of(1, ...new Uint8Array(500)));
    world.join('s', WRONG).status = box;
    world.lie = (from, message) => (from === 's' ? [] : [[from, message]]);
    world.join('b', CODE);
    world.pass(30_000);
    world.join('c', CODE);
    world.pass(30_000);
    expect(world.shown('c')).toEqual(emails('b'));
    expect(world.view('c')).toMatchObject({ kind: 'inside', strangers: 1 });
  });

  test('goes_on_after_a_reload_without_a_handshake', () => {
    const world = room('a', 'b');
    const root = rootOf(world, 'a');
    world.leave('a');
    for (let guess = 0; guess < 5; guess += 1) {
      world.join(`x${guess}`, WRONG);
      world.leave(`x${guess}`);
    }
    world.join('a2', CODE, root);
    expect(world.shown('a2')).toEqual(emails('b'));
  });
});

describe('bad_input_at_the_door', () => {
  const { handshake } = vectors;

  test.each(vectors.refusedMessages)('is_no_message: $why', ({ payload }) => {
    expect(readDoor(payload)).toBeNull();
  });

  test.each(Object.entries(handshake.messages))('message_has_one_form: %s', (kind, payload) => {
    const message = readDoor(payload);
    expect(message?.kind).toBe(kind);
    expect(message === null ? null : writeDoor(message)).toBe(payload);
  });

  test.each(vectors.refusedShares)('share_is_counted_as_a_guess: $why', ({ share }) => {
    const world = room('a', 'b');
    world.join('x', WRONG);
    expect(world.view('a')).toMatchObject({ guesses: 1 });
    const bytes = hexToBytes(share);
    // Of another length it is no message at all.
    if (bytes.length !== 32) return;
    const [sid, data] = [new Uint8Array(16), new Uint8Array(32)];
    const payload = writeDoor({ kind: 'hello', sid, share: bytes, data });
    world.deliver('a', { type: 'user:message', from: 'x', payload });
    world.run();
    expect(world.view('a')).toMatchObject({ guesses: 2 });
    expect(world.shown('a')).toEqual(emails('b'));
  });

  test('of_anybody_disturbs_nobody', () => {
    const world = room('a', 'b');
    world.join('x', WRONG);
    const payloads = [
      ...Object.values(handshake.messages),
      ...vectors.refusedMessages.map(({ payload }) => payload),
    ];
    const before = world.member('a').heard.length;
    for (const from of ['x', 'b', 'nobody']) {
      for (const payload of payloads) {
        world.deliver('a', { type: 'user:message', from, payload });
        world.run();
      }
    }
    world.pass(120_000);
    expect(world.member('a').heard).toHaveLength(before);
    world.join('c', CODE);
    expect(world.shown('c')).toEqual(emails('a', 'b'));
  });

  test('flood_of_hellos_costs_few_answers', () => {
    const world = room('a', 'b');
    const { hello } = handshake.messages;
    for (let guest = 0; guest < 40; guest += 1) {
      const user = { id: `x${guest}`, email: 'private' };
      world.deliver('a', { type: 'user:joined', user });
      for (let time = 0; time < 20; time += 1) {
        world.deliver('a', { type: 'user:message', from: user.id, payload: hello });
      }
    }
    world.run();
    expect(world.member('a').room.door.guests.size).toBe(12);
    world.pass(40_000);
    expect(world.member('a').room.door.guests.size).toBe(0);
  });
});

describe('lying_relay', () => {
  const kinds = ['drop', 'twice', 'late', 'change', 'swap', 'move'] as const;

  test(
    'lets_nobody_in_and_leads_into_no_other_room',
    () => {
      let lies = 0;
      for (let seed = 1; seed <= LIES; seed += 1) {
        const world = new DoorWorld(seed);
        const { random } = world;
        const kept: string[] = [];
        let isHonest = false;
        world.lie = (from, message) => {
          kept.push(message.payload);
          if (isHonest || !random.chance(0.4)) return [[from, message]];
          lies += 1;
          const old = kept[random.between(0, kept.length - 1)] ?? '';
          switch (random.pick(kinds)) {
            case 'drop':
              return [];
            case 'twice':
              return [
                [from, message],
                [from, message],
              ];
            case 'late':
              return [
                [from, { ...message, payload: old }],
                [from, message],
              ];
            case 'change': {
              const at = random.between(0, message.payload.length - 1);
              const { payload } = message;
              const letter = payload[at] === 'A' ? 'B' : 'A';
              return [
                [
                  from,
                  { ...message, payload: payload.slice(0, at) + letter + payload.slice(at + 1) },
                ],
              ];
            }
            case 'swap':
              return [[from, { ...message, payload: old }]];
            case 'move':
              return [
                ['x', message],
                [from, message],
              ];
          }
        };
        for (const id of ['a', 'b', 'c']) {
          world.join(id, CODE);
          world.pass(random.between(0, 3_000));
        }
        const guesser = world.join('x', WRONG);
        world.pass(40_000);
        isHonest = true;
        world.pass(200_000);
        const heard = JSON.stringify(guesser.heard);
        expect(heard, `seed ${seed}`).not.toMatch(/[abc]@example/u);
        // If nobody answered, it is alone, and sees that others are there.
        if (world.isInside('x')) expect(world.view('x')).not.toMatchObject({ strangers: 0 });
        // Those who were refused for a lie try again.
        for (const id of ['a', 'b', 'c']) {
          // The guesser claims to be inside: who asks it is refused once more.
          for (let tries = 0; tries < 8 && world.member(id).refusals > 0; tries += 1) {
            world.leave(id);
            world.join(id, CODE);
            world.pass(120_000);
          }
        }
        world.pass(200_000);
        const roots = ['a', 'b', 'c'].map((id) => rootOf(world, id));
        expect(roots, `seed ${seed}`).toEqual([roots[0], roots[0], roots[0]]);
        expect(world.shown('a'), `seed ${seed}`).toEqual(emails('b', 'c'));
      }
      expect(lies).toBeGreaterThan(LIES);
    },
    TIMEOUT_MS,
  );

  test('that_tells_nobody_of_the_others_makes_rooms_that_meet_later', () => {
    const world = new DoorWorld(3);
    const alone = new DoorWorld(4);
    world.join('a', CODE);
    const b = alone.join('b', CODE);
    expect(b.room.door.root).not.toEqual(rootOf(world, 'a'));
    world.members.set('b', b);
    const user = { id: 'a', email: 'private', status: world.member('a').status ?? '' };
    world.deliver('b', joined('b', [user]));
    world.deliver('a', {
      type: 'user:joined',
      user: { id: 'b', email: 'private', status: b.status ?? '' },
    });
    world.pass(10_000);
    expect(world.shown('b')).toEqual(emails('a'));
  });
});
