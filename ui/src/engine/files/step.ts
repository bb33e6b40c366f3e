// The transfer of files: one event in; the next state and the effects out. Routes events to the
// transfer they are about.
//
// Invariant: pure. A message about a transfer counts only from its other end; a person who offers too
// much is refused, counted, and said to this person once.

import type { FileMessage } from '../wire/talk/files';
import {
  ask,
  note,
  receivingOf,
  sayFile,
  sendingOf,
  countFault,
  type FilesContext,
} from './context';
import type { FilesEffect, FilesEvent } from './events';
import { isSameFile, type FileId } from './file-id';
import { withSamples, type LineSample } from './pacing';
import { pump } from './pump';
import {
  handleOfferAgain,
  handleReceivingEvent,
  handleReceivingMessage,
  handleReceivingPress,
  interruptReceiving,
  newReceiving,
} from './receiving';
import {
  handleSendingEvent,
  handleSendingMessage,
  handleSendingPress,
  interrupt,
  offer,
  offerAgain,
} from './sending';
import type { FilePeer, FilesState, RefuseReason } from './state';

/** Of one person, without an answer. */
export const MAX_OFFERS = 20;
/** After these broken rules nothing more of a session is listened to. */
const MAX_FAULTS = 8;

export function stepFiles(
  state: FilesState,
  event: FilesEvent,
): readonly [FilesState, readonly FilesEffect[]] {
  const context: FilesContext = { state, effects: [] };
  route(context, event);
  // Whatever the event was, it may have given a waiting file its turn.
  pump(context);
  return [context.state, context.effects];
}

function route(context: FilesContext, event: FilesEvent): void {
  switch (event.type) {
    case 'files-chosen':
      for (const chosen of event.chosen) offer(context, chosen);
      return;
    case 'file-accept-pressed':
    case 'file-refuse-pressed':
    case 'file-cancel-pressed':
    case 'file-pause-pressed':
    case 'file-resume-pressed':
    case 'file-remove-pressed': {
      const sending = sendingOf(context, event.transfer);
      if (sending !== null) return handleSendingPress(context, sending, event);
      const receiving = receivingOf(context, event.transfer);
      if (receiving !== null) handleReceivingPress(context, receiving, event);
      return;
    }
    case 'peers-changed':
      return changePeers(context, event.peers);
    case 'line-samples':
      return changePacing(context, event.at, event.samples);
    case 'receives-changed':
      context.state = { ...context.state, receives: event.receives };
      return;
    case 'file-message':
      return routeMessage(context, event);
    case 'channel-arrived': {
      const receiving = receivingOf(context, event.transfer);
      if (receiving !== null) return handleReceivingEvent(context, receiving, event);
      ask(context, { type: 'channel-close', transfer: event.transfer });
      const peer = context.state.peers.find((one) => one.peer === event.peer);
      if (peer !== undefined) countFault(context, peer.session);
      return;
    }
    case 'channel-opened':
    case 'block-answered':
    case 'block-pushed':
    case 'source-failed': {
      const sending = sendingOf(context, event.transfer);
      if (sending !== null) handleSendingEvent(context, sending, event);
      return;
    }
    case 'channel-closed':
    case 'channel-fault': {
      const sending = sendingOf(context, event.transfer);
      if (sending !== null) return handleSendingEvent(context, sending, event);
      const receiving = receivingOf(context, event.transfer);
      if (receiving !== null) handleReceivingEvent(context, receiving, event);
      return;
    }
    case 'block-arrived':
    case 'root-arrived':
    case 'sink-found':
    case 'sink-opened':
    case 'block-written':
    case 'sink-finished':
    case 'sink-failed': {
      const receiving = receivingOf(context, event.transfer);
      if (receiving !== null) handleReceivingEvent(context, receiving, event);
      return;
    }
  }
}

function changePeers(context: FilesContext, peers: readonly FilePeer[]): void {
  const before = context.state.peers;
  context.state = { ...context.state, peers };
  const isNew = (session: string): boolean => {
    const now = peers.find((peer) => peer.session === session);
    return now !== undefined && !before.some(({ peer }) => peer === now.peer);
  };
  const isHere = (session: string): boolean => peers.some((peer) => peer.session === session);
  for (const sending of context.state.sending) {
    const { session } = sending.person;
    if (!isHere(session)) interrupt(context, sending);
    else if (isNew(session)) offerAgain(context, sending);
  }
  for (const receiving of context.state.receiving) {
    const { session } = receiving.person;
    // A new connection: its sender offers again.
    if (!isHere(session) || isNew(session)) interruptReceiving(context, receiving);
  }
}

function changePacing(context: FilesContext, at: number, samples: readonly LineSample[]): void {
  const before = context.state.pacing;
  const pacing = withSamples(before, at, samples);
  context.state = { ...context.state, pacing };
  const { line, blocks } = pacing;
  if (line !== before.line) ask(context, { type: 'line-changed', line });
  const { intervalMs } = blocks;
  if (intervalMs !== before.blocks.intervalMs) ask(context, { type: 'pace-changed', intervalMs });
}

function routeMessage(
  context: FilesContext,
  { at, from, message }: Extract<FilesEvent, { type: 'file-message' }>,
): void {
  const peer = context.state.peers.find(({ member }) => member === from);
  if (peer === undefined) return;
  if ((context.state.faults[peer.session] ?? 0) >= MAX_FAULTS) return;
  if (message.type === 'file-offer') return handleOffer(context, peer, message, at);
  const sending = sendingOf(context, message.transfer);
  const receiving = receivingOf(context, message.transfer);
  if (sending !== null && sending.person.session === peer.session) {
    return handleSendingMessage(context, sending, message, at);
  }
  if (receiving !== null && receiving.person.session === peer.session) {
    return handleReceivingMessage(context, receiving, message);
  }
  // Of a transfer that is off the list it comes late; of another person's it is a broken rule.
  if (sending !== null || receiving !== null) countFault(context, peer.session);
}

function handleOffer(
  context: FilesContext,
  peer: FilePeer,
  { transfer, file }: Extract<FileMessage, { type: 'file-offer' }>,
  at: number,
): void {
  const { session, email } = peer;
  const person = { session, email };
  const refuse = (reason: RefuseReason): void =>
    sayFile(context, person, { type: 'file-refuse', transfer, reason });
  const known = receivingOf(context, transfer);
  const isTaken = sendingOf(context, transfer) !== null;
  if (isTaken || (known !== null && known.person.session !== session)) {
    countFault(context, session);
    return refuse('unable');
  }
  if (known !== null) {
    if (isSameFile(known.file, file)) return handleOfferAgain(context, known, at);
    countFault(context, session);
    return refuse('unable');
  }
  if (context.state.receives === 'never') return refuse('off');
  const waiting = context.state.receiving.filter(
    (one) => one.person.session === session && one.state.kind === 'offered',
  );
  if (waiting.length >= MAX_OFFERS) {
    if (countFault(context, session) === 1) note(context, 'too-many', { person, file });
    return refuse('many');
  }
  replaceInterrupted(context, email, file);
  const receiving = [...context.state.receiving, newReceiving(transfer, file, person)];
  context.state = { ...context.state, receiving };
  ask(context, { type: 'sink-find', transfer, file });
}

/** The sender restarted: the same file of the same person is one row, and its part stays. */
function replaceInterrupted(context: FilesContext, email: string, file: FileId): void {
  const isOld = (one: FilesState['receiving'][number]): boolean =>
    one.state.kind === 'interrupted' && one.person.email === email && isSameFile(one.file, file);
  for (const { transfer } of context.state.receiving.filter(isOld)) {
    ask(context, { type: 'sink-close', transfer });
  }
  const receiving = context.state.receiving.filter((one) => !isOld(one));
  context.state = { ...context.state, receiving };
}
