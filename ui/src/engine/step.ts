// The engine: one event in; the next state and the effects out.
//
// Invariant: pure. No clock, no randomness, no connection: time and random values arrive in events,
// all output leaves as effects.

import { goActiveWhenCaptured, leaveCall, pressCall } from './call';
import { deriveEffects } from './derived-effects';
import type { Effect } from './effect';
import type { Event, PeerFault } from './event';
import { applyNegotiation, trickle } from './peer';
import { handleMediaEvent, handleMediaWish } from './media';
import { handleBroken, handleConnection } from './ice-recovery';
import { acceptFirst, declineFirst } from './ring';
import { handleRoomWish, handleSignaling } from './signaling';
import { handleWoke } from './sleep';
import type { State } from './state';
import { handleTimer } from './fired-timer';
import type { StepContext } from './step-context';

export function step(state: State, event: Event): readonly [State, readonly Effect[]] {
  const context: StepContext = { state, effects: [], saysStatus: false };
  handle(context, event);
  deriveEffects(context, state);
  return [context.state, context.effects];
}

function handle(context: StepContext, event: Event): void {
  switch (event.type) {
    case 'join-pressed':
    case 'join-cancelled':
    case 'leave-room-pressed':
      return handleRoomWish(context, event);
    case 'call-pressed':
      if (context.state.call.kind === 'incoming') return acceptFirst(context);
      return pressCall(context, event.newCall);
    case 'accept-pressed':
      return acceptFirst(context);
    case 'decline-pressed':
      return declineFirst(context);
    case 'leave-call-pressed':
      return leaveCall(context, 'hung-up');
    case 'preview-opened':
    case 'preview-closed':
    case 'microphone-toggled':
    case 'camera-toggled':
    case 'device-chosen':
      handleMediaWish(context, event);
      return goActiveWhenCaptured(context);
    case 'problem-dismissed':
      context.state = { ...context.state, problem: null };
      return;
    case 'signaling-connecting':
    case 'signaling-connected':
    case 'signaling-waiting':
    case 'signaling-failed':
    case 'signaling-message':
      return handleSignaling(context, event);
    case 'devices-changed':
    case 'captured':
    case 'capture-failed':
    case 'capture-ended':
      handleMediaEvent(context, event);
      return goActiveWhenCaptured(context);
    case 'peer-negotiation-needed':
      return replaceIfBroken(
        context,
        event.peer,
        applyNegotiation(context, event.peer, { type: 'needed' }),
      );
    case 'peer-done':
      return replaceIfBroken(
        context,
        event.peer,
        applyNegotiation(context, event.peer, { type: 'done', local: event.local }),
      );
    case 'peer-failed':
      return replaceIfBroken(
        context,
        event.peer,
        applyNegotiation(context, event.peer, { type: 'failed' }),
        event.fault,
      );
    case 'peer-candidate':
      return trickle(context, event.peer, event.candidate);
    case 'peer-connection':
      return handleConnection(context, event.peer, event.state);
    case 'woke':
      return handleWoke(context, event.sleptMs);
    case 'timer-fired':
      return handleTimer(context, event.timer);
  }
}

function replaceIfBroken(
  context: StepContext,
  peer: string,
  isWhole: boolean,
  fault: PeerFault = 'connection',
): void {
  if (!isWhole) handleBroken(context, peer, fault);
}
