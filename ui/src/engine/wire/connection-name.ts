// The name of one connection between two pages; every message about the connection carries it.
//
// Invariant: an unanswered call has the caller's part only; the answerer adds its own part. So a
// reloaded page or an earlier connection never matches.

const JOINT = '+';

export function acceptedName(callers: string | null, own: string): string | null {
  return callers === null ? null : `${callers}${JOINT}${own}`;
}

export function callersPart(name: string): string {
  const [callers = name] = name.split(JOINT);
  return callers;
}

/** Whether two names may be of one connection; null is a client that sends no name. */
export function isSameConnection(a: string | null, b: string | null): boolean {
  if (a === null || b === null || a === b) return true;
  return a.startsWith(`${b}${JOINT}`) || b.startsWith(`${a}${JOINT}`);
}
