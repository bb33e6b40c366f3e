// What other members say in the chat.
//
// Invariant: an entry counts once, however often it comes. Each is acknowledged, also a repeated one.

import { isBlocked } from '../blocking/queries';
import type { Member } from '../room/state';
import { clearTimer, insideRoom, notify, setTimer, type StepContext } from '../step-context';
import { sayTo } from '../talk/commands';
import { visibleLines } from '../untrusted-text';
import type { ChatEntry, ChatMessage } from '../wire/talk/chat';
import { change, correspondentOf, correspondentWith, greet, handleHello } from './correspondents';
import { landed } from './delivery';
import { changedItem, withItem } from './list';
import { acknowledged } from './outbox';
import { isSeen, withSeen } from './seen';
import type { ChatItem, Correspondent } from './state';
import { setChat, setKept } from './update';

/** Nobody who is honest is so far ahead: a false clock cannot use up all numbers. */
const MAX_CLOCK_STEP = 1_000_000;
const TYPING_MS = 5_000;
const MAX_NOTICE = 120;

export function receive(
  context: StepContext,
  member: Member,
  message: ChatMessage,
  at: number,
): void {
  if (message.type === 'chat-hello') return handleHello(context, member, message);
  const correspondent = correspondentOf(context, member.id);
  // Its greeting says who it is. What it says until then comes again.
  if (correspondent === null) return greet(context, member, 'asking');
  switch (message.type) {
    case 'chat':
      return receiveEntries(context, correspondent, member, message.entries, at);
    case 'chat-ack':
      return receiveAck(context, correspondent, message.numbers);
    case 'chat-typing':
      return showTyping(context, member);
  }
}

export function hideTyping(context: StepContext, member: string): void {
  const { typing } = context.state.chat;
  if (!typing.includes(member)) return;
  clearTimer(context, { kind: 'chat-typing', member });
  setChat(context, { typing: typing.filter((id) => id !== member) });
}

function receiveEntries(
  context: StepContext,
  { id }: Correspondent,
  member: Member,
  entries: readonly ChatEntry[],
  at: number,
): void {
  let newest: string | null = null;
  let count = 0;
  for (const entry of entries) {
    const seen = correspondentWith(context, id)?.seen;
    if (seen === undefined || isSeen(seen, entry.number)) continue;
    change(context, id, { seen: withSeen(seen, entry.number) });
    const text = apply(context, id, member, entry, at);
    if (text === null) continue;
    newest = text;
    count += 1;
  }
  sayTo(context, member.id, { type: 'chat-ack', numbers: entries.map(({ number }) => number) });
  if (newest === null) return;
  hideTyping(context, member.id);
  const { chat } = context.state;
  if (chat.shown || isBlocked(context.state, member.id)) return;
  setChat(context, { unread: chat.unread + count });
  const text = newest.replaceAll('\n', ' ').slice(0, MAX_NOTICE);
  notify(context, { code: 'message', email: member.email, text }, 'message');
}

/** The text that is new for this person. */
function apply(
  context: StepContext,
  author: string,
  { email }: Member,
  { number, clock: claimed, body }: ChatEntry,
  time: number,
): string | null {
  const { kept } = context.state.chat;
  const clock = Math.min(claimed, kept.clock + MAX_CLOCK_STEP);
  setKept(context, { clock: Math.max(kept.clock, clock) });
  if (body.kind === 'withdrawal') {
    takeBack(context, author, body.of);
    return null;
  }
  const text = visibleLines(body.text);
  if (text === '') return null;
  const item: ChatItem = {
    author,
    number,
    clock,
    email,
    time,
    body: { kind: 'text', text },
    fate: 'received',
  };
  setKept(context, withItem(context.state.chat.kept, item));
  return text;
}

/** Also of a text that comes later, on another way. */
function takeBack(context: StepContext, author: string, number: number): void {
  const seen = correspondentWith(context, author)?.seen;
  if (seen !== undefined) change(context, author, { seen: withSeen(seen, number) });
  const { kept } = context.state.chat;
  setKept(context, changedItem(kept, author, number, { body: { kind: 'withdrawn' } }));
}

function receiveAck(
  context: StepContext,
  correspondent: Correspondent,
  numbers: readonly number[],
): void {
  const { kept } = context.state.chat;
  const { outbox, delivered } = acknowledged(kept.outbox, correspondent.id, numbers);
  const own = insideRoom(context)?.roomSession.session ?? '';
  setKept(context, { outbox });
  for (const number of delivered) {
    setKept(context, changedItem(context.state.chat.kept, own, number, { fate: 'delivered' }));
  }
  landed(context, correspondent, numbers);
}

function showTyping(context: StepContext, { id: member }: Member): void {
  const { typing } = context.state.chat;
  if (!typing.includes(member)) setChat(context, { typing: [...typing, member] });
  setTimer(context, { kind: 'chat-typing', member }, TYPING_MS);
}
