import { expect, test } from 'vitest';

import { REQUESTED, RingBuffer, WRITTEN } from './ring-buffer.ts';

function ends(): [RingBuffer, RingBuffer] {
  const memory = RingBuffer.memory();
  return [new RingBuffer(memory), new RingBuffer(memory)];
}

function ramp(from: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, at) => from + at);
}

test('samples are read as written, also across both wraps', () => {
  const [writer, reader] = ends();
  for (let round = 0; round < 200; round += 1) {
    writer.write(ramp(round, 960));
    writer.write(ramp(round + 0.5, 961));
    expect(reader.filled).toBe(1921);
    expect(reader.read(960)).toEqual(ramp(round, 960));
    expect(reader.read(961)).toEqual(ramp(round + 0.5, 961));
    expect(reader.filled).toBe(0);
  }
});

test('samples that do not fit are dropped, buffered ones stay', () => {
  const [writer, reader] = ends();
  for (let at = 0; at < 100; at += 1) writer.write(ramp(at, 960));
  const kept = reader.filled / 960;
  expect(kept).toBe(68);
  for (let at = 0; at < kept; at += 1) expect(reader.read(960)[0]).toBe(at);
  writer.write(ramp(7, 960));
  expect(reader.read(960)[0]).toBe(7);
});

test('each side is notified until it stops watching', async () => {
  const memory = RingBuffer.memory();
  const [one, other] = [new RingBuffer(memory), new RingBuffer(memory)];
  // Only the playout worklet requests frames.
  const words = new Int32Array(memory, 0, 4);
  const ask = (frames: number): void => {
    Atomics.add(words, REQUESTED, frames);
    Atomics.notify(words, REQUESTED);
  };
  const written: number[] = [];
  const asked: number[] = [];
  ask(3);
  const stopWritten = other.watch(WRITTEN, (all) => written.push(all));
  const stopAsked = other.watch(REQUESTED, (all) => asked.push(all));
  await settle();
  one.write(ramp(0, 10));
  await settle();
  one.write(ramp(0, 10));
  one.write(ramp(0, 10));
  ask(2);
  await settle();
  expect(written).toEqual([10, 30]);
  expect(asked).toEqual([3, 5]);
  stopWritten();
  stopAsked();
  one.write(ramp(0, 10));
  ask(1);
  await settle();
  expect(written).toEqual([10, 30]);
  expect(asked).toEqual([3, 5]);
});

async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
}
