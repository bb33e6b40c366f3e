// One step in the making: the state as it stands, and the effects that have gathered.
//
// Invariant: it lives for one `step` only; what leaves is values.

import { sentAs, writePayload, type CallMessage } from './call-wire';
import type { Effect, EndScope, Sound } from './effect';
import { withNames } from './person-name';
import type { CallEnd, CallState, Member, RoomState, State } from './state';
import type { MemberId } from '../protocol/wire';

export interface Turn {
  state: State;
  readonly effects: Effect[];
  /** Whether the own status is said although it has not changed: we were away. */
  saysStatus: boolean;
}

const FINISHED_KEPT = 64;

export type InsideRoom = Extract<RoomState, { kind: 'inside' }>;
export type ActiveCall = Extract<CallState, { kind: 'active' }>;

export function emit(turn: Turn, ...effects: readonly Effect[]): void {
  turn.effects.push(...effects);
}

export function send(turn: Turn, to: MemberId, message: CallMessage): void {
  const payload = writePayload(message);
  emit(turn, { type: 'signaling-send', message: { type: sentAs(message), to, payload } });
}

/** For what a screen shows by itself. */
export function say(turn: Turn, text: string, sound: Sound | null): void {
  emit(turn, { type: 'announce', text: named(turn, text), sound, shown: 'on-screen' });
}

/** For what no screen shows by itself. */
export function notify(turn: Turn, text: string, sound: Sound | null): void {
  emit(turn, { type: 'announce', text: named(turn, text), sound, shown: 'as-toast' });
}

/** The sentence as people here would say it: with names, told apart from everybody present. */
export function named({ state: { room } }: Turn, sentence: string): string {
  if (room.kind !== 'inside') return withNames(sentence, []);
  return withNames(sentence, emailsIn(room));
}

export function emailsIn({ visit, members }: InsideRoom): readonly string[] {
  return [visit.email, ...members.map(({ email }) => email)];
}

export function sayEnd(turn: Turn, end: CallEnd, scope: EndScope, sound: Sound | null): void {
  emit(turn, { type: 'announce-end', end, scope, sound });
}

export function setTimer(turn: Turn, timer: string, ms: number): void {
  emit(turn, { type: 'timer-set', timer, ms });
}

export function clearTimer(turn: Turn, timer: string): void {
  emit(turn, { type: 'timer-clear', timer });
}

export function setCall(turn: Turn, call: CallState): void {
  turn.state = { ...turn.state, call };
}

export function setRoom(turn: Turn, room: RoomState): void {
  turn.state = { ...turn.state, room };
}

/** What still comes of this call, or of this connection, is stale from here on. */
export function finish(turn: Turn, id: string): void {
  const others = turn.state.finished.filter((finished) => finished !== id);
  turn.state = { ...turn.state, finished: [id, ...others].slice(0, FINISHED_KEPT) };
}

export function insideRoom({ state }: Turn): InsideRoom | null {
  return state.room.kind === 'inside' ? state.room : null;
}

export function activeCall({ state }: Turn): ActiveCall | null {
  return state.call.kind === 'active' ? state.call : null;
}

export function memberOf(turn: Turn, id: MemberId): Member | null {
  return insideRoom(turn)?.members.find((member) => member.id === id) ?? null;
}
