import { describe, expect, it } from 'vitest';

import type { Device } from '../../engine/state';
import { deviceOptions } from './device-options';

const DEVICES: Device[] = [
  { kind: 'camera', id: 'c1', label: 'Desk camera' },
  { kind: 'camera', id: 'c2', label: '' },
  { kind: 'microphone', id: 'm1', label: 'Headset' },
  { kind: 'speaker', id: 'default', label: 'Default' },
];

describe('deviceOptions', () => {
  it('offers the default and the devices of that kind', () => {
    const { options, value } = deviceOptions(DEVICES, 'camera', null);
    expect(options.map((option) => option.label)).toEqual([
      'System default',
      'Desk camera',
      'Camera 2',
    ]);
    expect(value).toBe('');
  });

  it("leaves out the engine's own default, which would be offered twice", () => {
    expect(deviceOptions(DEVICES, 'speaker', null).options).toHaveLength(1);
  });

  it('says what the default is while it is in use', () => {
    const byDefault = deviceOptions(DEVICES, 'camera', null, 'Desk camera');
    expect(byDefault.options[0]?.label).toBe('Desk camera (system default)');
    const byChoice = deviceOptions(DEVICES, 'camera', { id: 'c2', label: '' }, 'Camera 2');
    expect(byChoice.options[0]?.label).toBe('System default');
  });

  it('finds what was chosen by id, and by label after ids changed', () => {
    expect(deviceOptions(DEVICES, 'camera', { id: 'c1', label: '' }).value).toBe('c1');
    expect(deviceOptions(DEVICES, 'camera', { id: 'old', label: 'Desk camera' }).value).toBe('c1');
  });

  it.each<[string, readonly (readonly [string, string])[], readonly string[]]>([
    [
      'two of one name',
      [
        ['m1', 'Headset'],
        ['m2', 'Headset'],
      ],
      ['Headset (1)', 'Headset (2)'],
    ],
    [
      'the same, listed the other way',
      [
        ['m2', 'Headset'],
        ['m1', 'Headset'],
      ],
      ['Headset (2)', 'Headset (1)'],
    ],
    [
      'a name that looks numbered',
      [
        ['m1', 'Headset'],
        ['m2', 'Headset'],
        ['m3', 'Headset (1)'],
      ],
      ['Headset (2)', 'Headset (3)', 'Headset (1)'],
    ],
    [
      'none of them named',
      [
        ['m1', ''],
        ['m2', ''],
      ],
      ['Microphone 1', 'Microphone 2'],
    ],
    [
      'a name like those of the unnamed',
      [
        ['m1', ''],
        ['m2', 'Microphone 1'],
      ],
      ['Microphone 2', 'Microphone 1'],
    ],
    ['one alone', [['m1', 'Headset']], ['Headset']],
  ])('microphones_of_one_name_are_told_apart: %s', (_, listed, labels) => {
    const devices = listed.map(([id, label]) => ({ kind: 'microphone', id, label }) as const);
    const { options } = deviceOptions(devices, 'microphone', null);
    expect(options.slice(1).map(({ label }) => label)).toEqual(labels);
    for (const [id, label] of listed) {
      expect(deviceOptions(devices, 'microphone', { id, label }).value).toBe(id);
    }
  });

  it('keeps what was chosen while it is unplugged', () => {
    const { options, value } = deviceOptions(DEVICES, 'microphone', { id: 'm9', label: 'Lapel' });
    expect(value).toBe('m9');
    expect(options.at(-1)).toEqual({
      value: 'm9',
      label: 'Lapel (not connected)',
      device: { id: 'm9', label: 'Lapel' },
    });
  });
});
