// Audio for a narrow line: what a sender is asked for by the description that it is answered with
// (RFC 7587, 7: `maxaveragebitrate`, `usedtx`; RFC 8866, 6.4: `ptime`).
//
// Invariant: only Opus of the named section changes; a description without it stays as it is.

import type { AudioGrant } from '../../engine/budget/grant';

export function withAudioGrant(sdp: string, mid: string | null, grant: AudioGrant): string {
  if (mid === null || grant.ptimeMs === 20) return sdp;
  const sections = sdp.split(/(?=^m=)/m);
  return sections
    .map((section) => (hasMid(section, mid) ? asking(section, grant) : section))
    .join('');
}

function hasMid(section: string, mid: string): boolean {
  return section.startsWith('m=audio ') && section.split(/\r?\n/).includes(`a=mid:${mid}`);
}

function asking(section: string, { ptimeMs, maxBitrate, silence }: AudioGrant): string {
  const payload = /^a=rtpmap:(\d+) opus\/48000/im.exec(section)?.[1];
  if (payload === undefined) return section;
  const wanted: readonly (readonly [string, string])[] = [
    ['maxaveragebitrate', String(maxBitrate)],
    ['usedtx', silence === 'left-out' ? '1' : '0'],
  ];
  const lines = section
    .split(/\r?\n/)
    .filter((line) => line !== '' && !/^a=(?:max)?ptime:/.test(line));
  const format = `a=fmtp:${payload} `;
  const at = lines.findIndex((line) => line.startsWith(format));
  const before = at < 0 ? [] : (lines[at] ?? '').slice(format.length).split(';');
  const kept = before
    .map((parameter) => parameter.trim())
    .filter((one) => one !== '' && !wanted.some(([name]) => one.startsWith(`${name}=`)));
  const asked = [...kept, ...wanted.map(([name, value]) => `${name}=${value}`)].join(';');
  const others = lines.filter((_, index) => index !== at);
  return [...others, `${format}${asked}`, `a=ptime:${ptimeMs}`, ''].join('\r\n');
}
