import { expect, test } from 'vitest';

import { shapeInterface } from './interface-shape.ts';
import { RtpSender } from './rtp-sender.ts';

class Example {
  readonly #value = 1;
  static make(): number {
    return 1;
  }
  get value(): number {
    return this.#value;
  }
  async getStats(): Promise<number> {
    return this.#value;
  }
}

test('members are enumerable, and the class has the name of its interface', () => {
  shapeInterface('RTCExample', Example);
  expect(Example.name).toBe('RTCExample');
  expect(Object.keys(Example.prototype)).toEqual(['value', 'getStats']);
  expect(Object.keys(Example)).toEqual(['make']);
  expect(Object.prototype.toString.call(new Example())).toBe('[object RTCExample]');
  expect(() => Example.prototype.value).toThrow(TypeError);
});

test('an asynchronous method rejects for a wrong object', async () => {
  shapeInterface('RTCRtpSender', RtpSender);
  const replaceTrack: unknown = Reflect.get(RtpSender.prototype, 'replaceTrack');
  if (typeof replaceTrack !== 'function') throw new TypeError('no method');
  expect([replaceTrack.name, replaceTrack.length, RtpSender.length]).toEqual([
    'replaceTrack',
    1,
    0,
  ]);
  await expect(Reflect.apply(replaceTrack, {}, [null])).rejects.toThrow(TypeError);
});
