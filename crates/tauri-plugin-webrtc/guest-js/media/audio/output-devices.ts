// Adds the system's audio outputs to `enumerateDevices` (W3C mediacapture-streams, 9), where the
// engine omits them.
//
// Invariant: cameras and microphones are those of the engine, in its order. Outputs come after
// them.

import type { AudioOutput } from '../../bridge/wire.ts';

export type ListOutputs = () => Promise<readonly AudioOutput[]>;

/** The returned function fires `devicechange`. */
export function addOutputs(list: ListOutputs): () => void {
  // Undefined in insecure contexts.
  const { mediaDevices } = navigator as Partial<Pick<Navigator, 'mediaDevices'>>;
  if (mediaDevices === undefined) return () => undefined;
  const enumerate = mediaDevices.enumerateDevices.bind(mediaDevices);
  Object.defineProperty(mediaDevices, 'enumerateDevices', {
    configurable: true,
    writable: true,
    value: async (): Promise<MediaDeviceInfo[]> => {
      const [devices, outputs] = await Promise.all([enumerate(), list()]);
      const others = devices.filter(({ kind }) => kind !== 'audiooutput');
      return [...others, ...outputs.map((output) => deviceInfo(output))];
    },
  });
  return () => {
    mediaDevices.dispatchEvent(new Event('devicechange'));
  };
}

function deviceInfo({ id, label }: AudioOutput): MediaDeviceInfo {
  const fields = { deviceId: id, kind: 'audiooutput', label, groupId: '' } as const;
  const info: unknown = Object.create(MediaDeviceInfo.prototype, {
    deviceId: property(fields.deviceId),
    kind: property(fields.kind),
    label: property(fields.label),
    groupId: property(fields.groupId),
    toJSON: property(() => fields),
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has all that one has
  return info as MediaDeviceInfo;
}

function property(value: unknown): PropertyDescriptor {
  return { value, enumerable: true };
}
