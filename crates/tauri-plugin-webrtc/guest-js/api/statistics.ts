// Builds the entries of `getStats` (W3C webrtc-stats) from the counters of the transport and of the
// page's codecs. Pure.
//
// Invariant: a member that is not counted is absent, not 0.

import type { MediaCounts } from '../ports.ts';
import type {
  CandidateStatistics,
  Codec,
  DtlsState,
  Fingerprint,
  IceCredentials,
  IceState,
  InboundStatistics,
  OutboundStatistics,
  PairStatistics,
  Rtp,
  NegotiatedParameters,
  Statistics,
} from '../bridge/wire.ts';
import { describeCodec } from './capabilities.ts';
import type { Stats } from './stats-report.ts';
import { bytesOf } from './transports.ts';

export interface StatisticsInput {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** Credentials of the local description. Without one there is no transport. */
  readonly ice: IceCredentials | null;
  readonly session: NegotiatedParameters | null;
  readonly statistics: Statistics | null;
  readonly counts: MediaCounts;
  readonly transceivers: readonly TransceiverInput[];
  readonly channels: readonly ChannelInput[];
  readonly channelsOpened: number;
  readonly channelsClosed: number;
  readonly iceState: IceState;
  readonly dtlsState: DtlsState;
  readonly fingerprint: Fingerprint | null;
  /** Selects what one transceiver sends or receives, with the entries it refers to. Null: all. */
  readonly selected: {
    readonly transceiver: number;
    readonly direction: 'outbound' | 'inbound';
  } | null;
}

interface TransceiverInput {
  readonly id: number;
  readonly mid: string | null;
  readonly kind: 'audio' | 'video';
  /** Id of the sent track. */
  readonly track: string | null;
  readonly source: number | null;
  readonly receivedTrack: string;
}

interface ChannelInput {
  readonly channel: number;
  readonly id: number | null;
  readonly label: string;
  readonly protocol: string;
  readonly state: RTCDataChannelState;
}

const TRANSPORT = 'T01';

/** An entry comes after the entries it refers to. */
export function buildStatistics(input: StatisticsInput): Stats[] {
  const entries = [...transportEntries(input), ...mediaEntries(input), ...channelEntries(input)];
  return entries.map((entry) => trimmed({ ...entry, timestamp: input.timestamp }));
}

/** A stream with the payload type of its last packet. */
type Coded = Pick<OutboundStatistics, 'mid' | 'payloadType'>;

type Entry = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

function transportEntries(input: StatisticsInput): Entry[] {
  const { statistics, session, channelsOpened, channelsClosed, ice } = input;
  const isWhole = input.selected === null;
  const connection: Entry = {
    id: 'P',
    type: 'peer-connection',
    dataChannelsOpened: channelsOpened,
    dataChannelsClosed: channelsClosed,
  };
  const certificates = certificateEntries(input);
  if (statistics === null || ice === null) return isWhole ? [connection, ...certificates] : [];
  const { transport, candidates, candidatePairs } = statistics;
  const selected = candidatePairs.find(({ nominated }) => nominated);
  return [
    ...(isWhole ? [connection] : []),
    ...certificates,
    {
      id: TRANSPORT,
      type: 'transport',
      bytesSent: transport.bytesSent,
      bytesReceived: transport.bytesReceived,
      packetsSent: transport.packetsSent,
      packetsReceived: transport.packetsReceived,
      iceState: input.iceState,
      iceRole: session === null ? 'unknown' : roleOf(session),
      iceLocalUsernameFragment: ice.usernameFragment,
      dtlsState: input.dtlsState,
      dtlsRole: session?.dtlsRole ?? 'unknown',
      localCertificateId: certificates[0]?.id,
      remoteCertificateId: certificates[1]?.id,
      selectedCandidatePairId: selected === undefined ? undefined : pairId(selected),
      selectedCandidatePairChanges: transport.selectedCandidatePairChanges,
      tlsVersion: transport.tlsVersion,
      dtlsCipher: transport.dtlsCipher,
      srtpCipher: transport.srtpCipher,
    },
    ...candidates.map(candidateEntry),
    ...candidatePairs.map((pair) => pairEntry(pair, transport.availableOutgoingBitrate)),
  ];
}

function roleOf({ iceControlling }: NegotiatedParameters): string {
  return iceControlling ? 'controlling' : 'controlled';
}

function certificateEntries({ fingerprint, session, statistics }: StatisticsInput): Entry[] {
  const { localCertificate = null, remoteCertificate = null } = statistics?.transport ?? {};
  const known = [
    { fingerprint, certificate: localCertificate },
    { fingerprint: session?.remoteFingerprints[0] ?? null, certificate: remoteCertificate },
  ];
  return known.flatMap(({ fingerprint: one, certificate }) =>
    one === null
      ? []
      : {
          id: `CF${one.value}`,
          type: 'certificate',
          fingerprint: one.value,
          fingerprintAlgorithm: one.algorithm,
          base64Certificate: certificate === null ? undefined : base64(certificate),
        },
  );
}

function base64(hexadecimal: string): string {
  return btoa(String.fromCharCode(...bytesOf(hexadecimal)));
}

function pairId({ localCandidate, remoteCandidate }: PairStatistics): string {
  return `CP${localCandidate}_${remoteCandidate}`;
}

/** Only the nominated pair has a bandwidth estimate. */
function pairEntry(pair: PairStatistics, availableOutgoingBitrate: number | null): Entry {
  const { localCandidate, remoteCandidate, ...counted } = pair;
  return {
    ...counted,
    id: pairId(pair),
    type: 'candidate-pair',
    transportId: TRANSPORT,
    localCandidateId: localCandidate,
    remoteCandidateId: remoteCandidate,
    availableOutgoingBitrate: pair.nominated ? availableOutgoingBitrate : undefined,
  };
}

function candidateEntry({ isRemote, id, ...rest }: CandidateStatistics): Entry {
  return {
    ...rest,
    id,
    type: isRemote ? 'remote-candidate' : 'local-candidate',
    transportId: TRANSPORT,
  };
}

function mediaEntries(input: StatisticsInput): Entry[] {
  const { selected, statistics, session } = input;
  return input.transceivers.flatMap((transceiver) => {
    if (selected !== null && selected.transceiver !== transceiver.id) return [];
    const media = session?.media.find(
      (one): one is Extract<typeof one, Rtp> =>
        (one.kind === 'audio' || one.kind === 'video') && one.receiver === transceiver.id,
    );
    const isOf = ({ mid }: { mid: string }): boolean => mid === media?.mid;
    const outbound =
      selected?.direction === 'inbound' ? [] : (statistics?.outbound.filter(isOf) ?? []);
    const inbound =
      selected?.direction === 'outbound' ? [] : (statistics?.inbound.filter(isOf) ?? []);
    const codecOf = (one: Coded): Codec | undefined =>
      media?.codecs.find(({ payloadType }) => payloadType === one.payloadType) ?? media?.codecs[0];
    const idOf = (one: Coded): string | undefined => {
      const codec = codecOf(one);
      return codec === undefined ? undefined : `C${one.mid}_${codec.payloadType}`;
    };
    const codecs = new Set([...outbound, ...inbound].flatMap((one) => codecOf(one) ?? []));
    return [
      ...[...codecs].map((codec) => ({
        id: `C${media?.mid}_${codec.payloadType}`,
        type: 'codec',
        transportId: TRANSPORT,
        payloadType: codec.payloadType,
        ...describeCodec(transceiver.kind, codec),
      })),
      ...(selected?.direction === 'inbound' ? [] : sourceEntries(input, transceiver)),
      ...outbound.flatMap((one) => outboundEntries(input, transceiver, one, idOf(one))),
      ...inbound.flatMap((one) => inboundEntries(input, transceiver, one, idOf(one))),
    ];
  });
}

function sourceEntries({ counts }: StatisticsInput, transceiver: TransceiverInput): Entry[] {
  const { track, source, kind } = transceiver;
  if (track === null) return [];
  const { source: _, ...counted } = counts.sources.find((one) => one.source === source) ?? {
    source,
  };
  return [
    {
      id: sourceEntryId(transceiver),
      type: 'media-source',
      kind,
      trackIdentifier: track,
      ...counted,
    },
  ];
}

function sourceEntryId({ id }: TransceiverInput): string {
  return `S${id}`;
}

function outboundEntries(
  { counts }: StatisticsInput,
  transceiver: TransceiverInput,
  one: OutboundStatistics,
  codecId: string | undefined,
): Entry[] {
  const { kind, mid } = transceiver;
  const id = `O${one.ssrc}`;
  const remoteId = `RI${one.ssrc}`;
  const encoded = counts.encodings.find(({ encoding }) => encoding === one.encoding);
  const hasReport = one.fractionLost !== null;
  const common = { kind, ssrc: one.ssrc, transportId: TRANSPORT, codecId };
  const outbound: Entry = {
    id,
    type: 'outbound-rtp',
    ...common,
    mid,
    mediaSourceId: transceiver.track === null ? undefined : sourceEntryId(transceiver),
    remoteId: hasReport ? remoteId : undefined,
    active: transceiver.track !== null,
    targetBitrate: one.targetBitrate,
    packetsSent: one.packetsSent,
    bytesSent: one.bytesSent,
    retransmittedPacketsSent: one.retransmittedPacketsSent,
    retransmittedBytesSent: one.retransmittedBytesSent,
    nackCount: one.nackCount,
    ...(kind === 'audio'
      ? {}
      : { encodingIndex: 0, pliCount: one.pliCount, firCount: one.firCount }),
    ...(encoded === undefined
      ? {}
      : {
          framesEncoded: encoded.framesEncoded,
          framesSent: encoded.framesEncoded,
          keyFramesEncoded: encoded.keyFramesEncoded,
          frameWidth: encoded.frameWidth,
          frameHeight: encoded.frameHeight,
          framesPerSecond: encoded.framesPerSecond,
          totalEncodeTime: encoded.totalEncodeTime,
          encoderImplementation: encoded.encoderImplementation,
          qualityLimitationReason: encoded.qualityLimitationReason,
        }),
  };
  if (!hasReport) return [outbound];
  const remote: Entry = {
    id: remoteId,
    type: 'remote-inbound-rtp',
    ...common,
    localId: id,
    roundTripTime: one.roundTripTime,
    fractionLost: one.fractionLost,
    packetsLost: one.remotePacketsLost,
    jitter: one.remoteJitter,
  };
  return [outbound, remote];
}

function inboundEntries(
  { counts }: StatisticsInput,
  transceiver: TransceiverInput,
  one: InboundStatistics,
  codecId: string | undefined,
): Entry[] {
  const { kind, mid } = transceiver;
  const { receiver: _receiver, mid: _mid, payloadType: _type, remote: sent, ...counted } = one;
  const page = counts.receivers.find(({ receiver }) => receiver === transceiver.id);
  const { receiver: _page, codec: _codec, ...shown } = page ?? { receiver: 0 };
  const id = `I${one.ssrc}`;
  const playoutId = `AP${transceiver.id}`;
  const remoteId = `RO${one.ssrc}`;
  const common = { kind, transportId: TRANSPORT, codecId };
  const inbound: Entry = {
    id,
    type: 'inbound-rtp',
    mid,
    ...common,
    trackIdentifier: transceiver.receivedTrack,
    remoteId: sent === null ? undefined : remoteId,
    ...counted,
    ...(kind === 'audio' ? { playoutId } : shown),
  };
  const remote: Entry[] =
    sent === null
      ? []
      : [
          {
            id: remoteId,
            type: 'remote-outbound-rtp',
            ssrc: one.ssrc,
            ...common,
            localId: id,
            ...sent,
          },
        ];
  if (kind === 'video') return [inbound, ...remote];
  const playout: Entry = {
    id: playoutId,
    type: 'media-playout',
    kind,
    totalSamplesDuration: one.totalSamplesDuration,
  };
  return [inbound, ...remote, playout];
}

function channelEntries({ channels, statistics, selected }: StatisticsInput): Entry[] {
  if (selected !== null) return [];
  return channels.map(({ channel, id, label, protocol, state }) => {
    const counted = statistics?.channels.find((one) => one.channel === channel);
    return {
      id: `D${channel}`,
      type: 'data-channel',
      label,
      protocol,
      dataChannelIdentifier: id,
      state,
      messagesSent: counted?.messagesSent ?? 0,
      bytesSent: counted?.bytesSent ?? 0,
      messagesReceived: counted?.messagesReceived ?? 0,
      bytesReceived: counted?.bytesReceived ?? 0,
    };
  });
}

function trimmed(entry: Entry & { readonly timestamp: number }): Stats {
  const known = Object.entries(entry).filter(([, value]) => value !== undefined && value !== null);
  return {
    id: entry.id,
    type: entry.type,
    timestamp: entry.timestamp,
    ...Object.fromEntries(known),
  };
}
