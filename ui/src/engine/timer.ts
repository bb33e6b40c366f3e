// Timers of the engine, as values in events and effects.
//
// Invariant: `timerKey` is the only place where a timer becomes text; nothing reads the text.

import type { AwayTimer } from './away/events';
import type { BudgetTimer } from './budget/call-events';
import type { ChatTimer } from './chat/events';
import type { CallTimer } from './call/events';
import type { EntryTimer } from './entry/events';
import type { HandTimer } from './hands/events';
import type { IdentityTimer } from './identity/events';
import type { PeerTimer } from './peer/events';
import type { PointingTimer } from './pointing/events';
import type { ReactionTimer } from './reactions/events';
import type { RoomTimer } from './room/events';
import type { VerificationTimer } from './verification/events';

export type Timer =
  | RoomTimer
  | CallTimer
  | PeerTimer
  | BudgetTimer
  | HandTimer
  | ReactionTimer
  | PointingTimer
  | AwayTimer
  | ChatTimer
  | EntryTimer
  | IdentityTimer
  | VerificationTimer;

/** Equal for equal timers only. */
export function timerKey(timer: Timer): string {
  if ('peer' in timer) return `${timer.kind}:${timer.peer}`;
  if ('reaction' in timer) return `${timer.kind}:${timer.reaction}`;
  if ('mark' in timer) return `${timer.kind}:${timer.mark}`;
  if ('correspondent' in timer) return `${timer.kind}:${timer.correspondent}`;
  if ('email' in timer) return `${timer.kind}:${timer.email}`;
  return 'member' in timer ? `${timer.kind}:${timer.member}` : timer.kind;
}
