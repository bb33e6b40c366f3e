// `setLocalDescription` and `setRemoteDescription` (RFC 8829, 5.5 to 5.11; W3C webrtc-pc, 4.4.1.5).
//
// Invariant: a description is applied as a whole or refused; what the page must be told is the
// difference between the state before and after.

import type { IceCredentials, Session } from '../bridge/wire.ts';
import { learnNumbering } from './codecs.ts';
import { JsepError } from './error.ts';
import { isRejected, type Section } from './sdp/description.ts';
import { readDescription } from './sdp/read.ts';
import { agree, checkBundled } from './session.ts';
import {
  NOT_NEGOTIATED,
  byMid,
  receives,
  reversed,
  sameCredentials,
  withTransceiver,
  type Described,
  type Jsep,
  type Plan,
  type SdpType,
  type SignalingState,
  type Surroundings,
  type Transceiver,
} from './state.ts';
import { newTransceiver } from './transceivers.ts';
import { completed } from './validate.ts';

export interface Applied {
  readonly state: Jsep;
  readonly signalingChanged: boolean;
  /** Made by the other side's offer. */
  readonly added: readonly Transceiver[];
  /** Made by an offer that is rolled back. */
  readonly removed: readonly Transceiver[];
  readonly stopped: readonly Transceiver[];
  /** Nothing is received any more. */
  readonly muted: readonly Transceiver[];
  /** Streams of received tracks, before and after. */
  readonly streams: readonly { before: Transceiver | null; after: Transceiver | null }[];
  /** A `track` event each. */
  readonly tracks: readonly Transceiver[];
  /** Credentials to gather candidates for. */
  readonly gather: IceCredentials | null;
  readonly commit: Session | null;
}

export interface DescriptionText {
  readonly type: SdpType;
  readonly sdp: string;
}

export function setLocal(state: Jsep, { type, sdp }: DescriptionText): Applied {
  if (type === 'rollback') return applied(state, rolledBack(state, 'have-local-offer'));
  if (type === 'offer') {
    checkSignaling(state, ['stable', 'have-local-offer'], 'a local offer');
    const plan = planned(state.lastOffer, sdp, 'createOffer');
    return applied(state, localOffer(state, plan));
  }
  checkSignaling(state, ['have-remote-offer', 'have-local-pranswer'], 'a local answer');
  const plan = planned(state.lastAnswer, sdp, 'createAnswer');
  return applied(state, localAnswer(state, type, plan));
}

export function setRemote(
  state: Jsep,
  { type, sdp }: DescriptionText,
  around: Surroundings,
): Applied {
  if (type === 'rollback') return applied(state, rolledBack(state, 'have-remote-offer'));
  const parsed = readDescription(sdp);
  if (type === 'offer') {
    checkSignaling(state, ['stable', 'have-local-offer', 'have-remote-offer'], 'a remote offer');
    // An offer that meets ours takes its place (W3C webrtc-pc, 4.4.1.5, step 3).
    const open =
      state.signaling === 'have-local-offer' ? rolledBack(state, 'have-local-offer') : state;
    return applied(state, remoteOffer(open, { sdp, parsed }, around));
  }
  checkSignaling(state, ['have-local-offer', 'have-remote-pranswer'], 'a remote answer');
  return applied(state, remoteAnswer(state, type, { sdp, parsed }));
}

type Read = Pick<Described, 'sdp' | 'parsed'>;

function checkSignaling(state: Jsep, allowed: readonly SignalingState[], what: string): void {
  if (allowed.includes(state.signaling)) return;
  throw new JsepError('InvalidStateError', `In ${state.signaling} there is no room for ${what}.`);
}

/** Only what was made here, unchanged, can be applied. */
function planned(plan: Plan | null, sdp: string, maker: string): Plan {
  if (plan !== null && plan.sdp === sdp) return plan;
  throw new JsepError(
    'InvalidModificationError',
    `Only the last description that ${maker} made can be set, and as it is.`,
  );
}

function localOffer(state: Jsep, plan: Plan): Jsep {
  const described: Described = { type: 'offer', sdp: plan.sdp, parsed: plan.parsed };
  return {
    ...leavingStable(state),
    signaling: 'have-local-offer',
    transceivers: state.transceivers.map((one) => {
      const mid = [...plan.mids].find(([, id]) => id === one.id)?.[0];
      return mid === undefined ? one : { ...one, negotiated: { ...one.negotiated, mid } };
    }),
    pending: { local: described, remote: null },
    local: plan.ice,
    numbering: learnNumbering(state.numbering, plan.parsed),
  };
}

function remoteOffer(state: Jsep, read: Read, around: Surroundings): Jsep {
  const parsed = completed(state, 'offer', read.parsed);
  const described: Described = { type: 'offer', sdp: read.sdp, parsed };
  let next: Jsep = {
    ...leavingStable(state),
    signaling: 'have-remote-offer',
    pending: { local: null, remote: described },
    lastAnswer: null,
    numbering: learnNumbering(state.numbering, parsed),
  };
  for (const section of parsed.sections) {
    if (section.kind !== 'audio' && section.kind !== 'video') continue;
    next = associated(next, section, section.kind, around);
    const transceiver = byMid(next, section.mid);
    if (transceiver !== undefined) next = withRemoteTrack(next, transceiver.id, section);
  }
  return next;
}

/** RFC 8829, section 5.10: the transceiver of a remote m-line is found, or made. */
function associated(
  state: Jsep,
  section: Section,
  kind: Transceiver['kind'],
  around: Surroundings,
): Jsep {
  if (byMid(state, section.mid) !== undefined || isRejected(section)) return state;
  const free = receives(section.direction)
    ? state.transceivers.find(
        (one) =>
          one.kind === kind &&
          one.madeBy === 'add-track' &&
          one.life === 'live' &&
          one.negotiated.mid === null,
      )
    : undefined;
  const made =
    free ??
    newTransceiver(
      { kind, direction: 'recvonly', madeBy: 'remote', streams: [], trackId: null },
      around,
    );
  const open =
    free === undefined ? { ...state, transceivers: [...state.transceivers, made] } : state;
  return withTransceiver(open, made.id, (one) => ({
    ...one,
    negotiated: { ...one.negotiated, mid: section.mid },
  }));
}

/** What the other side's description says of what it sends (W3C webrtc-pc, 5.1.1). */
function withRemoteTrack(state: Jsep, id: number, section: Section): Jsep {
  const direction = isRejected(section) ? 'inactive' : reversed(section.direction);
  const streams = section.msids.flatMap(({ stream }) => (stream === null ? [] : [stream]));
  return withTransceiver(state, id, (one) => ({
    ...one,
    life: isRejected(section) ? 'stopped' : one.life,
    negotiated: {
      ...one.negotiated,
      firedDirection: one.life === 'stopped' ? one.negotiated.firedDirection : direction,
      remoteStreams: receives(direction) ? [...new Set(streams)] : [],
    },
  }));
}

function localAnswer(state: Jsep, type: 'answer' | 'pranswer', plan: Plan): Jsep {
  const described: Described = { type, sdp: plan.sdp, parsed: plan.parsed };
  const { remote } = state.pending;
  if (remote === null) throw new JsepError('InvalidStateError', 'There is no remote offer.');
  let next: Jsep = { ...state, local: plan.ice, pending: { local: described, remote } };
  for (const section of plan.parsed.sections) {
    next = settled(next, section, isRejected(section) ? 'inactive' : section.direction);
  }
  next = agree(next, described, remote);
  return type === 'answer' ? backToStable(next) : { ...next, signaling: 'have-local-pranswer' };
}

function remoteAnswer(state: Jsep, type: 'answer' | 'pranswer', read: Read): Jsep {
  const parsed = completed(state, 'answer', read.parsed);
  checkBundled(parsed);
  const described: Described = { type, sdp: read.sdp, parsed };
  const { local } = state.pending;
  if (local === null) throw new JsepError('InvalidStateError', 'There is no local offer.');
  let next: Jsep = {
    ...state,
    pending: { local, remote: described },
    numbering: learnNumbering(state.numbering, parsed),
  };
  for (const section of parsed.sections) {
    const transceiver = byMid(next, section.mid);
    if (transceiver === undefined) continue;
    next = withRemoteTrack(next, transceiver.id, section);
    next = settled(next, section, isRejected(section) ? 'inactive' : reversed(section.direction));
  }
  next = agree(next, local, described);
  return type === 'answer' ? backToStable(next) : { ...next, signaling: 'have-remote-pranswer' };
}

/** The direction an answer has given a transceiver, as seen from here. */
function settled(state: Jsep, section: Section, direction: Section['direction']): Jsep {
  const transceiver = byMid(state, section.mid);
  if (transceiver === undefined) return state;
  return withTransceiver(state, transceiver.id, (one) => ({
    ...one,
    life: isRejected(section) ? 'stopped' : one.life,
    negotiated: {
      ...one.negotiated,
      currentDirection: direction,
      firedDirection: direction,
      remoteStreams: receives(direction) ? one.negotiated.remoteStreams : [],
    },
  }));
}

function leavingStable(state: Jsep): Jsep {
  if (state.stable !== null) return state;
  const { transceivers, local, numbering } = state;
  return { ...state, stable: { transceivers, local, numbering } };
}

function backToStable(state: Jsep): Jsep {
  return {
    ...state,
    signaling: 'stable',
    current: state.pending,
    pending: { local: null, remote: null },
    lastOffer: null,
    lastAnswer: null,
    stable: null,
    // One that was stopped before any description told of it has nobody to tell.
    transceivers: state.transceivers.map((one) =>
      one.life === 'stopping' && one.negotiated.mid === null ? { ...one, life: 'stopped' } : one,
    ),
    restartFrom: state.restartFrom.filter((old) => sameCredentials(old, state.local)),
  };
}

/** RFC 8829, section 4.1.10.2. What the page did meanwhile to transceivers stays done. */
function rolledBack(state: Jsep, from: 'have-local-offer' | 'have-remote-offer'): Jsep {
  if (state.signaling !== from || state.stable === null) {
    throw new JsepError('InvalidStateError', `In ${state.signaling} nothing can be rolled back.`);
  }
  const { stable } = state;
  const transceivers = state.transceivers.flatMap((one) => {
    const before = stable.transceivers.find(({ id }) => id === one.id);
    if (before !== undefined) return { ...one, negotiated: before.negotiated };
    return one.madeBy === 'remote' ? [] : { ...one, negotiated: NOT_NEGOTIATED };
  });
  return {
    ...state,
    signaling: 'stable',
    transceivers,
    local: stable.local,
    numbering: stable.numbering,
    pending: { local: null, remote: null },
    lastOffer: null,
    lastAnswer: null,
    stable: null,
  };
}

function applied(before: Jsep, after: Jsep): Applied {
  const old = new Map(before.transceivers.map((one) => [one.id, one]));
  const now = new Map(after.transceivers.map((one) => [one.id, one]));
  const all = [...new Set([...old.keys(), ...now.keys()])];
  const pairs = all.map((id) => ({ before: old.get(id) ?? null, after: now.get(id) ?? null }));
  const isStable = after.signaling === 'stable';
  const didDescribe = (after.pending.local ?? after.current.local) !== before.current.local;
  return {
    state: isStable
      ? { ...after, transceivers: after.transceivers.filter(({ life }) => life !== 'stopped') }
      : after,
    signalingChanged: before.signaling !== after.signaling,
    added: after.transceivers.filter(({ id }) => !old.has(id)),
    removed: before.transceivers.filter(({ id }) => !now.has(id)),
    stopped: after.transceivers.filter(
      ({ id, life }) => life === 'stopped' && old.get(id)?.life !== 'stopped',
    ),
    muted: pairs.flatMap(({ before: was, after: is }) =>
      was !== null && isReceiving(was) && !isReceiving(is) ? [is ?? was] : [],
    ),
    streams: pairs.filter(({ before: was, after: is }) => !sameStreams(was, is)),
    tracks: pairs.flatMap(({ before: was, after: is }) =>
      is !== null && isReceiving(is) && !isReceiving(was) ? [is] : [],
    ),
    // A rollback takes up credentials that have been gathered for.
    gather: didDescribe && !sameCredentials(before.local, after.local) ? after.local : null,
    commit: after.session === before.session ? null : after.session,
  };
}

function isReceiving(one: Transceiver | null): boolean {
  return receives(one?.negotiated.firedDirection ?? null);
}

function sameStreams(a: Transceiver | null, b: Transceiver | null): boolean {
  const before = a?.negotiated.remoteStreams ?? [];
  const after = b?.negotiated.remoteStreams ?? [];
  return before.length === after.length && before.every((stream) => after.includes(stream));
}
