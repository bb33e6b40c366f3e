// Codecs and header extensions, and how they are negotiated (RFC 8829, sections 5.2.1 and 5.3.1).
//
// Invariant: the payload types and extension ids of the first offer stay for the lifetime of the
// connection. Within a bundle each number has one meaning (RFC 9143, 9.1).

import type { Codec, HeaderExtension, VideoCodec } from '../bridge/wire.ts';
import type { Section, SessionDescription } from './sdp/description.ts';

export type CodecName = AudioCodec | VideoCodec;

type AudioCodec = 'opus' | 'pcmu' | 'pcma' | 'telephone-event/48000' | 'telephone-event/8000';

/** In the order in which they are offered (RFC 7874, section 3). */
export const AUDIO_CODECS: readonly AudioCodec[] = [
  'opus',
  'pcmu',
  'pcma',
  'telephone-event/48000',
  'telephone-event/8000',
];

/** The argument of `setCodecPreferences`. */
export interface Preferences {
  readonly codecs: readonly CodecName[];
  /** Whether RTX is among them. */
  readonly retransmits: boolean;
}

interface Capability extends Omit<Codec, 'payloadType' | 'rtx'> {
  readonly codec: CodecName;
  readonly payloadType: number;
  /** Null: no retransmission. */
  readonly rtx: number | null;
}

const TELEPHONE_EVENT = 'telephone-event';

function narrowband(codec: AudioCodec, name: string, payloadType: number): Capability {
  return {
    codec,
    payloadType,
    name,
    clockRate: 8000,
    channels: null,
    parameters: '',
    feedback: [],
    rtx: null,
  };
}

const VIDEO_FEEDBACK = ['nack', 'nack pli', 'ccm fir', 'transport-cc'];

const CAPABILITIES: Readonly<Record<CodecName, Capability>> = {
  opus: {
    codec: 'opus',
    payloadType: 111,
    name: 'opus',
    clockRate: 48000,
    channels: 2,
    parameters: 'minptime=10;useinbandfec=1;usedtx=1',
    feedback: ['transport-cc'],
    rtx: null,
  },
  // RFC 3551, section 6: the payload types are static.
  pcmu: narrowband('pcmu', 'PCMU', 0),
  pcma: narrowband('pcma', 'PCMA', 8),
  // For each clock rate of a codec (RFC 4733, section 2.1).
  'telephone-event/48000': {
    ...narrowband('telephone-event/48000', TELEPHONE_EVENT, 110),
    clockRate: 48000,
  },
  'telephone-event/8000': narrowband('telephone-event/8000', TELEPHONE_EVENT, 126),
  vp8: {
    codec: 'vp8',
    payloadType: 96,
    name: 'VP8',
    clockRate: 90000,
    channels: null,
    parameters: '',
    feedback: VIDEO_FEEDBACK,
    rtx: 97,
  },
  h264: {
    codec: 'h264',
    payloadType: 108,
    name: 'H264',
    clockRate: 90000,
    channels: null,
    // Constrained baseline, level 3.1 (RFC 6184, section 8.1).
    parameters: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
    feedback: VIDEO_FEEDBACK,
    rtx: 109,
  },
};

const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const SEND_TIME = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time';
const TRANSPORT_SEQUENCE =
  'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';
const AUDIO_LEVEL = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';

const EXTENSIONS: Readonly<Record<'audio' | 'video', readonly HeaderExtension[]>> = {
  audio: [
    { id: 1, uri: AUDIO_LEVEL },
    { id: 2, uri: SEND_TIME },
    { id: 3, uri: TRANSPORT_SEQUENCE },
    { id: 4, uri: MID },
  ],
  video: [
    { id: 2, uri: SEND_TIME },
    { id: 3, uri: TRANSPORT_SEQUENCE },
    { id: 4, uri: MID },
  ],
};

/** RFC 8285, section 4.2: maximum of the one-byte form. */
const MAX_EXTENSION_ID = 14;

/** The numbers in use: negotiated, or offered last by either side. */
export interface Numbering {
  readonly payloadTypes: ReadonlyMap<CodecName, { payloadType: number; rtx: number | null }>;
  readonly extensions: ReadonlyMap<string, number>;
  /** Numbers of unknown codecs and extensions. */
  readonly foreignPayloadTypes: ReadonlySet<number>;
  readonly foreignExtensions: ReadonlySet<number>;
}

export const EMPTY_NUMBERING: Numbering = {
  payloadTypes: new Map(),
  extensions: new Map(),
  foreignPayloadTypes: new Set(),
  foreignExtensions: new Set(),
};

/** The codecs to offer, in order of preference. */
export function offeredCodecs(
  preferences: Preferences | null,
  known: readonly CodecName[],
  numbering: Numbering,
): Codec[] {
  const taken = new Set(numbering.foreignPayloadTypes);
  for (const { payloadType, rtx } of numbering.payloadTypes.values()) {
    taken.add(payloadType);
    if (rtx !== null) taken.add(rtx);
  }
  // All codecs get numbers, also those that are not offered now, so that a number never changes its
  // meaning.
  const numbered = new Map(
    Object.values(CAPABILITIES).map((capability) => {
      const used = numbering.payloadTypes.get(capability.codec);
      const payloadType =
        used?.payloadType ?? freeNumber(capability.payloadType, taken, PAYLOAD_TYPES);
      const free = (preferred: number): number => freeNumber(preferred, taken, PAYLOAD_TYPES);
      const rtx = used?.rtx ?? (capability.rtx === null ? null : free(capability.rtx));
      return [capability.codec, { ...capability, payloadType, rtx }];
    }),
  );
  const offered = (preferences?.codecs ?? known).flatMap((codec) => {
    const capability = numbered.get(codec);
    return capability === undefined ? [] : [codecOf(capability)];
  });
  return asPreferred(offered, preferences);
}

/** Without RTX if the page does not prefer it. */
function asPreferred(codecs: readonly Codec[], preferences: Preferences | null): Codec[] {
  if (preferences?.retransmits ?? true) return [...codecs];
  return codecs.map((codec) => ({ ...codec, rtx: null }));
}

export function offeredExtensions(
  kind: 'audio' | 'video',
  numbering: Numbering,
): HeaderExtension[] {
  const taken = new Set([...numbering.foreignExtensions, ...numbering.extensions.values()]);
  return EXTENSIONS[kind].map(({ id, uri }) => ({
    id: numbering.extensions.get(uri) ?? freeNumber(id, taken, EXTENSION_IDS),
    uri,
  }));
}

/** The usable codecs of an offer, with its numbers and in its order, unless `preferences`
 *  have another order. */
export function answeredCodecs(
  offer: Section,
  preferences: Preferences | null,
  known: readonly CodecName[],
): Codec[] {
  const usable = new Map<CodecName, Codec>();
  for (const offered of offer.codecs) {
    const name = known.find((codec) => matches(CAPABILITIES[codec], offered));
    if (name === undefined || usable.has(name)) continue;
    const { parameters, feedback, channels } = CAPABILITIES[name];
    usable.set(name, {
      ...offered,
      channels,
      parameters,
      feedback: feedback.filter((entry) => offered.feedback.includes(entry)),
      rtx: CAPABILITIES[name].rtx === null ? null : offered.rtx,
    });
  }
  const order = preferences?.codecs ?? [...usable.keys()];
  const answered = order.flatMap((name) => {
    const codec = usable.get(name);
    return codec === undefined ? [] : [codec];
  });
  return asPreferred(answered, preferences);
}

export function answeredExtensions(kind: 'audio' | 'video', offer: Section): HeaderExtension[] {
  return offer.extensions.filter(
    ({ id, uri }, index) =>
      id >= 1 &&
      id <= MAX_EXTENSION_ID &&
      EXTENSIONS[kind].some((own) => own.uri === uri) &&
      offer.extensions.findIndex((other) => other.uri === uri) === index,
  );
}

/** The codecs that our offer and the answer have in common, in the answer's order and with its
 *  parameters. */
export function agreedCodecs(offer: Section, answer: Section): Codec[] {
  return answer.codecs.flatMap((codec) => {
    const name = codecName(codec);
    const ours = offer.codecs.find(
      ({ payloadType, name: offered }) =>
        payloadType === codec.payloadType && offered.toLowerCase() === codec.name.toLowerCase(),
    );
    if (name === null || ours === undefined) return [];
    return {
      ...codec,
      name: ours.name,
      feedback: codec.feedback.filter((entry) => ours.feedback.includes(entry)),
      rtx: codec.rtx === ours.rtx ? codec.rtx : null,
    };
  });
}

/** The numbering after a description of either side. The first number of a codec stays. */
export function learnNumbering(numbering: Numbering, description: SessionDescription): Numbering {
  const payloadTypes = new Map(numbering.payloadTypes);
  const extensions = new Map(numbering.extensions);
  const foreignPayloadTypes = new Set(numbering.foreignPayloadTypes);
  const foreignExtensions = new Set(numbering.foreignExtensions);
  for (const section of description.sections) {
    if (section.kind !== 'audio' && section.kind !== 'video') continue;
    for (const codec of section.codecs) {
      const name = codecName(codec);
      if (name === null) continue;
      const { payloadType, rtx } = payloadTypes.get(name) ?? codec;
      // RTX may come later than its codec.
      const isSame = payloadType === codec.payloadType;
      payloadTypes.set(name, { payloadType, rtx: isSame ? (rtx ?? codec.rtx) : rtx });
    }
    for (const format of section.formats) foreignPayloadTypes.add(Number(format));
    for (const { id, uri } of section.extensions) {
      const isKnown = EXTENSIONS[section.kind].some((own) => own.uri === uri);
      if (isKnown && id <= MAX_EXTENSION_ID && !extensions.has(uri)) extensions.set(uri, id);
      foreignExtensions.add(id);
    }
  }
  return { payloadTypes, extensions, foreignPayloadTypes, foreignExtensions };
}

export function codecName(codec: CodecForm): CodecName | null {
  const names: readonly CodecName[] = [...AUDIO_CODECS, 'vp8', 'h264'];
  return names.find((name) => matches(CAPABILITIES[name], codec)) ?? null;
}

/** False for telephone events, which accompany a codec. */
export function carriesMedia({ name }: Pick<Codec, 'name'>): boolean {
  return name.toLowerCase() !== TELEPHONE_EVENT;
}

/** Whether tones can be sent beside the codec of this payload type, or else the first one, in its
 *  clock rate. */
export function hasTones(codecs: readonly Codec[], payloadType: number | null): boolean {
  const chosen = codecs.find((codec) => codec.payloadType === payloadType);
  const main = chosen ?? codecs.find(carriesMedia);
  return codecs.some((codec) => !carriesMedia(codec) && codec.clockRate === main?.clockRate);
}

/** The result of `getCapabilities` (W3C webrtc-pc, 5.2). */
export function capabilityOf(name: CodecName): Codec {
  return codecOf(CAPABILITIES[name]);
}

export function extensionUris(kind: 'audio' | 'video'): string[] {
  return EXTENSIONS[kind].map(({ uri }) => uri);
}

function codecOf({ codec: _codec, ...rest }: Capability): Codec {
  return { ...rest, feedback: [...rest.feedback] };
}

/** What tells one codec from another. */
type CodecForm = Pick<Codec, 'name' | 'clockRate' | 'channels' | 'parameters'>;

function matches(own: Capability, offered: CodecForm): boolean {
  if (own.name.toLowerCase() !== offered.name.toLowerCase()) return false;
  if (own.clockRate !== offered.clockRate) return false;
  if ((offered.channels ?? 1) !== (own.channels ?? 1)) return false;
  return own.codec !== 'h264' || isConstrainedBaseline(offered.parameters);
}

/** RFC 6184, section 8.1: a baseline profile with `constraint_set1`, and packetization mode 1. */
function isConstrainedBaseline(parameters: string): boolean {
  const of = (name: string): string | null =>
    new RegExp(`(?:^|;)\\s*${name}=([^;\\s]+)`, 'i').exec(parameters)?.[1] ?? null;
  const profile = of('profile-level-id');
  if (of('packetization-mode') !== '1' || profile === null) return false;
  if (!/^42[0-9a-f]{4}$/i.test(profile)) return false;
  return (Number.parseInt(profile.slice(2, 4), 16) & 0x40) !== 0;
}

const PAYLOAD_TYPES = { from: 96, to: 127 };
const EXTENSION_IDS = { from: 1, to: MAX_EXTENSION_ID };

/** The preferred number, or the first free one. Marks it as taken. */
function freeNumber(
  preferred: number,
  taken: Set<number>,
  range: { from: number; to: number },
): number {
  let number = preferred;
  for (let next = range.from; taken.has(number) && next <= range.to; next += 1) number = next;
  // A full range cannot occur: fewer codecs are offered than it has numbers.
  taken.add(number);
  return number;
}
