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
