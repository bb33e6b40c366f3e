// The identity of a page that can store none: it is gone with the page, and so is what is known of
// others.

import { withBlocked, withoutPins, withPin } from '../engine/identity/pins';
import type { Pin } from '../engine/identity/state';
import type { IdentityPort } from '../ports';
import type { Sealing } from './stays';

const SECRET_BYTES = 32;

export function pageIdentity(
  sealing: () => Sealing | null,
  randomBytes: (count: number) => Uint8Array<ArrayBuffer>,
): IdentityPort {
  let secret = randomBytes(SECRET_BYTES);
  let pins: readonly Pin[] = [];
  return {
    sign(room, session) {
      const by = sealing();
      if (by === null) return Promise.reject(new Error('The code for keys is not loaded.'));
      return Promise.resolve(by.signedIdentity(secret, room, session));
    },
    pins: () => Promise.resolve(pins),
    keep(pin) {
      pins = withPin(pins, pin);
      return Promise.resolve();
    },
    block(key, blocked) {
      pins = withBlocked(pins, key, blocked);
      return Promise.resolve();
    },
    forget(email) {
      pins = withoutPins(pins, email);
      return Promise.resolve();
    },
    renew() {
      secret = randomBytes(SECRET_BYTES);
      return Promise.resolve();
    },
  };
}
