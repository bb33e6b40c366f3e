// What an offer and an answer agree on, as the transport gets it.

import type { DtlsRole, Media, NegotiatedParameters, Rtp, Ssrcs } from '../bridge/wire.ts';
import { agreedCodecs, carriesMedia } from './codecs.ts';
import { JsepError } from './error.ts';
import {
  SCTP_PORT,
  isData,
  isRejected,
  type Section,
  type SessionDescription,
} from './sdp/description.ts';
import { transportOf } from './transport.ts';
import { byMid, intersection, reversed, sends, type Described, type Jsep } from './state.ts';

/** The only fingerprint algorithm that the transport compares. */
export const HASH = 'sha-256';
/** RFC 8841, section 6.1: without `a=max-message-size`. */
const DEFAULT_MAX_MESSAGE_SIZE = 65536;
const MAX_MESSAGE_SIZE = 0xffffffff;

/** Adds the negotiated session of two descriptions to the state. */
export function agree(state: Jsep, local: Described, remote: Described): Jsep {
  const weOffered = local.type === 'offer';
  const theirs = transportOf(remote.parsed, local.parsed);
  const agreed = new Map<string, Media>();
  local.parsed.sections.forEach((section, index) => {
    const other = remote.parsed.sections[index];
    if (other === undefined) return;
    agreed.set(section.mid, mediaOf(state, section, other, weOffered));
  });
  checkSources(agreed.values());
  if (state.local === null)
    throw new JsepError('InvalidStateError', 'No local description is set.');
  if (theirs === undefined || theirs.ice === null) {
    // All m-lines are rejected, so there is no transport.
    return state;
  }
  const agreedMids = [
    ...state.agreedMids,
    ...[...agreed.keys()].filter((mid) => !state.agreedMids.includes(mid)),
  ];
  const remoteFingerprints = theirs.fingerprints
    .filter(({ algorithm }) => algorithm === HASH)
    .slice(0, 1);
  const session: NegotiatedParameters = {
    dtlsRole: establishedRole(state, remoteFingerprints) ?? dtlsRole(state, local, theirs),
    iceControlling: remote.parsed.iceLite || (state.session?.iceControlling ?? weOffered),
    local: state.local,
    remote: theirs.ice,
    remoteIsLite: remote.parsed.iceLite,
    remoteFingerprints,
    media: agreedMids.map((mid) => agreed.get(mid) ?? { kind: 'stopped', mid }),
  };
  return { ...state, agreedMids, session };
}

/** The role in the DTLS association, which goes on with the same certificate. Firefox answers an ICE
 *  restart with `a=setup:active` also where it is the server, and stays the server. */
function establishedRole(
  { session }: Jsep,
  [theirs]: NegotiatedParameters['remoteFingerprints'],
): DtlsRole | null {
  const before = session?.remoteFingerprints[0];
  if (session === null || theirs === undefined || before?.value !== theirs.value) return null;
  return session.dtlsRole;
}

function dtlsRole(state: Jsep, local: Described, theirs: Section): DtlsRole {
  if (local.type === 'offer') return theirs.setup === 'active' ? 'server' : 'client';
  const ours = transportOf(local.parsed)?.setup;
  if (ours === 'active') return 'client';
  return ours === 'passive' ? 'server' : (state.session?.dtlsRole ?? 'client');
}

function mediaOf(state: Jsep, ours: Section, theirs: Section, weOffered: boolean): Media {
  if (isRejected(ours) || isRejected(theirs)) return { kind: 'stopped', mid: ours.mid };
  if (ours.kind === 'application') {
    if (!isData(theirs)) return { kind: 'stopped', mid: ours.mid };
    const size = theirs.maxMessageSize ?? DEFAULT_MAX_MESSAGE_SIZE;
    return {
      kind: 'application',
      mid: ours.mid,
      sctpPort: theirs.sctpPort ?? SCTP_PORT,
      // Larger than the wire can express counts as no limit.
      maxMessageSize: size > MAX_MESSAGE_SIZE ? 0 : size,
    };
  }
  const transceiver = byMid(state, ours.mid);
  if (transceiver === undefined) return { kind: 'stopped', mid: ours.mid };
  const common = weOffered ? agreedCodecs(ours, theirs) : agreedAsAnswered(ours, theirs);
  // No codec in common: this m-line carries nothing, the others do.
  const isCarried = common.some(carriesMedia);
  const direction = intersection(ours.direction, reversed(theirs.direction));
  const rtp: Rtp = {
    mid: ours.mid,
    direction: isCarried ? direction : 'inactive',
    codecs: isCarried ? common : [...ours.codecs],
    extensions: (weOffered ? theirs : ours).extensions.filter(({ id, uri }) =>
      (weOffered ? ours : theirs).extensions.some((other) => other.id === id && other.uri === uri),
    ),
    send: transceiver.send,
    receive: sends(theirs.direction) ? ssrcsOf(theirs) : [],
    cname: state.cname,
    receiver: transceiver.id,
  };
  return { kind: transceiver.kind, ...rtp };
}

/** The codecs of our answer, with the offer's parameters: the receiver says how to send. */
function agreedAsAnswered(answer: Section, offer: Section): Rtp['codecs'] {
  return answer.codecs.map((codec) => ({
    ...codec,
    parameters:
      offer.codecs.find(({ payloadType }) => payloadType === codec.payloadType)?.parameters ?? '',
  }));
}

/** Maximum for one m-line. A receiver has one source at a time. */
const MAX_SOURCES = 4;

/** On one transport an SSRC belongs to one m-line (RFC 8843, section 9.2). */
function checkSources(media: Iterable<Media>): void {
  const taken = new Set<number>();
  for (const one of media) {
    if (one.kind !== 'audio' && one.kind !== 'video') continue;
    for (const { ssrc, rtx } of one.receive) {
      for (const source of rtx === null ? [ssrc] : [ssrc, rtx]) {
        if (taken.has(source)) {
          throw new JsepError('OperationError', `The source ${source} is announced twice.`);
        }
        taken.add(source);
      }
    }
  }
}

/** RFC 5576: SSRCs, each with its RTX SSRC (RFC 4588) if they are grouped. */
function ssrcsOf(section: Section): Ssrcs[] {
  const groups = section.sourceGroups.filter(({ semantics }) => semantics === 'FID');
  const retransmissions = new Set(groups.map(({ ssrcs }) => ssrcs[1]));
  const protections = section.sourceGroups
    .filter(({ semantics }) => semantics.startsWith('FEC'))
    .map(({ ssrcs }) => ssrcs[1]);
  return section.sources
    .filter(({ ssrc }) => ssrc !== 0 && !retransmissions.has(ssrc) && !protections.includes(ssrc))
    .slice(0, MAX_SOURCES)
    .map(({ ssrc }) => ({
      ssrc,
      rtx: groups.find(({ ssrcs }) => ssrcs[0] === ssrc)?.ssrcs[1] ?? null,
    }));
}

/** Maximum size of a message in bytes. Null: no limit. Undefined: no data channels negotiated. */
export function maxMessageSize(session: NegotiatedParameters | null): number | null | undefined {
  const data = session?.media.find(({ kind }) => kind === 'application');
  if (data === undefined || data.kind !== 'application') return undefined;
  return data.maxMessageSize === 0 ? null : data.maxMessageSize;
}

/** Throws for an answer that accepts an m-line outside of the bundle. */
export function checkBundled(answer: SessionDescription): void {
  const taken = answer.sections.filter((section) => !isRejected(section));
  const [first] = taken;
  if (first === undefined || taken.length === 1) return;
  const group = answer.bundles.find((mids) => mids.includes(first.mid)) ?? [];
  const outside = taken.find(({ mid }) => !group.includes(mid));
  if (outside === undefined) return;
  throw new JsepError(
    'InvalidAccessError',
    `The answer takes m-line ${outside.mid} outside of the bundle.`,
  );
}
