// Sleep of the computer during a call: peers lost meanwhile end with the reason `slept`.

import { clearTimer, setTimer, type StepContext } from '../step-context';
import type { Timer } from '../timer';

/** Longer than the detection of a lost path or membership. */
const SLEPT_KNOWN_MS = 120_000;
const SLEPT_TIMER: Timer = { kind: 'slept' };

export function handleWoke(context: StepContext, sleptMs: number): void {
  const { kind } = context.state.call;
  if (kind !== 'starting' && kind !== 'active') return;
  context.state = { ...context.state, sleptMs };
  setTimer(context, SLEPT_TIMER, SLEPT_KNOWN_MS);
}

/** The time is over, or all paths are back: a later loss has another cause. */
export function forgetSleep(context: StepContext): void {
  if (context.state.sleptMs === null) return;
  context.state = { ...context.state, sleptMs: null };
  clearTimer(context, SLEPT_TIMER);
}
