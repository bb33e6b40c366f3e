// Who gets the files: one person of the call or everybody.

import type { FilePeer } from '../../engine/files/state';
import type { PeerId } from '../../engine/state';

/** Null is everybody. A person who is gone was chosen: then everybody too. */
export function recipientsOf(
  chosen: PeerId | null,
  peers: readonly FilePeer[],
): readonly FilePeer[] {
  const one = peers.filter(({ peer }) => peer === chosen);
  return one.length > 0 ? one : peers;
}
