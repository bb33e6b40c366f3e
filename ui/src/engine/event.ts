// Events: all inputs of the engine. Time and randomness are values in them. Facts: what one slice
// tells the others, within a step.

import type { BudgetViewEvent, MeasuredEvent } from './budget/call-events';
import type { CallPersonEvent, SleepEvent } from './call/events';
import type { MediaEvent, MediaPersonEvent } from './media/events';
import type { PeerEvent, PeerFact, PeerFault } from './peer/events';
import type { RoomFact, RoomPersonEvent, SignalingEvent } from './room/events';
import type { TalkEvent, TalkFact } from './talk/events';
import type { Timer } from './timer';

export type Event =
  PersonEvent | SignalingEvent | MediaEvent | PeersEvent | TimerEvent | SleepEvent;

/** Of the connections to peers: what happens to them, what they carry, what peers say there. */
export type PeersEvent = PeerEvent | MeasuredEvent | TalkEvent;

/** Actions of the person, and what the views show; views dispatch only these. */
export type PersonEvent = RoomPersonEvent | CallPersonEvent | MediaPersonEvent | BudgetViewEvent;

export interface TimerEvent {
  readonly type: 'timer-fired';
  readonly timer: Timer;
}

/** Raised by a slice with `raise`, and routed at once. */
export type Fact = RoomFact | PeerFact | TalkFact;

export type { MediaEvent, PeerEvent, PeerFault, SignalingEvent, SleepEvent };
