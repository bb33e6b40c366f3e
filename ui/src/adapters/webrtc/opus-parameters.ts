// Parameters of Opus in one media section of a description (RFC 7587, 7).
//
// Invariant: other parameters, formats and lines stay; without Opus nothing changes.

export type OpusParameters = Readonly<Record<string, string>>;

export function withOpusParameters(section: string, wanted: OpusParameters): string {
  const payload = payloadTypeOf(section);
  if (payload === null) return section;
  const format = `a=fmtp:${payload} `;
  const lines = section.split(/\r?\n/);
  const at = lines.findIndex((line) => line.startsWith(format));
  const before = at < 0 ? [] : (lines[at] ?? '').slice(format.length).split(';');
  const kept = before
    .map((parameter) => parameter.trim())
    .filter((one) => one !== '' && !Object.hasOwn(wanted, one.split('=', 1)[0] ?? ''));
  const asked = Object.entries(wanted).map(([name, value]) => `${name}=${value}`);
  const line = `${format}${[...kept, ...asked].join(';')}`;
  const opus = lines.findIndex((one) => one.startsWith(`a=rtpmap:${payload} `));
  if (at < 0) lines.splice(opus + 1, 0, line);
  else lines[at] = line;
  return lines.join('\r\n');
}

/** The description before its media, then each section. */
export function sectionsOf(sdp: string): string[] {
  return sdp.split(/(?=^m=)/m);
}

export function isAudio(section: string): boolean {
  return section.startsWith('m=audio ');
}

export function hasMid(section: string, mid: string): boolean {
  return section.split(/\r?\n/).includes(`a=mid:${mid}`);
}

export function hasOpus(section: string): boolean {
  return payloadTypeOf(section) !== null;
}

function payloadTypeOf(section: string): string | null {
  return /^a=rtpmap:(\d+) opus\/48000/im.exec(section)?.[1] ?? null;
}
