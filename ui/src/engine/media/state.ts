// State of this person's devices: wanted, chosen and captured.

import type { Settings } from '../../protocol/settings';

export interface MediaSlice {
  readonly media: MediaState;
}

export interface MediaState {
  readonly microphone: DeviceState;
  readonly camera: DeviceState;
  readonly speaker: { readonly chosen: DeviceChoice | null };
  /** `on`: the call turned the camera off, and it is wanted again afterwards. */
  readonly cameraAfterCall: 'as-is' | 'on';
  /** Number of views that show the own video outside a call. */
  readonly previews: number;
  readonly devices: readonly Device[];
}

export interface DeviceState {
  /** On or off, by the person. Off mutes the microphone or turns off the camera. */
  readonly wanted: boolean;
  /** The chosen device; null is the default of the system. */
  readonly chosen: DeviceChoice | null;
  readonly capture: CaptureState;
}

export type CaptureState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'on'; readonly deviceId: string; readonly label: string }
  | { readonly kind: 'failed'; readonly problem: CaptureProblem };

export type CaptureProblem =
  /** No device. */
  | 'none'
  /** The person or the system denied access. */
  | 'denied'
  /** Another program uses it, or it failed. */
  | 'busy'
  /** It was unplugged. */
  | 'vanished'
  /** The page is no secure context (http from another host). */
  | 'insecure';

/** Kept by id and label: ids change between engines and after site data is cleared. */
export type DeviceChoice = Readonly<NonNullable<Settings['camera']>>;

export interface Device extends DeviceChoice {
  readonly kind: 'microphone' | 'camera' | 'speaker';
}
