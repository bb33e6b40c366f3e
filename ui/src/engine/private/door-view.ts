// What the door says of others: to people, and to the room behind it.
//
// Invariant: nobody is called a stranger who may be about to have the same keys.

import type { MemberId } from '../../protocol/wire';
import { here, type Door } from './door-state';
import { waitMs } from './guesses';

/** A member that is about to get the root needs no other way to it. */
export const FOREIGN_MS = 2_000;
/** Who has other keys for so long is shown as a stranger. */
export const STRANGER_MS = 10_000;

/** What people are shown of the door. */
export type DoorView =
  /** `waits`: those inside let nobody in for a while. */
  | { readonly kind: 'outside'; readonly waits: boolean }
  | {
      readonly kind: 'inside';
      /** Wrong guesses during the stay. */
      readonly guesses: number;
      readonly newcomers: 'come-in' | 'wait';
      /** Members at the relay that say they are inside, and have not proven the passcode. */
      readonly strangers: number;
    };

export function doorView(door: Door, at: number): DoorView {
  const { root, tried, guesses } = door;
  if (root === null) {
    return { kind: 'outside', waits: [...tried.values()].some(({ kind }) => kind === 'wait') };
  }
  const strangers = longForeign(door, at).filter((id) => !door.apart.has(id));
  return {
    kind: 'inside',
    guesses: guesses.total,
    newcomers: waitMs(guesses, at) > 0 ? 'wait' : 'come-in',
    strangers: strangers.length,
  };
}

/** Whether some have proven the passcode and cannot be seen: each group is behind a lock of its own. */
export function othersAt(door: Door, at: number): 'seen' | 'unseen' {
  return longForeign(door, at).some((id) => door.apart.has(id)) ? 'unseen' : 'seen';
}

/** From outside of a lock nobody is seen. */
function longForeign(door: Door, at: number): readonly MemberId[] {
  if (door.root === null || door.entry.own === 'outside') return [];
  return here(door).flatMap(([id, { keys, since }]) =>
    keys === 'foreign' && at - since >= STRANGER_MS ? [id] : [],
  );
}

/** Whether the member may still say that the room is locked, or send its keys. */
export function mayAnswer({ present }: Door, id: MemberId, at: number): boolean {
  const member = present.get(id);
  return member?.keys === 'foreign' && at - member.since < FOREIGN_MS;
}
