import { expect, test } from 'vitest';

import { RingBuffer } from './ring-buffer.ts';
import { AudioSource, type AudioFrame } from './audio-source.ts';

/** 20 ms of one channel. */
const FRAME = new Float32Array(960).fill(0.5);

async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
}

test('audio with a long backlog is dropped but counted, later audio is in time', async () => {
  const memory = RingBuffer.memory();
  const worklet = new RingBuffer(memory);
  const frames: AudioFrame[] = [];
  const source = new AudioSource(1, 1, memory, (frame) => frames.push(frame));
  worklet.write(FRAME);
  await settle();
  expect(frames.length).toBe(1);
  // 600 ms at once.
  for (let frame = 0; frame < 30; frame += 1) worklet.write(FRAME);
  await settle();
  expect(frames.length).toBe(11);
  const { totalSamplesDuration, totalAudioEnergy } = source.counts();
  expect(totalSamplesDuration).toBeCloseTo(0.62);
  expect(totalAudioEnergy).toBeCloseTo(0.62 / 4);
  source.close();
  worklet.write(FRAME);
  await settle();
  expect(frames.length).toBe(11);
});
