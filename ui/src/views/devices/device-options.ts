// The options of a device select and the selected one.
//
// Invariant: the chosen device is always an option, also while unplugged, and labels are unique.

import type { Device, DeviceChoice } from '../../engine/state';
import { texts } from '../../text/texts';

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
  /** The actual default device, once captured. */
  inUse: string | null = null,
): DeviceOptions {
  const ofKind = devices.filter(
    (device) => device.kind === kind && device.id !== '' && device.id !== 'default',
  );
  const labels = distinctLabels(ofKind, texts.devices.kinds[kind]);
  const present = ofKind.map(({ id, label }) => ({
    value: id,
    label: labels.get(id) ?? label,
    device: { id, label },
  }));
  const named = chosen === null && inUse !== null && inUse !== '';
  const defaultLabel = named ? texts.devices.defaultOf(inUse) : texts.devices.systemDefault;
  const first: DeviceOption = { value: SYSTEM_DEFAULT, label: defaultLabel, device: null };
  if (chosen === null) return { options: [first, ...present], value: SYSTEM_DEFAULT };

  // Ids change between browsers and after clearing site data; the label finds the device.
  const found =
    present.find((option) => option.value === chosen.id) ??
    present.find((option) => option.device.label === chosen.label && chosen.label !== '');
  if (found !== undefined) return { options: [first, ...present], value: found.value };

  const absent = {
    value: chosen.id,
    label: texts.devices.notConnected(chosen.label),
    device: chosen,
  };
  return { options: [first, ...present, absent], value: absent.value };
}

/**
 * A label per id. Devices with equal or missing labels are numbered by id, so that each keeps its
 * number in any list order.
 */
function distinctLabels(devices: readonly DeviceChoice[], kindName: string): Map<string, string> {
  const labels = new Map<string, string>();
  const taken = new Set(devices.map(({ label }) => label));
  const inOrder = devices.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  for (const [index, { id, label }] of inOrder.entries()) {
    const isOnly = devices.filter((other) => other.label === label).length === 1;
    if (isOnly && label !== '') {
      labels.set(id, label);
      continue;
    }
    const numbered = (number: number): string =>
      label === '' ? texts.devices.numbered(kindName, number) : `${label} (${number})`;
    let number = label === '' ? index + 1 : 1;
    while (taken.has(numbered(number))) number += 1;
    taken.add(numbered(number));
    labels.set(id, numbered(number));
  }
  return labels;
}
