// `createAnswer` (RFC 8829, section 5.3).
//
// Invariant: there is one transport, so m-lines outside of the bundle of the first accepted m-line
// are rejected.

import { answeredCodecs, answeredExtensions, carriesMedia } from './codecs.ts';
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
  type OwnDescription,
  type Environment,
  type Transceiver,
} from './state.ts';

/** Throws in a state without an offer to answer. */
export function checkAnswerable({ signaling }: Jsep): void {
  if (signaling === 'have-remote-offer' || signaling === 'have-local-pranswer') return;
  throw new JsepError('InvalidStateError', 'There is no remote offer to answer.');
}

export function createAnswer(state: Jsep, environment: Environment): Jsep {
  const offer = state.pending.remote?.parsed;
  checkAnswerable(state);
  if (offer === undefined) throw new JsepError('InvalidStateError', 'There is no remote offer.');
  const mids = new Map<string, number>();
  const wished = distinct(
    offer.sections.map((section) => answerSection(state, section, environment, mids)),
  );
  const bundle = bundleOf(offer, wished);
  const ice = answeredCredentials(state, offer, environment);
  const setup = answeredSetup(state, offer);
  const sections = wished.map((section): Section => {
    if (isRejected(section)) return section;
    if (!bundle.includes(section.mid)) return rejectedCopy(section);
    return { ...section, ice, fingerprints: [environment.fingerprint], setup };
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

/** The last created answer may be to an earlier offer, which was rolled back. Throws if it does not
 *  fit this one. */
export function checkFits(state: Jsep, { parsed, ice }: OwnDescription): void {
  const offer = state.pending.remote?.parsed;
  const before = state.stable?.local ?? null;
  const fits =
    offer !== undefined &&
    offer.sections.length === parsed.sections.length &&
    parsed.sections.every((own, index) => fitsSection(state, own, offer.sections[index])) &&
    (restartsIce(state, offer)
      ? !sameCredentials(ice, before)
      : before === null || sameCredentials(ice, before));
  if (fits) return;
  throw new JsepError(
    'InvalidModificationError',
    'The last created answer does not fit this offer. Call createAnswer again.',
  );
}

function fitsSection(state: Jsep, own: Section, offered: Section | undefined): boolean {
  if (offered?.kind !== own.kind || offered.mid !== own.mid) return false;
  if (isRejected(own)) return true;
  if (isRejected(offered) || own.setup === offered.setup) return false;
  if (own.kind !== 'audio' && own.kind !== 'video') return true;
  const transceiver = byMid(state, own.mid);
  const ssrc = own.sources[0]?.ssrc ?? transceiver?.send.ssrc;
  return (
    transceiver?.send.ssrc === ssrc &&
    intersection(own.direction, reversed(offered.direction)) === own.direction &&
    own.codecs.every(({ payloadType, name }) =>
      offered.codecs.some(
        (one) => one.payloadType === payloadType && one.name.toLowerCase() === name.toLowerCase(),
      ),
    )
  );
}

function answerSection(
  state: Jsep,
  offered: Section,
  environment: Environment,
  mids: Map<string, number>,
): Section {
  if (isRejected(offered)) return rejectedCopy(offered);
  if (offered.kind === 'application') return answerData(offered);
  const transceiver = byMid(state, offered.mid);
  if (transceiver === undefined || transceiver.kind !== offered.kind) return rejectedCopy(offered);
  mids.set(offered.mid, transceiver.id);
  // A stopping transceiver is only inactive in this answer. Our next offer rejects its m-line (RFC
  // 9429, 4.2.5).
  if (transceiver.life === 'stopped') return rejectedCopy(offered);
  const codecs = answeredCodecs(
    offered,
    transceiver.preferences,
    knownCodecs(transceiver, environment),
  );
  if (!codecs.some(carriesMedia)) return rejectedCopy(offered);
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

/** On one transport a payload type has one meaning (RFC 8843, section 9.1). A later m-line that
 *  gives it another meaning loses that codec, or is rejected. */
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
    if (!codecs.some(carriesMedia)) return rejectedCopy(section);
    const formats = formatsOf(codecs);
    return { ...section, codecs, formats: section.formats.filter((one) => formats.includes(one)) };
  });
}

/** In the order of the offer, RTX included, unless the page set preferences. */
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

/** The bundle group of the first accepted m-line, or that m-line alone. */
function bundleOf(offer: SessionDescription, wished: readonly Section[]): string[] {
  const taken = wished.filter((section) => !isRejected(section)).map(({ mid }) => mid);
  const [first] = taken;
  if (first === undefined) return [];
  const group = offer.bundles.find((mids) => mids.includes(first)) ?? [first];
  return taken.filter((mid) => group.includes(mid));
}

function answeredCredentials(
  state: Jsep,
  offer: SessionDescription,
  environment: Environment,
): IceOf {
  return state.local === null || restartsIce(state, offer)
    ? newCredentials(environment.random)
    : state.local;
}

function restartsIce({ current }: Jsep, offer: SessionDescription): boolean {
  const before = current.remote?.parsed;
  return (
    before !== undefined &&
    !sameCredentials(transportOf(before)?.ice ?? null, transportOf(offer)?.ice ?? null)
  );
}

type IceOf = NonNullable<Section['ice']>;

/** RFC 8842, section 5.3: the DTLS roles stay while the association lives. */
function answeredSetup(state: Jsep, offer: SessionDescription): Setup {
  const offered = transportOf(offer)?.setup ?? 'actpass';
  if (offered === 'holdconn') {
    throw new JsepError('OperationError', 'The offer asks for no connection yet (setup:holdconn).');
  }
  if (offered !== 'actpass') return offered === 'active' ? 'passive' : 'active';
  return state.session?.dtlsRole === 'server' ? 'passive' : 'active';
}
