// What the other members of a call learn of this computer's network address.

import type { Settings } from '../../protocol/settings';

/**
 * `shown`: all candidates are sent at once. `answered`: until a call is answered, only relayed ones.
 * `relayed`: only relayed ones, and media goes through a TURN server.
 */
export type OwnAddress = Settings['ownAddress'];

export interface AddressSlice {
  /** As in the settings. A room session may have another choice. */
  readonly keptAddress: OwnAddress;
}
