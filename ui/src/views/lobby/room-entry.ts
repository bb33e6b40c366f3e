// Text in the room field: words become a room name at once, a link when it is complete (pasted,
// blurred or joined).
//
// Invariant: the settings hold a room name or nothing. Other text, above all a link, stays in
// memory, and no other room is joined meanwhile.

import type { App, RoomDraft } from '../../app';
import type { Invite, Settings } from '../../ports';
import { mayBeLink } from '../../protocol/invite-link';
import { texts } from '../../text/texts';
import { draftRoom, isRoomName, readTypedRoom } from '../../protocol/typed-room';

interface RoomEntry {
  readonly draft: RoomDraft;
  readonly room: string;
}

/** Handles a key, a paste, or part of a composition (left unchanged for the input method). */
export function entryOf(text: string, writing: 'whole' | 'composing'): RoomEntry {
  if (mayBeLink(text)) return { draft: { text, problem: null }, room: '' };
  const typed = readTypedRoom(text);
  return {
    draft: { text: writing === 'composing' ? text : draftRoom(text), problem: null },
    room: typed.kind === 'room' ? typed.room : '',
  };
}

/** Handles longer input, possibly a link: pasted, dropped or autofilled. */
export function isPastedLink(text: string, before: string): boolean {
  const shorter = Math.min(text.length, before.length);
  let start = 0;
  while (start < shorter && text[start] === before[start]) start += 1;
  let end = 0;
  while (end < shorter - start && text.at(-1 - end) === before.at(-1 - end)) end += 1;
  return mayBeLink(text) && text.length - start - end > 1;
}

/** Turns the text into a room, or keeps it with the reason why it is none. */
export async function finishRoom(app: App): Promise<void> {
  const problem = await understandRoom(app);
  if (problem === null) return;
  app.settings.change({ room: '' });
  app.roomDraft.set(problem);
}

/**
 * Turns the text into a room; returns the remaining text if it is none. A blur adds no error: a new
 * sentence would move the button during the press.
 */
export async function understandRoom(app: App): Promise<RoomDraft | null> {
  const kept = app.settings.get().room;
  // Earlier versions saved texts that are no room names.
  const text = app.roomDraft.get()?.text ?? (isRoomName(kept) ? null : kept);
  if (text === null) return null;
  if (mayBeLink(text)) return understandLink(app, text);
  const typed = readTypedRoom(text);
  if (text.trim() !== '' && typed.kind === 'refused')
    return { text, problem: texts.typedRoom(typed.error) };
  app.settings.change({ room: typed.kind === 'room' ? typed.room : '' });
  app.roomDraft.set(null);
  return null;
}

/** Takes what a link says. A private room stays out of the settings. */
export function chooseRoom(app: App, invite: Extract<Invite, { kind: 'room' }>): void {
  const { room, relay, secret } = invite;
  app.privateInvite.set(secret === null ? null : { room, secret });
  const change: Partial<Settings> = { room: secret === null ? room : '' };
  app.settings.change(relay === null ? change : { ...change, relay });
  app.roomDraft.set(null);
}

async function understandLink(app: App, link: string): Promise<RoomDraft | null> {
  const invite = await app.host
    .readInvite(link)
    .catch(() => ({ kind: 'unreadable', text: link, reason: null }) as const);
  // The text may have changed meanwhile.
  if (app.roomDraft.get()?.text !== link) return null;
  if (invite.kind === 'unreadable') {
    const { reason } = invite;
    const problem = reason === null ? texts.lobby.problems.linkNotRead : texts.problem(reason);
    return { text: link, problem };
  }
  chooseRoom(app, invite);
  return null;
}
