// The system's audio outputs among the page's media devices (W3C mediacapture-streams, 9), which
// the engine leaves out.
//
// Invariant: cameras and microphones are the engine's own, in its order; outputs come after them.

import type { AudioOutput } from '../../bridge/wire.ts';

export type ListOutputs = () => Promise<readonly AudioOutput[]>;

/** Gives a function that tells the page that there are others now. */
export function addOutputs(list: ListOutputs): () => void {
  // Absent in pages that are served insecurely.
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
