// The engine: one event in; the next state and the effects out. Routes events to the slices, and
// what a slice tells to the others.
//
// Invariant: pure. No clock, no randomness, no connection: time and random values arrive in events,
// all output leaves as effects.

import { handleAddressChosen } from './address/step';
import { handleAwayTimer, handleVisibility } from './away/step';
import { heardOfBlocked } from './blocking/heard';
import { isBlocked } from './blocking/queries';
import { handleBlockingWish } from './blocking/step';
import { handleBudgetEvent, handleBudgetFact, handleBudgetTimer } from './budget/in-call';
import { mayBeRead } from './call/offer-quota';
import { dropRingsOf } from './call/ring';
import { goActiveWhenCaptured } from './call/start';
import {
  handleCallMessage,
  handleCallTimer,
  handleCallWish,
  handlePeerFact,
  handleRoomFact,
  handleWoke,
} from './call/step';
import { handleChatEvent, handleChatFact, handleChatHeard, handleChatTimer } from './chat/step';
import { deriveEffects } from './derived-effects';
import type { Effect } from './effect';
import type { Event, Fact } from './event';
import { handleFileHeard, handleFileSay } from './files/in-call';
import {
  handleIdentityEvent,
  handleIdentityFact,
  handleIdentityHeard,
  handleIdentityTimer,
  handleIdentityWish,
} from './identity/step';
import { handleDataUseFact, handleMediaEvent, handleMediaWish } from './media/step';
import { forgetEntry, handleEntryEvent, handleEntryTimer, handleEntryWish } from './entry/step';
import { handleHandFact, handleHandHeard, handleHandTimer, handleHandWish } from './hands/step';
import { handlePeerEvent, handlePeerMessage, handlePeerTimer } from './peer/step';
import { handlePointingHeard, handlePointingTimer, handlePointingWish } from './pointing/step';
import { handleReactionHeard, handleReactionPressed, handleReactionTimer } from './reactions/step';
import { handleRoomMessage, handleRoomTimer, handleRoomWish, handleSignaling } from './room/step';
import {
  handleScreenRefused,
  handleShareEvent,
  handleShareFact,
  handleShareWish,
} from './share/step';
import type { State } from './state';
import { memberOf, type StepContext } from './step-context';
import type { Heard } from './talk/events';
import { handleTalkEvent, handleTalkRelayed } from './talk/step';
import type { Timer } from './timer';
import {
  handleCodeCompared,
  handleVerificationHeard,
  handleVerificationTimer,
} from './verification/step';
import { isDelivered, readPayload } from './wire/call-message';
import type { TalkMessage } from './wire/talk/talk-message';
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
    case 'address-chosen':
      return handleAddressChosen(context, event);
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
    case 'share-toggled':
    case 'share-given-up':
    case 'share-part-asked':
    case 'share-region-chosen':
    case 'share-pause-toggled':
    case 'share-content-chosen':
      return handleShareWish(context, event);
    case 'share-started':
    case 'share-refused':
    case 'share-failed':
    case 'share-ended':
    case 'share-audio-ended':
    case 'share-measured':
      return handleShareEvent(context, event);
    case 'signaling-connecting':
    case 'signaling-connected':
    case 'signaling-waiting':
    case 'signaling-failed':
    case 'signaling-stranger':
      return handleSignaling(context, event);
    case 'entry-changed':
    case 'entry-own':
    case 'entry-asked':
    case 'entry-ask-over':
    case 'entry-refused':
    case 'entry-others':
    case 'entry-kept':
      return handleEntryEvent(context, event);
    case 'room-lock-toggled':
    case 'let-in-pressed':
    case 'turn-away-pressed':
    case 'remove-pressed':
      return handleEntryWish(context, event);
    case 'signaling-message':
      return routeMessage(context, event.message, event.at);
    case 'peer-negotiation-needed':
    case 'peer-done':
    case 'peer-failed':
    case 'peer-candidate':
    case 'peer-connection':
      return handlePeerEvent(context, event);
    case 'peer-screen-refused':
      return handleScreenRefused(context, event);
    case 'peers-measured':
    case 'video-shown':
    case 'speaker-changed':
    case 'data-use-chosen':
    case 'data-offer-dismissed':
      return handleBudgetEvent(context, event);
    case 'talk-opened':
    case 'talk-message':
      return handleTalkEvent(context, event);
    case 'hand-toggled':
    case 'lower-hand-asked':
      return handleHandWish(context, event);
    case 'reaction-pressed':
      return handleReactionPressed(context, event);
    case 'pointed':
    case 'line-begun':
    case 'line-continued':
    case 'pointing-ended':
      return handlePointingWish(context, event);
    case 'page-shown':
    case 'page-hidden':
      return handleVisibility(context, event);
    case 'chat-sent':
    case 'chat-withdrawn':
    case 'chat-retried':
    case 'chat-typed':
    case 'chat-shown':
    case 'chat-restored':
      return handleChatEvent(context, event);
    case 'person-blocked':
    case 'person-unblocked':
      return handleBlockingWish(context, event);
    case 'person-forgotten':
      return handleIdentityWish(context, event);
    case 'identity-signed':
    case 'identity-checked':
    case 'pins-loaded':
      return handleIdentityEvent(context, event);
    case 'code-compared':
      return handleCodeCompared(context, event);
    case 'file-say':
      return handleFileSay(context, event);
    case 'woke':
      return handleWoke(context, event.sleptMs);
    case 'timer-fired':
      return routeTimer(context, event.timer);
  }
}

function routeMessage(context: StepContext, message: ServerMessage, at: number): void {
  if (context.state.room.kind === 'outside') return;
  if (isDelivered(message)) return routeDelivered(context, message, at);
  handleRoomMessage(context, message);
}

/** A message of another member. What cannot be read, or is of nobody here, is ignored. */
function routeDelivered(
  context: StepContext,
  { type, from, payload }: Delivered,
  at: number,
): void {
  const member = memberOf(context, from);
  if (type === 'user:message') {
    return member === null ? undefined : handleTalkRelayed(context, member, payload, at);
  }
  const message = readPayload(type, payload);
  if (member === null || message === null) return;
  if (!mayBeRead(context, member, message, at)) return;
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
    case 'hand-quiet':
    case 'hand-request-quiet':
      return handleHandTimer(context, timer);
    case 'reaction-over':
    case 'reaction-pause':
      return handleReactionTimer(context, timer);
    case 'mark-over':
    case 'pointing-pause':
    case 'pointing-quiet':
      return handlePointingTimer(context, timer);
    case 'away':
      return handleAwayTimer(context);
    case 'identity-awaited':
      return handleIdentityTimer(context, timer);
    case 'verification-start':
    case 'verification-repeat':
      return handleVerificationTimer(context, timer);
    case 'turned-away':
      return handleEntryTimer(context, timer);
    case 'ring':
    case 'departed':
    case 'missed':
    case 'pause':
    case 'capture':
    case 'mesh':
    case 'merge':
    case 'rejoin':
    case 'slept':
      return handleCallTimer(context, timer);
    case 'chat-pause':
    case 'chat-repeat':
    case 'chat-awaited':
    case 'chat-typing':
    case 'chat-typing-pause':
      return handleChatTimer(context, timer);
  }
}

function routeFact(context: StepContext, fact: Fact): void {
  switch (fact.type) {
    case 'room-joining':
      forgetEntry(context);
      handleRoomFact(context, fact);
      handleHandFact(context, fact);
      handleIdentityFact(context, fact);
      return handleChatFact(context, fact);
    case 'room-entered':
    case 'room-reentered':
    case 'member-joined':
    case 'member-back':
      handleRoomFact(context, fact);
      handleHandFact(context, fact);
      handleIdentityFact(context, fact);
      return handleChatFact(context, fact);
    case 'room-leaving':
    case 'member-left':
      handleRoomFact(context, fact);
      return handleChatFact(context, fact);
    case 'member-status':
      handleRoomFact(context, fact);
      handleShareFact(context, fact);
      return handleChatFact(context, fact);
    case 'peer-connected':
      handleBudgetFact(context, fact);
      handlePeerFact(context, fact);
      return handleChatFact(context, fact);
    case 'talk-ready':
      handleBudgetFact(context, fact);
      handleHandFact(context, fact);
      return handleChatFact(context, fact);
    case 'talk-heard':
      return routeHeard(context, fact);
    case 'camera-unwanted':
    case 'camera-wanted-again':
      return handleDataUseFact(context, fact);
    case 'peer-over':
      return handlePeerFact(context, fact);
    case 'members-blocked':
      return dropRingsOf(context, fact.members);
    case 'member-proven':
      handlePeerFact(context, fact);
      return handleChatFact(context, fact);
  }
}

/** What a member said, to the slice of its family. */
function routeHeard(context: StepContext, { message: said, ...heard }: Heard<TalkMessage>): void {
  const message = isBlocked(context.state, heard.from) ? heardOfBlocked(said) : said;
  if (message === null) return;
  switch (message.type) {
    case 'hand':
    case 'hand:lower':
      return handleHandHeard(context, { ...heard, message });
    case 'reaction':
      return handleReactionHeard(context, { ...heard, message });
    case 'point':
    case 'draw':
      return handlePointingHeard(context, { ...heard, message });
    case 'identity':
      return handleIdentityHeard(context, { ...heard, message });
    case 'verify':
      return handleVerificationHeard(context, { ...heard, message });
    case 'video-demand':
      return handleBudgetFact(context, { ...heard, message });
    case 'chat':
    case 'chat-ack':
    case 'chat-typing':
    case 'chat-hello':
      return handleChatHeard(context, { ...heard, message });
    case 'file-offer':
    case 'file-accept':
    case 'file-refuse':
    case 'file-cancel':
    case 'file-pause':
    case 'file-resume':
    case 'file-done':
      return handleFileHeard(context, { ...heard, message });
  }
}
