// The list of messages: in one order for all who have the same messages, and bounded.
//
// Invariant: sorted by Lamport's clock, then by author, then by number; never more than the limits.

import type { ChatItem, KeptChat } from './state';

export const MAX_MESSAGES = 2_000;
/** Of all texts together, in UTF-16 units. */
export const MAX_CHARACTERS = 1_000_000;

type List = Pick<KeptChat, 'messages' | 'dropped'>;

export function withItem({ messages, dropped }: List, item: ChatItem): List {
  let at = messages.length;
  for (; at > 0; at -= 1) {
    const before = messages[at - 1];
    if (before === undefined || compare(before, item) <= 0) break;
  }
  return bounded({ messages: messages.toSpliced(at, 0, item), dropped });
}

export function changedItem(
  { messages, dropped }: List,
  author: string,
  number: number,
  change: Partial<Pick<ChatItem, 'body' | 'fate'>>,
): List {
  const at = messages.findLastIndex((each) => each.author === author && each.number === number);
  const item = messages[at];
  return item === undefined
    ? { messages, dropped }
    : { messages: messages.with(at, { ...item, ...change }), dropped };
}

function bounded(list: List): List {
  let characters = 0;
  let kept = 0;
  for (; kept < list.messages.length && kept < MAX_MESSAGES; kept += 1) {
    characters += lengthOf(list.messages.at(-1 - kept));
    if (characters > MAX_CHARACTERS) break;
  }
  const gone = list.messages.length - kept;
  return gone === 0 ? list : { messages: list.messages.slice(gone), dropped: list.dropped + gone };
}

function lengthOf(item: ChatItem | undefined): number {
  return item?.body.kind === 'text' ? item.body.text.length : 0;
}

function compare(a: ChatItem, b: ChatItem): number {
  if (a.clock !== b.clock) return a.clock - b.clock;
  // By UTF-16 units: the same on every computer.
  if (a.author !== b.author) return a.author < b.author ? -1 : 1;
  return a.number - b.number;
}
