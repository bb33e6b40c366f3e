import { expect, test } from 'vitest';

import { ReceiverAudio } from './receiver-audio.ts';

/** Records the effects of a receiver's audio as text. */
function setUp(): { audio: ReceiverAudio; take: () => string[] } {
  const words: string[] = [];
  const audio = new ReceiverAudio(
    7,
    (request) => {
      words.push(
        request.type === 'play'
          ? `play at ${request.volume} on ${request.output ?? 'any'}`
          : request.type,
      );
    },
    () => {
      words.push('page opens');
      return {
        setVolume: (volume) => words.push(`page at ${volume}`),
        close: () => words.push('page closes'),
      };
    },
  );
  return { audio, take: () => words.splice(0) };
}

test('the system plays the sum of all volumes on the last chosen output', () => {
  const { audio, take } = setUp();
  const one = audio.open();
  one.play(0.25, '');
  expect(take()).toEqual(['play at 0.25 on any']);
  audio.handlePlaying(true);
  one.play(0.25, '');
  expect(take()).toEqual([]);
  const other = audio.open();
  other.play(0.5, 'headset');
  expect(take()).toEqual(['play at 0.75 on headset']);
  other.play(1, 'headset');
  expect(take()).toEqual(['play at 1 on headset']);
  other.close();
  expect(take()).toEqual(['play at 0.25 on headset']);
  one.close();
  one.close();
  one.play(1, '');
  expect(take()).toEqual(['stop-playing']);
});

test('the page plays only after the transport reported that the system does not', () => {
  const { audio, take } = setUp();
  const element = audio.open();
  element.play(1, '');
  expect(take()).toEqual(['play at 1 on any']);
  audio.handlePlaying(false);
  expect(take()).toEqual(['page opens', 'page at 1']);
  element.play(0, '');
  expect(take()).toEqual(['play at 0 on any', 'page at 0']);
  audio.handlePlaying(true);
  expect(take()).toEqual(['page closes']);
  audio.handlePlaying(false);
  expect(take()).toEqual(['page opens', 'page at 0']);
  element.close();
  expect(take()).toEqual(['page closes', 'stop-playing']);
});

test('each element has its own playback in the page', () => {
  const { audio, take } = setUp();
  audio.open().play(1, '');
  audio.handlePlaying(false);
  take();
  const other = audio.open();
  other.play(1, '');
  expect(take()).toEqual(['page at 1', 'page opens', 'page at 1']);
});
