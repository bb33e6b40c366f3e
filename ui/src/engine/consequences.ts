// What follows from a change of state, whatever event brought it about: said once, in one place.

import { dropAsks } from './ask';
import type { Effect } from './effect';
import { setMeshTimer } from './mesh';
import { followReason } from './media';
import type { State, Visit } from './state';
import { isSameStatus, ownStatus, writeStatus } from './status';
import { emit, type Turn } from './turn';

export function conclude(turn: Turn, before: State): void {
  if (turn.state === before) return;
  if (turn.state.asking.length > 0) dropAsks(turn);
  followReason(turn, before);
  sayStatus(turn, before);
  rememberVisit(turn, before);
  soundRing(turn, before);
  setMeshTimer(turn, before);
}

/**
 * Ahead of everything else, so that whoever hears a word of a call knows who is in it; but that we
 * are in none comes last, behind the word that says why.
 */
function sayStatus(turn: Turn, before: State): void {
  const { state } = turn;
  if (before.room.kind === 'outside' || state.room.kind === 'outside') return;
  const own = ownStatus(state);
  if (!turn.saysStatus && isSameStatus(own, ownStatus(before))) return;
  const status = writeStatus(own);
  const effect = { type: 'signaling-send', message: { type: 'user:status', status } } as const;
  if (own.call === null) turn.effects.push(effect);
  else turn.effects.unshift(effect);
}

function rememberVisit(turn: Turn, before: State): void {
  const visit = visitOf(turn.state);
  const old = visitOf(before);
  const isSame = visit?.session === old?.session && visit?.rejoin === old?.rejoin;
  if (!isSame) emit(turn, { type: 'remember-visit', visit });
}

/** As a reload would need it: with the call that it takes this person out of. */
function visitOf({ room, call }: State): Visit | null {
  if (room.kind !== 'inside') return null;
  return call.kind === 'active' ? { ...room.visit, rejoin: call.id } : room.visit;
}

function soundRing(turn: Turn, before: State): void {
  const ring = ringOf(turn.state);
  if (ring !== ringOf(before)) emit(turn, { type: 'ring', ring });
}

function ringOf({ call }: State): Extract<Effect, { type: 'ring' }>['ring'] {
  if (call.kind === 'incoming') return 'incoming';
  if (call.kind !== 'active' || call.links.some(({ phase }) => phase !== 'calling')) return 'off';
  return call.links.some(({ path }) => path === 'connecting') ? 'outgoing' : 'off';
}
