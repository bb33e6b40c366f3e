// The fake identity of a person, and what is kept of others: both stay over a reload.

import type { Effect } from '../effect';
import type { IdentityEvent } from '../identity/events';
import { withBlocked, withoutPins, withPin } from '../identity/pins';
import type { Pin } from '../identity/state';
import { identityOf, isTrueIdentity } from '../identity/testing/known-signatures';
import type { Clock } from './clock';

export type IdentityEffect = Extract<
  Effect,
  { type: 'identity-sign' | 'identity-check' | 'pin-keep' | 'pin-block' | 'pin-forget' }
>;

export interface FakeIdentity {
  perform(effect: IdentityEffect): void;
}

/** As the storage has it. */
export interface KeptPins {
  pins: readonly Pin[];
}

/** How long the storage takes. */
const STORAGE_MS = 20;

export function fakeIdentity(
  clock: Clock,
  name: string,
  kept: KeptPins,
  tell: (event: IdentityEvent) => void,
): FakeIdentity {
  return {
    perform(effect) {
      switch (effect.type) {
        case 'identity-sign': {
          const { room, session } = effect;
          clock.after(STORAGE_MS, () => {
            tell({ type: 'pins-loaded', pins: kept.pins, keeping: 'kept', at: clock.now() });
            const identity = identityOf(name, room, session);
            tell({ type: 'identity-signed', session, identity });
          });
          return;
        }
        case 'identity-check': {
          const { room, session, key } = effect;
          const result = isTrueIdentity(effect, room, session) ? 'proven' : 'false';
          clock.after(0, () =>
            tell({ type: 'identity-checked', session, key, result, at: clock.now() }),
          );
          return;
        }
        case 'pin-keep':
          kept.pins = withPin(kept.pins, effect.pin);
          return;
        case 'pin-block':
          kept.pins = withBlocked(kept.pins, effect.key, effect.blocked);
          return;
        case 'pin-forget':
          kept.pins = withoutPins(kept.pins, effect.email);
      }
    },
  };
}
