// `RTCRtpSendParameters` of a sender with one encoding (W3C webrtc-pc, 5.2.1 to 5.2.5).
//
// Invariant: read-only members are compared with the result of `getParameters`, so a page cannot
// change them.

import type { Kind } from '../jsep/state.ts';
import type { Rtp, SendParameters } from '../bridge/wire.ts';
import { codecParameters } from './capabilities.ts';
import { ifGiven, toDictionary, toDouble, toEnum, toText, toUnsignedLong } from './web-idl.ts';

export interface Encoding {
  readonly active: boolean;
  readonly maxBitrate?: number;
  readonly maxFramerate?: number;
  readonly scaleResolutionDownBy?: number;
  readonly priority?: RTCPriorityType;
  readonly networkPriority?: RTCPriorityType;
}

const PRIORITIES = ['very-low', 'low', 'medium', 'high'] as const;

/** The first of `sendEncodings`. The others are dropped, because there is no simulcast. */
export function firstEncoding(kind: Kind, given: readonly unknown[]): Encoding {
  const rids = given.flatMap(
    (encoding) => ifGiven(toDictionary(encoding, 'An encoding')['rid'], toText) ?? [],
  );
  if (rids.some((rid) => !/^[A-Za-z0-9_-]{1,255}$/.test(rid))) {
    throw new TypeError('A rid is made of letters, digits, "-" and "_".');
  }
  if (given.length > 1 && new Set(rids).size !== given.length) {
    throw new TypeError('Each of several encodings has a rid of its own.');
  }
  const encodings = given.map((encoding) => readEncoding(kind, encoding));
  return encodings[0] ?? readEncoding(kind, {});
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
  };
}

export function sendParameters(
  kind: Kind,
  encoding: Encoding,
  media: Rtp | undefined,
  cname: string,
  transactionId: string,
): RTCRtpSendParameters {
  return {
    transactionId,
    encodings: [{ ...encoding }],
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

/** Validates the argument of `setParameters` against the result of `getParameters`. */
export function readParameters(
  kind: Kind,
  handedOut: RTCRtpSendParameters,
  given: RTCRtpSendParameters,
): Encoding {
  if (given.transactionId !== handedOut.transactionId) {
    refuse('The parameters are from an earlier getParameters.');
  }
  const [encoding, ...others] = given.encodings;
  if (encoding === undefined || others.length > 0) refuse('Encodings cannot be added or removed.');
  if (encoding.rid !== undefined) refuse('The rid of an encoding cannot be changed.');
  const isSame = (['codecs', 'headerExtensions', 'rtcp'] as const).every(
    (name) => JSON.stringify(given[name]) === JSON.stringify(handedOut[name]),
  );
  if (!isSame) refuse('Codecs, header extensions and rtcp cannot be changed.');
  return readEncoding(kind, encoding);
}

export function wireParameters(encoding: Encoding): SendParameters {
  return {
    active: encoding.active,
    maxBitrate: encoding.maxBitrate ?? null,
    scaleResolutionDownBy: encoding.scaleResolutionDownBy ?? 1,
    maxFramerate: encoding.maxFramerate ?? null,
  };
}

function refuse(message: string): never {
  throw new DOMException(message, 'InvalidModificationError');
}
