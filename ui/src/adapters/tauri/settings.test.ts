import { afterEach, expect, test, vi } from 'vitest';

import { DEFAULT_SETTINGS } from '../../protocol/settings';
import { tauriSettings } from './settings';

afterEach(() => vi.unstubAllGlobals());

function shellWith(loaded: { readonly shareAudio: boolean }): void {
  const invoke = (command: string): Promise<unknown> =>
    command === 'settings_load'
      ? Promise.resolve({ settings: { ...DEFAULT_SETTINGS, ...loaded }, warning: null })
      : Promise.reject(new Error('the disk is full'));
  vi.stubGlobal('window', { __TAURI_INTERNALS__: { invoke } });
}

test('audio that was switched off is not shared if that is not saved', async () => {
  shellWith({ shareAudio: true });
  const settings = tauriSettings();
  expect(settings.sharesAudio()).toBe(false);
  await settings.load();
  expect(settings.sharesAudio()).toBe(true);
  await expect(settings.save({ ...DEFAULT_SETTINGS, shareAudio: false })).rejects.toThrow();
  expect(settings.sharesAudio()).toBe(false);
});
