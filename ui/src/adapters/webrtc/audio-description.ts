// Audio for a narrow line: what a sender is asked for by the description that it is answered with
// (RFC 7587, 7: `maxaveragebitrate`, `usedtx`; RFC 8866, 6.4: `ptime`).
//
// Invariant: only Opus of the named section changes; a description without it stays as it is.

import type { AudioGrant } from '../../engine/budget/grant';
import { hasMid, hasOpus, isAudio, sectionsOf, withOpusParameters } from './opus-parameters';

export function withAudioGrant(sdp: string, mid: string | null, grant: AudioGrant): string {
  if (mid === null || grant.ptimeMs === 20) return sdp;
  return sectionsOf(sdp)
    .map((section) => (isAudio(section) && hasMid(section, mid) ? asking(section, grant) : section))
    .join('');
}

function asking(section: string, { ptimeMs, maxBitrate, silence }: AudioGrant): string {
  if (!hasOpus(section)) return section;
  const asked = withOpusParameters(section, {
    maxaveragebitrate: String(maxBitrate),
    usedtx: silence === 'left-out' ? '1' : '0',
  });
  const lines = asked
    .split(/\r?\n/)
    .filter((line) => line !== '' && !/^a=(?:max)?ptime:/.test(line));
  return [...lines, `a=ptime:${ptimeMs}`, ''].join('\r\n');
}
