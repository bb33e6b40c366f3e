// The shared screens of a call, as media of the stage.
//
// Invariant: in the order in which they began, the newest last.

import type { Medium, TileKey } from '../../layout/media';
import type { Participant } from '../call/participants';

export function screenKey(peer: string): TileKey {
  return `${peer}/screen`;
}

/** The peers who share, those who shared before first. */
export function sharersOf(
  participants: readonly Participant[],
  before: readonly string[],
): readonly string[] {
  const now = participants.filter(({ screen }) => screen !== 'off').map(({ peer }) => peer);
  const kept = before.filter((peer) => now.includes(peer));
  return [...kept, ...now.filter((peer) => !kept.includes(peer))];
}

export function screenMedia(sharers: readonly string[]): readonly Medium[] {
  return sharers.map((peer) => ({ kind: 'screen', key: screenKey(peer), owner: peer }));
}
