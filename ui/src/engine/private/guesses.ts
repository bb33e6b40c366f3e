// Wrong guesses of a passcode: counted by those inside, who let newcomers wait after too many.
//
// Invariant: of each proof that did not come out right, one is counted. Five within a minute close the
// door until the first of them is a minute old.

export interface Guesses {
  /** Within the last minute, oldest first. */
  readonly recent: readonly number[];
  /** During the stay. */
  readonly total: number;
}

export const NO_GUESSES: Guesses = { recent: [], total: 0 };

const WINDOW_MS = 60_000;
const MAX_IN_WINDOW = 5;

export function addGuess({ recent, total }: Guesses, at: number): Guesses {
  return { recent: [...recentAt(recent, at), at].slice(-MAX_IN_WINDOW), total: total + 1 };
}

/** For how long newcomers have to wait; 0 if they need not. */
export function waitMs({ recent }: Guesses, at: number): number {
  const [first, ...others] = recentAt(recent, at);
  return first === undefined || others.length + 1 < MAX_IN_WINDOW ? 0 : first + WINDOW_MS - at;
}

function recentAt(recent: readonly number[], at: number): readonly number[] {
  return recent.filter((one) => at - one < WINDOW_MS);
}
