import { expect, test } from 'vitest';

import { Ring } from './ring.ts';
import { SoundSource, type SoundPiece } from './source.ts';

/** 20 ms of one channel. */
const PIECE = new Float32Array(960).fill(0.5);

async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
}

test('sound that was held up for long is left out, and counted; what follows is in time', async () => {
  const memory = Ring.memory();
  const worklet = new Ring(memory);
  const pieces: SoundPiece[] = [];
  const source = new SoundSource(1, 1, memory, (piece) => pieces.push(piece));
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
