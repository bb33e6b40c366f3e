// What this person does in the chat: says something, takes it back, tries again, types.

import { insideRoom, setTimer, type StepContext } from '../step-context';
import { sayToRoom } from '../talk/commands';
import { deliver, deliverAgain } from './delivery';
import { writtenText } from './written-text';
import { changedItem, withItem } from './list';
import { MAX_OUTBOX } from './outbox';
import { isFull } from './queries';
import type { ChatItem, Correspondent, OutEntry, Receipt } from './state';
import { setChat, setKept } from './update';

const TYPING_PAUSE_MS = 3_000;

export function sendText(context: StepContext, written: string, time: number): void {
  const room = insideRoom(context);
  const text = writtenText(written);
  if (room === null || text === null) return;
  if (isFull(context.state.chat)) return;
  makeRoom(context);
  const { kept } = context.state.chat;
  const body = { kind: 'text', text } as const;
  const { session: author, email } = room.roomSession;
  const fate = receiptsFor(context).length === 0 ? 'nobody-here' : 'open';
  const { next: number } = kept;
  const clock = kept.clock + 1;
  const item: ChatItem = { author, number, clock, email, time, body, fate };
  setKept(context, withItem(kept, item));
  post(context, body);
}

export function withdraw(context: StepContext, number: number): void {
  const item = ownItem(context, number);
  if (item?.body.kind !== 'text') return;
  const { kept } = context.state.chat;
  const body = { kind: 'withdrawn' } as const;
  const outbox = kept.outbox.filter((entry) => entry.number !== number);
  setKept(context, { ...changedItem(kept, item.author, number, { body }), outbox });
  post(context, { kind: 'withdrawal', of: number });
}

/** To everybody who is here and has not acknowledged it. */
export function retry(context: StepContext, number: number): void {
  const { outbox } = context.state.chat.kept;
  if (!outbox.some((entry) => entry.number === number)) return;
  const failed = here(context).filter(({ id }) =>
    outbox.some(
      (entry) =>
        entry.number === number &&
        entry.receipts.some(({ to, state }) => to === id && state === 'failed'),
    ),
  );
  for (const correspondent of failed) deliverAgain(context, correspondent);
}

export function type(context: StepContext): void {
  if (context.state.chat.typingPace === 'pausing') return;
  sayToRoom(context, { type: 'chat-typing' });
  setChat(context, { typingPace: 'pausing' });
  setTimer(context, { kind: 'chat-typing-pause' }, TYPING_PAUSE_MS);
}

function post(context: StepContext, body: OutEntry['body']): void {
  const { kept } = context.state.chat;
  const receipts = receiptsFor(context);
  const clock = kept.clock + 1;
  const entry: OutEntry = { number: kept.next, clock, body, receipts };
  const outbox = receipts.length === 0 ? kept.outbox : [...kept.outbox, entry];
  setKept(context, { clock, next: kept.next + 1, outbox });
  for (const correspondent of here(context)) deliver(context, correspondent);
}

/** Also somebody whose membership was lost a short time ago. */
function receiptsFor({ state }: StepContext): readonly Receipt[] {
  return state.chat.kept.correspondents
    .filter(({ place }) => place.kind !== 'gone')
    .map(({ id, email }) => ({ to: id, email, state: 'waiting' }));
}

/** What is not tried again by itself goes first. */
function makeRoom(context: StepContext): void {
  const { kept } = context.state.chat;
  if (kept.outbox.length < MAX_OUTBOX) return;
  const dropped = kept.outbox.find(isLost);
  const author = insideRoom(context)?.roomSession.session;
  if (dropped === undefined || author === undefined) return;
  const outbox = kept.outbox.filter((entry) => entry !== dropped);
  const list = changedItem(kept, author, dropped.number, { fate: 'undelivered' });
  setKept(context, { ...list, outbox });
}

export function isLost({ receipts }: OutEntry): boolean {
  return receipts.every(({ state }) => state === 'failed');
}

function ownItem(context: StepContext, number: number): ChatItem | null {
  const own = insideRoom(context)?.roomSession.session;
  const { messages } = context.state.chat.kept;
  return messages.find((item) => item.author === own && item.number === number) ?? null;
}

function here({ state }: StepContext): readonly Correspondent[] {
  return state.chat.kept.correspondents.filter(({ place }) => place.kind === 'here');
}
