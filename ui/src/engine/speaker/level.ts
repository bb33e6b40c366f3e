// The scale of levels: linear in decibels, from −60 dB (0) to −6 dB (1).

const QUIETEST_DB = -60;
const LOUDEST_DB = -6;

/** From the amplitude of W3C webrtc `audioLevel`, which is linear from 0 to 1. */
export function levelOf(amplitude: number): number {
  if (!(amplitude > 0)) return 0;
  const db = 20 * Math.log10(amplitude);
  return Math.min(1, Math.max(0, (db - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB)));
}
