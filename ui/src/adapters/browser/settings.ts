// Browser settings in the storage of the relay's origin.
//
// Invariant: unreadable settings are set aside, never overwritten, and the person is told.

import type { SettingsPort } from '../../ports';
import { DEFAULT_SETTINGS, readSettings, writeSettings } from './settings-text';

const KEY = 'snug.settings';
const ASIDE_KEY = 'snug.settings.unreadable';

const SET_ASIDE =
  'Your settings could not be read, so they start anew. The old ones are kept in this ' +
  `browser's storage under “${ASIDE_KEY}”.`;
const NOT_KEPT =
  'This browser lets the page keep nothing, so your settings last until you close it. ' +
  'Allow site data for this address to keep them.';

const FULL =
  'This browser’s storage for this address is full, so your settings last until you close the ' +
  'page. Clear the site data of this address to keep them.';

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
        if (isFull(error)) return Promise.reject(new Error(FULL));
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
    return { settings: DEFAULT_SETTINGS, warning: SET_ASIDE };
  } catch {
    return { settings: DEFAULT_SETTINGS, warning: NOT_KEPT };
  }
}

/** Both engine names of the error (WHATWG Web IDL, `QuotaExceededError`; older Firefox). */
function isFull(error: unknown): boolean {
  return (
    error instanceof Error &&
    ['QuotaExceededError', 'NS_ERROR_DOM_QUOTA_REACHED'].includes(error.name)
  );
}
