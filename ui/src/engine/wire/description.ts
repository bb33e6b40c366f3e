// Session descriptions (RFC 8866, RFC 8829), and the limits that remote ones are checked for.
//
// Invariant: nothing here changes a description. A description over a limit is rejected whole.

import type { Mids } from '../media/slot';

export interface Description {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
  /** The slots of its sections, as its sender told them. */
  readonly mids: Mids;
}

/** In UTF-16 code units; SDP is ASCII except for names. */
const MAX_DESCRIPTION_LENGTH = 60_000;
/** A call needs two; the rest is for later versions. */
const MAX_MEDIA_SECTIONS = 8;
/** In one description, trickled candidates included. */
export const MAX_CANDIDATES = 256;
/** Encodings of one video that a description asks for (RFC 8853). */
const MAX_RECEIVED_ENCODINGS = 1;

export type DescriptionFault =
  'too-long' | 'too-many-sections' | 'too-many-candidates' | 'too-many-encodings';

/** Null if no limit is exceeded. The connection checks the rest. */
export function descriptionFault(sdp: string): DescriptionFault | null {
  if (sdp.length > MAX_DESCRIPTION_LENGTH) return 'too-long';
  let sections = 0;
  let candidates = 0;
  for (const line of linesOf(sdp)) {
    if (line.startsWith('m=')) sections += 1;
    else if (line.startsWith('a=candidate:')) candidates += 1;
    else if (line.startsWith('a=simulcast:') && receivedEncodings(line) > MAX_RECEIVED_ENCODINGS) {
      return 'too-many-encodings';
    }
  }
  if (sections > MAX_MEDIA_SECTIONS) return 'too-many-sections';
  return candidates > MAX_CANDIDATES ? 'too-many-candidates' : null;
}

/** The certificate fingerprints (RFC 8122) as one text; null if there are none. */
export function fingerprintOf(sdp: string): string | null {
  const found = linesOf(sdp)
    .filter((line) => line.startsWith('a=fingerprint:'))
    .map((line) => line.slice('a=fingerprint:'.length).trim().toLowerCase());
  return found.length === 0 ? null : [...new Set(found)].toSorted().join(' ');
}

/** Lines end with CRLF; parsers also accept LF or CR alone. */
export function linesOf(sdp: string): readonly string[] {
  return sdp.split(/[\r\n]+/u);
}

/** Number of encodings to receive by `a=simulcast`: two in `recv 1,2;3`. */
function receivedEncodings(line: string): number {
  const words = line.slice('a=simulcast:'.length).trim().split(/\s+/u);
  const at = words.findIndex((word) => word.toLowerCase() === 'recv');
  return at < 0 ? 0 : (words[at + 1] ?? '').split(';').filter((each) => each !== '').length;
}
