// `getCapabilities` and what is set from it (W3C webrtc-pc, 5.2 and 5.4.1).

import {
  AUDIO_CODECS,
  capabilityOf,
  carriesMedia,
  codecName,
  extensionUris,
  type CodecName,
  type Preferences,
} from '../jsep/codecs.ts';
import type { Kind } from '../jsep/state.ts';
import type { Codec } from '../bridge/wire.ts';
import { ports } from './environment.ts';
import {
  ifGiven,
  required,
  toDictionary,
  toText,
  toUnsignedLong,
  toUnsignedShort,
} from './web-idl.ts';

export function capabilities(kind: string): RTCRtpCapabilities | null {
  if (kind !== 'audio' && kind !== 'video') return null;
  return {
    codecs: codecCapabilities(kind),
    headerExtensions: extensionUris(kind).map((uri) => ({ uri })),
  };
}

function codecCapabilities(kind: Kind): RTCRtpCodec[] {
  const codecs = namesOf(kind).map((name) => describeCodec(kind, capabilityOf(name)));
  const [first, ...rest] = codecs;
  if (kind === 'audio' || first === undefined) return codecs;
  return [first, { mimeType: 'video/rtx', clockRate: 90000 }, ...rest];
}

function namesOf(kind: Kind): readonly CodecName[] {
  return kind === 'audio' ? AUDIO_CODECS : ports().media.videoCodecs();
}

export function describeCodec(kind: Kind, codec: Codec): RTCRtpCodec {
  // In SDP audio without a number of channels has one (RFC 8866, section 6.6).
  const channels = codec.channels ?? (kind === 'audio' ? 1 : null);
  return {
    mimeType: `${kind}/${codec.name}`,
    clockRate: codec.clockRate,
    ...(channels === null ? {} : { channels }),
    ...(codec.parameters === '' ? {} : { sdpFmtpLine: codec.parameters }),
  };
}

/** Reads the argument of `setCodecPreferences`. Null: no preference. */
export function readPreferences(kind: Kind, codecs: Iterable<RTCRtpCodec>): Preferences | null {
  const known = codecCapabilities(kind);
  const preferred = [...codecs];
  const unknown = preferred.find((codec) => !known.some((one) => sameCodec(one, codec)));
  if (unknown !== undefined) {
    throw new DOMException(
      `${unknown.mimeType} is not among the capabilities.`,
      'InvalidModificationError',
    );
  }
  if (preferred.length === 0) return null;
  const names = preferred.flatMap((codec) => nameOf(kind, codec) ?? []);
  if (!names.some((name) => carriesMedia(capabilityOf(name)))) {
    throw new DOMException('At least one codec must carry media.', 'InvalidModificationError');
  }
  const retransmits = preferred.some(({ mimeType }) => /\/rtx$/i.test(mimeType));
  return { codecs: [...new Set(names)], retransmits };
}

function nameOf(kind: Kind, codec: RTCRtpCodec): CodecName | undefined {
  return namesOf(kind).find((name) => sameCodec(describeCodec(kind, capabilityOf(name)), codec));
}

/** `RTCRtpCodec` */
export function toCodec(value: unknown): RTCRtpCodec {
  const given = toDictionary(value, 'A codec');
  const channels = ifGiven(given['channels'], toUnsignedShort);
  const clockRate = required(given, 'clockRate', toUnsignedLong);
  const mimeType = required(given, 'mimeType', toText);
  const sdpFmtpLine = ifGiven(given['sdpFmtpLine'], toText);
  return {
    mimeType,
    clockRate,
    ...(channels === undefined ? {} : { channels }),
    ...(sdpFmtpLine === undefined ? {} : { sdpFmtpLine }),
  };
}

/** Whether a sender of this kind can encode with the codec. */
export function canEncode(kind: Kind, codec: RTCRtpCodec): boolean {
  const name = nameOf(kind, codec);
  return name !== undefined && carriesMedia(capabilityOf(name));
}

/** The negotiated codec that a page means. Its parameters may be those of the capability, where the
 *  peer's are others. */
export function negotiatedCodec(
  kind: Kind,
  codec: RTCRtpCodec,
  negotiated: readonly Codec[],
): Codec | undefined {
  const media = negotiated.filter(carriesMedia);
  const same = media.find((one) => sameCodec(describeCodec(kind, one), codec));
  const name = nameOf(kind, codec);
  return same ?? media.find((one) => name !== undefined && codecName(one) === name);
}

function sameCodec(a: RTCRtpCodec, b: RTCRtpCodec): boolean {
  return (
    a.mimeType.toLowerCase() === String(b.mimeType).toLowerCase() &&
    a.clockRate === b.clockRate &&
    a.channels === b.channels &&
    a.sdpFmtpLine === b.sdpFmtpLine
  );
}

/** The codecs of a negotiated m-line, each followed by its RTX codec. */
export function codecParameters(kind: Kind, codecs: readonly Codec[]): RTCRtpCodecParameters[] {
  return codecs.flatMap((codec) => {
    const own = { payloadType: codec.payloadType, ...describeCodec(kind, codec) };
    if (codec.rtx === null) return [own];
    const rtx = {
      payloadType: codec.rtx,
      mimeType: `${kind}/rtx`,
      clockRate: codec.clockRate,
      sdpFmtpLine: `apt=${codec.payloadType}`,
    };
    return [own, rtx];
  });
}
