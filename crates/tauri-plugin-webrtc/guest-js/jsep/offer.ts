// `createOffer` (RFC 8829, section 5.2).
//
// Invariant: m-lines keep their places. A place is reused only when both sides know the m-line as
// rejected.

import { AUDIO_CODECS, offeredCodecs, offeredExtensions, type CodecName } from './codecs.ts';
import { JsepError } from './error.ts';
import {
  DATA_FORMAT,
  SCTP_PORT,
  emptySection,
  isRejected,
  type Section,
} from './sdp/description.ts';
import { formatsOf, writeDescription } from './sdp/write.ts';
import {
  newCredentials,
  sameCredentials,
  sends,
  type Jsep,
  type OwnDescription,
  type Environment,
  type Transceiver,
} from './state.ts';

export const MAX_MESSAGE_SIZE = 262144;

export interface OfferOptions {
  readonly iceRestart: boolean;
}

/** Throws in a state in which no offer can be made. */
export function checkOfferable({ signaling }: Jsep): void {
  if (signaling === 'stable' || signaling === 'have-local-offer') return;
  throw new JsepError('InvalidStateError', `Cannot create an offer in the state ${signaling}.`);
}

export function createOffer(state: Jsep, environment: Environment, options: OfferOptions): Jsep {
  checkOfferable(state);
  const ice = offeredCredentials(state, environment, options);
  const before = (state.pending.local ?? state.current.local)?.parsed.sections ?? [];
  const live = state.transceivers.filter(({ life }) => life === 'live');
  const waiting = live.filter(
    ({ negotiated }) => !before.some(({ mid }) => mid === negotiated.mid),
  );
  const mids = new Map<string, number>();
  const usedMids = midsOf(state);

  const place = (transceiver: Transceiver, mid: string): Section => {
    mids.set(mid, transceiver.id);
    return rtpSection(state, transceiver, mid, environment);
  };
  const sections = before.map((section): Section => {
    if (section.kind === 'application') {
      if (isGone(state, section.mid)) return dataSection(freshMid(usedMids));
      // The peer may know only the form before RFC 8841.
      const { protocol, formats } = section;
      return { ...dataSection(section.mid), protocol, formats };
    }
    const own = live.find(({ negotiated }) => negotiated.mid === section.mid);
    if (own !== undefined) return place(own, section.mid);
    const next = isGone(state, section.mid) ? waiting.shift() : undefined;
    return next === undefined ? rejectedCopy(section) : place(next, freshMid(usedMids));
  });
  for (const transceiver of waiting) sections.push(place(transceiver, freshMid(usedMids)));
  const hasData = sections.some(({ kind }) => kind === 'application');
  if (state.wantsData && !hasData) sections.push(dataSection(freshMid(usedMids)));

  const complete = sections.map((section) =>
    isRejected(section)
      ? section
      : { ...section, ice, fingerprints: [environment.fingerprint], setup: 'actpass' as const },
  );
  const bundled = complete.filter((section) => !isRejected(section)).map(({ mid }) => mid);
  const version = state.version + 1;
  const parsed = {
    sessionId: state.sessionId,
    version: String(version),
    iceLite: false,
    trickle: true,
    bundles: bundled.length > 0 ? [bundled] : [],
    sections: complete,
  };
  return { ...state, version, lastOffer: { sdp: writeDescription(parsed), parsed, mids, ice } };
}

function offeredCredentials(
  state: Jsep,
  environment: Environment,
  options: OfferOptions,
): OwnDescription['ice'] {
  const restarts =
    options.iceRestart || state.restartFrom.some((old) => sameCredentials(old, state.local));
  return state.local === null || restarts ? newCredentials(environment.random) : state.local;
}

export function dataSection(mid: string): Section {
  return {
    ...emptySection('application'),
    formats: [DATA_FORMAT],
    mid,
    sctpPort: SCTP_PORT,
    maxMessageSize: MAX_MESSAGE_SIZE,
  };
}

function rtpSection(
  state: Jsep,
  transceiver: Transceiver,
  mid: string,
  environment: Environment,
): Section {
  const known = knownCodecs(transceiver, environment);
  const codecs = offeredCodecs(transceiver.preferences, known, state.numbering);
  return {
    ...emptySection(transceiver.kind),
    formats: formatsOf(codecs),
    mid,
    direction: transceiver.direction,
    rtcpMux: true,
    codecs,
    extensions: offeredExtensions(transceiver.kind, state.numbering),
    ...sentParts(state, transceiver, transceiver.direction),
  };
}

export function knownCodecs(
  { kind }: Transceiver,
  { videoCodecs }: Environment,
): readonly CodecName[] {
  return kind === 'audio' ? AUDIO_CODECS : videoCodecs;
}

/** The attributes that describe what is sent: `a=msid`, `a=ssrc`, `a=ssrc-group`. `a=msid` is
 *  written also while the peer receives nothing, because otherwise `negotiationneeded` would
 *  fire again and again (W3C webrtc-pc, 4.7.3). */
export function sentParts(
  state: Jsep,
  transceiver: Transceiver,
  direction: Section['direction'],
): Pick<Section, 'msids' | 'sources' | 'sourceGroups'> {
  if (!sends(transceiver.direction)) return { msids: [], sources: [], sourceGroups: [] };
  const { streams, trackId, send } = transceiver;
  const msids = (streams.length > 0 ? streams : [null]).map((stream) => ({
    stream,
    track: trackId,
  }));
  if (!sends(direction)) return { msids, sources: [], sourceGroups: [] };
  const ssrcs = send.rtx === null ? [send.ssrc] : [send.ssrc, send.rtx];
  return {
    msids,
    sources: ssrcs.map((ssrc) => ({ ssrc, cname: state.cname })),
    sourceGroups: send.rtx === null ? [] : [{ semantics: 'FID', ssrcs }],
  };
}

export function rejectedCopy({ kind, protocol, formats, mid }: Section): Section {
  return { ...emptySection(kind), port: 0, protocol, formats, mid, direction: 'inactive' };
}

/** Both sides know the m-line as rejected, or an answer rejected it. */
function isGone(state: Jsep, mid: string): boolean {
  const { local, remote } = state.current;
  return [local, remote].some((described) =>
    described?.parsed.sections.some((section) => section.mid === mid && isRejected(section)),
  );
}

function midsOf(state: Jsep): Set<string> {
  const described = [state.current, state.pending].flatMap(({ local, remote }) => [local, remote]);
  const sections = described.flatMap((one) => one?.parsed.sections ?? []);
  return new Set([...state.agreedMids, ...sections.map(({ mid }) => mid)]);
}

function freshMid(used: Set<string>): string {
  let number = 0;
  while (used.has(String(number))) number += 1;
  used.add(String(number));
  return String(number);
}
