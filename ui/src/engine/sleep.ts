// The computer slept while a call was on: what was lost meanwhile was lost by that.

import { clearTimer, setTimer, type Turn } from './turn';

/** Longer than it takes to notice that a path, or a place in the room, is gone. */
const SLEPT_KNOWN_MS = 120_000;
export const SLEPT_TIMER = 'slept';

export function handleWoke(turn: Turn, sleptMs: number): void {
  const { kind } = turn.state.call;
  if (kind !== 'starting' && kind !== 'active') return;
  turn.state = { ...turn.state, sleptMs };
  setTimer(turn, SLEPT_TIMER, SLEPT_KNOWN_MS);
}

/** The time is over, or the path is there again: what is lost from now on has another cause. */
export function forgetSleep(turn: Turn): void {
  if (turn.state.sleptMs === null) return;
  turn.state = { ...turn.state, sleptMs: null };
  clearTimer(turn, SLEPT_TIMER);
}
