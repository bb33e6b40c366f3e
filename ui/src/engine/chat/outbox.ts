// Own entries until everybody has acknowledged them. Pure.
//
// Invariant: an entry is here exactly as long as one of its receivers has not acknowledged it.

import { writeTalk } from '../wire/talk/talk-message';
import { MAX_ENTRIES, type ChatEntry } from '../wire/talk/chat';
import { utf8Length } from '../wire/talk/utf8';
import type { OutEntry, Receipt } from './state';

type Outbox = readonly OutEntry[];

/** The person may send no more until some of these have arrived. */
export const MAX_OUTBOX = 200;
/** Well below the limit of a message, which counts the envelope too. */
const MAX_BATCH_BYTES = 12 * 1024;

/** `delivered`: the numbers that everybody has now. */
export function acknowledged(
  outbox: Outbox,
  by: string,
  numbers: readonly number[],
): { readonly outbox: Outbox; readonly delivered: readonly number[] } {
  const delivered: number[] = [];
  const next = outbox.flatMap((entry) => {
    const isOfReceiver =
      numbers.includes(entry.number) && entry.receipts.some(({ to }) => to === by);
    if (!isOfReceiver) return [entry];
    const receipts = entry.receipts.filter(({ to }) => to !== by);
    if (receipts.length > 0) return [{ ...entry, receipts }];
    delivered.push(entry.number);
    return [];
  });
  return { outbox: next, delivered };
}

export function withReceipts(outbox: Outbox, of: string, state: Receipt['state']): Outbox {
  const isOther = (receipt: Receipt): boolean => receipt.to === of && receipt.state !== state;
  if (!outbox.some(({ receipts }) => receipts.some(isOther))) return outbox;
  return outbox.map((entry) => ({
    ...entry,
    receipts: entry.receipts.map((each) => (each.to === of ? { ...each, state } : each)),
  }));
}

export function isWaitingFor({ receipts }: OutEntry, of: string): boolean {
  return receipts.some(({ to, state }) => to === of && state === 'waiting');
}

/** The next message to this receiver: the oldest entries that are not on their way. */
export function nextBatch(
  outbox: Outbox,
  to: string,
  inFlight: readonly number[],
): readonly ChatEntry[] {
  const batch: ChatEntry[] = [];
  let bytes = 0;
  for (const entry of outbox) {
    if (!isWaitingFor(entry, to) || inFlight.includes(entry.number)) continue;
    const { number, clock, body } = entry;
    bytes += utf8Length(writeTalk({ type: 'chat', entries: [{ number, clock, body }] }));
    if (batch.length === MAX_ENTRIES || (bytes > MAX_BATCH_BYTES && batch.length > 0)) break;
    batch.push({ number, clock, body });
  }
  return batch;
}
