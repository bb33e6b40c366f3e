import { clearMocks, mockIPC } from '@tauri-apps/api/mocks';
import { afterEach, expect, test, vi } from 'vitest';

import { keepOutOfRealTime } from './real-time.ts';

afterEach(() => {
  clearMocks();
  vi.unstubAllGlobals();
});

/** A page that is shown and hidden. `invoked` returns the commands since the last call. */
function setUp(): { show: (state: DocumentVisibilityState) => void; take: () => string[] } {
  const asked: string[] = [];
  const shown: { visibilityState: DocumentVisibilityState } = { visibilityState: 'visible' };
  const page = Object.assign(new EventTarget(), shown);
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('document', page);
  mockIPC((command) => {
    asked.push(command);
  });
  return {
    show: (state) => {
      page.visibilityState = state;
      page.dispatchEvent(new Event('visibilitychange'));
    },
    take: () => asked.splice(0),
  };
}

const LEFT = 'plugin:webrtc|leave_real_time';

test('worklets leave real time at their start and when the page becomes visible', () => {
  const { show, take } = setUp();
  show('visible');
  expect(take()).toEqual([]);
  keepOutOfRealTime();
  expect(take()).toEqual([LEFT]);
  show('hidden');
  expect(take()).toEqual([]);
  show('visible');
  expect(take()).toEqual([LEFT]);
});

test('a page that becomes visible invokes the command once', () => {
  const { show, take } = setUp();
  keepOutOfRealTime();
  keepOutOfRealTime();
  expect(take()).toEqual([LEFT, LEFT]);
  show('visible');
  expect(take()).toEqual([LEFT]);
});
