// A text as this person writes it: what is sent of it, and how long it is.

import { visibleLines } from '../untrusted-text';
import { MAX_TEXT_BYTES } from '../wire/talk/chat';
import { utf8Length } from '../wire/talk/utf8';

/** As it is sent; null if there is nothing to send, or too much. */
export function writtenText(written: string): string | null {
  if (excessBytes(written) > 0) return null;
  const text = visibleLines(written);
  return text === '' ? null : text;
}

/** Bytes of UTF-8 above the limit; 0 if there are none. */
export function excessBytes(written: string): number {
  // Far too long: UTF-16 units are never more than bytes of UTF-8.
  if (written.length > 2 * MAX_TEXT_BYTES) return written.length - MAX_TEXT_BYTES;
  return Math.max(0, utf8Length(visibleLines(written)) - MAX_TEXT_BYTES);
}
