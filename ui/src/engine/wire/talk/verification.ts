// `identity` and `verify`: the long-lived key of a member, and its part in the code of a call
// (docs/protocol.md, "Identities" and "Verification code").

import type { Fields, Readers } from './family';

/** The sender's long-lived key, which vouches for its session. In lower-case hexadecimal. */
export interface IdentityMessage {
  readonly type: 'identity';
  readonly key: string;
  readonly signature: string;
  /** Whether the receiver is asked for its own. */
  readonly asks: boolean;
}

/** What the sender shows of its part in a round. */
export interface VerifyMessage {
  readonly type: 'verify';
  readonly round: string;
  readonly attempt: number;
  readonly commit: string;
  /** Null until the sender has the commits of all. */
  readonly nonce: string | null;
  /** Whether the receiver is asked for its own. */
  readonly asks: boolean;
}

export const MAX_ATTEMPT = 1_000_000;
const HASH_DIGITS = 64;
const SIGNATURE_DIGITS = 128;

export const VERIFICATION: Readers<IdentityMessage | VerifyMessage> = {
  identity: readIdentity,
  verify: readVerify,
};

function readIdentity({ key, signature, asks }: Fields): IdentityMessage | null {
  if (!isHex(key, HASH_DIGITS) || !isHex(signature, SIGNATURE_DIGITS)) return null;
  return { type: 'identity', key, signature, asks: asks === true };
}

function readVerify({ round, attempt, commit, asks, ...rest }: Fields): VerifyMessage | null {
  const { nonce = null } = rest;
  if (!isHash(round) || !isHash(commit)) return null;
  if (nonce !== null && !isHash(nonce)) return null;
  if (typeof attempt !== 'number' || !Number.isInteger(attempt)) return null;
  if (attempt < 1 || attempt > MAX_ATTEMPT) return null;
  return { type: 'verify', round, attempt, commit, nonce, asks: asks === true };
}

/** 32 bytes. */
export function isHash(value: unknown): value is string {
  return isHex(value, HASH_DIGITS);
}

function isHex(value: unknown, digits: number): value is string {
  return typeof value === 'string' && value.length === digits && /^[0-9a-f]*$/u.test(value);
}
