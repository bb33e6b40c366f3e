// The vectors of identities and codes, which the Rust implementation checks too
// (`crates/signal-protocol/tests/verification.rs`).

import { readFileSync } from 'node:fs';

import { hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';

import vectors from '../../../../crates/signal-protocol/testdata/verification-vectors.json';
import { signedIdentity, vouchesFor } from '../private/identity-signature';
import { sessionOf, signingKeyOf } from '../private/visit-keys';
import { codeOf, commitOf, roundOf, type Part } from './code';
import { PICTURES } from './pictures';

const { room } = vectors;

function partOf(index: number): Part {
  const person = vectors.people[index];
  if (person === undefined) throw new Error(`No person ${index}.`);
  const { session, identity, nonce } = person;
  return { session, identity, nonce };
}

describe('verification', () => {
  test.each(vectors.people)('identity_vouches_for_a_session: $identity', (person) => {
    const { signing, session, identitySecret, identity: key, signature } = person;
    expect(sessionOf(signingKeyOf(hexToBytes(signing)))).toBe(session);
    const signed = signedIdentity(hexToBytes(identitySecret), room, session);
    expect(signed).toEqual({ key, signature });
    expect(vouchesFor(signed, room, session)).toBe(true);
  });

  test.each(vectors.refused)('identity_is_refused: $why', (row) => {
    const { identity: key, signature, session } = row;
    expect(vouchesFor({ key, signature }, row.room, session)).toBe(false);
  });

  test.each(vectors.rounds)('round_has_its_code: $call $attempt', (row) => {
    const { call, attempt, round, commits, code } = row;
    const parts = row.people.map(partOf);
    const sessions = parts.map(({ session }) => session).toSorted();
    expect(roundOf(room, call, sessions)).toBe(round);
    expect(parts.map((part) => commitOf(round, attempt, part))).toEqual(commits);
    expect(codeOf(round, attempt, parts)).toEqual(code);
  });

  test('pictures_are_in_the_order_of_the_protocol', () => {
    const page = readFileSync(new URL('../../../../docs/protocol.md', import.meta.url), 'utf8');
    expect(PICTURES).toEqual(vectors.pictures);
    expect(page.replace(/\s+/gu, ' ')).toContain(PICTURES.join(', '));
  });
});
