// Which of two calls stands, where one ring meets another (docs/protocol.md, "Rings that meet").
//
// Invariant: everybody decides alike, and no decision leads back to a call that stood lower. So
// rings in a circle end in one call.

import type { NamedCall } from '../room/state';

/** A call to everybody stands over one to some; of two alike, the larger id stands. */
export function standsOver(one: NamedCall, other: NamedCall): boolean {
  if (one.scope !== other.scope) return one.scope === 'everybody';
  return one.id > other.id;
}
