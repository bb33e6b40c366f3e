// The settings in the shell's file.

import { invoke } from '@tauri-apps/api/core';

import type { SettingsPort } from '../../ports';
import { explaining } from './error';
import type { LoadedSettings } from './ipc';

export interface TauriSettings extends SettingsPort {
  /** Of the newest settings, also if they could not be saved. False before they are loaded. */
  sharesAudio(): boolean;
}

export function tauriSettings(): TauriSettings {
  let sharesAudio = false;
  return {
    async load() {
      const { settings, warning } = await explaining(invoke<LoadedSettings>('settings_load'));
      sharesAudio = settings.shareAudio;
      const reason = warning === null ? null : ({ code: 'settings-warning', warning } as const);
      return { settings, warning: reason };
    },
    save(settings) {
      sharesAudio = settings.shareAudio;
      return explaining(invoke<void>('settings_save', { settings }));
    },
    sharesAudio: () => sharesAudio,
  };
}
