// One attempt at a code, pure: what others show is taken in, and what follows is told.
//
// Invariant: a shown commit never changes within an attempt.

import { provenKey } from '../identity/queries';
import type { IdentityState } from '../identity/state';
import type { SessionId } from '../ids';
import type { VerifyMessage } from '../wire/talk/verification';
import { codeOf, commitOf, type Part } from './code';
import { otherSessions } from './queries';
import type { Fault, Round } from './state';

/** `again`: the sender has begun this attempt a second time, so another one is needed. */
export function taken(
  round: Round,
  session: SessionId,
  { commit, nonce }: Pick<VerifyMessage, 'commit' | 'nonce'>,
): Round | 'again' {
  const { [session]: before } = round.commits;
  if (before !== undefined && before !== commit) return 'again';
  const commits = { ...round.commits, [session]: commit };
  if (nonce === null) return { ...round, commits };
  const { [session]: known = nonce } = round.nonces;
  if (known !== nonce) return broken({ ...round, commits }, session, 'nonce');
  return { ...round, commits, nonces: { ...round.nonces, [session]: nonce } };
}

/** The round as far as it goes with what is known. */
export function advanced(round: Round, identity: IdentityState): Round {
  switch (round.progress.kind) {
    case 'broken':
    case 'made':
      return round;
    case 'committing':
    case 'revealing':
      break;
  }
  const others = otherSessions(round);
  const parts: Part[] = [];
  for (const session of others) {
    if (identity.claims[session]?.kind === 'false') return broken(round, session, 'identity');
    const part = partOf(round, session, identity);
    if (part === null) continue;
    if (commitOf(round.id, round.attempt, part) !== round.commits[session]) {
      return broken(round, session, 'nonce');
    }
    parts.push(part);
  }
  const isCommitted = others.every((session) => round.commits[session] !== undefined);
  const key = identity.own?.key;
  if (!isCommitted || key === undefined) return round;
  if (parts.length < others.length) return { ...round, progress: { kind: 'revealing' } };
  const own = { session: round.ownSession, identity: key, nonce: round.own.nonce };
  const code = codeOf(round.id, round.attempt, [...parts, own]);
  return { ...round, progress: { kind: 'made', code, answer: 'none' } };
}

/** The nonce that the own message shows now. */
export function shownNonce({ own, progress }: Round): string | null {
  switch (progress.kind) {
    case 'committing':
    case 'broken':
      return null;
    case 'revealing':
    case 'made':
      return own.nonce;
  }
}

function partOf(round: Round, session: SessionId, identity: IdentityState): Part | null {
  const { [session]: nonce } = round.nonces;
  const { [session]: commit } = round.commits;
  const key = provenKey(identity, session);
  if (nonce === undefined || commit === undefined || key === null) return null;
  return { session, identity: key, nonce };
}

function broken(round: Round, by: SessionId, fault: Fault): Round {
  return { ...round, progress: { kind: 'broken', by, fault } };
}
