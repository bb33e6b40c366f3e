// What the person chooses about the own address.

import type { OwnAddress } from './state';

export type AddressEvent = {
  readonly type: 'address-chosen';
  readonly address: OwnAddress;
  /** For all rooms from now on, or for the stay in this one. */
  readonly scope: 'always' | 'room';
};
