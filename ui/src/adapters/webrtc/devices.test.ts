import { expect, test } from 'vitest';

import type { Device } from '../../engine/state';
import { findDevice } from './devices';

const DEVICES: readonly Device[] = [
  { kind: 'camera', id: 'c1', label: 'Lid' },
  { kind: 'camera', id: 'c2', label: 'Desk' },
  { kind: 'microphone', id: 'm1', label: 'Desk' },
  { kind: 'microphone', id: 'm2', label: '' },
];

test.each([
  ['no choice', 'camera', null, undefined],
  ['the id', 'camera', { id: 'c2', label: 'Lid' }, 'c2'],
  ['the label where the id has changed', 'camera', { id: 'old', label: 'Desk' }, 'c2'],
  ['no other kind', 'microphone', { id: 'c1', label: 'Lid' }, undefined],
  ['no empty label', 'microphone', { id: 'old', label: '' }, undefined],
  ['nothing that is gone', 'camera', { id: 'old', label: 'Roof' }, undefined],
] as const)('a device is found by %s', (_, kind, choice, id) => {
  expect(findDevice(choice, kind, DEVICES)?.id).toBe(id);
});
