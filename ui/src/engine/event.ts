// Events: all inputs of the engine. Time and randomness are values in them. Facts: what one slice
// tells the others, within a step.

import type { CallPersonEvent, SleepEvent } from './call/events';
import type { MediaEvent, MediaPersonEvent } from './media/events';
import type { PeerEvent, PeerFact, PeerFault } from './peer/events';
import type { RoomFact, RoomPersonEvent, SignalingEvent } from './room/events';
import type { Timer } from './timer';

export type Event = PersonEvent | SignalingEvent | MediaEvent | PeerEvent | TimerEvent | SleepEvent;

/** Actions of the person; views dispatch only these. */
export type PersonEvent = RoomPersonEvent | CallPersonEvent | MediaPersonEvent;

export interface TimerEvent {
  readonly type: 'timer-fired';
  readonly timer: Timer;
}

/** Raised by a slice with `raise`, and routed at once. */
export type Fact = RoomFact | PeerFact;

export type { MediaEvent, PeerEvent, PeerFault, SignalingEvent, SleepEvent };
