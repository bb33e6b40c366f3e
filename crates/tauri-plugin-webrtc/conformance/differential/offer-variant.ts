// An offer with one audio m-line, and the result when one part of it changes.

import { offerCase, type Case } from './case.ts';
import { audio, session, text } from './sdp.ts';

export const WHOLE = text(session(), 'a=group:BUNDLE 0', ...audio('0'));

/** The offer with one part replaced. */
export function changed(name: string, from: string, to: string, whole = WHOLE): Case {
  if (!whole.includes(from)) throw new RangeError(`${name}: there is no ${from}`);
  return offerCase(name, whole.replaceAll(from, to));
}
