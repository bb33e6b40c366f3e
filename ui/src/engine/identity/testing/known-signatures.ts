// Signatures of test identities, each made and checked once: many runs have the same people.

import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

import { signedIdentity, vouchesFor } from '../../private/identity-signature';
import type { SignedIdentity } from '../state';

const signed = new Map<string, SignedIdentity>();
const checked = new Map<string, boolean>();

/** By the identity of this name. */
export function identityOf(name: string, room: string, session: string): SignedIdentity {
  const id = JSON.stringify([name, room, session]);
  const known = signed.get(id);
  if (known !== undefined) return known;
  const made = signedIdentity(sha256(utf8ToBytes(`identity of ${name}`)), room, session);
  signed.set(id, made);
  return made;
}

export function isTrueIdentity(identity: SignedIdentity, room: string, session: string): boolean {
  const id = JSON.stringify([identity.key, identity.signature, room, session]);
  const known = checked.get(id);
  if (known !== undefined) return known;
  const isTrue = vouchesFor(identity, room, session);
  checked.set(id, isTrue);
  return isTrue;
}
