// Timers of the engine, as values in events and effects.
//
// Invariant: `timerKey` is the only place where a timer becomes text; nothing reads the text.

import type { MemberId } from '../protocol/wire';
import type { PeerId } from './state';

export type Timer = PeerTimer | MemberTimer | { readonly kind: PlainTimer };

/** Timers of one peer; they end with the peer. */
export interface PeerTimer {
  readonly kind: PeerTimerKind;
  readonly peer: PeerId;
}

export const PEER_TIMERS = ['ring', 'answer', 'path', 'restart', 'detached', 'departed'] as const;
export type PeerTimerKind = (typeof PEER_TIMERS)[number];

export interface MemberTimer {
  /** `missed`: its call rings here unanswered. `pause`: after a decline its calls do not ring. */
  readonly kind: 'missed' | 'pause';
  readonly member: MemberId;
}

type PlainTimer = 'capture' | 'mesh' | 'rejoin' | 'rejoin-room' | 'ice-refresh' | 'slept';

/** Equal for equal timers only. */
export function timerKey(timer: Timer): string {
  if ('peer' in timer) return `${timer.kind}:${timer.peer}`;
  return 'member' in timer ? `${timer.kind}:${timer.member}` : timer.kind;
}
