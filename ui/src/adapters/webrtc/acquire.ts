// Captures the chosen devices, or the default ones if they are missing.
//
// Invariant: each slot gets a live track or a problem, independent of the other slot; nothing
// throws.

import { MEDIUM, type DeviceSlot } from '../../engine/media/slot';
import type { CaptureProblem, Device, DeviceChoice } from '../../engine/state';
import { findDevice, listDevices } from './devices';

export type Acquired =
  | { readonly kind: 'track'; readonly track: MediaStreamTrack }
  | { readonly kind: 'problem'; readonly problem: CaptureProblem };

export interface Request {
  readonly slot: DeviceSlot;
  readonly choice: DeviceChoice | null;
}

const CONSTRAINTS: Readonly<Record<DeviceSlot, MediaTrackConstraints>> = {
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  camera: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
};

/** At most one for each slot. One request shows one permission prompt. */
export async function acquireTogether(requests: readonly Request[]): Promise<readonly Acquired[]> {
  const { mediaDevices } = navigator as Partial<Pick<Navigator, 'mediaDevices'>>;
  if (mediaDevices === undefined) {
    const problem = isSecureContext ? 'none' : 'insecure';
    return requests.map(() => ({ kind: 'problem', problem }));
  }
  const devices = await listDevices();
  const asked = requests.map((request) => ({
    ...request,
    deviceId: idFor(request, devices),
  }));
  let tracks: readonly MediaStreamTrack[];
  try {
    tracks = await open(mediaDevices, asked);
  } catch (error) {
    // A failure of one slot says nothing about the other.
    const isOne = asked.length === 1;
    return Promise.all(
      asked.map((each) =>
        isOne ? openDefault(mediaDevices, each, error) : openAlone(mediaDevices, each),
      ),
    );
  }
  return Promise.all(
    asked.map(async (each): Promise<Acquired> => {
      const track = tracks.find((found) => slotOf(found) === each.slot);
      if (track === undefined) return { kind: 'problem', problem: 'none' };
      return { kind: 'track', track: await correct(mediaDevices, each, track) };
    }),
  );
}

interface Asked extends Request {
  readonly deviceId: string | null;
}

function idFor({ slot, choice }: Request, devices: readonly Device[]): string | null {
  const known = findDevice(choice, slot, devices);
  // Before the first permission the list is empty; the saved id may be valid.
  const isListed = devices.some((device) => device.kind === slot);
  return known?.id ?? (isListed ? null : (choice?.id ?? null));
}

async function open(
  mediaDevices: MediaDevices,
  asked: readonly Asked[],
): Promise<readonly MediaStreamTrack[]> {
  const constraints: MediaStreamConstraints = {};
  for (const { slot, deviceId } of asked) {
    const device = deviceId === null ? {} : { deviceId: { exact: deviceId } };
    constraints[MEDIUM[slot]] = { ...CONSTRAINTS[slot], ...device };
  }
  const stream = await mediaDevices.getUserMedia(constraints);
  return stream.getTracks();
}

async function openAlone(mediaDevices: MediaDevices, asked: Asked): Promise<Acquired> {
  try {
    const [track] = await open(mediaDevices, [asked]);
    if (track === undefined) return { kind: 'problem', problem: 'none' };
    return { kind: 'track', track: await correct(mediaDevices, asked, track) };
  } catch (error) {
    return openDefault(mediaDevices, asked, error);
  }
}

/** After `error`: if the device is missing, another may exist. */
async function openDefault(
  mediaDevices: MediaDevices,
  asked: Asked,
  error: unknown,
): Promise<Acquired> {
  const problem = problemOf(error);
  if (problem !== 'none' || asked.deviceId === null) return { kind: 'problem', problem };
  return openAlone(mediaDevices, { ...asked, deviceId: null });
}

/** With permission the labels are readable: the chosen device may have another id. */
async function correct(
  mediaDevices: MediaDevices,
  { slot, choice }: Asked,
  track: MediaStreamTrack,
): Promise<MediaStreamTrack> {
  if (choice === null || track.getSettings().deviceId === choice.id) return track;
  const meant = findDevice(choice, slot, await listDevices());
  if (meant === null || meant.id === track.getSettings().deviceId) return track;
  const found = await open(mediaDevices, [{ slot, choice, deviceId: meant.id }]).catch(() => []);
  if (found[0] === undefined) return track;
  track.stop();
  return found[0];
}

function slotOf(track: MediaStreamTrack): DeviceSlot {
  return track.kind === 'audio' ? 'microphone' : 'camera';
}

export function problemOf(error: unknown): CaptureProblem {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'none';
  }
}
