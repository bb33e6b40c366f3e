// A session description as a value: the parts of SDP that a WebRTC endpoint reads and writes (RFC
// 8829).
//
// Invariant: a section is complete in itself. Session-level attributes are copied into each
// section.

import type {
  Codec,
  Direction,
  Fingerprint,
  HeaderExtension,
  IceCredentials,
} from '../../bridge/wire.ts';

export interface SessionDescription {
  /** Session id and version of `o=`. */
  readonly sessionId: string;
  readonly version: string;
  readonly iceLite: boolean;
  /** `a=ice-options:trickle` (RFC 8840). */
  readonly trickle: boolean;
  /** The mids of each `a=group:BUNDLE` (RFC 9143). */
  readonly bundles: readonly (readonly string[])[];
  readonly sections: readonly Section[];
}

/** One m-line and what belongs to it. */
export interface Section {
  /** `audio`, `video`, `application`, or an unknown kind. */
  readonly kind: string;
  /** 0: rejected, or `bundleOnly`. */
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  /** Empty: not in the text. */
  readonly mid: string;
  readonly bundleOnly: boolean;
  readonly ice: IceCredentials | null;
  readonly fingerprints: readonly Fingerprint[];
  readonly setup: Setup | null;
  /** As in `RTCIceCandidateInit.candidate`. */
  readonly candidates: readonly string[];
  readonly endOfCandidates: boolean;
  readonly direction: Direction;
  readonly rtcpMux: boolean;
  readonly codecs: readonly Codec[];
  readonly extensions: readonly HeaderExtension[];
  /** `a=msid` (RFC 8830). `stream` null: the track is in no stream. */
  readonly msids: readonly Msid[];
  /** `a=ssrc` (RFC 5576). */
  readonly sources: readonly Source[];
  readonly sourceGroups: readonly SourceGroup[];
  /** RFC 8841. */
  readonly sctpPort: number | null;
  readonly maxMessageSize: number | null;
}

/** RFC 4145, RFC 5763. `holdconn` asks for no connection. */
export const SETUPS = ['active', 'passive', 'actpass', 'holdconn'] as const;
export type Setup = (typeof SETUPS)[number];

export interface Msid {
  readonly stream: string | null;
  readonly track: string | null;
}

export interface Source {
  readonly ssrc: number;
  readonly cname: string | null;
}

export interface SourceGroup {
  readonly semantics: string;
  readonly ssrcs: readonly number[];
}

/** Rejected m-lines carry nothing. */
export function isRejected(section: Section): boolean {
  return section.port === 0 && !section.bundleOnly;
}

export const DATA_FORMAT = 'webrtc-datachannel';
/** RFC 8841, section 5. Browsers and the transport support this port only. */
export const SCTP_PORT = 5000;

/** Whether the m-line is for data channels, also in the form before RFC 8841: `DTLS/SCTP 5000`
 *  and `a=sctpmap`. */
export function isData(section: Section): boolean {
  const { kind, protocol, formats, sctpPort } = section;
  const isKnown = formats.includes(DATA_FORMAT) || isLegacyData(section);
  return (
    kind === 'application' &&
    protocol.endsWith('DTLS/SCTP') &&
    isKnown &&
    (sctpPort ?? SCTP_PORT) === SCTP_PORT
  );
}

/** The form before RFC 8841 has the SCTP port in place of the format. */
export function isLegacyData({ formats: [format] }: Section): boolean {
  return format !== undefined && /^\d+$/.test(format);
}

/** Whether the kind is known. Other kinds are rejected, whatever they contain. */
export function isKnownKind(section: Section): boolean {
  if (section.kind === 'audio' || section.kind === 'video')
    return section.protocol.includes('RTP/');
  return isData(section);
}

/** A section with default values. */
export function emptySection(kind: string): Section {
  return {
    kind,
    port: 9,
    protocol: kind === 'application' ? 'UDP/DTLS/SCTP' : 'UDP/TLS/RTP/SAVPF',
    formats: kind === 'application' ? [DATA_FORMAT] : [],
    mid: '',
    bundleOnly: false,
    ice: null,
    fingerprints: [],
    setup: null,
    candidates: [],
    endOfCandidates: false,
    direction: 'sendrecv',
    rtcpMux: false,
    codecs: [],
    extensions: [],
    msids: [],
    sources: [],
    sourceGroups: [],
    sctpPort: null,
    maxMessageSize: null,
  };
}
