// The engine: one event in, the next state and what is to be done out.
//
// Invariant: pure. No clock, no randomness, no connection: time and chance arrive in events, and
// whatever touches the world leaves as an effect.

import { goActiveWhenCaptured, leaveCall, pressCall } from './call';
import { conclude } from './consequences';
import type { Effect } from './effect';
import type { Event, PeerFault } from './event';
import { feed, trickle } from './link';
import { handleMediaEvent, handleMediaWish } from './media';
import { handleBroken, handleConnection } from './path';
import { acceptFirst, declineFirst } from './ring';
import { handleRoomWish, handleSignaling } from './signaling';
import { handleWoke } from './sleep';
import type { State } from './state';
import { handleTimer } from './timer';
import type { Turn } from './turn';

export function step(state: State, event: Event): readonly [State, readonly Effect[]] {
  const turn: Turn = { state, effects: [], saysStatus: false };
  handle(turn, event);
  conclude(turn, state);
  return [turn.state, turn.effects];
}

function handle(turn: Turn, event: Event): void {
  switch (event.type) {
    case 'join-pressed':
    case 'join-cancelled':
    case 'leave-room-pressed':
      return handleRoomWish(turn, event);
    case 'call-pressed':
      if (turn.state.call.kind === 'incoming') return acceptFirst(turn);
      return pressCall(turn, event.newCall);
    case 'accept-pressed':
      return acceptFirst(turn);
    case 'decline-pressed':
      return declineFirst(turn);
    case 'leave-call-pressed':
      return leaveCall(turn, 'hung-up');
    case 'preview-opened':
    case 'preview-closed':
    case 'microphone-toggled':
    case 'camera-toggled':
    case 'device-chosen':
      handleMediaWish(turn, event);
      return goActiveWhenCaptured(turn);
    case 'problem-dismissed':
      turn.state = { ...turn.state, problem: null };
      return;
    case 'signaling-connecting':
    case 'signaling-connected':
    case 'signaling-waiting':
    case 'signaling-failed':
    case 'signaling-message':
      return handleSignaling(turn, event);
    case 'devices-changed':
    case 'captured':
    case 'capture-failed':
    case 'capture-ended':
      handleMediaEvent(turn, event);
      return goActiveWhenCaptured(turn);
    case 'peer-negotiation-needed':
      return mended(turn, event.link, feed(turn, event.link, { type: 'needed' }));
    case 'peer-done':
      return mended(turn, event.link, feed(turn, event.link, { type: 'done', local: event.local }));
    case 'peer-failed':
      return mended(turn, event.link, feed(turn, event.link, { type: 'failed' }), event.fault);
    case 'peer-candidate':
      return trickle(turn, event.link, event.candidate);
    case 'peer-connection':
      return handleConnection(turn, event.link, event.state);
    case 'woke':
      return handleWoke(turn, event.sleptMs);
    case 'timer-fired':
      return handleTimer(turn, event.timer);
  }
}

function mended(turn: Turn, link: string, isWhole: boolean, fault: PeerFault = 'connection'): void {
  if (!isWhole) handleBroken(turn, link, fault);
}
