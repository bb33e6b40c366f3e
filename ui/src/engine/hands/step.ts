// Hands: raised and lowered by the person, told to everybody, and learned from others.
//
// Invariant: only its person changes a hand. A message that is old, or was received before, changes
// nothing.

import type { MemberId } from '../../protocol/wire';
import { peerToMember } from '../peer/queries';
import type { RoomFact } from '../room/events';
import type { State } from '../state';
import { insideRoom, memberOf, notify, say, setTimer, type StepContext } from '../step-context';
import { sayTo } from '../talk/commands';
import type { Heard, TalkFact } from '../talk/events';
import { MAX_HAND_TIME, type HandLowerMessage, type HandMessage } from '../wire/talk/hands';
import type { HandPersonEvent, HandTimer } from './events';
import { raisedHands } from './order';
import { NEVER_RAISED, NO_HANDS, type Hand, type HandsState } from './state';
import { introduceHand, tellHand, tellHandAgain } from './tell';

/** A member's hands and requests are announced once in so long. */
const QUIET_MS = 5_000;

export function handleHandWish(context: StepContext, event: HandPersonEvent): void {
  if (insideRoom(context) === null) return;
  switch (event.type) {
    case 'hand-toggled':
      return context.state.hands.own.position === 'raised' ? lower(context) : raise(context);
    case 'lower-hand-asked':
      sayTo(context, event.member, { type: 'hand:lower' });
      return;
  }
}

export function handleHandHeard(
  context: StepContext,
  { from, message }: Heard<HandMessage | HandLowerMessage>,
): void {
  switch (message.type) {
    case 'hand':
      return learnHand(context, from, message);
    case 'hand:lower':
      if (context.state.hands.own.position === 'raised') {
        announceOnce(context, from, { code: 'asks-to-lower-hand', sound: null });
      }
      return;
  }
}

type HandFact =
  | Extract<
      RoomFact,
      {
        type: 'room-joining' | 'room-entered' | 'room-reentered' | 'member-joined' | 'member-back';
      }
    >
  | Extract<TalkFact, { type: 'talk-ready' }>;

export function handleHandFact(context: StepContext, fact: HandFact): void {
  switch (fact.type) {
    case 'room-joining':
      return setHands(context, NO_HANDS);
    case 'room-entered':
      restoreHand(context);
      return tellHandAgain(context);
    case 'room-reentered':
      return tellHandAgain(context);
    case 'member-joined':
    case 'member-back':
      return introduceHand(context, fact.member.id);
    case 'talk-ready':
      return introduceHand(context, fact.member);
  }
}

export function handleHandTimer(context: StepContext, timer: HandTimer): void {
  const { quiet } = context.state.hands;
  setHands(context, { quiet: quiet.filter((other) => !isSame(other, timer)) });
}

/** The end of the call lowers the own hand. Hands of those who are gone are forgotten. */
export function followHands(context: StepContext, before: State): void {
  const { room, call } = context.state;
  const isOver = before.call.kind === 'active' && call.kind === 'none' && room.kind === 'inside';
  if (isOver && context.state.hands.own.position === 'raised') lower(context);
  if (room === before.room && call === before.call) return;
  const { members } = context.state.hands;
  const kept = Object.entries(members).filter(([id]) => isHere(context, id));
  if (kept.length === Object.keys(members).length) return;
  setHands(context, { members: Object.fromEntries(kept) });
}

function raise(context: StepContext): void {
  change(context, 'raised');
  const { self } = insideRoom(context) ?? { self: null };
  const turn = raisedHands(context.state).findIndex((id) => id === self) + 1;
  say(context, { code: 'own-hand-raised', turn }, null);
}

function lower(context: StepContext): void {
  change(context, 'lowered');
  say(context, { code: 'own-hand-lowered' }, null);
}

function change(context: StepContext, position: Hand['position']): void {
  const at = Math.min(context.state.hands.clock + 1, MAX_HAND_TIME);
  setHands(context, { clock: at, own: { position, at } });
  tellHand(context);
}

/** After a reload: the others still see the hand of before. */
function restoreHand(context: StepContext): void {
  const own = insideRoom(context)?.roomSession.hand;
  if (own === undefined) return;
  setHands(context, { own, clock: Math.max(own.at, context.state.hands.clock) });
}

function learnHand(
  context: StepContext,
  from: MemberId,
  { position, at, again }: HandMessage,
): void {
  const { clock, members } = context.state.hands;
  const before = members[from] ?? NEVER_RAISED;
  if (at <= before.at || !isHere(context, from)) return;
  setHands(context, {
    clock: Math.max(clock, at),
    members: { ...members, [from]: { position, at } },
  });
  if (again || position === 'lowered') return;
  announceOnce(context, from, { code: 'hand-raised', sound: 'hand' });
}

type Said =
  | { readonly code: 'hand-raised'; readonly sound: 'hand' }
  | { readonly code: 'asks-to-lower-hand'; readonly sound: null };

/** Not again a moment later, so that nobody makes a noise of it. */
function announceOnce(context: StepContext, member: MemberId, { code, sound }: Said): void {
  const { quiet } = context.state.hands;
  const email =
    memberOf(context, member)?.email ?? peerToMember(context, { id: member })?.email ?? null;
  // A request is not kept back because its sender's own hand went up a moment ago.
  const timer: HandTimer = {
    kind: code === 'hand-raised' ? 'hand-quiet' : 'hand-request-quiet',
    member,
  };
  if (email === null || quiet.some((other) => isSame(other, timer))) return;
  setHands(context, { quiet: [...quiet, timer] });
  setTimer(context, timer, QUIET_MS);
  notify(context, { code, email }, sound);
}

function isSame(one: HandTimer, other: HandTimer): boolean {
  return one.kind === other.kind && one.member === other.member;
}

function isHere(context: StepContext, member: MemberId): boolean {
  return memberOf(context, member) !== null || peerToMember(context, { id: member }) !== null;
}

function setHands(context: StepContext, changed: Partial<HandsState>): void {
  context.state = { ...context.state, hands: { ...context.state.hands, ...changed } };
}
