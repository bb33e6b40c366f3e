import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { readMessage } from './read-message.ts';

const { port1: audioChannel } = new MessageChannel();

const MESSAGES: readonly Readonly<Record<string, unknown>>[] = [
  { type: 'begin' },
  { type: 'open', address: 'ws://127.0.0.1:1', token: 'token' },
  { type: 'abandon' },
  { type: 'request', id: 3, kind: { type: 'list-audio-outputs' } },
  { type: 'channel', connection: 1, channel: 2, binary: true, bytes: new Uint8Array(3) },
  { type: 'capture-video', source: 1, track: {}, origin: 'device', content: 'frames' },
  { type: 'set-content', source: 1, content: 'black' },
  { type: 'capture-audio', source: 1, channels: 2, audioChannel },
  { type: 'capture-audio', source: 1, channels: 1, audioChannel: new SharedArrayBuffer(8) },
  { type: 'end-source', source: 1 },
  { type: 'receive-video', receiver: 1, sink: { to: 'page' } },
  { type: 'receive-video', receiver: 1, sink: { to: 'pooled-track', id: 1 } },
  { type: 'receive-audio', receiver: 1, audioChannel },
  { type: 'end-receiver', receiver: 1 },
  { type: 'show-capture', capture: 1, track: 2 },
  { type: 'end-capture', capture: 1 },
  { type: 'count', serial: 1 },
];

test.each(MESSAGES)(
  '$type is read, and without a member or with a wrong one refused',
  (message) => {
    const whole: Record<string, unknown> = { ...message, epoch: 7 };
    expect(readMessage(whole)).toBe(whole);
    for (const name of Object.keys(whole)) {
      const { [name]: _left, ...rest } = whole;
      expect(readMessage(rest), `without ${name}`).toBeNull();
      for (const wrong of [null, undefined, -1, 1.5, 'nothing', [], {}, 2n, Symbol('x')]) {
        // Some members are a text or an object of any kind.
        const isAllowed =
          (['address', 'token'].includes(name) && typeof wrong === 'string') ||
          (name === 'track' && message['type'] === 'capture-video' && typeof wrong === 'object');
        if (isAllowed) continue;
        expect(readMessage({ ...rest, [name]: wrong }), `${name} of ${typeof wrong}`).toBeNull();
      }
    }
  },
);

test('what is no message is refused', () => {
  for (const value of [
    undefined,
    null,
    7,
    'begin',
    [],
    {},
    { type: 'toString', epoch: 1 },
    { type: '__proto__', epoch: 1 },
    Object.create({ type: 'begin', epoch: 1 }),
  ]) {
    expect(readMessage(value)).toBeNull();
  }
});

const TYPES = new Set(MESSAGES.map(({ type }) => type));
const NAMES = ['epoch', ...new Set(MESSAGES.flatMap((message) => Object.keys(message)))];

function throwing(): never {
  throw new Error('hostile');
}

/** Objects that throw, or that contain themselves. */
const HOSTILE: readonly unknown[] = ((): unknown[] => {
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const itself: Record<string, unknown> = { type: 'request', epoch: 0, id: 0 };
  itself['kind'] = itself;
  const traps = { get: throwing, has: throwing, getOwnPropertyDescriptor: throwing };
  return [
    revoked,
    itself,
    new Proxy({}, traps),
    new Proxy({ type: 'begin', epoch: 0 }, { get: throwing }),
    new Proxy(Uint8Array.of(1), { getPrototypeOf: throwing }),
    Object.defineProperty({ epoch: 0 }, 'type', { get: throwing }),
    Object.defineProperty({ type: 'begin' }, 'epoch', { get: throwing }),
  ];
})();

/** Whether it is a message. */
function isTaken(given: unknown): boolean {
  const message = readMessage(given);
  if (message === null) return false;
  expect(TYPES).toContain(message.type);
  expect(Number.isSafeInteger(message.epoch)).toBe(true);
  return true;
}

test('an object that throws or contains itself ends no call, also as a member', () => {
  const taken = HOSTILE.filter(isTaken);
  // That which contains itself.
  expect(taken).toHaveLength(1);
  for (const hostile of HOSTILE) {
    for (const message of MESSAGES) {
      for (const name of NAMES) isTaken({ ...message, epoch: 1, [name]: hostile });
    }
  }
});

const value = fc.oneof(
  fc.anything({ withBigInt: true, withTypedArray: true, withNullPrototype: true }),
  fc.constantFrom(...MESSAGES.flatMap((message) => Object.values(message))),
  fc.nat(3),
);

/** An object with members of messages, each plain or by a getter. */
const likeMessage = fc
  .tuple(
    fc.constantFrom(...MESSAGES),
    fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 4 }),
    fc.subarray(NAMES),
  )
  .map(([message, changed, read]) => {
    const object: Record<string, unknown> = { ...message, epoch: 1, ...changed };
    for (const name of read) {
      const got = object[name];
      Object.defineProperty(object, name, { get: () => got, enumerable: true });
    }
    return object;
  });

test('any object is a message of a known type or refused, and none throws', () => {
  let taken = 0;
  const property = fc.property(fc.oneof(value, likeMessage), (given) => {
    if (isTaken(given)) taken += 1;
  });
  fc.assert(property, { numRuns: 2000 });
  expect(taken).toBeGreaterThan(0);
});
