// The sender of one file to one person: offer, channel, blocks, acknowledgements.
//
// Invariant: at most two blocks are sent without an acknowledgement, so a receiver that dies gets at
// most two blocks again. An acknowledgement of what was not sent ends the transfer.

import type { FileMessage } from '../wire/talk/files';
import { blockCount, blockLength } from './block';
import { countBlocks, withBlock, withoutBlock, NO_BLOCKS } from './block-set';
import {
  ask,
  note,
  peerOfSession,
  sayFile,
  sendingOf,
  setSending,
  countFault,
  type FilesContext,
} from './context';
import type { ChosenFile, FilesEvent, FilesPersonEvent } from './events';
import { startProgress, NO_PROGRESS, withBytes } from './progress';
import type { FailReason, FilePerson, Pipeline, RefuseReason, Sending, TransferEnd } from './state';

/** Offered to one person and not ended: a receiver refuses more, and a flood of offers mutes. */
const MAX_LIVE = 20;
/** Of channels, or of damaged blocks, without a block that was kept. The receiver gives up sooner. */
const MAX_TRIES = 16;

export function offer(context: FilesContext, { transfer, source, file, to }: ChosenFile): void {
  const sending: Sending = {
    transfer,
    source,
    file,
    person: to,
    holds: [],
    kept: NO_BLOCKS,
    progress: NO_PROGRESS,
    tries: 0,
    state: { kind: 'queued' },
  };
  context.state = { ...context.state, sending: [...context.state.sending, sending] };
  offerQueued(context, to.session);
}

function offerQueued(context: FilesContext, session: FilePerson['session']): void {
  const all = context.state.sending.filter(({ person }) => person.session === session);
  const queued = all.filter(({ state }) => state.kind === 'queued');
  const live = all.filter(({ state }) => state.kind !== 'queued' && state.kind !== 'ended');
  for (const next of queued.slice(0, Math.max(0, MAX_LIVE - live.length))) {
    const { transfer, person, file } = next;
    setSending(context, { ...next, state: { kind: 'offered' } });
    sayFile(context, person, { type: 'file-offer', transfer, file });
  }
}

/** The session has a connection: a new one, or its channel closed. */
export function offerAgain(context: FilesContext, sending: Sending): void {
  const { transfer, file, person, state } = sending;
  if (state.kind === 'ended' || state.kind === 'queued') return;
  interrupt(context, sending);
  sayFile(context, person, { type: 'file-offer', transfer, file });
}

export function interrupt(context: FilesContext, sending: Sending): void {
  const { transfer, state } = sending;
  if (state.kind !== 'opening' && state.kind !== 'open') return;
  ask(context, { type: 'channel-close', transfer });
  setSending(context, { ...sending, state: { kind: 'interrupted' } });
}

export function handleSendingMessage(
  context: FilesContext,
  sending: Sending,
  message: Exclude<FileMessage, { type: 'file-offer' }>,
  at: number,
): void {
  if (sending.state.kind === 'ended') return;
  switch (message.type) {
    case 'file-accept':
      if (message.size !== sending.file.size) return fail(context, sending, 'broken');
      return accepted(context, sending, message.have, at);
    case 'file-refuse':
      return refused(context, sending, message.reason);
    case 'file-cancel':
      return cancelled(context, sending, message.reason);
    case 'file-pause': {
      const hold = message.reason === 'disk-full' ? 'disk-full' : 'other';
      if (hold === 'disk-full' && !sending.holds.includes(hold))
        note(context, 'disk-full-there', sending);
      const holds = [...sending.holds.filter((one) => one !== hold), hold] as const;
      return setSending(context, { ...sending, holds });
    }
    case 'file-resume':
      return setSending(context, {
        ...sending,
        holds: sending.holds.filter((one) => one === 'self'),
      });
    case 'file-done':
      return done(context, sending);
  }
}

export function handleSendingEvent(
  context: FilesContext,
  sending: Sending,
  event: Extract<
    FilesEvent,
    {
      type:
        | 'channel-opened'
        | 'channel-closed'
        | 'channel-fault'
        | 'block-answered'
        | 'block-pushed'
        | 'source-failed';
    }
  >,
): void {
  const { state } = sending;
  switch (event.type) {
    case 'channel-opened': {
      if (state.kind !== 'opening') return;
      const { peer } = state;
      return setSending(context, {
        ...sending,
        state: { kind: 'open', peer, pipeline: NEW_PIPELINE },
      });
    }
    case 'channel-closed':
      if (state.kind !== 'opening' && state.kind !== 'open') return;
      return closed(context, sending);
    case 'channel-fault':
      return fail(context, sending, 'broken');
    case 'block-pushed':
      if (state.kind !== 'open' || state.pipeline.pushing !== event.block) return;
      return setSending(context, {
        ...sending,
        state: { ...state, pipeline: { ...state.pipeline, pushing: null } },
      });
    case 'block-answered':
      return answered(context, sending, event);
    case 'source-failed':
      return fail(context, sending, 'unreadable');
  }
}

export function handleSendingPress(
  context: FilesContext,
  sending: Sending,
  event: Exclude<FilesPersonEvent, { type: 'files-chosen' }>,
): void {
  const { transfer, person, state, holds } = sending;
  switch (event.type) {
    case 'file-pause-pressed':
      if (state.kind === 'ended' || holds.includes('self')) return;
      sayFile(context, person, { type: 'file-pause', transfer, reason: 'person' });
      return setSending(context, { ...sending, holds: [...holds, 'self'] });
    case 'file-resume-pressed': {
      if (state.kind === 'ended') return;
      setSending(context, { ...sending, holds: holds.filter((one) => one !== 'self') });
      if (peerOfSession(context, person.session) === null) return readdress(context, transfer);
      return sayFile(context, person, { type: 'file-resume', transfer });
    }
    case 'file-cancel-pressed':
      if (state.kind === 'ended') return;
      sayFile(context, person, { type: 'file-cancel', transfer, reason: 'person' });
      return end(context, sending, { kind: 'cancelled', by: 'self' });
    case 'file-remove-pressed': {
      if (state.kind !== 'ended') return;
      const others = context.state.sending.filter((one) => one.transfer !== transfer);
      context.state = { ...context.state, sending: others };
      return;
    }
    case 'file-accept-pressed':
    case 'file-refuse-pressed':
      return;
  }
}

const NEW_PIPELINE: Pipeline = { next: 0, again: [], pushing: null, unkept: [], root: 'to-send' };

/** The person came back as a new session: offers it there, since this person wants it. */
function readdress(context: FilesContext, transfer: Sending['transfer']): void {
  const sending = sendingOf(context, transfer);
  if (sending === null) return;
  const back = context.state.peers.find(({ email }) => email === sending.person.email);
  if (back === undefined) return;
  const person = { session: back.session, email: back.email };
  setSending(context, { ...sending, person });
  if (sending.state.kind === 'queued') return offerQueued(context, back.session);
  sayFile(context, person, { type: 'file-offer', transfer, file: sending.file });
}

function accepted(
  context: FilesContext,
  sending: Sending,
  have: Sending['kept'],
  at: number,
): void {
  const { transfer, person, state } = sending;
  const peer = peerOfSession(context, person.session)?.peer;
  if (peer === undefined) return;
  if (state.kind === 'opening' || state.kind === 'open') {
    ask(context, { type: 'channel-close', transfer });
  }
  setSending(context, {
    ...sending,
    kept: have,
    holds: sending.holds.filter((hold) => hold === 'self'),
    progress: startProgress(at),
    state: { kind: 'opening', peer },
  });
  ask(context, { type: 'channel-open', peer, transfer });
}

function answered(
  context: FilesContext,
  sending: Sending,
  { answer, block, at }: Extract<FilesEvent, { type: 'block-answered' }>,
): void {
  const { state, file, kept } = sending;
  if (state.kind !== 'open') return;
  const { pipeline } = state;
  const turn = pipeline.unkept.find((one) => one.block === block);
  if (turn === undefined) return fail(context, sending, 'broken');
  const unkept = pipeline.unkept.filter((one) => one !== turn);
  switch (answer) {
    case 'kept': {
      const isNew = turn.content === 'pieces';
      const progress = isNew
        ? withBytes(sending.progress, at, blockLength(file.size, block))
        : sending.progress;
      return setSending(context, {
        ...sending,
        kept: withBlock(kept, block),
        progress,
        tries: isNew ? 0 : sending.tries,
        state: { ...state, pipeline: { ...pipeline, unkept } },
      });
    }
    case 'again': {
      const tries = sending.tries + 1;
      if (tries > MAX_TRIES) return fail(context, sending, 'damaged');
      const again = [...pipeline.again, block];
      return setSending(context, {
        ...sending,
        kept: withoutBlock(kept, block),
        tries,
        state: { ...state, pipeline: { ...pipeline, unkept, again } },
      });
    }
  }
}

function closed(context: FilesContext, sending: Sending): void {
  const tries = sending.tries + 1;
  if (tries > MAX_TRIES) return fail(context, sending, 'channel');
  const { transfer, file, person } = sending;
  setSending(context, { ...sending, tries, state: { kind: 'interrupted' } });
  sayFile(context, person, { type: 'file-offer', transfer, file });
}

function done(context: FilesContext, sending: Sending): void {
  const { state, kept, file } = sending;
  const isWhole = countBlocks(kept) === blockCount(file.size);
  const sentAll = state.kind === 'open' && state.pipeline.root === 'sent';
  // After a lost answer: the receiver finished while the connection was made again.
  const isLate = state.kind === 'interrupted' && isWhole;
  if (!sentAll && !isLate) return fail(context, sending, 'broken');
  end(context, sending, { kind: 'done', name: null, place: null });
  note(context, 'arrived', sending);
}

function refused(context: FilesContext, sending: Sending, reason: RefuseReason): void {
  end(context, sending, { kind: 'refused', reason });
  note(context, 'refused', sending);
}

function cancelled(
  context: FilesContext,
  sending: Sending,
  reason: Extract<FileMessage, { type: 'file-cancel' }>['reason'],
): void {
  if (reason === 'person') {
    end(context, sending, { kind: 'cancelled', by: 'other' });
    return note(context, 'cancelled', sending);
  }
  end(context, sending, { kind: 'failed', reason });
  note(context, 'failed-sending', sending);
}

function fail(context: FilesContext, sending: Sending, reason: FailReason): void {
  if (sending.state.kind === 'ended') return;
  const { transfer, person } = sending;
  if (reason === 'broken') countFault(context, person.session);
  sayFile(context, person, { type: 'file-cancel', transfer, reason });
  end(context, sending, { kind: 'failed', reason });
  note(context, reason === 'broken' ? 'broken' : 'failed-sending', sending);
}

function end(context: FilesContext, sending: Sending, how: TransferEnd): void {
  const { transfer, source, state } = sending;
  if (state.kind === 'opening' || state.kind === 'open') {
    ask(context, { type: 'channel-close', transfer });
  }
  setSending(context, { ...sending, holds: [], state: { kind: 'ended', end: how } });
  const isUsed = context.state.sending.some(
    (one) => one.source === source && one.state.kind !== 'ended',
  );
  if (!isUsed) ask(context, { type: 'source-release', source });
  offerQueued(context, sending.person.session);
}
