// What becomes of the text in the room field: words become a room name at once, a link when it is
// whole (pasted, left, or joined with).
//
// Invariant: the settings hold a room name or nothing. A text that is no room yet, above all a
// link, is in memory only, and as long as it is there no other room is joined.

import type { App, RoomDraft } from '../../app';
import type { Settings } from '../../ports';
import { mayBeLink } from '../../protocol/invite-link';
import { draftRoom, isRoomName, readTypedRoom } from '../../protocol/typed-room';

interface RoomEntry {
  readonly draft: RoomDraft;
  readonly room: string;
}

const NOT_READ = 'The link could not be read. Try again.';

/** After a key, a paste or a part of a composition, which an input method wants left alone. */
export function entryOf(text: string, writing: 'whole' | 'composing'): RoomEntry {
  if (mayBeLink(text)) return { draft: { text, problem: null }, room: '' };
  const typed = readTypedRoom(text);
  return {
    draft: { text: writing === 'composing' ? text : draftRoom(text), problem: null },
    room: typed.kind === 'room' ? typed.room : '',
  };
}

/** More than a key's worth at once, and perhaps a link: pasted, dropped or filled in. */
export function isPastedLink(text: string, before: string): boolean {
  const shorter = Math.min(text.length, before.length);
  let start = 0;
  while (start < shorter && text[start] === before[start]) start += 1;
  let end = 0;
  while (end < shorter - start && text.at(-1 - end) === before.at(-1 - end)) end += 1;
  return mayBeLink(text) && text.length - start - end > 1;
}

/** Makes a room of what the field holds, or keeps it there with the reason why there is none. */
export async function finishRoom(app: App): Promise<void> {
  const problem = await understandRoom(app);
  if (problem === null) return;
  app.settings.change({ room: '' });
  app.roomDraft.set(problem);
}

/**
 * Makes a room of what the field holds; the answer is what stays there if that is none. A field that
 * is left says no more than before: a sentence would push the button away that is being pressed.
 */
export async function understandRoom(app: App): Promise<RoomDraft | null> {
  const kept = app.settings.get().room;
  // Earlier versions kept texts that are no room names.
  const text = app.roomDraft.get()?.text ?? (isRoomName(kept) ? null : kept);
  if (text === null) return null;
  if (mayBeLink(text)) return understandLink(app, text);
  const typed = readTypedRoom(text);
  if (text.trim() !== '' && typed.kind === 'refused') return { text, problem: typed.message };
  app.settings.change({ room: typed.kind === 'room' ? typed.room : '' });
  app.roomDraft.set(null);
  return null;
}

async function understandLink(app: App, text: string): Promise<RoomDraft | null> {
  const invite = await app.host
    .readInvite(text)
    .catch(() => ({ kind: 'unreadable', text, message: NOT_READ }) as const);
  // Somebody may have typed on meanwhile.
  if (app.roomDraft.get()?.text !== text) return null;
  if (invite.kind === 'unreadable') return { text, problem: invite.message };
  const { room, relay } = invite;
  const change: Partial<Settings> = relay === null ? { room } : { room, relay };
  app.settings.change(change);
  app.roomDraft.set(null);
  return null;
}
