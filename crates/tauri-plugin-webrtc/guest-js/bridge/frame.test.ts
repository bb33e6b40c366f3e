import { expect, test } from 'vitest';

import { capturedAudio, channelMessage, encodedVideo, readFrame, audioRequest } from './frame.ts';

const hex = (message: ArrayBuffer): string =>
  [...new Uint8Array(message)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');

const bytes = (text: string): ArrayBuffer =>
  Uint8Array.from(text.split(' '), (byte) => Number.parseInt(byte, 16)).buffer;

test('an encoded video frame has the layout of the table', () => {
  const header = { key: true, encoding: 7, timestamp: 0x1_0000_0002, width: 640, height: 480 };
  const { message, payload } = encodedVideo(header, 2);
  payload.set([0xab, 0xcd]);
  expect(hex(message)).toBe('01 01 07 00 00 00 02 00 00 00 01 00 00 00 80 02 e0 01 ab cd');
});

test('captured audio has the layout of the table', () => {
  const message = capturedAudio(3, 1, 10_000, Float32Array.of(1, -0.5));
  expect(hex(message)).toBe('02 01 03 00 00 00 10 27 00 00 00 00 00 00 00 00 80 3f 00 00 00 bf');
});

test('a view of a buffer is sent without the rest', () => {
  const message = capturedAudio(3, 1, 0, Float32Array.of(9, 1, 9).subarray(1, 2));
  expect(hex(message).slice(-11)).toBe('00 00 80 3f');
});

test('an audio request has the layout of the table', () => {
  expect(hex(audioRequest(258, 3))).toBe('05 02 01 00 00 03 00');
});

test('a channel message is read as written', () => {
  const message = channelMessage(1, 0x8000_0000, true, Uint8Array.of(1, 2, 3));
  expect(hex(message)).toBe('06 01 01 00 00 00 00 00 00 80 01 02 03');
  expect(readFrame(message)).toEqual({
    kind: 'channel',
    binary: true,
    connection: 1,
    channel: 0x8000_0000,
    bytes: Uint8Array.of(1, 2, 3),
  });
});

test('an empty channel message is valid', () => {
  expect(readFrame(bytes('06 00 01 00 00 00 02 00 00 00'))).toMatchObject({
    kind: 'channel',
    binary: false,
    bytes: Uint8Array.of(),
  });
});

test('a received video frame is read', () => {
  expect(readFrame(bytes('03 03 01 05 00 00 00 00 00 00 00 01 00 00 00 aa'))).toEqual({
    kind: 'video',
    key: true,
    gap: true,
    codec: 'h264',
    receiver: 5,
    timestamp: 0x1_0000_0000,
    bytes: Uint8Array.of(0xaa),
  });
});

test('received audio is read', () => {
  expect(readFrame(bytes('04 02 05 00 00 00 00 00 80 3f 00 00 00 bf'))).toEqual({
    kind: 'audio',
    channels: 2,
    receiver: 5,
    samples: Float32Array.of(1, -0.5),
  });
});

test.each([
  ['nothing', ''],
  ['an unknown kind', '09 00 00'],
  ['a message of the other way', '01 00 00'],
  ['a picture of an unknown codec', '03 00 02 05 00 00 00 00 00 00 00 00 00 00 00 aa'],
  ['a short picture', '03 00 00 05'],
  ['short sound', '04 01 05'],
  ['a part of a sample', '04 01 05 00 00 00 00 00 80'],
  ['a short channel message', '06 00 01 00 00 00 02 00 00'],
])('%s is nothing', (_what, text) => {
  expect(readFrame(text === '' ? new ArrayBuffer(0) : bytes(text))).toBeNull();
});

test('rows of a captured screen are read', () => {
  const message = bytes('07 01 03 00 00 00 02 00 04 00 02 00 01 02 03 04 05 06');
  expect(readFrame(message)).toEqual({
    kind: 'captured-rows',
    last: true,
    capture: 3,
    width: 2,
    height: 4,
    top: 2,
    bytes: Uint8Array.of(1, 2, 3, 4, 5, 6),
  });
});

test('rows that do not fit their frame are refused', () => {
  // No rows, an odd number of bytes, and rows below the frame.
  for (const rest of ['02 00', '02 00 01 02 03 04 05', '04 00 01 02 03 04 05 06']) {
    expect(readFrame(bytes(`07 01 03 00 00 00 02 00 04 00 ${rest}`))).toBeNull();
  }
});
