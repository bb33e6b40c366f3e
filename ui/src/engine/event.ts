// Events: all inputs of the engine. Time and randomness are values in them. Facts: what one slice
// tells the others, within a step.

import type { AddressEvent } from './address/events';
import type { VisibilityEvent } from './away/events';
import type { BlockingFact, BlockingPersonEvent } from './blocking/events';
import type { BudgetViewEvent, MeasuredEvent } from './budget/call-events';
import type { BudgetFact } from './budget/events';
import type { CallPersonEvent, SleepEvent } from './call/events';
import type { EntryPersonEvent } from './entry/events';
import type { FileSayEvent } from './files/say-event';
import type { HandPersonEvent } from './hands/events';
import type { ChatPersonEvent, ChatRestoredEvent } from './chat/events';
import type { IdentityEvent, IdentityPersonEvent } from './identity/events';
import type { MediaEvent, MediaPersonEvent } from './media/events';
import type { PeerEvent, PeerFact, PeerFault, ScreenRefusedEvent } from './peer/events';
import type { PointingPersonEvent } from './pointing/events';
import type { ReactionPersonEvent } from './reactions/events';
import type { RelayEvent, RoomFact, RoomPersonEvent, SignalingEvent } from './room/events';
import type { ShareEvent, SharePersonEvent } from './share/events';
import type { TalkEvent, TalkFact } from './talk/events';
import type { Timer } from './timer';
import type { VerificationPersonEvent } from './verification/events';

export type Event =
  | PersonEvent
  | SignalingEvent
  | MediaEvent
  | ShareEvent
  | PeersEvent
  | FileSayEvent
  | TimerEvent
  | SleepEvent
  | VisibilityEvent
  | ChatRestoredEvent
  | IdentityEvent;

/** Of the connections to peers: what happens to them, what they carry, what peers say there. */
export type PeersEvent = PeerEvent | ScreenRefusedEvent | MeasuredEvent | TalkEvent;

/** Actions of the person, and what the views show; views dispatch only these. */
export type PersonEvent =
  | RoomPersonEvent
  | AddressEvent
  | CallPersonEvent
  | MediaPersonEvent
  | SharePersonEvent
  | BudgetViewEvent
  | HandPersonEvent
  | EntryPersonEvent
  | BlockingPersonEvent
  | ReactionPersonEvent
  | PointingPersonEvent
  | ChatPersonEvent
  | IdentityPersonEvent
  | VerificationPersonEvent;

export interface TimerEvent {
  readonly type: 'timer-fired';
  readonly timer: Timer;
}

/** Raised by a slice with `raise`, and routed at once. */
export type Fact = RoomFact | PeerFact | TalkFact | BudgetFact | BlockingFact;

export type {
  MediaEvent,
  PeerEvent,
  PeerFault,
  ShareEvent,
  RelayEvent,
  SignalingEvent,
  SleepEvent,
  VisibilityEvent,
};
