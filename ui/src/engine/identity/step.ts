// Identities: the own one is signed for the stay and shown to all members; those of others are
// checked, and pinned at first sight.
//
// Invariant: a signature is checked before anything follows from its key. A key that differs from
// the pinned ones of its email is told of, and never pinned here.

import type { RoomFact } from '../room/events';
import type { State } from '../state';
import { emit, insideRoom, memberOf, say, setTimer, type StepContext } from '../step-context';
import type { Heard } from '../talk/events';
import type { IdentityMessage } from '../wire/talk/verification';
import type { MemberId } from '../../protocol/wire';
import { pinSeen, setIdentity, showIdentity } from './commands';
import type { IdentityEvent, IdentityPersonEvent, IdentityTimer } from './events';
import { pinnedAs, pinsOf, withoutPins } from './pins';
import { isLoud, provesSessions, standingOf } from './queries';
import type { Claim } from './state';

/** In which a member shows its identity. */
const AWAITED_MS = 6_000;

type IdentityFact = Extract<
  RoomFact,
  { type: 'room-joining' | 'room-entered' | 'room-reentered' | 'member-joined' | 'member-back' }
>;

export function handleIdentityFact(context: StepContext, fact: IdentityFact): void {
  switch (fact.type) {
    case 'room-joining':
      return setIdentity(context, { own: null, claims: {} });
    case 'room-entered':
      sign(context);
      return awaitAll(context);
    case 'room-reentered':
      showToAll(context);
      return awaitAll(context);
    case 'member-joined':
    case 'member-back':
      return awaitIdentity(context, fact.member.id);
  }
}

export function handleIdentityEvent(context: StepContext, event: IdentityEvent): void {
  switch (event.type) {
    case 'identity-signed':
      if (insideRoom(context)?.roomSession.session !== event.session) return;
      setIdentity(context, { own: event.identity });
      return showToAll(context);
    case 'identity-checked':
      return checked(context, event);
    case 'pins-loaded':
      return loaded(context, event);
  }
}

export function handleIdentityWish(context: StepContext, { email, at }: IdentityPersonEvent): void {
  const pins = withoutPins(context.state.identity.pins, email);
  setIdentity(context, { pins });
  emit(context, { type: 'pin-forget', email: pinnedAs(email) });
  // Somebody who is here is seen now.
  for (const member of insideRoom(context)?.members ?? []) {
    if (pinnedAs(member.email) === pinnedAs(email)) pinAtFirstSight(context, member.id, at);
  }
}

export function handleIdentityHeard(
  context: StepContext,
  { from, message }: Heard<IdentityMessage>,
): void {
  const { key, signature, asks } = message;
  if (asks) showIdentity(context, from, false);
  const room = insideRoom(context);
  const session = memberOf(context, from)?.status.session ?? null;
  if (room === null || session === null || !provesSessions(room.roomSession)) return;
  const claim = context.state.identity.claims[session];
  if (claim?.kind === 'checking') return;
  // A page that was loaded again may have another one.
  if (claim?.kind === 'proven' && claim.key === key) return;
  setClaim(context, session, { kind: 'checking', key });
  const { room: name } = room.roomSession;
  emit(context, { type: 'identity-check', room: name, session, key, signature });
}

/** It counts as one without, until it shows one. */
export function handleIdentityTimer(context: StepContext, { member }: IdentityTimer): void {
  const session = memberOf(context, member)?.status.session ?? null;
  if (session === null || context.state.identity.claims[session] !== undefined) return;
  showIdentity(context, member, true);
  setClaim(context, session, { kind: 'absent' });
  announceLoud(context, member);
}

/** Nothing is kept of sessions that are gone. */
export function forgetClaims(context: StepContext, before: State): void {
  const { room, call, identity } = context.state;
  if (room === before.room && call === before.call) return;
  const here = new Set([
    ...(room.kind === 'inside' ? room.members : []).map(({ status }) => status.session),
    ...(call.kind === 'active' ? call.peers : []).map(({ session }) => session),
  ]);
  const kept = Object.entries(identity.claims).filter(([session]) => here.has(session));
  if (kept.length === Object.keys(identity.claims).length) return;
  setIdentity(context, { claims: Object.fromEntries(kept) });
}

function sign(context: StepContext): void {
  const room = insideRoom(context);
  if (room === null || !provesSessions(room.roomSession)) return;
  const { room: name, session } = room.roomSession;
  emit(context, { type: 'identity-sign', room: name, session });
}

function showToAll(context: StepContext): void {
  for (const { id } of insideRoom(context)?.members ?? []) showIdentity(context, id, true);
}

function awaitAll(context: StepContext): void {
  for (const { id } of insideRoom(context)?.members ?? []) awaitIdentity(context, id);
}

function awaitIdentity(context: StepContext, member: MemberId): void {
  const room = insideRoom(context);
  if (room === null || !provesSessions(room.roomSession)) return;
  setTimer(context, { kind: 'identity-awaited', member }, AWAITED_MS);
}

function checked(
  context: StepContext,
  { session, key, result, at }: Extract<IdentityEvent, { type: 'identity-checked' }>,
): void {
  const claim = context.state.identity.claims[session];
  if (claim?.kind !== 'checking' || claim.key !== key) return;
  setClaim(context, session, { kind: result, key });
  for (const member of insideRoom(context)?.members ?? []) {
    if (member.status.session !== session) continue;
    if (result === 'proven') pinAtFirstSight(context, member.id, at);
    announceLoud(context, member.id);
  }
}

/** Those who came before are seen now. */
function loaded(
  context: StepContext,
  { pins, keeping, at }: Extract<IdentityEvent, { type: 'pins-loaded' }>,
): void {
  const isFirst = context.state.identity.keeping === 'loading';
  setIdentity(context, { pins, keeping });
  if (!isFirst) return;
  for (const { id } of insideRoom(context)?.members ?? []) {
    pinAtFirstSight(context, id, at);
    announceLoud(context, id);
  }
}

/** Nothing is known of its email. */
function pinAtFirstSight(context: StepContext, id: MemberId, at: number): void {
  const { identity } = context.state;
  const member = memberOf(context, id);
  const session = member?.status.session ?? null;
  const claim = session === null ? undefined : identity.claims[session];
  if (member === null || claim?.kind !== 'proven' || identity.keeping === 'loading') return;
  if (pinsOf(identity.pins, member.email).length > 0) return;
  pinSeen(context, member.email, claim.key, at);
}

function announceLoud(context: StepContext, id: MemberId): void {
  const member = memberOf(context, id);
  if (member === null) return;
  const { email, status } = member;
  const standing = standingOf(context.state.identity, { email, session: status.session });
  if (isLoud(standing)) say(context, { code: 'identity-doubtful', email }, 'lost');
}

function setClaim(context: StepContext, session: string, claim: Claim): void {
  const { claims } = context.state.identity;
  setIdentity(context, { claims: { ...claims, [session]: claim } });
}
