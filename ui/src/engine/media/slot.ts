// Media slots: what a person can send, each at most once to each peer.
//
// Invariant: code and messages name media by slot, never by the order of tracks or sections.

export const SLOTS = ['microphone', 'camera', 'screen', 'screenAudio'] as const;
export type Slot = (typeof SLOTS)[number];

/** The slots that a device of this computer fills. */
export const DEVICE_SLOTS = ['microphone', 'camera'] as const satisfies readonly Slot[];
export type DeviceSlot = (typeof DEVICE_SLOTS)[number];

/** The slots that a screen share fills. */
export const SHARE_SLOTS = ['screen', 'screenAudio'] as const satisfies readonly Slot[];

export type Medium = 'audio' | 'video';

export const MEDIUM: Readonly<Record<Slot, Medium>> = {
  microphone: 'audio',
  camera: 'video',
  screen: 'video',
  screenAudio: 'audio',
};

/** The audio that belongs to a video slot: one element plays both, in sync. */
export const AUDIO_OF: Readonly<Record<'camera' | 'screen', Slot>> = {
  camera: 'microphone',
  screen: 'screenAudio',
};

/** The `mid` (RFC 5888) of the transceiver of each slot, in one description. */
export type Mids = Readonly<Partial<Record<Slot, string>>>;

export function isSlot(value: unknown): value is Slot {
  return SLOTS.some((slot) => slot === value);
}
