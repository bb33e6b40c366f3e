// "This connection carries about N people": how many, this person included, a line and a processor
// carry with audio alone, and with video that is still worth watching.

import { audioCostOf } from './audio-mode';
import { rungsOf, videoCost } from './rungs';

export interface Capacity {
  readonly withAudio: number;
  readonly withVideo: number;
}

/** The limits of a room. */
export const MOST_WITH_AUDIO = 12;
export const MOST_WITH_VIDEO = 8;
/** Of one processor core: the rest is for decoding, drawing and other programs. */
const ENCODING_SHARE = 0.6;
/** Of the line. */
const LINE_SHARE = 0.85;

/** `encodeMs` is the time for one frame of 360 lines; null if unknown. */
export function capacityOf(lineBps: number, encodeMs: number | null): Capacity {
  const audio = audioCostOf(['microphone'], 'narrow');
  const [least] = rungsOf('camera', 'motion');
  const video = least === undefined ? 0 : videoCost(least.bitrate);
  const others = Math.floor((lineBps * LINE_SHARE) / (audio + video));
  const encodings =
    encodeMs === null || encodeMs <= 0 || least === undefined
      ? Infinity
      : Math.floor((1000 * ENCODING_SHARE) / (encodeMs * least.frameRate));
  const withAudio = Math.floor((lineBps * LINE_SHARE) / audio);
  return {
    withAudio: Math.min(MOST_WITH_AUDIO, withAudio + 1),
    withVideo: Math.min(MOST_WITH_VIDEO, others + 1, encodings + 1),
  };
}
