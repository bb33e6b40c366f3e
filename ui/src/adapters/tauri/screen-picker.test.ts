import type { DisplaySource } from 'tauri-plugin-webrtc-api';
import { expect, test } from 'vitest';

import { screenPicker } from './screen-picker';

const SCREEN: DisplaySource = {
  id: 'screen:1',
  surface: 'monitor',
  title: 'HDMI-1',
  width: 1920,
  height: 1080,
};
const WINDOW: DisplaySource = {
  id: 'window:7',
  surface: 'window',
  title: 'a\u202eb',
  width: 640,
  height: 480,
};
const NO_THUMBNAILS = { watchThumbnails: () => () => undefined };
const FOUND = {
  sources: [SCREEN, WINDOW],
  systemAudio: 'possible',
  ...NO_THUMBNAILS,
} as const;
const ONE = { sources: [SCREEN], systemAudio: 'unwanted', ...NO_THUMBNAILS } as const;

test('the answer is the source that the person chose', async () => {
  const picker = screenPicker();
  const asked = picker.ask(FOUND);
  const question = picker.get();
  expect(question?.sources.map(({ kind }) => kind)).toEqual(['screen', 'window']);
  expect(question?.sources[1]?.title).not.toContain('\u202e');
  expect(question?.audio).toBe('possible');
  const [, source] = question?.sources ?? [];
  question?.answer(source === undefined ? null : { source, audio: 'shared' });
  expect(await asked).toEqual({ source: WINDOW, systemAudio: 'shared' });
  expect(picker.get()).toBeNull();
});

test('thumbnails are named by the id of their source', () => {
  const picker = screenPicker();
  const thumbnail = { width: 1, height: 1, rgba: new Uint8ClampedArray(4) };
  void picker.ask({
    ...FOUND,
    watchThumbnails(show) {
      show(WINDOW, thumbnail);
      return () => undefined;
    },
  });
  const shown: unknown[] = [];
  picker.get()?.watchThumbnails((source, one) => shown.push([source, one]));
  expect(shown).toEqual([[WINDOW.id, thumbnail]]);
});

test('a new question answers the old one with null', async () => {
  const picker = screenPicker();
  const old = picker.ask(FOUND);
  const asked = picker.ask(ONE);
  expect(await old).toBeNull();
  picker.get()?.answer(null);
  expect(await asked).toBeNull();
});

test('without sources nobody is asked', async () => {
  const picker = screenPicker();
  expect(await picker.ask({ ...FOUND, sources: [] })).toBeNull();
  expect(picker.get()).toBeNull();
});

test('listeners hear of each question and its end', () => {
  const picker = screenPicker();
  let heard = 0;
  const stop = picker.subscribe(() => (heard += 1));
  void picker.ask(ONE);
  picker.get()?.answer(null);
  stop();
  void picker.ask(ONE);
  expect(heard).toBe(2);
});
