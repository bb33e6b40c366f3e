// What other slices do with identities.

import { emit, type StepContext } from '../step-context';
import { sayTo } from '../talk/commands';
import type { MemberId } from '../../protocol/wire';
import { MAX_PINS, pinnedAs, pinOf, withBlocked, withPin } from './pins';
import type { IdentityState, Pin } from './state';

/** Shows the own identity to a member; `asks` for its own in return. */
export function showIdentity(context: StepContext, member: MemberId, asks: boolean): void {
  const { own } = context.state.identity;
  if (own !== null) sayTo(context, member, { type: 'identity', ...own, asks });
}

/** A person has compared these. */
export function pinCompared(
  context: StepContext,
  people: readonly { readonly email: string; readonly key: string }[],
  at: number,
): void {
  for (const { email, key } of people) {
    keepPin(context, { email: pinnedAs(email), key, firstSeen: at, compared: at, blocked: false });
  }
}

/** Seen for the first time. */
export function pinSeen(context: StepContext, email: string, key: string, at: number): void {
  if (context.state.identity.pins.length >= MAX_PINS) return;
  keepPin(context, { email: pinnedAs(email), key, firstSeen: at, compared: null, blocked: false });
}

/** For this and later stays; of no use for a key that is not pinned. */
export function setBlockedKey(context: StepContext, key: string, blocked: boolean): void {
  const { pins } = context.state.identity;
  if (!pins.some((pin) => pin.key === key && pin.blocked !== blocked)) return;
  setIdentity(context, { pins: withBlocked(pins, key, blocked) });
  emit(context, { type: 'pin-block', key, blocked });
}

export function setIdentity(context: StepContext, changed: Partial<IdentityState>): void {
  context.state = { ...context.state, identity: { ...context.state.identity, ...changed } };
}

function keepPin(context: StepContext, pin: Pin): void {
  const pins = withPin(context.state.identity.pins, pin);
  setIdentity(context, { pins });
  const kept = pinOf(pins, pin.email, pin.key);
  if (kept !== null) emit(context, { type: 'pin-keep', pin: kept });
}
