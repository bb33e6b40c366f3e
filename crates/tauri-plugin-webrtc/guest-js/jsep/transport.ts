// The m-line whose transport carries the bundle (RFC 9143, section 7).

import { isRejected, type Section, type SessionDescription } from './sdp/description.ts';

/** `other`: the other side's description, if there is one. An m-line that it rejects carries
 *  nothing. */
export function transportOf(
  description: SessionDescription,
  other: SessionDescription | null = null,
): Section | undefined {
  return description.sections.find((section, index) => {
    if (isRejected(section) || section.ice === null) return false;
    const counterpart = other?.sections[index];
    return counterpart === undefined || !isRejected(counterpart);
  });
}
