// Browser settings in the storage of the relay's origin.
//
// Invariant: unreadable settings are set aside, never overwritten, and the person is told.

import type { SettingsPort } from '../../ports';
import { ProblemError } from '../../problem-error';
import { DEFAULT_SETTINGS } from '../../protocol/settings';
import { readSettings, writeSettings } from './settings-text';

const KEY = 'snug.settings';
const ASIDE_KEY = 'snug.settings.unreadable';

export function browserSettings(): SettingsPort {
  return {
    load() {
      return Promise.resolve(load());
    },
    save(settings) {
      try {
        localStorage.setItem(KEY, writeSettings(settings));
      } catch (error) {
        // The start already reported blocked storage.
        if (isFull(error)) return Promise.reject(new ProblemError({ code: 'storage-full' }));
      }
      return Promise.resolve();
    },
  };
}

function load(): Awaited<ReturnType<SettingsPort['load']>> {
  try {
    const text = localStorage.getItem(KEY);
    if (text === null) return { settings: DEFAULT_SETTINGS, warning: null };
    const settings = readSettings(text);
    if (settings !== null) return { settings, warning: null };
    localStorage.setItem(ASIDE_KEY, text);
    localStorage.removeItem(KEY);
    return {
      settings: DEFAULT_SETTINGS,
      warning: { code: 'settings-set-aside', place: ASIDE_KEY },
    };
  } catch {
    return { settings: DEFAULT_SETTINGS, warning: { code: 'storage-blocked' } };
  }
}

/** Both engine names of the error (WHATWG Web IDL, `QuotaExceededError`; older Firefox). */
function isFull(error: unknown): boolean {
  return (
    error instanceof Error &&
    ['QuotaExceededError', 'NS_ERROR_DOM_QUOTA_REACHED'].includes(error.name)
  );
}
