// The way into a room with a passcode: CPace between a newcomer and one member inside, who hands over
// the root. Two groups that began at the same time become one in the same way.
//
// Invariant: the initiator proves first, so that each guess is seen and counted by a member inside.
// Nothing leaves that is made of the passcode without a fresh secret. Of two roots, the one with the
// smaller hash stands. Who is inside a room that was locked, or waits at its lock, keeps its root.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

import type { MemberId, ServerMessage } from '../../protocol/wire';
import { listOf, type Bytes } from './bytes';
import { isSameTag, SCALAR_BYTES, sharedKey, shareOf, tagOf, type Common } from './cpace';
import {
  openRoot,
  readDoor,
  ROOT_BYTES,
  sealRoot,
  SID_BYTES,
  writeDoor,
  type DoorMessage,
} from './door-box';
import { seen, seenAgain } from './door-presence';
import {
  here,
  withEntry,
  withoutEntry,
  type Attempt,
  type Door,
  type Guest,
  type Tried,
} from './door-state';
import { FOREIGN_MS, STRANGER_MS } from './door-view';
import { addGuess, waitMs } from './guesses';

export type DoorInput =
  | { readonly type: 'seen'; readonly message: ServerMessage }
  /** A payload of a door, from a member of the relay's room. */
  | { readonly type: 'told'; readonly from: MemberId; readonly payload: string }
  /** A member inside has counted a wrong guess. */
  | { readonly type: 'guess-told' }
  /** A member inside has handed over another root. */
  | { readonly type: 'root-told'; readonly root: Bytes }
  | { readonly type: 'time' };

export type DoorOutput =
  | { readonly type: 'say'; readonly to: MemberId; readonly payload: string }
  /** This member is inside, or has moved to another root. */
  | { readonly type: 'root'; readonly root: Bytes }
  /** Those inside are told. */
  | { readonly type: 'guessed' }
  /** The passcode is not that of the others. */
  | { readonly type: 'refused' };

/** `random` gives fresh random bytes. */
export interface DoorStep {
  readonly at: number;
  readonly random: (count: number) => Bytes;
}

type Step = readonly [Door, readonly DoorOutput[]];

const ANSWER_MS = 5_000;
const GUEST_MS = 30_000;
const MAX_GUESTS = 12;
/** A guest begins again this often at most. */
const GUEST_PAUSE_MS = 1_000;
const GUESTS_FULL_WAIT_MS = 1_000;
/** Proofs of a newcomer that may be left without an answer: each is a guess for the other end. */
const MAX_UNPROVEN = 3;
/** Where nobody is inside, the one with the smallest id begins at once, each next one later. */
const BEGIN_AFTER_MS = 1_000;
const LATEST_BEGIN_MS = 3_000;
const LONGEST_WAIT_MS = 60_000;
/** Members that did not answer, or not rightly, are asked again after so long. */
const SILENT_PAUSE_MS = 15_000;
const WRONG_PAUSE_MS = 60_000;
const APART_PAUSE_MS = 60_000;

export function stepDoor(door: Door, input: DoorInput, step: DoorStep): Step {
  if (door.outcome === 'refused') return [door, []];
  const [taken, outputs] = take(expired(door, step.at), input, step);
  const [next, more] = proceed(taken, step);
  return [next, [...outputs, ...more]];
}

/** When the door has to be asked again; null if it need not. */
export function doorWakesAt(door: Door, now: number): number | null {
  const { attempt, tried, guests, welcomed } = door;
  const waits = [...tried.values()].map(({ until }) => until);
  const kept = [...guests.values(), ...welcomed.values()].map(({ at }) => at + GUEST_MS);
  const foreign = [...door.present.values()]
    .filter(({ keys }) => keys === 'foreign')
    .flatMap(({ since }) => [since + FOREIGN_MS, since + STRANGER_MS]);
  const times = [
    ...(attempt === null ? [] : [attempt.until]),
    ...waits,
    ...kept,
    ...(door.root === null ? [beginsAt(door)] : foreign),
    ...door.guesses.recent.map((at) => at + LONGEST_WAIT_MS),
  ];
  // What was due by now is done.
  const next = Math.min(...times.filter((time) => time > now));
  return Number.isFinite(next) ? next : null;
}

function expired(door: Door, at: number): Door {
  const isKept = (each: { readonly at: number }): boolean => at - each.at < GUEST_MS;
  const guests = new Map([...door.guests].filter(([, guest]) => isKept(guest)));
  const welcomed = new Map([...door.welcomed].filter(([, each]) => isKept(each)));
  const tried = new Map([...door.tried].filter(([, { until }]) => until > at));
  const recent = door.guesses.recent.filter((one) => at - one < LONGEST_WAIT_MS);
  return { ...door, guests, welcomed, tried, guesses: { ...door.guesses, recent } };
}

function take(door: Door, input: DoorInput, step: DoorStep): Step {
  switch (input.type) {
    case 'seen':
      return abandoned(seen(door, input.message, step.at), step.at);
    case 'told': {
      const message = readDoor(input.payload);
      if (message === null || !isHere(door, input.from)) return [door, []];
      return told(door, input.from, message, step);
    }
    case 'guess-told':
      return [{ ...door, guesses: addGuess(door.guesses, step.at) }, []];
    case 'root-told':
      return door.root === null ? [door, []] : stand(door, input.root, step.at);
    case 'time':
      return [door, []];
  }
}

function told(door: Door, from: MemberId, message: DoorMessage, step: DoorStep): Step {
  switch (message.kind) {
    case 'hello':
      return hello(door, from, message, step);
    case 'answer':
      return answer(door, from, message, step);
    case 'proof':
      return proof(door, from, message, step);
    case 'welcome':
      return welcome(door, from, message, step);
    case 'root': {
      const guest = door.welcomed.get(from);
      if (guest === undefined || !isSameTag(guest.sid, message.sid)) return [door, []];
      const root = openRoot(guest.isk, 'root', guest.sid, message.box);
      const next = { ...door, welcomed: withoutEntry(door.welcomed, from) };
      if (root === null) return [next, []];
      return takes(next, root) ? enter(next, root, step.at) : [keptApart(next, from, step.at), []];
    }
    case 'wrong':
    case 'outside':
    case 'wait': {
      const { attempt } = door;
      if (attempt?.with !== from || !isSameTag(attempt.sid, message.sid)) return [door, []];
      return ended(door, attempt, triedOf(message, step.at), step.at);
    }
  }
}

function triedOf(
  message: Extract<DoorMessage, { kind: 'wrong' | 'outside' | 'wait' }>,
  at: number,
): Tried {
  switch (message.kind) {
    case 'wrong':
      return { kind: 'wrong', until: at + WRONG_PAUSE_MS };
    case 'outside':
      return silent(at);
    case 'wait':
      return { kind: 'wait', until: at + Math.min(Math.max(message.ms, 1_000), LONGEST_WAIT_MS) };
  }
}

function silent(at: number): Tried {
  return { kind: 'silent', until: at + SILENT_PAUSE_MS };
}

/** A guest begins: this member is the responder. */
function hello(
  door: Door,
  from: MemberId,
  { sid, share, data }: Extract<DoorMessage, { kind: 'hello' }>,
  { at, random }: DoorStep,
): Step {
  const { self, root } = door;
  const before = door.guests.get(from);
  if (self === null || (before !== undefined && at - before.at < GUEST_PAUSE_MS)) return [door, []];
  // From outside of a lock it could not tell those inside of a guess.
  if (root === null || door.entry.own === 'outside') {
    return [door, [say(from, { kind: 'outside', sid })]];
  }
  const isFull = before === undefined && door.guests.size >= MAX_GUESTS;
  const ms = isFull ? GUESTS_FULL_WAIT_MS : waitMs(door.guesses, at);
  if (ms > 0) return [door, [say(from, { kind: 'wait', sid, ms })]];
  const common = commonOf(door, { initiator: from, responder: self, sid });
  const scalar = random(SCALAR_BYTES);
  const own = shareOf(common, scalar);
  if (own === null) return [door, []];
  const shown = { initiator: { share, data }, responder: { share: own, data: door.signingKey } };
  const isk = sharedKey(sid, scalar, shown, 'responder');
  // No point: nobody who has a passcode sends that.
  if (isk === null) return guessed(door, at, [say(from, { kind: 'wrong', sid })]);
  const guest: Guest = {
    sid,
    isk,
    expected: tagOf(sid, isk, shown.initiator),
    own: tagOf(sid, isk, shown.responder),
    at,
  };
  const next = { ...door, guests: withEntry(door.guests, from, guest) };
  return [next, [say(from, { kind: 'answer', sid, ...shown.responder })]];
}

function answer(
  door: Door,
  from: MemberId,
  { sid, share, data }: Extract<DoorMessage, { kind: 'answer' }>,
  { at }: DoorStep,
): Step {
  const { attempt, signingKey } = door;
  if (attempt?.kind !== 'asked' || attempt.with !== from || !isSameTag(attempt.sid, sid)) {
    return [door, []];
  }
  const shown = {
    initiator: { share: attempt.share, data: signingKey },
    responder: { share, data },
  };
  const isk = sharedKey(sid, attempt.random, shown, 'initiator');
  if (isk === null) return ended(door, attempt, silent(at), at);
  const proven: Attempt = {
    kind: 'proven',
    with: from,
    sid,
    isk,
    expected: tagOf(sid, isk, shown.responder),
    until: at + ANSWER_MS,
  };
  const tag = tagOf(sid, isk, shown.initiator);
  return [{ ...door, attempt: proven }, [say(from, { kind: 'proof', sid, tag })]];
}

function proof(
  door: Door,
  from: MemberId,
  { sid, tag }: Extract<DoorMessage, { kind: 'proof' }>,
  { at }: DoorStep,
): Step {
  const guest = door.guests.get(from);
  if (guest === undefined || !isSameTag(guest.sid, sid) || door.root === null) return [door, []];
  const next = { ...door, guests: withoutEntry(door.guests, from) };
  if (!isSameTag(guest.expected, tag)) {
    return guessed(next, at, [say(from, { kind: 'wrong', sid })]);
  }
  const { isk, own } = guest;
  const box = sealRoot(isk, 'welcome', sid, door.root);
  const welcomed = withEntry(next.welcomed, from, { sid, isk, at });
  return [{ ...next, welcomed }, [say(from, { kind: 'welcome', sid, tag: own, box })]];
}

function welcome(
  door: Door,
  from: MemberId,
  { sid, tag, box }: Extract<DoorMessage, { kind: 'welcome' }>,
  { at }: DoorStep,
): Step {
  const { attempt } = door;
  if (attempt?.kind !== 'proven' || attempt.with !== from || !isSameTag(attempt.sid, sid)) {
    return [door, []];
  }
  const theirs = isSameTag(attempt.expected, tag)
    ? openRoot(attempt.isk, 'welcome', sid, box)
    : null;
  if (theirs === null) {
    return ended(door, attempt, { kind: 'wrong', until: at + WRONG_PAUSE_MS }, at);
  }
  const next: Door = { ...door, attempt: null, unproven: 0 };
  const { root } = next;
  if (root === null || takes(next, theirs)) return enter(next, theirs, at);
  const own = sealRoot(attempt.isk, 'root', sid, root);
  return [keptApart(next, from, at), [say(from, { kind: 'root', sid, box: own })]];
}

/** The member inside takes another root, if that one stands. */
function stand(door: Door, root: Bytes, at: number): Step {
  return takes(door, root) ? enter(door, root, at) : [door, []];
}

/** Whether a member inside moves to another root. */
function takes({ root, entry }: Door, other: Bytes): boolean {
  return (
    root !== null && entry.own === 'inside' && entry.epochs.length === 0 && stands(other, root)
  );
}

/** It takes this root now, or both keep theirs. */
function keptApart(door: Door, from: MemberId, at: number): Door {
  const pause: Tried = { kind: 'apart', until: at + APART_PAUSE_MS };
  const tried = withEntry(door.tried, from, pause);
  return { ...door, tried, apart: new Set([...door.apart, from]) };
}

function enter(door: Door, root: Bytes, at: number): Step {
  const nobody = { tried: new Map(), apart: new Set<MemberId>() };
  const inside = seenAgain({ ...door, root, attempt: null, ...nobody }, at);
  return [inside, [{ type: 'root', root }]];
}

/** The attempt came to nothing. Behind the proof, it was a guess for the other end. */
function ended(door: Door, attempt: Attempt, result: Tried, at: number): Step {
  const tried = withEntry(door.tried, attempt.with, result);
  const next: Door = { ...door, attempt: null, tried };
  if (attempt.kind === 'asked') return [next, []];
  const isInside = door.root !== null;
  const counted = { ...next, unproven: next.unproven + 1 };
  if (isInside) return guessed(counted, at, []);
  // Silence is no answer: the line may be bad.
  return result.kind === 'wrong'
    ? [{ ...counted, outcome: 'refused' }, [{ type: 'refused' }]]
    : [counted, []];
}

/** The other end has gone. */
function abandoned(door: Door, at: number): Step {
  const { attempt } = door;
  if (attempt === null || isHere(door, attempt.with)) return [door, []];
  return ended(door, attempt, silent(at), at);
}

function guessed(door: Door, at: number, outputs: readonly DoorOutput[]): Step {
  const next = { ...door, guesses: addGuess(door.guesses, at) };
  return [next, [...outputs, { type: 'guessed' }]];
}

/** What is due now. */
function proceed(door: Door, step: DoorStep): Step {
  const { attempt, self, root } = door;
  if (attempt !== null && attempt.until <= step.at) {
    const [next, outputs] = ended(door, attempt, silent(step.at), step.at);
    const [after, more] = proceed(next, step);
    return [after, [...outputs, ...more]];
  }
  if (self === null || attempt !== null || door.outcome === 'refused') return [door, []];
  return root === null ? comeIn(door, self, step) : meetOthers(door, self, step);
}

function comeIn(door: Door, self: MemberId, step: DoorStep): Step {
  const inside = here(door).filter(([, { keys }]) => keys === 'unknown');
  const untried = inside.filter(([id]) => !door.tried.has(id)).map(([id]) => id);
  const chosen = door.unproven < MAX_UNPROVEN ? oneOf(untried, step.random) : null;
  if (chosen !== null) return ask(door, self, chosen, step);
  const waits = inside.some(([id]) => door.tried.get(id)?.kind === 'wait');
  if (waits || step.at < beginsAt(door)) return [door, []];
  return enter(door, step.random(ROOT_BYTES), step.at);
}

/** When a member begins the room where nobody inside answers. */
function beginsAt(door: Door): number {
  const { self, joinedAt } = door;
  if (self === null) return Infinity;
  const waits = [...door.tried.values()].some(({ kind }) => kind === 'wait');
  if (waits) return Infinity;
  const before = here(door).filter(([id]) => id < self).length;
  return joinedAt + Math.min(before * BEGIN_AFTER_MS, LATEST_BEGIN_MS);
}

/** Members inside with another root: the one with the larger id of two asks. */
function meetOthers(door: Door, self: MemberId, step: DoorStep): Step {
  if (door.entry.own === 'outside') return [door, []];
  if (waitMs(door.guesses, step.at) > 0) return [door, []];
  const found = here(door).find(
    ([id, { keys, since }]) =>
      keys === 'foreign' && id < self && !door.tried.has(id) && step.at - since >= FOREIGN_MS,
  );
  return found === undefined ? [door, []] : ask(door, self, found[0], step);
}

function ask(door: Door, self: MemberId, to: MemberId, { at, random }: DoorStep): Step {
  const sid = random(SID_BYTES);
  const scalar = random(SCALAR_BYTES);
  const common = commonOf(door, { initiator: self, responder: to, sid });
  const share = shareOf(common, scalar);
  if (share === null) return [door, []];
  const attempt: Attempt = {
    kind: 'asked',
    with: to,
    sid,
    random: scalar,
    share,
    until: at + ANSWER_MS,
  };
  const message: DoorMessage = { kind: 'hello', sid, share, data: door.signingKey };
  return [{ ...door, attempt }, [say(to, message)]];
}

function commonOf(
  { passcode, room }: Door,
  { initiator, responder, sid }: Record<'initiator' | 'responder', MemberId> & { sid: Bytes },
): Common {
  const channel = listOf('snug passcode 1', room, initiator, responder);
  return { passcode: utf8ToBytes(passcode), channel, sid };
}

/** Of two roots, the one that all take. */
function stands(root: Uint8Array, over: Uint8Array): boolean {
  return hashOf(root) < hashOf(over);
}

function hashOf(root: Uint8Array): string {
  return bytesToHex(sha256(listOf('snug passcode root 1', root)));
}

function isHere({ present }: Door, id: MemberId): boolean {
  return present.get(id)?.presence === 'here';
}

function oneOf(ids: readonly MemberId[], random: DoorStep['random']): MemberId | null {
  const [byte = 0] = ids.length > 1 ? random(1) : [];
  return ids[byte % Math.max(1, ids.length)] ?? null;
}

function say(to: MemberId, message: DoorMessage): DoorOutput {
  return { type: 'say', to, payload: writeDoor(message) };
}
