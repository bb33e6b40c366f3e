// The list of pinned identities.
//
// Invariant: an email and a key have one pin, and nothing but a person takes one away.

import type { Pin } from './state';

/** At first sight no more are kept; compared ones always. */
export const MAX_PINS = 5_000;

/** Equal for emails that people read as the same. */
export function pinnedAs(email: string): string {
  return email.normalize('NFKC').trim().toLowerCase();
}

export function pinsOf(pins: readonly Pin[], email: string): readonly Pin[] {
  const name = pinnedAs(email);
  return pins.filter((pin) => pin.email === name);
}

export function pinOf(pins: readonly Pin[], email: string, key: string): Pin | null {
  return pinsOf(pins, email).find((pin) => pin.key === key) ?? null;
}

/**
 * The pin as it is kept among those of its email; null if it is not: at first sight only where there
 * is none. What was known of the same key stays.
 */
export function keptPin(ofEmail: readonly Pin[], pin: Pin): Pin | null {
  const before = ofEmail.find(({ key }) => key === pin.key);
  if (before === undefined) return pin.compared === null && ofEmail.length > 0 ? null : pin;
  const firstSeen = Math.min(before.firstSeen, pin.firstSeen);
  const { blocked } = before;
  return { ...pin, firstSeen, compared: pin.compared ?? before.compared, blocked };
}

export function withPin(pins: readonly Pin[], pin: Pin): readonly Pin[] {
  const kept = keptPin(pinsOf(pins, pin.email), pin);
  if (kept === null) return pins;
  return [...pins.filter(({ email, key }) => email !== pin.email || key !== pin.key), kept];
}

/** Under all its emails. */
export function withBlocked(pins: readonly Pin[], key: string, blocked: boolean): readonly Pin[] {
  return pins.map((pin) => (pin.key === key ? { ...pin, blocked } : pin));
}

export function withoutPins(pins: readonly Pin[], email: string): readonly Pin[] {
  const name = pinnedAs(email);
  return pins.filter((pin) => pin.email !== name);
}
