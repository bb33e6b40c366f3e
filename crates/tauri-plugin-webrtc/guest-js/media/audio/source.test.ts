import { expect, test } from 'vitest';

import { RingBuffer } from './ring-buffer.ts';
import { AudioSource, type AudioFrame } from './source.ts';

/** 20 ms of one channel. */
const PIECE = new Float32Array(960).fill(0.5);

async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
}

test('sound that was held up for long is left out, and counted; what follows is in time', async () => {
  const memory = RingBuffer.memory();
  const worklet = new RingBuffer(memory);
  const pieces: AudioFrame[] = [];
  const source = new AudioSource(1, 1, memory, (piece) => pieces.push(piece));
  worklet.write(PIECE);
  await settle();
  expect(pieces.length).toBe(1);
  // 600 ms at once.
  for (let piece = 0; piece < 30; piece += 1) worklet.write(PIECE);
  await settle();
  expect(pieces.length).toBe(11);
  const { totalSamplesDuration, totalAudioEnergy } = source.counts();
  expect(totalSamplesDuration).toBeCloseTo(0.62);
  expect(totalAudioEnergy).toBeCloseTo(0.62 / 4);
  source.close();
  worklet.write(PIECE);
  await settle();
  expect(pieces.length).toBe(11);
});
