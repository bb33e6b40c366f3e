// What a device select offers, and what of it is chosen.
//
// Invariant: the chosen device is always among the options, also while it is unplugged.

import type { Device, DeviceChoice } from '../../engine/state';

export interface DeviceOption {
  readonly value: string;
  readonly label: string;
  readonly device: DeviceChoice | null;
}

export interface DeviceOptions {
  readonly options: readonly DeviceOption[];
  readonly value: string;
}

const SYSTEM_DEFAULT = '';

export function deviceOptions(
  devices: readonly Device[],
  kind: Device['kind'],
  chosen: DeviceChoice | null,
  /** What the default turned out to be, once it delivers. */
  inUse: string | null = null,
): DeviceOptions {
  const present = devices
    .filter((device) => device.kind === kind && device.id !== '' && device.id !== 'default')
    .map((device, index) => ({
      value: device.id,
      label: device.label || `${KIND_NAMES[kind]} ${index + 1}`,
      device: { id: device.id, label: device.label },
    }));
  const named = chosen === null && inUse !== null && inUse !== '';
  const defaultLabel = named ? `${inUse} (system default)` : 'System default';
  const first: DeviceOption = { value: SYSTEM_DEFAULT, label: defaultLabel, device: null };
  if (chosen === null) return { options: [first, ...present], value: SYSTEM_DEFAULT };

  // Ids change between engines and when site data is cleared; the label then finds the device.
  const found =
    present.find((option) => option.value === chosen.id) ??
    present.find((option) => option.label === chosen.label);
  if (found !== undefined) return { options: [first, ...present], value: found.value };

  const absent = { value: chosen.id, label: `${chosen.label} (not connected)`, device: chosen };
  return { options: [first, ...present, absent], value: absent.value };
}

export const KIND_NAMES: Record<Device['kind'], string> = {
  camera: 'Camera',
  microphone: 'Microphone',
  speaker: 'Speaker',
};
