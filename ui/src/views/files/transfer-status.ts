// What the list says about a transfer, and what a person can do with it.

import { blockCount, BLOCK_BYTES } from '../../engine/files/block';
import { countBlocks } from '../../engine/files/block-set';
import { rateOf, secondsLeft } from '../../engine/files/progress';
import type { FilePeer, FilesState, Receiving, Sending } from '../../engine/files/state';
import { fileTexts } from '../../text/file-texts';

export type TransferAction =
  'accept' | 'refuse' | 'pause' | 'resume' | 'cancel' | 'save' | 'remove';

export interface TransferStatus {
  /** A sentence with isolates. */
  readonly sentence: string;
  readonly mood: 'plain' | 'good' | 'bad';
  /** From 0 to 1; null without a progress to show. */
  readonly share: number | null;
  readonly actions: readonly TransferAction[];
}

export function keptBytes({ kept, file }: Sending | Receiving): number {
  const count = countBlocks(kept);
  return count === blockCount(file.size) ? file.size : count * BLOCK_BYTES;
}

export function sendingStatus(
  sending: Sending,
  name: string,
  { peers, pacing }: FilesState,
): TransferStatus {
  const words = fileTexts.state;
  const { state } = sending;
  switch (state.kind) {
    case 'queued':
      return waiting(words.queued, null, ['cancel']);
    case 'offered':
      return isHere(sending, peers)
        ? waiting(words.offered(name), null, ['cancel'])
        : gone(sending, name, peers, null);
    case 'interrupted':
      return isHere(sending, peers)
        ? (held(sending, name) ?? waiting(words.starting, shareOf(sending), ['cancel']))
        : gone(sending, name, peers, shareOf(sending));
    case 'opening':
    case 'open': {
      const paused = held(sending, name);
      if (paused !== null) return paused;
      const sentence = pacing.line === 'busy' ? words.yields : progressText(sending);
      return waiting(sentence, shareOf(sending), ['pause', 'cancel']);
    }
    case 'ended':
      return sendingEnd(state.end, name);
  }
}

export function receivingStatus(
  receiving: Receiving,
  name: string,
  { peers }: FilesState,
): TransferStatus {
  const words = fileTexts.state;
  const { state } = receiving;
  switch (state.kind) {
    case 'offered': {
      const percent = Math.floor(100 * (shareOf(receiving) ?? 0));
      const isPart = state.part === 'some';
      const sentence = isPart ? words.asksForRest(percent) : words.asks;
      return { ...waiting(sentence, null, [isPart ? 'resume' : 'accept', 'refuse']) };
    }
    case 'preparing':
      return waiting(words.starting, shareOf(receiving), ['cancel']);
    case 'interrupted':
      return (
        held(receiving, name) ??
        waiting(
          isHere(receiving, peers) ? words.sender(name) : words.away(name),
          shareOf(receiving),
          ['cancel'],
        )
      );
    case 'accepted':
    case 'open':
      return (
        held(receiving, name) ??
        waiting(progressText(receiving), shareOf(receiving), ['pause', 'cancel'])
      );
    case 'finishing':
      return waiting(words.checking, 1, []);
    case 'ended':
      return receivingEnd(state.end, name);
  }
}

function isHere({ person }: Sending | Receiving, peers: readonly FilePeer[]): boolean {
  return peers.some(({ session }) => session === person.session);
}

/** The person restarted: this one decides whether it is the same. */
function gone(
  { person }: Sending,
  name: string,
  peers: readonly FilePeer[],
  share: number | null,
): TransferStatus {
  const isBack = peers.some(({ email }) => email === person.email);
  return isBack
    ? waiting(fileTexts.state.back(name), share, ['resume', 'cancel'])
    : waiting(fileTexts.state.away(name), share, ['cancel']);
}

function held(transfer: Sending | Receiving, name: string): TransferStatus | null {
  const words = fileTexts.state;
  const { holds } = transfer;
  const share = shareOf(transfer);
  if (holds.includes('disk-full')) {
    const isOwn = 'wrong' in transfer;
    return {
      sentence: isOwn ? words.fullHere : words.fullThere(name),
      mood: 'bad',
      share,
      actions: isOwn ? ['resume', 'cancel'] : ['cancel'],
    };
  }
  if (holds.includes('self')) return waiting(words.pausedHere, share, ['resume', 'cancel']);
  if (holds.includes('other')) return waiting(words.pausedThere(name), share, ['cancel']);
  return null;
}

function progressText(transfer: Sending | Receiving): string {
  const bytes = keptBytes(transfer);
  const { size } = transfer.file;
  const left = secondsLeft(transfer.progress, size - bytes);
  return fileTexts.done(bytes, size, rateOf(transfer.progress), left);
}

function shareOf(transfer: Sending | Receiving): number | null {
  const { size } = transfer.file;
  return size === 0 ? null : keptBytes(transfer) / size;
}

type End = Extract<Sending['state'], { kind: 'ended' }>['end'];

function sendingEnd(end: End, name: string): TransferStatus {
  const words = fileTexts.state;
  switch (end.kind) {
    case 'done':
      return ended(words.sent, 'good');
    case 'refused':
      return ended(words.refused(name, end.reason), 'bad');
    case 'cancelled':
      return cancelled(end.by, name);
    case 'failed':
      return ended(words.failedSending(name, end.reason), 'bad');
  }
}

function receivingEnd(end: End, name: string): TransferStatus {
  const words = fileTexts.state;
  switch (end.kind) {
    case 'done': {
      const stored = end.name ?? '';
      return end.place === null
        ? { ...ended(words.received(stored), 'good'), actions: ['save', 'remove'] }
        : ended(words.receivedIn(stored, end.place), 'good');
    }
    case 'refused':
      return ended(words.refusedHere, 'plain');
    case 'cancelled':
      return cancelled(end.by, name);
    case 'failed':
      return ended(words.failedReceiving(name, end.reason), 'bad');
  }
}

function cancelled(by: 'self' | 'other', name: string): TransferStatus {
  const words = fileTexts.state;
  return by === 'self'
    ? ended(words.cancelledHere, 'plain')
    : ended(words.cancelledThere(name), 'plain');
}

function ended(sentence: string, mood: TransferStatus['mood']): TransferStatus {
  return { sentence, mood, share: null, actions: ['remove'] };
}

function waiting(
  sentence: string,
  share: number | null,
  actions: readonly TransferAction[],
): TransferStatus {
  return { sentence, mood: 'plain', share, actions };
}
