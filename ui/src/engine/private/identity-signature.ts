// Signatures of long-lived keys, checked and, where the page has to, made.

import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

import { identityMessage } from '../identity/message';
import type { SignedIdentity } from '../identity/state';
import type { SessionId } from '../ids';
import type { Bytes } from './bytes';
import { isSignedBy, sign, signingKeyOf } from './visit-keys';

/** `session` has the form of a hash. */
export function vouchesFor(
  { key, signature }: SignedIdentity,
  room: string,
  session: SessionId,
): boolean {
  return isSignedBy(hexToBytes(key), hexToBytes(signature), identityMessage(room, session));
}

/** By the key that is made from 32 random bytes. */
export function signedIdentity(secret: Bytes, room: string, session: SessionId): SignedIdentity {
  const shown = signingKeyOf(secret);
  const signature = sign({ secret, shown }, identityMessage(room, session));
  return { key: bytesToHex(shown), signature: bytesToHex(signature) };
}
