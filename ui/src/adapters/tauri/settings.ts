// The settings in the shell's file.

import { invoke } from '@tauri-apps/api/core';

import type { SettingsPort } from '../../ports';
import { saying } from './error';
import type { LoadedSettings } from './ipc';

export function tauriSettings(): SettingsPort {
  return {
    load: () => saying(invoke<LoadedSettings>('settings_load')),
    save: (settings) => saying(invoke<void>('settings_save', { settings })),
  };
}
