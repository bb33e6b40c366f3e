// The working state of one engine step: the current state, the collected effects, and the way to
// the other slices.
//
// Invariant: a step context lives for one `step`; only values leave it.

import type { Announcement, EndScope } from './announcement';
import type { ActiveCall, CallEnd, CallState } from './call/state';
import type { Effect, Sound } from './effect';
import type { Fact } from './event';
import type { InsideRoom, Member, RoomState } from './room/state';
import type { State } from './state';
import type { CallId } from './ids';
import type { Timer } from './timer';
import { sentAs, writePayload, type CallMessage } from './wire/call-message';
import type { MemberId } from '../protocol/wire';

export interface StepContext {
  state: State;
  readonly effects: Effect[];
  /** Whether to send the own status unchanged, because we were away. */
  saysStatus: boolean;
  /** Tells the other slices; the router calls them before it returns. */
  readonly raise: (fact: Fact) => void;
}

const MAX_FINISHED = 64;

export function emit(context: StepContext, ...effects: readonly Effect[]): void {
  context.effects.push(...effects);
}

export function send(context: StepContext, to: MemberId, message: CallMessage): void {
  const payload = writePayload(message);
  emit(context, { type: 'signaling-send', message: { type: sentAs(message), to, payload } });
}

/** Announces a change that a screen already shows. */
export function say(context: StepContext, announcement: Announcement, sound: Sound | null): void {
  emit(context, { type: 'announce', announcement, sound, shown: 'on-screen' });
}

/** Announces a change that no screen shows, as a toast. */
export function notify(
  context: StepContext,
  announcement: Announcement,
  sound: Sound | null,
): void {
  emit(context, { type: 'announce', announcement, sound, shown: 'as-toast' });
}

export function emailsIn({ roomSession, members }: InsideRoom): readonly string[] {
  return [roomSession.email, ...members.map(({ email }) => email)];
}

export function sayEnd(
  context: StepContext,
  end: CallEnd,
  scope: EndScope,
  sound: Sound | null,
): void {
  const announcement = { code: 'ended', end, scope } as const;
  if (scope === 'call') say(context, announcement, sound);
  else notify(context, announcement, sound);
}

export function setTimer(context: StepContext, timer: Timer, ms: number): void {
  emit(context, { type: 'timer-set', timer, ms });
}

export function clearTimer(context: StepContext, timer: Timer): void {
  emit(context, { type: 'timer-clear', timer });
}

export function setCall(context: StepContext, call: CallState): void {
  context.state = { ...context.state, call };
}

export function setRoom(context: StepContext, room: RoomState): void {
  context.state = { ...context.state, room };
}

/** Marks a call or a connection as finished: later messages about it are stale. */
export function finish(context: StepContext, id: string): void {
  const others = context.state.finished.filter((finished) => finished !== id);
  context.state = { ...context.state, finished: [id, ...others].slice(0, MAX_FINISHED) };
}

/** This person goes into the call again. */
export function unfinish(context: StepContext, id: CallId): void {
  const finished = context.state.finished.filter((each) => each !== id);
  context.state = { ...context.state, finished };
}

export function insideRoom({ state }: StepContext): InsideRoom | null {
  return state.room.kind === 'inside' ? state.room : null;
}

export function activeCall({ state }: StepContext): ActiveCall | null {
  return state.call.kind === 'active' ? state.call : null;
}

export function memberOf(context: StepContext, id: MemberId): Member | null {
  return insideRoom(context)?.members.find((member) => member.id === id) ?? null;
}
