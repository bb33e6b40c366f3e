import { expect, test } from 'vitest';

import { ReceiverAudio } from './receiver-audio.ts';

/** Records the effects of a receiver's audio as text. */
function setUp(): { sound: ReceiverAudio; take: () => string[] } {
  const words: string[] = [];
  const sound = new ReceiverAudio(
    7,
    (wish) => {
      words.push(
        wish.type === 'play' ? `play at ${wish.volume} on ${wish.output ?? 'any'}` : wish.type,
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
  return { sound, take: () => words.splice(0) };
}

test('the system plays the sum of all volumes on the last chosen output', () => {
  const { sound, take } = setUp();
  const one = sound.open();
  one.play(0.25, '');
  expect(take()).toEqual(['play at 0.25 on any']);
  sound.handlePlaying(true);
  one.play(0.25, '');
  expect(take()).toEqual([]);
  const other = sound.open();
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
  const { sound, take } = setUp();
  const element = sound.open();
  element.play(1, '');
  expect(take()).toEqual(['play at 1 on any']);
  sound.handlePlaying(false);
  expect(take()).toEqual(['page opens', 'page at 1']);
  element.play(0, '');
  expect(take()).toEqual(['play at 0 on any', 'page at 0']);
  sound.handlePlaying(true);
  expect(take()).toEqual(['page closes']);
  sound.handlePlaying(false);
  expect(take()).toEqual(['page opens', 'page at 0']);
  element.close();
  expect(take()).toEqual(['page closes', 'stop-playing']);
});

test('each element has its own playback in the page', () => {
  const { sound, take } = setUp();
  sound.open().play(1, '');
  sound.handlePlaying(false);
  take();
  const other = sound.open();
  other.play(1, '');
  expect(take()).toEqual(['page at 1', 'page opens', 'page at 1']);
});
