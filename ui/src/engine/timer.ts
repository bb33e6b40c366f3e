// Timers of the engine, as values in events and effects.
//
// Invariant: `timerKey` is the only place where a timer becomes text; nothing reads the text.

import type { BudgetTimer } from './budget/call-events';
import type { CallTimer } from './call/events';
import type { PeerTimer } from './peer/events';
import type { RoomTimer } from './room/events';

export type Timer = RoomTimer | CallTimer | PeerTimer | BudgetTimer;

/** Equal for equal timers only. */
export function timerKey(timer: Timer): string {
  if ('peer' in timer) return `${timer.kind}:${timer.peer}`;
  return 'member' in timer ? `${timer.kind}:${timer.member}` : timer.kind;
}
