// What a relay has seen of a room with a passcode, searched with a dictionary that has the passcode.

import { ristretto255_hasher } from '@noble/curves/ed25519.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { expect, test } from 'vitest';

import type { MemberId } from '../../protocol/wire';
import { listOf, readBase64url, writeBase64url } from './bytes';
import { generatorString, sharedKey, shareOf, tagOf } from './cpace';
import { readDoor } from './door-box';
import { DoorWorld, NAME } from './door-world';
import { derive } from './link-secret';
import { passcodeRoom, readPasscode } from './passcode';

const CODE = 'blue horse battery seven';
/** Of a long run (`cargo xtask prove`). */
const TIMEOUT_MS = 36_000_000;
/** Wrong words beside the right one; `SNUG_DICTIONARY` sets another number. */
const WORDS = Number(process.env['SNUG_DICTIONARY'] ?? 40);
/** Each word is tried alone. A handshake costs 0.2 s a word: the first words, and one of so many. */
const HANDSHAKES = { first: 40, oneOf: 1_000 } as const;

interface Handshake {
  readonly initiator: MemberId;
  readonly responder: MemberId;
  readonly sid: Uint8Array<ArrayBuffer>;
  readonly shares: { readonly a: Shown; readonly b: Shown };
}

interface Shown {
  readonly share: Uint8Array;
  readonly data: Uint8Array;
}

/** Everybody comes in, one with a wrong passcode too; with all that passed the relay, as hexadecimal. */
function seenByRelay() {
  const world = new DoorWorld(9);
  const texts: string[] = [];
  const handshakes: Handshake[] = [];
  const hellos = new Map<string, { from: MemberId; shown: Shown }>();
  world.lie = (from, message) => {
    const door = readDoor(message.payload);
    if (door?.kind === 'hello') hellos.set(bytesToHex(door.sid), { from, shown: door });
    const hello = door === null ? undefined : hellos.get(bytesToHex(door.sid));
    if (door?.kind === 'answer' && hello !== undefined) {
      const shares = { a: hello.shown, b: door };
      handshakes.push({ initiator: hello.from, responder: from, sid: door.sid, shares });
    }
    return [[from, message]];
  };
  for (const id of ['a', 'b', 'c', 'd']) world.join(id, CODE);
  world.join('x', 'blue horse battery eight');
  world.pass(20_000);
  for (const message of world.seenByRelay) texts.push(...Object.values(message));
  for (const { status } of world.members.values()) texts.push(status ?? '');
  texts.push(passcodeRoom(NAME));
  const bytes = texts.map((text) => bytesToHex(readBase64url(text) ?? new Uint8Array(0)));
  return { blob: [...texts, ...bytes].join('\n'), handshakes };
}

/** What an attacker can make of a word and of all that it has seen: bytes to look for. */
function madeOf(word: string, handshakes: readonly Handshake[]): readonly Uint8Array[] {
  const code = utf8ToBytes(word);
  const labels = ['root', 'room', 'proof', 'status', 'passcode welcome', 'passcode root'];
  const alone = [
    code,
    sha256(code),
    sha512(code),
    sha256(listOf('snug passcode room 1', word)),
    ...labels.map((label) => derive(code, label, 32)),
  ];
  const withSeen = handshakes.flatMap(({ initiator, responder, sid, shares: { a, b } }) => {
    const channel = listOf('snug passcode 1', passcodeRoom(NAME), initiator, responder);
    const common = { passcode: code, channel, sid };
    const hash = sha512(generatorString(common));
    const generator = ristretto255_hasher.deriveToCurve?.(hash).toBytes() ?? new Uint8Array(0);
    const shown = { initiator: a, responder: b };
    // The secrets are random; these are the ones that an attacker can try first.
    const guessed = [1, 2, 8].flatMap((scalar) => {
      const random = Uint8Array.of(scalar);
      const keys = (['initiator', 'responder'] as const).flatMap(
        (end) => sharedKey(sid, random, shown, end) ?? [],
      );
      const tags = keys.flatMap((isk) => [tagOf(sid, isk, a), tagOf(sid, isk, b)]);
      return [shareOf(common, random) ?? generator, ...keys, ...tags];
    });
    return [hash, generator, ...guessed];
  });
  return [...alone, ...withSeen];
}

function found(blob: string, made: readonly Uint8Array[]): number {
  return made.filter((bytes) => {
    const forms = [bytesToHex(bytes), writeBase64url(bytes), new TextDecoder().decode(bytes)];
    return forms.some((form) => blob.includes(form));
  }).length;
}

test(
  'dictionary_with_the_passcode_finds_nothing',
  () => {
    const { blob, handshakes } = seenByRelay();
    expect(handshakes).toHaveLength(4);
    const right = readPasscode(CODE) ?? '';
    const { first, oneOf } = HANDSHAKES;
    for (let at = 0; at <= WORDS; at += 1) {
      const word = at === 0 ? right : `wrong passcode ${at}`;
      const isTriedWhole = at <= first || at % oneOf === 0;
      expect(found(blob, madeOf(word, isTriedWhole ? handshakes : [])), word).toBe(0);
    }
  },
  TIMEOUT_MS,
);

// Otherwise the test above could not fail: the name of the room is found by one, as the page says.
test('dictionary_with_the_name_of_the_room_finds_it', () => {
  const { blob } = seenByRelay();
  expect(blob).toContain(passcodeRoom(NAME));
  expect(blob).not.toContain(passcodeRoom('43'));
});

test('share_says_nothing_of_the_passcode_without_its_secret', () => {
  const { handshakes } = seenByRelay();
  const shares = handshakes.flatMap(({ shares: { a, b } }) => [a.share, b.share].map(bytesToHex));
  expect(new Set(shares).size).toBe(shares.length);
});
