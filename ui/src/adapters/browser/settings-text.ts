// Browser settings as versioned text.
//
// Invariant: only complete and valid settings are used.

import { isRecord } from '../../engine/json';
import type { DeviceChoice } from '../../engine/state';
import type { RecentRoom, Settings } from '../../ports';
import { isRelayChoice } from '../room-session';

const VERSION = 1;
const RECENT_ROOMS = 8;

export const DEFAULT_SETTINGS: Settings = {
  email: '',
  room: '',
  relay: { kind: 'this-computer' },
  recentRooms: [],
  microphone: null,
  camera: null,
  speaker: null,
  microphoneOn: true,
  cameraOn: true,
  appearance: 'system',
  singleKeys: true,
  sounds: true,
  ring: true,
};

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

function isSettings(value: unknown): value is Settings {
  if (!isRecord(value)) return false;
  return (
    ['email', 'room'].every((key) => typeof value[key] === 'string') &&
    ['microphoneOn', 'cameraOn', 'singleKeys', 'sounds', 'ring'].every(
      (key) => typeof value[key] === 'boolean',
    ) &&
    ['microphone', 'camera', 'speaker'].every((key) => isChoice(value[key])) &&
    isRelayChoice(value['relay']) &&
    Array.isArray(value['recentRooms']) &&
    value['recentRooms'].length <= RECENT_ROOMS &&
    value['recentRooms'].every(isRecentRoom) &&
    ['system', 'light', 'dark'].includes(String(value['appearance']))
  );
}

function isChoice(value: unknown): value is DeviceChoice | null {
  if (value === null) return true;
  return isRecord(value) && typeof value['id'] === 'string' && typeof value['label'] === 'string';
}

function isRecentRoom(value: unknown): value is RecentRoom {
  return isRecord(value) && typeof value['room'] === 'string' && isRelayChoice(value['relay']);
}
