import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { DisplaySource } from '../../bridge/display.ts';
import { answerCommands, answerNoCommands } from '../../bridge/testing/commands.ts';
import { thumbnails } from './thumbnails.ts';

/** Of two pixels. */
const BYTES = new Uint8Array([2, 0, 1, 0, 9, 9, 9, 255, 8, 8, 8, 255]).buffer;
const GONE = 'window:1';

let taken: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  taken = [];
  answerCommands({
    display_thumbnail(given: unknown) {
      const source = sourceOf(given);
      taken.push(source);
      return source === GONE ? new ArrayBuffer(0) : BYTES;
    },
  });
});

afterEach(() => {
  answerNoCommands();
  vi.useRealTimers();
});

function sourceOf(payload: unknown): string {
  const isNamed = typeof payload === 'object' && payload !== null && 'source' in payload;
  return isNamed ? String(payload.source) : '';
}

function windows(count: number): readonly DisplaySource[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `window:${at}`,
    surface: 'window',
    title: 'Notes',
    width: 640,
    height: 480,
  }));
}

test('each source is shown, again after two seconds', async () => {
  const shown: string[] = [];
  thumbnails(windows(3)).watch(({ id }, { width, height, rgba }) => {
    shown.push(`${id} ${width}×${height} ${rgba.join(' ')}`);
  });
  await vi.advanceTimersByTimeAsync(1000);
  const pixels = '2×1 9 9 9 255 8 8 8 255';
  expect(shown).toEqual([`window:0 ${pixels}`, `window:2 ${pixels}`]);
  expect(taken).toHaveLength(3);
  await vi.advanceTimersByTimeAsync(2000);
  expect(taken).toHaveLength(6);
});

test('only the first sources are shown', async () => {
  thumbnails(windows(100)).watch(() => undefined);
  await vi.advanceTimersByTimeAsync(1000);
  expect(taken).toHaveLength(24);
});

test('nothing is taken before and after somebody watches', async () => {
  const { watch, end } = thumbnails(windows(2));
  await vi.advanceTimersByTimeAsync(5000);
  expect(taken).toEqual([]);
  const stop = watch(() => undefined);
  await vi.advanceTimersByTimeAsync(100);
  stop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(taken).toHaveLength(2);
  watch(() => undefined);
  await vi.advanceTimersByTimeAsync(100);
  expect(taken).toHaveLength(4);
  end();
  watch(() => undefined);
  await vi.advanceTimersByTimeAsync(5000);
  expect(taken).toHaveLength(4);
});
