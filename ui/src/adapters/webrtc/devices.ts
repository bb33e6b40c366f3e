// The list of devices, and the device of a saved choice.
//
// Invariant: devices without labels and ids (before the first permission) are not listed.

import type { Device, DeviceChoice } from '../../engine/state';

const KINDS: Readonly<Record<MediaDeviceKind, Device['kind']>> = {
  audioinput: 'microphone',
  videoinput: 'camera',
  audiooutput: 'speaker',
};

/** Aliases in Chromium for listed devices; our default is null. */
const STAND_INS: readonly string[] = ['default', 'communications'];

export async function listDevices(): Promise<readonly Device[]> {
  // Missing in insecure contexts.
  const { mediaDevices } = navigator as Partial<Pick<Navigator, 'mediaDevices'>>;
  const found = (await mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  return found
    .filter(({ deviceId }) => deviceId !== '' && !STAND_INS.includes(deviceId))
    .map(({ deviceId, label, kind }) => ({ kind: KINDS[kind], id: deviceId, label }));
}

/** By id, else by label: ids change between browsers and after clearing site data. */
export function findDevice(
  choice: DeviceChoice | null,
  kind: Device['kind'],
  devices: readonly Device[],
): Device | null {
  if (choice === null) return null;
  const candidates = devices.filter((device) => device.kind === kind);
  return (
    candidates.find(({ id }) => id === choice.id) ??
    candidates.find(({ label }) => label !== '' && label === choice.label) ??
    null
  );
}

export function sameDevices(a: readonly Device[], b: readonly Device[]): boolean {
  return (
    a.length === b.length &&
    a.every((device, at) => {
      const other = b[at];
      return other?.id === device.id && other.label === device.label && other.kind === device.kind;
    })
  );
}
