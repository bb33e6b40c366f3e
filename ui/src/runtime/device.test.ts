import { expect, test } from 'vitest';

import type { RelayChoice } from '../engine/state';
import { deviceIn } from './device';

const HERE: RelayChoice = { kind: 'this-computer' };
const THERE: RelayChoice = { kind: 'server', address: 'relay.example.org' };

test('device_is_the_same_in_one_room', () => {
  const device = deviceIn('secret', { room: '42', relay: THERE });
  expect(device).toMatch(/^[0-9a-f]{32}$/u);
  expect(deviceIn('secret', { room: '42', relay: { ...THERE } })).toBe(device);
});

test('device_differs_by_secret_room_and_relay', () => {
  const devices = [
    deviceIn('secret', { room: '42', relay: HERE }),
    deviceIn('secret', { room: '43', relay: HERE }),
    deviceIn('secret', { room: '42', relay: THERE }),
    deviceIn('other', { room: '42', relay: HERE }),
  ];
  expect(new Set(devices).size).toBe(devices.length);
});
