// Which m-line's transport carries all the others (RFC 9143, section 7).

import { isRejected, type Section, type SessionDescription } from './sdp/description.ts';

/** `other` is the counterpart, where there is one: what it rejects carries nothing. */
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
