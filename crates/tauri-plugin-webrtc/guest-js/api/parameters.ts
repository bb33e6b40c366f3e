// `RTCRtpSendParameters` (W3C webrtc-pc, 5.2.1 to 5.2.5; mst-content-hint, 5).
//
// Invariant: read-only members are compared with the result of `getParameters`, so a page cannot
// change them.

import type { Kind } from '../jsep/state.ts';
import type { DegradationPreference, Rtp, SendParameters } from '../bridge/wire.ts';
import { canEncode, codecParameters, negotiatedCodec, toCodec } from './capabilities.ts';
import { ifGiven, toDictionary, toDouble, toEnum, toText, toUnsignedLong } from './web-idl.ts';

export interface Encoding {
  /** Several encodings have one each. */
  readonly rid?: string;
  readonly active: boolean;
  readonly maxBitrate?: number;
  readonly maxFramerate?: number;
  readonly scaleResolutionDownBy?: number;
  readonly priority?: RTCPriorityType;
  readonly networkPriority?: RTCPriorityType;
  /** To send with. Without one it is the first negotiated. */
  readonly codec?: RTCRtpCodec;
}

const PRIORITIES = ['very-low', 'low', 'medium', 'high'] as const;

const PREFERENCES = [
  'maintain-framerate',
  'maintain-resolution',
  'balanced',
  'maintain-framerate-and-resolution',
] as const;

/** What a low bitrate costs first, by the hint of the track (mst-content-hint, 5). */
const PREFERENCE_OF_HINT: Readonly<Partial<Record<string, DegradationPreference>>> = {
  motion: 'maintain-framerate',
  detail: 'maintain-resolution',
  text: 'maintain-resolution',
};

/** At least one of `sendEncodings`. Audio has one. */
export type Encodings = readonly [Encoding, ...Encoding[]];

/** As many as Chromium keeps. Further ones are dropped. */
const MAX_ENCODINGS = 3;
/** RFC 8851, section 10, with its erratum; RFC 8852, section 3. */
const RID = /^[A-Za-z0-9]{1,255}$/;

/** Reads `sendEncodings` (W3C webrtc-pc, 5.1, addTransceiver sendEncodings validation steps). */
export function readEncodings(kind: Kind, given: readonly unknown[]): Encodings {
  const rids = given.flatMap(
    (encoding) => ifGiven(toDictionary(encoding, 'An encoding')['rid'], toText) ?? [],
  );
  if (rids.some((rid) => !RID.test(rid))) {
    throw new TypeError('A rid has 1 to 255 letters and digits.');
  }
  if (given.length > 1 && new Set(rids).size !== given.length) {
    throw new TypeError('Each of several encodings has a rid of its own.');
  }
  const hasScale = given.some(
    (encoding) => toDictionary(encoding, 'An encoding')['scaleResolutionDownBy'] !== undefined,
  );
  const read = given.map((encoding) => readEncoding(kind, encoding));
  const unknown = read.find(({ codec }) => codec !== undefined && !canEncode(kind, codec))?.codec;
  if (unknown !== undefined) {
    throw new DOMException(`${unknown.mimeType} is not among the capabilities.`, 'OperationError');
  }
  const kept = read.slice(0, kind === 'audio' ? 1 : MAX_ENCODINGS);
  const [first, ...others] = kept.map((encoding, index): Encoding => {
    if (kept.length === 1) return encoding;
    const scale = hasScale ? {} : { scaleResolutionDownBy: 2 ** (kept.length - 1 - index) };
    const rid = rids[index];
    return { ...(rid === undefined ? {} : { rid }), ...encoding, ...scale };
  });
  return [first ?? readEncoding(kind, {}), ...others];
}

/** The encoding that stays when the peer takes no simulcast (RFC 8829, section 5.10). */
export function withoutSimulcast([{ rid: _rid, ...first }]: Encodings): Encodings {
  return [first];
}

export function readEncoding(kind: Kind, value: unknown): Encoding {
  const given = toDictionary(value, 'An encoding');
  const member = <T>(name: keyof Encoding, convert: (value: unknown) => T): T | undefined =>
    ifGiven(given[name], convert);
  const active = member('active', Boolean) ?? true;
  const maxBitrate = member('maxBitrate', toUnsignedLong);
  const maxFramerate = member('maxFramerate', (one) => toDouble(one, 'maxFramerate'));
  const scale = member('scaleResolutionDownBy', (one) => toDouble(one, 'scaleResolutionDownBy'));
  const priority = member('priority', (one) => toEnum(one, PRIORITIES, 'priority'));
  const networkPriority = member('networkPriority', (one) =>
    toEnum(one, PRIORITIES, 'networkPriority'),
  );
  const codec = member('codec', toCodec);
  if (kind === 'video' && scale !== undefined && scale < 1) {
    throw new RangeError('scaleResolutionDownBy is at least 1.');
  }
  if (kind === 'video' && maxFramerate !== undefined && maxFramerate < 0) {
    throw new RangeError('maxFramerate is not negative.');
  }
  return {
    active,
    ...(maxBitrate === undefined ? {} : { maxBitrate }),
    ...(kind === 'audio' || maxFramerate === undefined ? {} : { maxFramerate }),
    ...(kind === 'audio' ? {} : { scaleResolutionDownBy: scale ?? 1 }),
    ...(priority === undefined ? {} : { priority }),
    ...(networkPriority === undefined ? {} : { networkPriority }),
    ...(codec === undefined ? {} : { codec }),
  };
}

export function sendParameters(
  kind: Kind,
  encodings: Encodings,
  media: Rtp | undefined,
  cname: string,
  transactionId: string,
): RTCRtpSendParameters {
  return {
    transactionId,
    encodings: encodings.map((encoding) => ({ ...encoding })),
    ...receiveParameters(kind, media, cname),
  };
}

export function receiveParameters(
  kind: Kind,
  media: Rtp | undefined,
  cname: string,
): RTCRtpReceiveParameters {
  return {
    codecs: codecParameters(kind, media?.codecs ?? []),
    headerExtensions: (media?.extensions ?? []).map(({ id, uri }) => ({
      id,
      uri,
      encrypted: false,
    })),
    rtcp: { cname, reducedSize: true },
  };
}

/** Without a codec that was not negotiated (W3C webrtc-pc, 4.4.1.5, set description). */
export function withNegotiatedCodec(kind: Kind, encodings: Encodings, { codecs }: Rtp): Encodings {
  const [{ codec, ...first }, ...others] = encodings;
  const isKept = codec === undefined || negotiatedCodec(kind, codec, codecs) !== undefined;
  return isKept ? encodings : [first, ...others];
}

/** Validates the argument of `setParameters` against the result of `getParameters`. */
export function readParameters(
  kind: Kind,
  handedOut: RTCRtpSendParameters,
  given: RTCRtpSendParameters,
  media: Rtp | undefined,
): Encodings {
  if (given.transactionId !== handedOut.transactionId) {
    refuse('The parameters are from an earlier getParameters.');
  }
  if (given.encodings.length !== handedOut.encodings.length) {
    refuse('Encodings cannot be added or removed.');
  }
  const isOrdered = handedOut.encodings.every(({ rid }, at) => given.encodings[at]?.rid === rid);
  if (!isOrdered) refuse('The rid of an encoding cannot be changed.');
  const isSame = (['codecs', 'headerExtensions', 'rtcp'] as const).every(
    (name) => JSON.stringify(given[name]) === JSON.stringify(handedOut[name]),
  );
  if (!isSame) refuse('Codecs, header extensions and rtcp cannot be changed.');
  const [first, ...others] = given.encodings.map((encoding): Encoding => {
    const { rid } = encoding;
    return { ...(rid === undefined ? {} : { rid }), ...readEncoding(kind, encoding) };
  });
  if (first === undefined) refuse('There is no encoding.');
  for (const { codec } of [first, ...others]) {
    const canChoose =
      codec === undefined ||
      (media === undefined
        ? canEncode(kind, codec)
        : negotiatedCodec(kind, codec, media.codecs) !== undefined);
    if (!canChoose) refuse(`${codec.mimeType} was not negotiated.`);
  }
  return [first, ...others];
}

/** Undefined: the page leaves it to the hint of the track. */
export function readPreference(
  given: Readonly<{ degradationPreference?: unknown }>,
): DegradationPreference | undefined {
  return ifGiven(given.degradationPreference, (one) =>
    toEnum(one, PREFERENCES, 'degradationPreference'),
  );
}

/** Of the codec that the page has chosen. Null: the first one. */
export function payloadTypeOf(kind: Kind, [{ codec }]: Encodings, { codecs }: Rtp): number | null {
  if (codec === undefined) return null;
  return negotiatedCodec(kind, codec, codecs)?.payloadType ?? null;
}

/** The first encoding is sent. `preference` is what the page has set, `hint` the track's. */
export function wireParameters(
  [encoding]: Encodings,
  payloadType: number | null,
  preference: DegradationPreference | undefined,
  hint: string,
): SendParameters {
  return {
    priority: encoding.priority ?? 'low',
    degradationPreference: preference ?? PREFERENCE_OF_HINT[hint] ?? 'balanced',
    active: encoding.active,
    payloadType,
    maxBitrate: encoding.maxBitrate ?? null,
    scaleResolutionDownBy: encoding.scaleResolutionDownBy ?? 1,
    maxFramerate: encoding.maxFramerate ?? null,
  };
}

function refuse(message: string): never {
  throw new DOMException(message, 'InvalidModificationError');
}
