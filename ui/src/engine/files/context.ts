// The working state of one step of the transfers.

import type { SessionId } from '../ids';
import { visibleText } from '../untrusted-text';
import type { FileMessage } from '../wire/talk/files';
import type { FileNote, FilesEffect } from './events';
import type {
  FilePeer,
  FilePerson,
  FilesState,
  Receiving,
  Sending,
  Transfer,
  TransferId,
} from './state';

export interface FilesContext {
  state: FilesState;
  readonly effects: FilesEffect[];
}

export function ask(context: FilesContext, ...effects: readonly FilesEffect[]): void {
  context.effects.push(...effects);
}

/** Lost while the person is not connected: an offer follows each new connection. */
export function sayFile(context: FilesContext, person: FilePerson, message: FileMessage): void {
  const peer = peerOfSession(context, person.session);
  if (peer !== null) ask(context, { type: 'file-say', to: peer.member, message });
}

export function note(
  context: FilesContext,
  code: FileNote['code'],
  { person, file }: Pick<Transfer, 'person' | 'file'>,
): void {
  // The name is the sender's text, and is shown and read out.
  const name = visibleText(file.name);
  ask(context, { type: 'file-note', note: { code, email: person.email, file: name } });
}

export function peerOfSession({ state }: FilesContext, session: SessionId): FilePeer | null {
  return state.peers.find((peer) => peer.session === session) ?? null;
}

export function sendingOf({ state }: FilesContext, transfer: TransferId): Sending | null {
  return state.sending.find((one) => one.transfer === transfer) ?? null;
}

export function receivingOf({ state }: FilesContext, transfer: TransferId): Receiving | null {
  return state.receiving.find((one) => one.transfer === transfer) ?? null;
}

export function setSending(context: FilesContext, changed: Sending): void {
  const sending = context.state.sending.map((one) =>
    one.transfer === changed.transfer ? changed : one,
  );
  context.state = { ...context.state, sending };
}

export function setReceiving(context: FilesContext, changed: Receiving): void {
  const receiving = context.state.receiving.map((one) =>
    one.transfer === changed.transfer ? changed : one,
  );
  context.state = { ...context.state, receiving };
}

/** Counts a broken rule of a session. */
export function countFault(context: FilesContext, session: SessionId): number {
  const { faults } = context.state;
  const count = (faults[session] ?? 0) + 1;
  context.state = { ...context.state, faults: { ...faults, [session]: count } };
  return count;
}
