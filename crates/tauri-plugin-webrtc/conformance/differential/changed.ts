// An offer of one audio m-line, and what becomes of it when a piece is written in another way.

import { offerCase, type Case } from './case.ts';
import { audio, session, text } from './sdp.ts';

export const WHOLE = text(session(), 'a=group:BUNDLE 0', ...audio('0'));

/** The whole offer with one piece of it changed. */
export function changed(name: string, from: string, to: string, whole = WHOLE): Case {
  if (!whole.includes(from)) throw new RangeError(`${name}: there is no ${from}`);
  return offerCase(name, whole.replaceAll(from, to));
}
