import { expect, test } from 'vitest';

import { ASKED, RingBuffer, WRITTEN } from './ring-buffer.ts';

function ends(): [RingBuffer, RingBuffer] {
  const memory = RingBuffer.memory();
  return [new RingBuffer(memory), new RingBuffer(memory)];
}

function ramp(from: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, at) => from + at);
}

test('what is written is read, also over the end and after the counters have wrapped', () => {
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

test('what finds no room is left out, and nothing that waits is lost', () => {
  const [writer, reader] = ends();
  for (let at = 0; at < 100; at += 1) writer.write(ramp(at, 960));
  const kept = reader.filled / 960;
  expect(kept).toBe(68);
  for (let at = 0; at < kept; at += 1) expect(reader.read(960)[0]).toBe(at);
  writer.write(ramp(7, 960));
  expect(reader.read(960)[0]).toBe(7);
});

test('each side hears of the other until it stops listening', async () => {
  const memory = RingBuffer.memory();
  const [one, other] = [new RingBuffer(memory), new RingBuffer(memory)];
  // As the playout worklet does, which alone asks.
  const words = new Int32Array(memory, 0, 4);
  const ask = (pieces: number): void => {
    Atomics.add(words, ASKED, pieces);
    Atomics.notify(words, ASKED);
  };
  const written: number[] = [];
  const asked: number[] = [];
  ask(3);
  const stopWritten = other.watch(WRITTEN, (all) => written.push(all));
  const stopAsked = other.watch(ASKED, (all) => asked.push(all));
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
