// What the views ask about the chat.

import { isBlockedIn } from '../blocking/queries';
import type { RoomSession } from '../room/state';
import { MAX_OUTBOX } from './outbox';
import type { Chat, ChatItem } from './state';

export type Delivery =
  | { readonly kind: 'received' | 'sending' | 'delivered' | 'nobody-here' }
  /** `emails`: of those who have not got it. Nobody is named if that is no longer known. */
  | { readonly kind: 'failed'; readonly emails: readonly string[]; readonly retry: boolean };

export function deliveryOf({ kept }: Chat, { fate, number }: ChatItem): Delivery {
  switch (fate) {
    case 'received':
    case 'delivered':
    case 'nobody-here':
      return { kind: fate };
    case 'undelivered':
      return { kind: 'failed', emails: [], retry: false };
    case 'open': {
      const receipts = kept.outbox.find((entry) => entry.number === number)?.receipts ?? [];
      if (receipts.length === 0) return { kind: 'delivered' };
      if (receipts.some(({ state }) => state === 'waiting')) return { kind: 'sending' };
      const retry = receipts.some(({ to }) =>
        kept.correspondents.some(({ id, place }) => id === to && place.kind === 'here'),
      );
      return { kind: 'failed', emails: receipts.map(({ email }) => email), retry };
    }
  }
}

/** Without those of blocked people. */
export function shownMessages({ kept }: Chat, roomSession: RoomSession): readonly ChatItem[] {
  if ((roomSession.blocked ?? []).length === 0) return kept.messages;
  return kept.messages.filter(({ author }) => !isBlockedIn(roomSession, author));
}

/** Too much waits to be delivered: nothing more can be sent now. */
export function isFull({ kept: { outbox } }: Chat): boolean {
  return (
    outbox.length >= MAX_OUTBOX &&
    outbox.every(({ receipts }) => receipts.some(({ state }) => state === 'waiting'))
  );
}
