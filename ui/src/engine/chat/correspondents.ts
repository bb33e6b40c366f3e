// Correspondents: who of the members is who, also under another id after a lost relay or a reload.
//
// Invariant: a session that a correspondent has is continued by another member id only with a proof
// (key.ts). A member that claims it without one is somebody new.

import type { Member } from '../room/state';
import { clearTimer, insideRoom, setTimer, type StepContext } from '../step-context';
import { sayTo } from '../talk/commands';
import type { ChatMessage } from '../wire/talk/chat';
import type { MemberId } from '../../protocol/wire';
import { deliverAgain, giveUp, stopFlow } from './delivery';
import { keyFor, proofOf } from './key';
import { NOTHING_SEEN } from './seen';
import type { Correspondent } from './state';
import { setKept } from './update';

type Hello = Extract<ChatMessage, { type: 'chat-hello' }>;

const MAX_CORRESPONDENTS = 64;
/** For so long, messages are kept for somebody whose membership was lost. */
const AWAITED_MS = 60_000;

export function correspondentOf(context: StepContext, member: MemberId): Correspondent | null {
  return correspondents(context).find((each) => isHere(each, member)) ?? null;
}

export function correspondentWith(context: StepContext, id: string): Correspondent | null {
  return correspondents(context).find((each) => each.id === id) ?? null;
}

/** The members after this person has joined, for the first time or again. */
export function meetRoom(context: StepContext): void {
  const members = insideRoom(context)?.members ?? [];
  for (const { id, place } of correspondents(context)) {
    const isStill = place.kind === 'here' && members.some((member) => member.id === place.member);
    if (!isStill && place.kind !== 'gone') awaitReturn(context, id);
  }
  for (const member of members) {
    meet(context, member);
    greet(context, member, 'asking');
  }
}

/** Somebody whose session nobody else has is known at once, others by their greeting. */
export function meet(context: StepContext, member: Member): void {
  const known = correspondentOf(context, member.id);
  if (known !== null) return change(context, known.id, { email: member.email });
  const { session } = member.status;
  // Our own earlier membership, or somebody who claims to be us.
  if (session === insideRoom(context)?.roomSession.session) return;
  const isTaken = session !== null && correspondentWith(context, session) !== null;
  if (!isTaken) add(context, session ?? member.id, member);
}

export function handleHello(context: StepContext, member: Member, hello: Hello): void {
  const isNew = correspondentOf(context, member.id) === null;
  if (isNew) admit(context, member, hello.proof);
  const known = correspondentOf(context, member.id);
  if (known === null) return;
  if (hello.key !== null) change(context, known.id, { key: hello.key });
  if (hello.answer || isNew) greet(context, member, 'answering');
  deliverAgain(context, known);
}

export function greet(context: StepContext, member: Member, as: 'asking' | 'answering'): void {
  const room = insideRoom(context);
  if (room === null) return;
  // A member that has not proven to be the one with its session gets no key for it.
  const id = correspondentOf(context, member.id)?.id ?? null;
  const theirs = correspondentWith(context, id ?? member.status.session ?? '')?.key ?? null;
  sayTo(context, member.id, {
    type: 'chat-hello',
    key: id === null ? null : keyFor(context.state.chat.kept.secret, room.roomSession.session, id),
    proof: theirs === null ? null : proofOf(theirs, room.self, member.id),
    answer: as === 'asking',
  });
}

/** A member that left by choice does not come back as the same. */
export function handleLeft(context: StepContext, member: MemberId, how: 'left' | 'lost'): void {
  const known = correspondentOf(context, member);
  if (known === null) return;
  if (how === 'lost') return awaitReturn(context, known.id);
  handleAwaited(context, known);
}

/** It does not come back. */
export function handleAwaited(context: StepContext, { id }: Correspondent): void {
  change(context, id, { place: { kind: 'gone' } });
  giveUp(context, id);
}

export function change(
  context: StepContext,
  id: string,
  to: Partial<Omit<Correspondent, 'id'>>,
): void {
  setKept(context, {
    correspondents: correspondents(context).map((each) =>
      each.id === id ? { ...each, ...to } : each,
    ),
  });
}

function admit(context: StepContext, member: Member, proof: string | null): void {
  const room = insideRoom(context);
  const { session } = member.status;
  const holder = session === null ? null : correspondentWith(context, session);
  if (room === null || holder === null) return meet(context, member);
  const key = keyFor(context.state.chat.kept.secret, room.roomSession.session, holder.id);
  const isProven = proof === proofOf(key, member.id, room.self);
  if (!isProven) return add(context, member.id, member);
  clearTimer(context, { kind: 'chat-awaited', correspondent: holder.id });
  change(context, holder.id, { place: { kind: 'here', member: member.id }, email: member.email });
}

function add(context: StepContext, id: string, { id: member, email }: Member): void {
  const added: Correspondent = {
    id,
    place: { kind: 'here', member },
    email,
    key: null,
    seen: NOTHING_SEEN,
  };
  makeRoom(context, id);
  const others = correspondents(context).filter((each) => each.id !== id);
  setKept(context, { correspondents: [...others, added] });
}

/** Somebody who is gone is forgotten first; who is awaited is given up before. */
function makeRoom(context: StepContext, id: string): void {
  const others = correspondents(context).filter((each) => each.id !== id);
  if (others.length < MAX_CORRESPONDENTS) return;
  const away = (kind: Correspondent['place']['kind']) =>
    others.find(({ place }) => place.kind === kind);
  const forgotten = away('gone') ?? away('awaited');
  if (forgotten === undefined) return;
  if (forgotten.place.kind === 'awaited') {
    clearTimer(context, { kind: 'chat-awaited', correspondent: forgotten.id });
    giveUp(context, forgotten.id);
  }
  const kept = correspondents(context).filter((each) => each.id !== forgotten.id);
  setKept(context, { correspondents: kept });
}

function awaitReturn(context: StepContext, id: string): void {
  stopFlow(context, id);
  change(context, id, { place: { kind: 'awaited' } });
  setTimer(context, { kind: 'chat-awaited', correspondent: id }, AWAITED_MS);
}

function correspondents({ state }: StepContext): readonly Correspondent[] {
  return state.chat.kept.correspondents;
}

function isHere({ place }: Correspondent, member: MemberId): boolean {
  return place.kind === 'here' && place.member === member;
}
