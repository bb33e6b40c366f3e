// The name of one connection between two pages, said with every message about it.
//
// Invariant: the caller's part alone names an unanswered call, and who accepts adds his own part;
// so neither a page that was reloaded nor an earlier connection is taken for this one.

const JOINT = '+';

export function acceptedName(callers: string | null, own: string): string | null {
  return callers === null ? null : `${callers}${JOINT}${own}`;
}

export function callersPart(name: string): string {
  const [callers = name] = name.split(JOINT);
  return callers;
}

/** Whether two names may be of one connection. Null is the name of those who give none. */
export function isSameConnection(a: string | null, b: string | null): boolean {
  if (a === null || b === null || a === b) return true;
  return a.startsWith(`${b}${JOINT}`) || b.startsWith(`${a}${JOINT}`);
}
