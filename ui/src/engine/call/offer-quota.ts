// How many offers a member may send: each costs an answer, and the relay counts those as ours.
//
// Invariant: a member over its quota is ignored until it has been quiet for a while, and this person
// is told once each time. Other members are not affected.

import type { Member } from '../room/state';
import { memberOf, notify, type StepContext } from '../step-context';
import { tokensAt } from '../token-bucket';
import type { CallMessage } from '../wire/call-message';
import type { OfferQuota } from './state';

const LIMITS = { burst: 24, perSecond: 0.5 };

/** Whether the message is read. */
export function mayBeRead(
  context: StepContext,
  member: Member,
  { type }: CallMessage,
  at: number,
): boolean {
  if (type !== 'user:call' && type !== 'peer:nego:needed' && type !== 'peer:returned') return true;
  const before = context.state.offerQuotas[member.id] ?? {
    tokens: LIMITS.burst,
    at,
    reading: 'open',
  };
  const quota = spend(before, at);
  set(context, { ...context.state.offerQuotas, [member.id]: quota });
  if (quota.reading === 'open') return true;
  if (before.reading === 'open')
    notify(context, { code: 'calls-ignored', email: member.email }, null);
  return false;
}

/** After each step: nothing is kept of members that have left the room. */
export function forgetOfferQuotas(context: StepContext): void {
  const all = Object.entries(context.state.offerQuotas);
  const kept = all.filter(([id]) => memberOf(context, id) !== null);
  if (kept.length < all.length) set(context, Object.fromEntries(kept));
}

function spend(before: OfferQuota, at: number): OfferQuota {
  const { reading } = before;
  const tokens = tokensAt(before, at, LIMITS);
  switch (reading) {
    case 'open':
      return tokens < 1
        ? { tokens: 0, at, reading: 'ignored' }
        : { tokens: tokens - 1, at, reading };
    case 'ignored':
      // Quiet for so long that it is whole again; a member that goes on meanwhile waits again.
      return tokens < LIMITS.burst
        ? { tokens: 0, at, reading }
        : { tokens: LIMITS.burst - 1, at, reading: 'open' };
  }
}

function set(context: StepContext, offerQuotas: Readonly<Record<string, OfferQuota>>): void {
  context.state = { ...context.state, offerQuotas };
}
