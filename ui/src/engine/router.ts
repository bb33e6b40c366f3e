// The engine: one event in; the next state and the effects out. Routes events to the slices, and
// what a slice tells to the others.
//
// Invariant: pure. No clock, no randomness, no connection: time and random values arrive in events,
// all output leaves as effects.

import { handleBudgetEvent, handleBudgetFact, handleBudgetTimer } from './budget/in-call';
import { goActiveWhenCaptured } from './call/start';
import {
  handleCallMessage,
  handleCallTimer,
  handleCallWish,
  handlePeerFact,
  handleRoomFact,
  handleWoke,
} from './call/step';
import { deriveEffects } from './derived-effects';
import type { Effect } from './effect';
import type { Event, Fact } from './event';
import { handleMediaEvent, handleMediaWish } from './media/step';
import { handlePeerEvent, handlePeerMessage, handlePeerTimer } from './peer/step';
import { handleRoomMessage, handleRoomTimer, handleRoomWish, handleSignaling } from './room/step';
import type { State } from './state';
import { memberOf, type StepContext } from './step-context';
import { handleTalkEvent } from './talk/step';
import type { Timer } from './timer';
import { isDelivered, readPayload } from './wire/call-message';
import type { Delivered, ServerMessage } from '../protocol/wire';

export function step(state: State, event: Event): readonly [State, readonly Effect[]] {
  const context: StepContext = {
    state,
    effects: [],
    saysStatus: false,
    raise: (fact) => routeFact(context, fact),
  };
  routeEvent(context, event);
  deriveEffects(context, state);
  return [context.state, context.effects];
}

function routeEvent(context: StepContext, event: Event): void {
  switch (event.type) {
    case 'join-pressed':
    case 'join-cancelled':
    case 'leave-room-pressed':
    case 'problem-dismissed':
      return handleRoomWish(context, event);
    case 'call-pressed':
    case 'call-member-pressed':
    case 'accept-pressed':
    case 'decline-pressed':
    case 'leave-call-pressed':
      return handleCallWish(context, event);
    case 'preview-opened':
    case 'preview-closed':
    case 'microphone-toggled':
    case 'camera-toggled':
    case 'device-chosen':
      handleMediaWish(context, event);
      return goActiveWhenCaptured(context);
    case 'devices-changed':
    case 'captured':
    case 'capture-failed':
    case 'capture-ended':
      handleMediaEvent(context, event);
      return goActiveWhenCaptured(context);
    case 'signaling-connecting':
    case 'signaling-connected':
    case 'signaling-waiting':
    case 'signaling-failed':
      return handleSignaling(context, event);
    case 'signaling-message':
      return routeMessage(context, event.message);
    case 'peer-negotiation-needed':
    case 'peer-done':
    case 'peer-failed':
    case 'peer-candidate':
    case 'peer-connection':
      return handlePeerEvent(context, event);
    case 'peers-measured':
    case 'video-shown':
    case 'speaker-changed':
    case 'data-use-chosen':
      return handleBudgetEvent(context, event);
    case 'talk-opened':
    case 'talk-message':
      return handleTalkEvent(context, event);
    case 'woke':
      return handleWoke(context, event.sleptMs);
    case 'timer-fired':
      return routeTimer(context, event.timer);
  }
}

function routeMessage(context: StepContext, message: ServerMessage): void {
  if (context.state.room.kind === 'outside') return;
  if (isDelivered(message)) return routeDelivered(context, message);
  handleRoomMessage(context, message);
}

/** A message of another member. What cannot be read, or is of nobody here, is ignored. */
function routeDelivered(context: StepContext, { type, from, payload }: Delivered): void {
  const member = memberOf(context, from);
  const message = readPayload(type, payload);
  if (member === null || message === null) return;
  switch (message.type) {
    case 'user:call':
    case 'call:declined':
    case 'call:ended':
      return handleCallMessage(context, member, message);
    case 'peer:candidate':
      handlePeerMessage(context, member, message);
      return handleCallMessage(context, member, message);
    case 'call:accepted':
    case 'peer:nego:needed':
    case 'peer:nego:done':
    case 'peer:returned':
      return handlePeerMessage(context, member, message);
  }
}

/** A timer that was cleared at the same time has no effect. */
function routeTimer(context: StepContext, timer: Timer): void {
  switch (timer.kind) {
    case 'rejoin-room':
    case 'ice-refresh':
      return handleRoomTimer(context, timer);
    case 'answer':
    case 'path':
    case 'restart':
    case 'detached':
      return handlePeerTimer(context, timer);
    case 'video-pause':
    case 'demand-pause':
      return handleBudgetTimer(context, timer);
    case 'ring':
    case 'departed':
    case 'missed':
    case 'pause':
    case 'capture':
    case 'mesh':
    case 'rejoin':
    case 'slept':
      return handleCallTimer(context, timer);
  }
}

function routeFact(context: StepContext, fact: Fact): void {
  switch (fact.type) {
    case 'room-joining':
    case 'room-entered':
    case 'room-reentered':
    case 'room-leaving':
    case 'member-joined':
    case 'member-left':
    case 'member-back':
    case 'member-status':
      return handleRoomFact(context, fact);
    case 'peer-connected':
      handleBudgetFact(context, fact);
      return handlePeerFact(context, fact);
    case 'talk-ready':
    case 'peer-demand':
      return handleBudgetFact(context, fact);
    case 'peer-over':
    case 'member-proven':
      return handlePeerFact(context, fact);
  }
}
