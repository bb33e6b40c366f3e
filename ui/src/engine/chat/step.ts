// The chat of the room: one list of messages, the same for everybody who stays.
//
// Invariant: an own message is kept until each who was here has acknowledged it. The chat ends with
// the stay in the room.

import type { PeerFact } from '../peer/events';
import { peerOf } from '../peer/queries';
import type { RoomFact } from '../room/events';
import { clearTimer, memberOf, type StepContext } from '../step-context';
import type { Heard, TalkFact } from '../talk/events';
import type { ChatMessage } from '../wire/talk/chat';
import { retry, sendText, type, withdraw } from './compose';
import {
  correspondentOf,
  correspondentWith,
  greet,
  handleAwaited,
  handleLeft,
  meet,
  meetRoom,
} from './correspondents';
import { deliverAgain, handlePause, handleRepeat, stopFlow } from './delivery';
import type { ChatPersonEvent, ChatRestoredEvent, ChatTimer } from './events';
import { hideTyping, receive } from './receive';
import { emptyChat } from './initial';
import { setChat } from './update';

export function handleChatEvent(
  context: StepContext,
  event: ChatPersonEvent | ChatRestoredEvent,
): void {
  switch (event.type) {
    case 'chat-sent':
      return sendText(context, event.text, event.time);
    case 'chat-withdrawn':
      return withdraw(context, event.number);
    case 'chat-retried':
      return retry(context, event.number);
    case 'chat-typed':
      return type(context);
    case 'chat-shown':
      return setChat(context, event.shown ? { shown: true, unread: 0 } : { shown: false });
    case 'chat-restored':
      return setChat(context, { kept: event.kept });
  }
}

export function handleChatHeard(
  context: StepContext,
  { from, at, message }: Heard<ChatMessage>,
): void {
  const member = memberOf(context, from);
  if (member !== null) receive(context, member, message, at);
}

export function handleChatFact(
  context: StepContext,
  fact:
    RoomFact | Exclude<PeerFact, { type: 'peer-over' }> | Extract<TalkFact, { type: 'talk-ready' }>,
): void {
  switch (fact.type) {
    case 'room-entered':
    case 'room-reentered':
      return meetRoom(context);
    case 'room-leaving':
      return end(context);
    case 'member-joined':
      return meet(context, fact.member);
    case 'member-back':
      return again(context, fact.member.id);
    case 'talk-ready':
      return again(context, fact.member);
    // The channel is the same, and its path is there again.
    case 'peer-connected':
      return again(context, peerOf(context, fact.peer)?.member ?? '');
    // What it said on the channel until now was of its earlier id.
    case 'member-proven': {
      const member = memberOf(context, fact.member);
      return member === null ? undefined : greet(context, member, 'asking');
    }
    case 'member-left':
      hideTyping(context, fact.id);
      return handleLeft(context, fact.id, fact.reason === 'lost' ? 'lost' : 'left');
    case 'room-joining':
    case 'member-status':
      return;
  }
}

export function handleChatTimer(context: StepContext, timer: ChatTimer): void {
  switch (timer.kind) {
    case 'chat-typing':
      return hideTyping(context, timer.member);
    case 'chat-typing-pause':
      return setChat(context, { typingPace: 'free' });
    case 'chat-pause':
    case 'chat-repeat':
    case 'chat-awaited': {
      const correspondent = correspondentWith(context, timer.correspondent);
      if (correspondent === null) return;
      if (timer.kind === 'chat-pause') return handlePause(context, correspondent);
      if (timer.kind === 'chat-repeat') return handleRepeat(context, correspondent);
      return handleAwaited(context, correspondent);
    }
  }
}

function again(context: StepContext, member: string): void {
  const correspondent = correspondentOf(context, member);
  if (correspondent !== null) deliverAgain(context, correspondent);
}

function end(context: StepContext): void {
  const { kept, shown, typing } = context.state.chat;
  for (const { id } of kept.correspondents) {
    stopFlow(context, id);
    clearTimer(context, { kind: 'chat-awaited', correspondent: id });
  }
  for (const member of typing) clearTimer(context, { kind: 'chat-typing', member });
  clearTimer(context, { kind: 'chat-typing-pause' });
  setChat(context, { ...emptyChat(kept.secret), shown });
}
