import { describe, expect, test } from 'vitest';

import type { Settings } from '../../ports';
import { DEFAULT_SETTINGS } from '../../protocol/settings';
import { readSettings, writeSettings } from './settings-text';

const FULL: Settings = {
  ...DEFAULT_SETTINGS,
  email: 'ana@example.org',
  room: '42',
  relay: { kind: 'server', address: 'relay.example.org' },
  recentRooms: [{ room: '42', relay: { kind: 'this-computer' } }],
  microphone: { id: 'm', label: 'Desk' },
  camera: { id: 'c', label: 'Lid' },
  speaker: { id: 's', label: 'Room' },
  microphoneOn: false,
  cameraOn: false,
  appearance: 'dark',
  layout: 'speaker',
  showSelf: 'hidden',
  sounds: false,
  ring: false,
};

function withSettings(change: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ version: 1, settings: { ...FULL, ...change } });
}

describe('settings text', () => {
  test.each([DEFAULT_SETTINGS, FULL])('is read as it was written', (settings) => {
    expect(readSettings(writeSettings(settings))).toEqual(settings);
  });

  test('gives fields that it lacks their defaults', () => {
    const text = JSON.stringify({ version: 1, settings: { email: 'ana@example.org' } });
    expect(readSettings(text)).toEqual({ ...DEFAULT_SETTINGS, email: 'ana@example.org' });
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['no object', 'null'],
    ['no version', JSON.stringify({ settings: FULL })],
    ['a newer version', JSON.stringify({ version: 2, settings: FULL })],
    ['no settings', JSON.stringify({ version: 1 })],
    ['a number for the email', withSettings({ email: 1 })],
    ['a word for a switch', withSettings({ ring: 'yes' })],
    ['an unknown relay', withSettings({ relay: { kind: 'moon' } })],
    ['a relay without its address', withSettings({ relay: { kind: 'server' } })],
    ['a device without its label', withSettings({ camera: { id: 'c' } })],
    ['an unknown appearance', withSettings({ appearance: 'sepia' })],
    ['an unknown layout', withSettings({ layout: 'pair' })],
    ['an unknown place of the own picture', withSettings({ showSelf: 'Grid' })],
    ['rooms that are none', withSettings({ recentRooms: ['42'] })],
  ])('with %s is not used', (_, text) => {
    expect(readSettings(text)).toBeNull();
  });
});
