// Audio of a narrow line: long packets of few bits, as headers cost more than speech.
//
// Invariant: audio is sent to every peer in both modes; a change of mode needs a clear reason, as
// it costs a negotiation with each peer.

import type { AudioGrant } from './grant';
import { audioCost } from './rungs';
import type { DataUse } from './content';

export type AudioMode = 'full' | 'narrow';

const NARROW_BELOW_BPS = 500_000;
/** Of the line; what is left is for video. */
const MAX_SHARE = 0.3;
/** So much more than that, and audio is full again. */
const FULL_FROM = 1.3;

/** Opus in packets of 20 ms has 24 kbit/s of headers, in packets of 60 ms it has 8. */
const MICROPHONE: Readonly<Record<AudioMode, AudioGrant>> = {
  full: { kind: 'send', ptimeMs: 20, maxBitrate: 32_000, silence: 'sent' },
  narrow: { kind: 'send', ptimeMs: 60, maxBitrate: 16_000, silence: 'left-out' },
};

/** Music and films need more than speech. */
const SCREEN_AUDIO: Readonly<Record<AudioMode, AudioGrant>> = {
  full: { kind: 'send', ptimeMs: 20, maxBitrate: 64_000, silence: 'sent' },
  narrow: { kind: 'send', ptimeMs: 60, maxBitrate: 24_000, silence: 'left-out' },
};

export type AudioSlot = 'microphone' | 'screenAudio';

export function audioGrant(slot: AudioSlot, mode: AudioMode): AudioGrant {
  switch (slot) {
    case 'microphone':
      return MICROPHONE[mode];
    case 'screenAudio':
      return SCREEN_AUDIO[mode];
  }
}

/** Of all audio to one peer. */
export function audioCostOf(slots: readonly AudioSlot[], mode: AudioMode): number {
  return slots.reduce((sum, slot) => {
    const { maxBitrate, ptimeMs } = audioGrant(slot, mode);
    return sum + audioCost({ bitrate: maxBitrate, ptimeMs });
  }, 0);
}

export function nextAudioMode(
  before: AudioMode,
  lineBps: number,
  fullCost: number,
  dataUse: DataUse,
): AudioMode {
  if (dataUse === 'saving') return 'narrow';
  const least = Math.max(NARROW_BELOW_BPS, fullCost / MAX_SHARE);
  return lineBps < (before === 'narrow' ? least * FULL_FROM : least) ? 'narrow' : 'full';
}
