// `createAnswer` (RFC 8829, section 5.3).
//
// Invariant: everything goes over one transport, so what the offer does not bundle with the first
// m-line that is taken is rejected.

import { answeredCodecs, answeredExtensions } from './codecs.ts';
import { JsepError } from './error.ts';
import { MAX_MESSAGE_SIZE, dataSection, knownCodecs, rejectedCopy, sentParts } from './offer.ts';
import {
  emptySection,
  isData,
  isRejected,
  type Section,
  type SessionDescription,
  type Setup,
} from './sdp/description.ts';
import { transportOf } from './transport.ts';
import { formatsOf, writeDescription } from './sdp/write.ts';
import {
  byMid,
  intersection,
  newCredentials,
  reversed,
  sameCredentials,
  type Jsep,
  type Surroundings,
  type Transceiver,
} from './state.ts';

export function createAnswer(state: Jsep, around: Surroundings): Jsep {
  const offer = state.pending.remote?.parsed;
  if (state.signaling !== 'have-remote-offer' && state.signaling !== 'have-local-pranswer') {
    throw new JsepError('InvalidStateError', 'There is no remote offer to answer.');
  }
  if (offer === undefined) throw new JsepError('InvalidStateError', 'There is no remote offer.');
  const mids = new Map<string, number>();
  const wished = distinct(
    offer.sections.map((section) => answerSection(state, section, around, mids)),
  );
  const bundle = bundleOf(offer, wished);
  const ice = answeredCredentials(state, offer, around);
  const setup = answeredSetup(state, offer);
  const sections = wished.map((section): Section => {
    if (isRejected(section)) return section;
    if (!bundle.includes(section.mid)) return rejectedCopy(section);
    return { ...section, ice, fingerprints: [around.fingerprint], setup };
  });
  const version = state.version + 1;
  const parsed: SessionDescription = {
    sessionId: state.sessionId,
    version: String(version),
    iceLite: false,
    trickle: true,
    bundles: offer.bundles.length > 0 && bundle.length > 0 ? [bundle] : [],
    sections,
  };
  return { ...state, version, lastAnswer: { sdp: writeDescription(parsed), parsed, mids, ice } };
}

function answerSection(
  state: Jsep,
  offered: Section,
  around: Surroundings,
  mids: Map<string, number>,
): Section {
  if (isRejected(offered)) return rejectedCopy(offered);
  if (offered.kind === 'application') return answerData(offered);
  const transceiver = byMid(state, offered.mid);
  if (transceiver === undefined || transceiver.kind !== offered.kind) return rejectedCopy(offered);
  mids.set(offered.mid, transceiver.id);
  // One that is stopping is only quiet yet: the next offer of ours rejects it (RFC 9429, 4.2.5).
  if (transceiver.life === 'stopped') return rejectedCopy(offered);
  const codecs = answeredCodecs(offered, transceiver.preferences, knownCodecs(transceiver, around));
  if (codecs.length === 0) return rejectedCopy(offered);
  const direction = intersection(transceiver.direction, reversed(offered.direction));
  return {
    ...emptySection(offered.kind),
    protocol: offered.protocol,
    formats: answeredFormats(offered, codecs, transceiver.preferences),
    mid: offered.mid,
    direction,
    rtcpMux: true,
    codecs,
    extensions: answeredExtensions(transceiver.kind, offered),
    ...sentParts(state, transceiver, direction),
  };
}

/** On the one transport a payload type means one thing (RFC 8843, section 9.1): a later m-line that
 *  gives it another meaning goes without that codec, or is rejected. */
function distinct(sections: readonly Section[]): Section[] {
  const meanings = new Map<number, string>();
  const claim = (payloadType: number, meaning: string): boolean => {
    const known = meanings.get(payloadType) ?? meaning;
    if (known === meaning) meanings.set(payloadType, meaning);
    return known === meaning;
  };
  return sections.map((section): Section => {
    if (section.codecs.length === 0) return section;
    const codecs = section.codecs.flatMap((codec) => {
      if (!claim(codec.payloadType, codec.name.toLowerCase())) return [];
      const keepsRtx = codec.rtx !== null && claim(codec.rtx, `rtx ${codec.payloadType}`);
      return keepsRtx ? codec : { ...codec, rtx: null };
    });
    if (codecs.length === 0) return rejectedCopy(section);
    const formats = formatsOf(codecs);
    return { ...section, codecs, formats: section.formats.filter((one) => formats.includes(one)) };
  });
}

/** In the offer's order, retransmissions included, unless the page wants another. */
function answeredFormats(
  offered: Section,
  codecs: Section['codecs'],
  preferred: Transceiver['preferences'],
): readonly string[] {
  const formats = formatsOf(codecs);
  if (preferred !== null) return formats;
  return offered.formats.filter((format) => formats.includes(format));
}

function answerData(offered: Section): Section {
  if (!isData(offered)) return rejectedCopy(offered);
  return {
    ...dataSection(offered.mid),
    protocol: offered.protocol,
    formats: offered.formats,
    maxMessageSize: MAX_MESSAGE_SIZE,
  };
}

/** The group of the first m-line that is taken; alone where it is in none. */
function bundleOf(offer: SessionDescription, wished: readonly Section[]): string[] {
  const taken = wished.filter((section) => !isRejected(section)).map(({ mid }) => mid);
  const [first] = taken;
  if (first === undefined) return [];
  const group = offer.bundles.find((mids) => mids.includes(first)) ?? [first];
  return taken.filter((mid) => group.includes(mid));
}

function answeredCredentials(state: Jsep, offer: SessionDescription, around: Surroundings): IceOf {
  const before = state.current.remote?.parsed;
  const restarts =
    before !== undefined &&
    !sameCredentials(transportOf(before)?.ice ?? null, transportOf(offer)?.ice ?? null);
  return state.local === null || restarts ? newCredentials(around.random) : state.local;
}

type IceOf = NonNullable<Section['ice']>;

/** RFC 8842, section 5.3: who is what stays while the association lives. */
function answeredSetup(state: Jsep, offer: SessionDescription): Setup {
  const offered = transportOf(offer)?.setup ?? 'actpass';
  if (offered === 'holdconn') {
    throw new JsepError('OperationError', 'The offer asks for no connection yet (setup:holdconn).');
  }
  if (offered !== 'actpass') return offered === 'active' ? 'passive' : 'active';
  return state.session?.dtlsRole === 'server' ? 'passive' : 'active';
}
