// `setLocalDescription` and `setRemoteDescription` (RFC 8829, 5.5 to 5.11; W3C webrtc-pc, 4.4.1.5).
//
// Invariant: a description is applied as a whole or refused. `Applied` is the difference between
// the states before and after.

import type { IceCredentials, NegotiatedParameters } from '../bridge/wire.ts';
import { checkFits } from './answer.ts';
import { learnNumbering } from './codecs.ts';
import { editedDescription } from './edited.ts';
import { JsepError } from './error.ts';
import { isRejected, type Section } from './sdp/description.ts';
import { readDescription } from './sdp/read.ts';
import { agree, checkBundled } from './negotiated-parameters.ts';
import {
  NOT_NEGOTIATED,
  byMid,
  receives,
  reversed,
  sameCredentials,
  withTransceiver,
  type Described,
  type Jsep,
  type OwnDescription,
  type SdpType,
  type SignalingState,
  type Environment,
  type Transceiver,
} from './state.ts';
import { newTransceiver } from './transceivers.ts';
import { transportOf } from './transport.ts';
import { completed } from './validate.ts';

export interface Applied {
  readonly state: Jsep;
  readonly signalingChanged: boolean;
  /** Created by a remote offer. */
  readonly added: readonly Transceiver[];
  /** Created by a remote offer that was rolled back. */
  readonly removed: readonly Transceiver[];
  readonly stopped: readonly Transceiver[];
  /** Stopped receiving. */
  readonly muted: readonly Transceiver[];
  /** Transceivers whose remote streams changed. */
  readonly streams: readonly { before: Transceiver | null; after: Transceiver | null }[];
  /** Each gets a `track` event. */
  readonly tracks: readonly Transceiver[];
  /** ICE credentials to gather candidates for. */
  readonly gather: IceCredentials | null;
  readonly commit: NegotiatedParameters | null;
}

export interface DescriptionText {
  readonly type: SdpType;
  readonly sdp: string;
}

/** Throws where a description of the peer is not SDP or does not fit the signaling state. The rest of
 *  it is checked when it is set. */
export function checkRemote(state: Jsep, { type, sdp }: DescriptionText): void {
  if (type === 'rollback') {
    rolledBack(state, 'have-remote-offer');
    return;
  }
  readDescription(sdp);
  checkRemoteState(state, type);
}

/** Throws where no local description of this type can be set. */
export function checkLocal(state: Jsep, type: SdpType): void {
  if (type === 'rollback') rolledBack(state, 'have-local-offer');
  else if (type === 'offer') checkSignaling(state, ['stable', 'have-local-offer'], 'a local offer');
  else checkSignaling(state, ['have-remote-offer', 'have-local-pranswer'], 'a local answer');
}

export function setLocal(state: Jsep, { type, sdp }: DescriptionText): Applied {
  if (type === 'rollback') return applied(state, rolledBack(state, 'have-local-offer'));
  checkLocal(state, type);
  if (type === 'offer') {
    const own = ownDescription(state.lastOffer, sdp, 'createOffer');
    return applied(state, localOffer(state, own));
  }
  const own = ownDescription(state.lastAnswer, sdp, 'createAnswer');
  checkFits(state, own);
  return applied(state, localAnswer(state, type, own));
}

export function setRemote(
  state: Jsep,
  { type, sdp }: DescriptionText,
  environment: Environment,
): Applied {
  if (type === 'rollback') return applied(state, rolledBack(state, 'have-remote-offer'));
  const parsed = readDescription(sdp);
  checkRemoteState(state, type);
  if (type === 'offer') {
    // A remote offer implicitly rolls back our own (W3C webrtc-pc, 4.4.1.5, step 3).
    const open =
      state.signaling === 'have-local-offer' ? rolledBack(state, 'have-local-offer') : state;
    return applied(state, remoteOffer(open, { sdp, parsed }, environment));
  }
  return applied(state, remoteAnswer(state, type, { sdp, parsed }));
}

type RemoteText = Pick<Described, 'sdp' | 'parsed'>;

function checkRemoteState(state: Jsep, type: 'offer' | 'pranswer' | 'answer'): void {
  const before: readonly SignalingState[] =
    type === 'offer'
      ? ['stable', 'have-local-offer', 'have-remote-offer']
      : ['have-local-offer', 'have-remote-pranswer'];
  checkSignaling(state, before, type === 'offer' ? 'a remote offer' : 'a remote answer');
}

function checkSignaling(state: Jsep, allowed: readonly SignalingState[], what: string): void {
  if (allowed.includes(state.signaling)) return;
  throw new JsepError('InvalidStateError', `Cannot set ${what} in the state ${state.signaling}.`);
}

/** The description of `createOffer` or `createAnswer`, as created or edited. */
function ownDescription(own: OwnDescription | null, sdp: string, maker: string): OwnDescription {
  if (own === null) {
    throw new JsepError(
      'InvalidModificationError',
      `Only the description of the last ${maker} can be set.`,
    );
  }
  return own.sdp === sdp ? own : editedDescription(own, sdp);
}

function localOffer(state: Jsep, own: OwnDescription): Jsep {
  const described: Described = { type: 'offer', sdp: own.sdp, parsed: own.parsed };
  return {
    ...leavingStable(state),
    signaling: 'have-local-offer',
    transceivers: state.transceivers.map((one) => {
      const mid = [...own.mids].find(([, id]) => id === one.id)?.[0];
      return mid === undefined ? one : { ...one, negotiated: { ...one.negotiated, mid } };
    }),
    pending: { local: described, remote: null },
    local: own.ice,
    numbering: learnNumbering(state.numbering, own.parsed),
  };
}

function remoteOffer(state: Jsep, read: RemoteText, environment: Environment): Jsep {
  const parsed = completed(state, 'offer', read.parsed);
  const described: Described = { type: 'offer', sdp: read.sdp, parsed };
  let next: Jsep = {
    ...leavingStable(state),
    signaling: 'have-remote-offer',
    pending: { local: null, remote: described },
    numbering: learnNumbering(state.numbering, parsed),
  };
  for (const section of parsed.sections) {
    if (section.kind !== 'audio' && section.kind !== 'video') continue;
    next = associated(next, section, section.kind, environment);
    const transceiver = byMid(next, section.mid);
    if (transceiver === undefined) continue;
    next = withRemoteTrack(next, transceiver.id, section, hasStreams(parsed));
  }
  return next;
}

/** RFC 8829, section 5.10: finds or creates the transceiver of a remote m-line. */
function associated(
  state: Jsep,
  section: Section,
  kind: Transceiver['kind'],
  environment: Environment,
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
      environment,
    );
  const open =
    free === undefined ? { ...state, transceivers: [...state.transceivers, made] } : state;
  return withTransceiver(open, made.id, (one) => ({
    ...one,
    negotiated: { ...one.negotiated, mid: section.mid },
  }));
}

/** The stream of all tracks of a peer that signals none (RFC 8829, section 5.10). */
const DEFAULT_STREAM = 'default';

function hasStreams({ sections }: Described['parsed']): boolean {
  return sections.some(({ msids }) => msids.length > 0);
}

/** Records what the remote description says the peer sends (W3C webrtc-pc, 5.1.1). */
function withRemoteTrack(state: Jsep, id: number, section: Section, signalsStreams: boolean): Jsep {
  const direction = isRejected(section) ? 'inactive' : reversed(section.direction);
  const streams = signalsStreams
    ? section.msids.flatMap(({ stream }) => (stream === null ? [] : [stream]))
    : [DEFAULT_STREAM];
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

function localAnswer(state: Jsep, type: 'answer' | 'pranswer', own: OwnDescription): Jsep {
  const described: Described = { type, sdp: own.sdp, parsed: own.parsed };
  const { remote } = state.pending;
  if (remote === null) throw new JsepError('InvalidStateError', 'There is no remote offer.');
  let next: Jsep = { ...state, local: own.ice, pending: { local: described, remote } };
  for (const section of own.parsed.sections) {
    next = settled(next, section, isRejected(section) ? 'inactive' : section.direction);
  }
  next = agree(next, described, remote);
  return type === 'answer' ? backToStable(next) : { ...next, signaling: 'have-local-pranswer' };
}

function remoteAnswer(state: Jsep, type: 'answer' | 'pranswer', read: RemoteText): Jsep {
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
    next = withRemoteTrack(next, transceiver.id, section, hasStreams(parsed));
    next = settled(next, section, isRejected(section) ? 'inactive' : reversed(section.direction));
  }
  next = agree(next, local, described);
  return type === 'answer' ? backToStable(next) : { ...next, signaling: 'have-remote-pranswer' };
}

/** Records the direction that an answer gives a transceiver, as seen from this side. */
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
    // A transceiver that stopped before any description contained it needs no negotiation.
    transceivers: state.transceivers.map((one) =>
      one.life === 'stopping' && one.negotiated.mid === null ? { ...one, life: 'stopped' } : one,
    ),
    restartFrom: state.restartFrom.filter((old) => sameCredentials(old, state.local)),
  };
}

/** RFC 8829, section 4.1.10.2. Changes that the page made to transceivers in between stay, and the
 *  last created descriptions can be set again (W3C webrtc-pc, 4.4.1.5, [[LastCreatedOffer]],
 *  [[LastCreatedAnswer]]). */
function rolledBack(state: Jsep, from: 'have-local-offer' | 'have-remote-offer'): Jsep {
  if (state.signaling !== from || state.stable === null) {
    throw new JsepError(
      'InvalidStateError',
      `There is nothing to roll back in the state ${state.signaling}.`,
    );
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
      is !== null && isReceiving(is) && (!isReceiving(was) || hasNewStream(was, is)) ? [is] : [],
    ),
    // After a rollback the credentials are those that were gathered for before.
    gather: didDescribe && mustGather(before, after) ? after.local : null,
    commit: after.session === before.session ? null : after.session,
  };
}

function hasTransport({ pending, current }: Jsep): boolean {
  const described = pending.local ?? current.local;
  return described !== null && transportOf(described.parsed) !== undefined;
}

/** Without an m-line there is no transport to gather for. */
function mustGather(before: Jsep, after: Jsep): boolean {
  if (!hasTransport(after)) return false;
  return !hasTransport(before) || !sameCredentials(before.local, after.local);
}

function isReceiving(one: Transceiver | null): boolean {
  return receives(one?.negotiated.firedDirection ?? null);
}

function hasNewStream(before: Transceiver | null, after: Transceiver): boolean {
  const known = before?.negotiated.remoteStreams ?? [];
  return after.negotiated.remoteStreams.some((stream) => !known.includes(stream));
}

function sameStreams(a: Transceiver | null, b: Transceiver | null): boolean {
  const before = a?.negotiated.remoteStreams ?? [];
  const after = b?.negotiated.remoteStreams ?? [];
  return before.length === after.length && before.every((stream) => after.includes(stream));
}
