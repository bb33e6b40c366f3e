// The long-lived identity of this person and the pinned ones of others, between engine and port.
//
// Invariant: where the port fails, the page has an identity of its own, and says that it is not kept.

import type { Effect } from '../engine/effect';
import type { IdentityEvent } from '../engine/identity/events';
import type { Keeping } from '../engine/identity/state';
import type { SessionId } from '../engine/ids';
import { isHash } from '../engine/wire/talk/verification';
import type { IdentityPort } from '../ports';
import { pageIdentity } from './page-identity';
import type { Sealing } from './stays';

type IdentityEffect = Extract<
  Effect,
  { type: 'identity-sign' | 'identity-check' | 'pin-keep' | 'pin-block' | 'pin-forget' }
>;

export interface Identities {
  perform(effect: IdentityEffect): void;
  /** Tells the engine what is kept of others. */
  load(): Promise<void>;
  /** From the next room on. Rejected if the old one stays. */
  renew(): Promise<void>;
}

interface Means {
  readonly port: IdentityPort;
  readonly sealing: () => Sealing | null;
  readonly randomBytes: (count: number) => Uint8Array<ArrayBuffer>;
  /** In milliseconds since 1970. */
  readonly now: () => number;
  readonly dispatch: (event: IdentityEvent) => void;
  /** Something is not kept. */
  readonly failed: () => void;
}

export function identities({ port, dispatch, now, failed, ...means }: Means): Identities {
  const { sealing, randomBytes } = means;
  const ofPage = pageIdentity(sealing, randomBytes);
  let used: IdentityPort = port;

  const keeping = (): Exclude<Keeping, 'loading'> => (used === port ? 'kept' : 'this-page');

  /** For the rest of the page: an identity does not change within it. */
  const orOfPage = async <T>(ask: (from: IdentityPort) => Promise<T>): Promise<T> => {
    try {
      return await ask(used);
    } catch (error) {
      if (used === ofPage) throw error;
      used = ofPage;
      return ask(used);
    }
  };

  const load = async (): Promise<void> => {
    const pins = await orOfPage((from) => from.pins());
    dispatch({ type: 'pins-loaded', pins, keeping: keeping(), at: now() });
  };

  const sign = async (room: string, session: SessionId): Promise<void> => {
    const identity = await orOfPage((from) => from.sign(room, session));
    // After it: the identity that failed may have been the kept one.
    await load();
    dispatch({ type: 'identity-signed', session, identity });
  };

  /** One after the other: who is forgotten may be seen again at once. */
  let last: Promise<void> = Promise.resolve();
  const keep = (write: () => Promise<void>): void => {
    last = last.then(write).catch(failed);
  };

  return {
    load,
    perform(effect) {
      switch (effect.type) {
        case 'identity-sign':
          return void sign(effect.room, effect.session).catch(failed);
        case 'identity-check': {
          const { room, session, key } = effect;
          const isTrue = isHash(session) && sealing()?.vouchesFor(effect, room, session) === true;
          const result = isTrue ? 'proven' : 'false';
          return dispatch({ type: 'identity-checked', session, key, result, at: now() });
        }
        case 'pin-keep':
          return keep(async () => used.keep(effect.pin));
        case 'pin-block':
          return keep(async () => used.block(effect.key, effect.blocked));
        case 'pin-forget':
          return keep(async () => used.forget(effect.email));
      }
    },
    renew: () => used.renew(),
  };
}
