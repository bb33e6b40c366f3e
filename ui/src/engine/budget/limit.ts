// A limit in bits per second that follows a path: it falls at once, holds, and rises slowly.
//
// Invariant: never below the floor; it rises only after 5 s without a sign of congestion, and only
// while more than it allows is wanted.

export interface Limit {
  readonly bps: number;
  /** The last sign of congestion. */
  readonly troubledAt: number | null;
  readonly fellAt: number | null;
  /** Until when rises are counted. */
  readonly risenAt: number | null;
  readonly recovery: Recovery | null;
}

/** After a fall: where the path was full, and what it had carried before. */
interface Recovery {
  readonly since: number;
  readonly full: number;
  readonly before: number;
  readonly sign: 'late' | 'full';
}

export interface LimitInput {
  readonly at: number;
  readonly sign: PathSign;
  readonly deliveredBps: number;
  /** What the grants in effect cost. */
  readonly grantedBps: number;
  /** What everything wanted costs. */
  readonly wantedBps: number;
  readonly floorBps: number;
  /** With the smallest video for all: lateness alone takes no more away. */
  readonly leastBps: number;
}

/**
 * `empty`: clear, and nothing waits in a queue. Seen now: `late`, which a busy computer may be as
 * well, and `full`, late for long or losing much.
 */
export type PathSign = 'empty' | 'clear' | 'hold' | 'late' | 'full';

const FALL_TO = 0.85;
/** A queue needs this long to drain and to be measured again. */
const FALL_PAUSE_MS = 2_000;
const CLEAR_BEFORE_RISE_MS = 5_000;
const RISE_PER_SECOND = 1.05;
const MIN_RISE_BPS_PER_SECOND = 20_000;
/** Back to what the path carried before, once it carries more than where it was full, at once. */
const RECOVERY_PER_SECOND = 1.35;
const RECOVERY_FROM = 1.05;
const NEAR_FULL = 0.95;
const RECOVERY_MS = 60_000;
/** Statistics that stay out for long, as in a sleeping page, prove nothing. */
const MAX_RISE_MS = 2_000;
/** Below this share of the limit, the path is not filled by what it allows. */
const IN_USE = 0.5;

export function newLimit(bps: number): Limit {
  return { bps, troubledAt: null, fellAt: null, risenAt: null, recovery: null };
}

export function nextLimit(before: Limit, input: LimitInput): Limit {
  const { at, sign, floorBps } = input;
  const limit = before.bps < floorBps ? { ...before, bps: floorBps } : before;
  switch (sign) {
    case 'late':
    case 'full': {
      const troubled = { ...limit, troubledAt: at, risenAt: at };
      const isPaused = limit.fellAt !== null && at - limit.fellAt < FALL_PAUSE_MS;
      return isPaused ? troubled : fallen(troubled, sign, input);
    }
    case 'hold':
      return { ...limit, troubledAt: at, risenAt: at };
    case 'empty':
    case 'clear':
      return risen(limit, input);
  }
}

/** Whether it allows about what the path was full with before: then little is proof enough. */
export function isNearFull({ bps, fellAt, recovery }: Limit, at: number): boolean {
  const isRecent = fellAt !== null && at - fellAt < RECOVERY_MS;
  return isRecent && recovery?.sign === 'full' && bps >= recovery.full * NEAR_FULL;
}

function fallen(limit: Limit, sign: 'late' | 'full', input: LimitInput): Limit {
  const { at, deliveredBps, grantedBps, floorBps } = input;
  const floor =
    sign === 'late' ? Math.max(floorBps, Math.min(limit.bps, input.leastBps)) : floorBps;
  // A path that is full of the traffic of others says little about what it carries of ours.
  const isInUse = grantedBps >= limit.bps * IN_USE;
  const full = isInUse ? Math.min(limit.bps, deliveredBps) : limit.bps;
  const { recovery } = limit;
  const isRecent = recovery !== null && at - recovery.since < RECOVERY_MS;
  return {
    ...limit,
    bps: Math.max(floor, full * FALL_TO),
    fellAt: at,
    recovery: isRecent
      ? { ...recovery, full, sign: recovery.sign === 'full' ? 'full' : sign }
      : { since: at, full, before: limit.bps, sign },
  };
}

function risen(limit: Limit, { at, sign, grantedBps, wantedBps }: LimitInput): Limit {
  const { bps, troubledAt, risenAt, recovery } = limit;
  const from = Math.max(risenAt ?? at, troubledAt === null ? 0 : troubledAt + CLEAR_BEFORE_RISE_MS);
  if (from >= at) return risenAt === null ? { ...limit, risenAt: at } : limit;
  if (bps >= wantedBps) return { ...limit, risenAt: at };
  const isRecovering =
    sign === 'empty' &&
    recovery !== null &&
    at - recovery.since < RECOVERY_MS &&
    Math.min(bps, grantedBps) >= recovery.full * RECOVERY_FROM &&
    bps < recovery.before;
  const perSecond = isRecovering ? RECOVERY_PER_SECOND : RISE_PER_SECOND;
  const seconds = Math.min(at - from, MAX_RISE_MS) / 1000;
  const higher = Math.max(bps * perSecond ** seconds, bps + MIN_RISE_BPS_PER_SECOND * seconds);
  return { ...limit, bps: Math.min(wantedBps, higher), risenAt: at };
}
