// The verification code of the call: all in it commit to a nonce, then show it, and derive the code.
//
// Invariant: other people in the call, or another call, mean another round, and a second commit
// another attempt, each with a new nonce. So no attempt can be tried twice.

import { pinCompared, showIdentity } from '../identity/commands';
import { provenKey } from '../identity/queries';
import type { SessionId } from '../ids';
import type { State } from '../state';
import { clearTimer, memberOf, setTimer, type StepContext } from '../step-context';
import { sayTo } from '../talk/commands';
import type { Heard } from '../talk/events';
import type { Timer } from '../timer';
import { MAX_ATTEMPT, type VerifyMessage } from '../wire/talk/verification';
import { commitOf, nonceOf, roundOf } from './code';
import type { VerificationPersonEvent, VerificationTimer } from './events';
import { awaitedIn, codeName, peopleInCall, type PeopleInCall, type PersonInCall } from './queries';
import { advanced, shownNonce, taken } from './round';
import type { People, Round, Settling, Stage } from './state';

/** People who come together to a call change it several times. */
const SETTLE_MS = 500;
const REPEAT_MS = 2_000;
const START: Timer = { kind: 'verification-start' };
const REPEAT: Timer = { kind: 'verification-repeat' };

export function handleVerificationTimer(context: StepContext, { kind }: VerificationTimer): void {
  const { stage } = context.state.verification;
  switch (kind) {
    case 'verification-start':
      return stage.kind === 'settling' ? begin(context, stage) : undefined;
    case 'verification-repeat':
      return stage.kind === 'round' ? repeat(context, stage) : undefined;
  }
}

export function handleVerificationHeard(
  context: StepContext,
  { from, message }: Heard<VerifyMessage>,
): void {
  const { stage } = context.state.verification;
  const person = othersIn(context).find(({ session, member }) =>
    member === from ? true : memberOf(context, from)?.status.session === session,
  );
  if (stage.kind !== 'round' || message.round !== stage.id || person === undefined) return;
  if (message.attempt > stage.attempt) return settle(context, stage, message.attempt);
  if (message.attempt === stage.attempt) {
    const next = taken(stage, person.session, message);
    if (next === 'again') return tryAgain(context, stage, person.session);
    goOn(context, next);
  }
  if (!message.asks) return;
  const { stage: now } = context.state.verification;
  if (now.kind === 'round') tell(context, now, person, false);
}

/** Only about the code that is shown. */
export function handleCodeCompared(
  context: StepContext,
  { code, result, at }: VerificationPersonEvent,
): void {
  const { stage } = context.state.verification;
  if (stage.kind !== 'round' || stage.progress.kind !== 'made' || codeName(stage) !== code) return;
  setStage(context, { ...stage, progress: { ...stage.progress, answer: result } });
  if (result === 'different') return;
  const { identity } = context.state;
  const compared = othersIn(context).flatMap(({ email, session }) => {
    const key = stage.sessions.includes(session) ? provenKey(identity, session) : null;
    return key === null ? [] : [{ email, key }];
  });
  pinCompared(context, compared, at);
}

/** Other people in the call, or something new of an identity. */
export function followVerification(context: StepContext, before: State): void {
  const { room, call, identity } = context.state;
  if (room === before.room && call === before.call && identity === before.identity) return;
  const { stage } = context.state.verification;
  const people = peopleInCall(context.state);
  switch (people.kind) {
    case 'none':
    case 'unproven':
      return turnOff(context, people.kind === 'none' ? 'off' : 'unable');
    case 'people': {
      const now = sessionsOf(people);
      const isSame =
        (stage.kind === 'settling' || stage.kind === 'round') && isSamePeople(stage, now);
      if (!isSame) return settle(context, now, 1);
      if (stage.kind !== 'round') return;
      // It has shown another identity since, which is its own.
      if (isMended(context, stage)) return tryAgain(context, stage, stage.ownSession);
      goOn(context, stage);
    }
  }
}

/** A page that was reloaded begins again, with a commit of its own. */
function tryAgain(context: StepContext, round: Round, by: SessionId): void {
  if (round.attempt < MAX_ATTEMPT) return settle(context, round, round.attempt + 1);
  setStage(context, { ...round, progress: { kind: 'broken', by, fault: 'nonce' } });
}

function settle(context: StepContext, { call, sessions }: People, attempt: number): void {
  setStage(context, { kind: 'settling', call, sessions, attempt });
  clearTimer(context, REPEAT);
  setTimer(context, START, SETTLE_MS);
}

function begin(context: StepContext, { attempt, call, sessions }: Settling): void {
  const { verification, identity } = context.state;
  const people = peopleInCall(context.state);
  if (people.kind !== 'people') return;
  // It is signed in a moment.
  if (identity.own === null) return setTimer(context, START, SETTLE_MS);
  const drawn = verification.drawn + 1;
  const nonce = nonceOf(verification.secret, drawn);
  const id = roundOf(people.room, call, sessions);
  const part = { session: people.own, identity: identity.own.key, nonce };
  const round: Round = {
    kind: 'round',
    id,
    call,
    sessions,
    attempt,
    ownSession: people.own,
    own: { nonce, commit: commitOf(id, attempt, part) },
    commits: {},
    nonces: {},
    progress: { kind: 'committing' },
  };
  context.state = { ...context.state, verification: { ...verification, drawn, stage: round } };
  for (const person of people.others) tell(context, round, person, true);
  setTimer(context, REPEAT, REPEAT_MS);
}

/** Takes the round as far as it goes, and tells what may be shown from now on. */
function goOn(context: StepContext, round: Round): void {
  const next = advanced(round, context.state.identity);
  if (next !== context.state.verification.stage) setStage(context, next);
  const { stage } = context.state.verification;
  if (stage.kind !== 'round' || shownNonce(stage) === null || shownNonce(round) !== null) return;
  for (const person of othersIn(context)) tell(context, stage, person, false);
}

/** Asks those again who have not shown everything. */
function repeat(context: StepContext, round: Round): void {
  const awaited = awaitedIn(context.state, round);
  if (awaited.length === 0) return;
  for (const person of othersIn(context)) {
    if (!awaited.includes(person.session)) continue;
    if (provenKey(context.state.identity, person.session) === null) {
      showIdentity(context, person.member, true);
    }
    tell(context, round, person, true);
  }
  setTimer(context, REPEAT, REPEAT_MS);
}

function isMended({ state: { identity } }: StepContext, { progress }: Round): boolean {
  if (progress.kind !== 'broken' || progress.fault !== 'identity') return false;
  return provenKey(identity, progress.by) !== null;
}

function tell(context: StepContext, round: Round, { member }: PersonInCall, asks: boolean): void {
  const { id, attempt, own } = round;
  const nonce = shownNonce(round);
  sayTo(context, member, { type: 'verify', round: id, attempt, commit: own.commit, nonce, asks });
}

function turnOff(context: StepContext, kind: 'off' | 'unable'): void {
  if (context.state.verification.stage.kind === kind) return;
  setStage(context, { kind });
  clearTimer(context, START);
  clearTimer(context, REPEAT);
}

function othersIn({ state }: StepContext): readonly PersonInCall[] {
  const people = peopleInCall(state);
  return people.kind === 'people' ? people.others : [];
}

function sessionsOf({ call, own, others }: Extract<PeopleInCall, { kind: 'people' }>): People {
  return { call, sessions: [own, ...others.map(({ session }) => session)].toSorted() };
}

function isSamePeople(a: People, b: People): boolean {
  return a.call === b.call && a.sessions.join(' ') === b.sessions.join(' ');
}

function setStage(context: StepContext, stage: Stage): void {
  const { verification } = context.state;
  context.state = { ...context.state, verification: { ...verification, stage } };
}
