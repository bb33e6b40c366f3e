// The receiver of one file: the person's answer, a place on the disk, blocks.
//
// Invariant: a block is acknowledged when it is on the disk, never before. Nothing arrives without
// the person's yes, except the rest of a file that was accepted before.

import type { FileMessage } from '../wire/talk/files';
import { blockCount, blockLength } from './block';
import { countBlocks, hasBlock, NO_BLOCKS, withBlock, withoutBlock } from './block-set';
import {
  ask,
  note,
  peerOfSession,
  receivingOf,
  sayFile,
  setReceiving,
  countFault,
  type FilesContext,
} from './context';
import type { FilesEvent, FilesPersonEvent } from './events';
import { isSameFile } from './file-id';
import { startProgress, NO_PROGRESS, withBytes } from './progress';
import type { FailReason, Receiving, TransferEnd } from './state';

const MAX_WRONG = 8;
/** A sender that keeps to its window has two. */
const MAX_WRITING = 4;

export function newReceiving(
  transfer: Receiving['transfer'],
  file: Receiving['file'],
  person: Receiving['person'],
): Receiving {
  return {
    transfer,
    file,
    person,
    holds: [],
    kept: NO_BLOCKS,
    progress: NO_PROGRESS,
    wrong: 0,
    state: { kind: 'offered', part: 'looking' },
  };
}

/** The sender has a connection again. */
export function handleOfferAgain(context: FilesContext, receiving: Receiving, at: number): void {
  const { transfer, person, state, holds } = receiving;
  switch (state.kind) {
    case 'offered':
    case 'preparing':
    case 'finishing':
      return;
    case 'interrupted':
    case 'accepted':
    case 'open':
      closeChannel(context, receiving);
      if (holds.includes('disk-full')) {
        setReceiving(context, { ...receiving, state: { kind: 'interrupted' } });
        return sayFile(context, person, { type: 'file-pause', transfer, reason: 'disk-full' });
      }
      return acceptNow(context, receiving, at);
    case 'ended':
      return sayEnd(context, receiving, state.end);
  }
}

export function interruptReceiving(context: FilesContext, receiving: Receiving): void {
  const { state } = receiving;
  if (state.kind !== 'accepted' && state.kind !== 'open') return;
  closeChannel(context, receiving);
  setReceiving(context, { ...receiving, state: { kind: 'interrupted' } });
}

export function handleReceivingMessage(
  context: FilesContext,
  receiving: Receiving,
  message: Exclude<FileMessage, { type: 'file-offer' }>,
): void {
  const { state, holds } = receiving;
  if (state.kind === 'ended' || state.kind === 'finishing') return;
  switch (message.type) {
    case 'file-pause':
      if (holds.includes('other')) return;
      return setReceiving(context, { ...receiving, holds: [...holds, 'other'] });
    case 'file-resume':
      return setReceiving(context, {
        ...receiving,
        holds: holds.filter((hold) => hold !== 'other'),
      });
    case 'file-cancel': {
      closeChannel(context, receiving);
      if (message.reason === 'person') {
        discard(context, receiving);
        end(context, receiving, { kind: 'cancelled', by: 'other' });
        return note(context, 'cancelled', receiving);
      }
      return endFailed(context, receiving, message.reason);
    }
    // Only a receiver says these.
    case 'file-accept':
    case 'file-refuse':
    case 'file-done':
      return fail(context, receiving, 'broken');
  }
}

type ReceivingEvent = Extract<
  FilesEvent,
  {
    type:
      | 'channel-arrived'
      | 'channel-closed'
      | 'channel-fault'
      | 'block-arrived'
      | 'root-arrived'
      | 'sink-found'
      | 'sink-opened'
      | 'block-written'
      | 'sink-finished'
      | 'sink-failed';
  }
>;

export function handleReceivingEvent(
  context: FilesContext,
  receiving: Receiving,
  event: ReceivingEvent,
): void {
  const { transfer, state } = receiving;
  switch (event.type) {
    case 'channel-arrived':
      if (state.kind !== 'accepted' || state.peer !== event.peer) {
        return ask(context, { type: 'channel-close', transfer });
      }
      return setReceiving(context, {
        ...receiving,
        state: { kind: 'open', peer: state.peer, writing: [] },
      });
    case 'channel-closed':
      if (state.kind !== 'open') return;
      return setReceiving(context, { ...receiving, state: { kind: 'interrupted' } });
    case 'channel-fault':
      return fail(context, receiving, 'broken');
    case 'block-arrived':
      return handleBlock(context, receiving, event);
    case 'root-arrived':
      return handleRoot(context, receiving, event);
    case 'sink-found':
      return handleFound(context, receiving, event);
    case 'sink-opened':
      if (state.kind !== 'preparing') return;
      return acceptNow(context, { ...receiving, kept: event.kept }, event.at);
    case 'block-written':
      return handleWritten(context, receiving, event);
    case 'sink-finished': {
      if (state.kind !== 'finishing') return;
      const { name, place } = event;
      sayFile(context, receiving.person, { type: 'file-done', transfer });
      end(context, receiving, { kind: 'done', name, place });
      return note(context, 'received', receiving);
    }
    case 'sink-failed':
      if (state.kind === 'ended') return;
      if (event.reason === 'full') return handleFull(context, receiving);
      return fail(context, receiving, 'disk');
  }
}

export function handleReceivingPress(
  context: FilesContext,
  receiving: Receiving,
  { type }: Exclude<FilesPersonEvent, { type: 'files-chosen' }>,
): void {
  const { transfer, person, state, holds } = receiving;
  switch (type) {
    case 'file-accept-pressed':
      return prepare(context, receiving);
    case 'file-refuse-pressed':
      if (state.kind !== 'offered') return;
      sayFile(context, person, { type: 'file-refuse', transfer, reason: 'declined' });
      return end(context, receiving, { kind: 'refused', reason: 'declined' });
    case 'file-cancel-pressed':
      if (state.kind === 'ended' || state.kind === 'offered' || state.kind === 'finishing') return;
      closeChannel(context, receiving);
      sayFile(context, person, { type: 'file-cancel', transfer, reason: 'person' });
      discard(context, receiving);
      return end(context, receiving, { kind: 'cancelled', by: 'self' });
    case 'file-pause-pressed':
      if (state.kind === 'ended' || holds.includes('self')) return;
      sayFile(context, person, { type: 'file-pause', transfer, reason: 'person' });
      return setReceiving(context, { ...receiving, holds: [...holds, 'self'] });
    case 'file-resume-pressed': {
      const resumed: Receiving = { ...receiving, holds: holds.filter((hold) => hold === 'other') };
      if (holds.includes('disk-full')) return makePlace(context, resumed);
      setReceiving(context, resumed);
      return sayFile(context, person, { type: 'file-resume', transfer });
    }
    case 'file-remove-pressed': {
      if (state.kind !== 'ended') return;
      ask(context, { type: 'sink-close', transfer });
      const others = context.state.receiving.filter((one) => one.transfer !== transfer);
      context.state = { ...context.state, receiving: others };
      return;
    }
  }
}

export function fail(context: FilesContext, receiving: Receiving, reason: FailReason): void {
  const { transfer, person, state } = receiving;
  if (state.kind === 'ended') return;
  if (reason === 'broken') countFault(context, person.session);
  closeChannel(context, receiving);
  sayFile(context, person, { type: 'file-cancel', transfer, reason });
  endFailed(context, receiving, reason);
}

function endFailed(context: FilesContext, receiving: Receiving, reason: FailReason): void {
  // Blocks of a file that another end has, or that turned out wrong, are of no use.
  if (reason === 'unreadable' || reason === 'channel') {
    ask(context, { type: 'sink-close', transfer: receiving.transfer });
  } else discard(context, receiving);
  end(context, receiving, { kind: 'failed', reason });
  note(context, reason === 'broken' ? 'broken' : 'failed-receiving', receiving);
}

function prepare(context: FilesContext, receiving: Receiving): void {
  if (receiving.state.kind === 'offered') makePlace(context, receiving);
}

function makePlace(context: FilesContext, receiving: Receiving): void {
  const { transfer, file, person } = receiving;
  setReceiving(context, { ...receiving, state: { kind: 'preparing' } });
  ask(context, { type: 'sink-open', transfer, file, sender: person.email });
}

function handleFound(
  context: FilesContext,
  receiving: Receiving,
  { kept, sender }: Extract<ReceivingEvent, { type: 'sink-found' }>,
): void {
  const { state, person } = receiving;
  if (state.kind !== 'offered') return;
  const part = countBlocks(kept) > 0 ? 'some' : 'none';
  const found: Receiving = { ...receiving, kept, state: { kind: 'offered', part } };
  setReceiving(context, found);
  const isUnderWay = context.state.receiving.some(
    (one) =>
      one.transfer !== receiving.transfer &&
      one.state.kind !== 'ended' &&
      isSameFile(one.file, receiving.file),
  );
  // This file of this person was accepted before and not cancelled. What is on its way already is
  // not accepted twice.
  if (part === 'some' && sender === person.email && !isUnderWay) {
    note(context, 'goes-on', receiving);
    return prepare(context, found);
  }
  note(context, 'offered', receiving);
}

/** Says what is here; interrupted if the sender is away. */
function acceptNow(context: FilesContext, receiving: Receiving, at: number): void {
  const { transfer, person, file, kept, holds } = receiving;
  const peer = peerOfSession(context, person.session)?.peer;
  if (peer === undefined) {
    return setReceiving(context, { ...receiving, state: { kind: 'interrupted' } });
  }
  setReceiving(context, {
    ...receiving,
    progress: startProgress(at),
    state: { kind: 'accepted', peer },
  });
  sayFile(context, person, { type: 'file-accept', transfer, size: file.size, have: kept });
  if (holds.includes('self')) {
    sayFile(context, person, { type: 'file-pause', transfer, reason: 'person' });
  }
}

function handleBlock(
  context: FilesContext,
  receiving: Receiving,
  { block, claimed, hash, bytes }: Extract<ReceivingEvent, { type: 'block-arrived' }>,
): void {
  const { transfer, state, kept } = receiving;
  if (state.kind !== 'open') return;
  const frame = (kind: 'kept' | 'again'): void =>
    ask(context, { type: 'channel-frame', transfer, frame: { kind, block } });
  if (bytes === null) {
    if (hash === claimed && hasBlock(kept, block)) return frame('kept');
    setReceiving(context, { ...receiving, kept: withoutBlock(kept, block) });
    return frame('again');
  }
  if (hash !== claimed) {
    const wrong = receiving.wrong + 1;
    if (wrong > MAX_WRONG) return fail(context, receiving, 'damaged');
    setReceiving(context, { ...receiving, wrong });
    return frame('again');
  }
  if (hasBlock(kept, block)) return frame('kept');
  if (state.writing.includes(block) || state.writing.length >= MAX_WRITING) {
    return fail(context, receiving, 'broken');
  }
  const writing = [...state.writing, block];
  setReceiving(context, { ...receiving, state: { ...state, writing } });
  ask(context, { type: 'block-write', transfer, block, hash, bytes });
}

function handleWritten(
  context: FilesContext,
  receiving: Receiving,
  { at, block }: Extract<ReceivingEvent, { type: 'block-written' }>,
): void {
  const { transfer, state, file } = receiving;
  if (state.kind === 'ended' || state.kind === 'finishing') return;
  const kept = withBlock(receiving.kept, block);
  const progress = withBytes(receiving.progress, at, blockLength(file.size, block));
  const next: Receiving = { ...receiving, kept, progress, wrong: 0 };
  // It is on the disk also if the channel is gone meanwhile; the next accept says so.
  if (state.kind !== 'open' || !state.writing.includes(block)) return setReceiving(context, next);
  const writing = state.writing.filter((one) => one !== block);
  setReceiving(context, { ...next, state: { ...state, writing } });
  ask(context, { type: 'channel-frame', transfer, frame: { kind: 'kept', block } });
}

function handleRoot(
  context: FilesContext,
  receiving: Receiving,
  { claimed, hash }: Extract<ReceivingEvent, { type: 'root-arrived' }>,
): void {
  const { transfer, state, file, kept } = receiving;
  if (state.kind !== 'open') return;
  const isWhole = countBlocks(kept) === blockCount(file.size) && state.writing.length === 0;
  if (!isWhole || hash !== claimed) return fail(context, receiving, 'broken');
  setReceiving(context, { ...receiving, state: { kind: 'finishing' } });
  ask(context, { type: 'sink-finish', transfer });
}

/** Nothing is lost: what is on the disk stays, and the rest comes after there is room again. */
function handleFull(context: FilesContext, receiving: Receiving): void {
  const { transfer, person, holds } = receiving;
  closeChannel(context, receiving);
  if (!holds.includes('disk-full')) {
    sayFile(context, person, { type: 'file-pause', transfer, reason: 'disk-full' });
    note(context, 'disk-full', receiving);
  }
  const others = holds.filter((hold) => hold !== 'disk-full');
  const current = receivingOf(context, transfer) ?? receiving;
  setReceiving(context, {
    ...current,
    holds: [...others, 'disk-full'],
    state: { kind: 'interrupted' },
  });
}

function sayEnd(context: FilesContext, { transfer, person }: Receiving, how: TransferEnd): void {
  switch (how.kind) {
    case 'done':
      return sayFile(context, person, { type: 'file-done', transfer });
    case 'refused':
      return sayFile(context, person, { type: 'file-refuse', transfer, reason: how.reason });
    case 'cancelled':
      return sayFile(context, person, { type: 'file-cancel', transfer, reason: 'person' });
    case 'failed':
      return sayFile(context, person, { type: 'file-cancel', transfer, reason: how.reason });
  }
}

function closeChannel(context: FilesContext, { transfer, state }: Receiving): void {
  if (state.kind === 'open' || state.kind === 'accepted') {
    ask(context, { type: 'channel-close', transfer });
  }
}

function discard(context: FilesContext, { transfer, state }: Receiving): void {
  if (state.kind !== 'offered') ask(context, { type: 'sink-discard', transfer });
}

function end(context: FilesContext, receiving: Receiving, how: TransferEnd): void {
  setReceiving(context, { ...receiving, holds: [], state: { kind: 'ended', end: how } });
}
