// The settings in the shell's file.

import { invoke } from '@tauri-apps/api/core';

import type { SettingsPort } from '../../ports';
import { explaining } from './error';
import type { LoadedSettings } from './ipc';

export function tauriSettings(): SettingsPort {
  return {
    async load() {
      const { settings, warning } = await explaining(invoke<LoadedSettings>('settings_load'));
      const reason =
        warning === null ? null : ({ code: 'shell-error', error: null, detail: warning } as const);
      return { settings, warning: reason };
    },
    save: (settings) => explaining(invoke<void>('settings_save', { settings })),
  };
}
