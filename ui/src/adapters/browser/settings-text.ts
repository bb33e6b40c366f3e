// Browser settings as versioned text.
//
// Invariant: only complete and valid settings are used.

import { isRecord } from '../../engine/json';
import type { DeviceChoice } from '../../engine/state';
import type { RecentRoom, Settings } from '../../ports';
import { DEFAULT_SETTINGS } from '../../protocol/settings';
import { isRelayChoice } from '../room-session';

const VERSION = 1;
const RECENT_ROOMS = 8;

export function writeSettings(settings: Settings): string {
  return JSON.stringify({ version: VERSION, settings });
}

/** Null if the text is foreign, broken, or of a newer version. */
export function readSettings(text: string): Settings | null {
  let kept: unknown;
  try {
    kept = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(kept) || kept['version'] !== VERSION || !isRecord(kept['settings'])) return null;
  // A field missing from an older build takes its default.
  const value: Readonly<Record<string, unknown>> = { ...DEFAULT_SETTINGS, ...kept['settings'] };
  return isSettings(value) ? value : null;
}

/** A switch or a text has the type of its default; every other field has a check here. */
function isSettings(value: Readonly<Record<string, unknown>>): value is Settings {
  const checks: Readonly<Record<string, ((field: unknown) => boolean) | undefined>> = CHECKS;
  return Object.entries(DEFAULT_SETTINGS).every(([key, fallback]) => {
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
    return check === undefined ? typeof value[key] === typeof fallback : check(value[key]);
  });
}

type Checked = {
  [Key in keyof Settings]: Settings[Key] extends boolean
    ? never
    : string extends Settings[Key]
      ? never
      : Key;
}[keyof Settings];

const CHECKS: Readonly<Record<Checked, (field: unknown) => boolean>> = {
  relay: isRelayChoice,
  recentRooms: (field) =>
    Array.isArray(field) && field.length <= RECENT_ROOMS && field.every(isRecentRoom),
  microphone: isChoice,
  camera: isChoice,
  speaker: isChoice,
  appearance: oneOf('system', 'light', 'dark'),
  layout: oneOf('automatic', 'grid', 'speaker'),
  showSelf: oneOf('grid', 'corner', 'hidden'),
  ownAddress: oneOf('shown', 'answered', 'relayed'),
};

function oneOf(...choices: readonly string[]): (field: unknown) => boolean {
  return (field) => typeof field === 'string' && choices.includes(field);
}

function isChoice(value: unknown): value is DeviceChoice | null {
  if (value === null) return true;
  return isRecord(value) && typeof value['id'] === 'string' && typeof value['label'] === 'string';
}

function isRecentRoom(value: unknown): value is RecentRoom {
  return isRecord(value) && typeof value['room'] === 'string' && isRelayChoice(value['relay']);
}
