// Writes a session description as text (RFC 8866, RFC 8829 section 5.2).
//
// Invariant: `read(write(description))` equals the description.

import type { Codec } from '../../bridge/wire.ts';
import {
  DATA_FORMAT,
  isLegacyData,
  isRejected,
  type Section,
  type SessionDescription,
} from './description.ts';

export function writeDescription(description: SessionDescription): string {
  const lines = [
    'v=0',
    `o=- ${description.sessionId} ${description.version} IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    ...description.bundles.map((mids) => ['a=group:BUNDLE', ...mids].join(' ')),
    ...(description.iceLite ? ['a=ice-lite'] : []),
    ...(description.trickle ? ['a=ice-options:trickle'] : []),
    'a=extmap-allow-mixed',
    'a=msid-semantic: WMS *',
    ...description.sections.flatMap(sectionLines),
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}

function sectionLines(section: Section): string[] {
  const head = [
    `m=${section.kind} ${section.port} ${section.protocol} ${section.formats.join(' ')}`,
    'c=IN IP4 0.0.0.0',
  ];
  const mid = section.mid === '' ? [] : [`a=mid:${section.mid}`];
  if (isRejected(section)) {
    return section.kind === 'application' ? [...head, ...mid] : [...head, ...mid, 'a=inactive'];
  }
  const transport = [...head, ...transportLines(section), ...mid];
  return section.kind === 'application'
    ? [...transport, ...dataLines(section)]
    : [...transport, ...rtpLines(section)];
}

function transportLines(section: Section): string[] {
  const lines = section.candidates.map((candidate) => `a=${candidate}`);
  if (section.endOfCandidates) lines.push('a=end-of-candidates');
  if (section.ice !== null) {
    lines.push(`a=ice-ufrag:${section.ice.usernameFragment}`, `a=ice-pwd:${section.ice.password}`);
  }
  for (const { algorithm, value } of section.fingerprints) {
    lines.push(`a=fingerprint:${algorithm} ${value}`);
  }
  if (section.setup !== null) lines.push(`a=setup:${section.setup}`);
  if (section.bundleOnly) lines.push('a=bundle-only');
  return lines;
}

/** Number of streams in `a=sctpmap` (draft-ietf-mmusic-sctp-sdp-07). */
const SCTPMAP_STREAMS = 1024;

function dataLines(section: Section): string[] {
  const lines: string[] = [];
  const { sctpPort } = section;
  if (sctpPort !== null && isLegacyData(section)) {
    lines.push(`a=sctpmap:${sctpPort} ${DATA_FORMAT} ${SCTPMAP_STREAMS}`);
  } else if (sctpPort !== null) {
    lines.push(`a=sctp-port:${sctpPort}`);
  }
  if (section.maxMessageSize !== null) lines.push(`a=max-message-size:${section.maxMessageSize}`);
  return lines;
}

function rtpLines(section: Section): string[] {
  return [
    ...section.extensions.map(({ id, uri }) => `a=extmap:${id} ${uri}`),
    `a=${section.direction}`,
    ...section.msids.map(({ stream, track }) =>
      track === null ? `a=msid:${stream ?? '-'}` : `a=msid:${stream ?? '-'} ${track}`,
    ),
    ...(section.rtcpMux ? ['a=rtcp-mux', 'a=rtcp-rsize'] : []),
    ...section.codecs.flatMap(codecLines),
    ...section.sourceGroups.map(({ semantics, ssrcs }) =>
      ['a=ssrc-group:' + semantics, ...ssrcs].join(' '),
    ),
    ...section.sources.map(({ ssrc, cname }) =>
      cname === null ? `a=ssrc:${ssrc}` : `a=ssrc:${ssrc} cname:${cname}`,
    ),
  ];
}

function codecLines(codec: Codec): string[] {
  const channels = codec.channels === null ? '' : `/${codec.channels}`;
  const lines = [
    `a=rtpmap:${codec.payloadType} ${codec.name}/${codec.clockRate}${channels}`,
    ...codec.feedback.map((feedback) => `a=rtcp-fb:${codec.payloadType} ${feedback}`),
  ];
  if (codec.parameters !== '') lines.push(`a=fmtp:${codec.payloadType} ${codec.parameters}`);
  if (codec.rtx !== null) {
    lines.push(
      `a=rtpmap:${codec.rtx} rtx/${codec.clockRate}`,
      `a=fmtp:${codec.rtx} apt=${codec.payloadType}`,
    );
  }
  return lines;
}

/** The formats of an m-line, in the order of its codecs. */
export function formatsOf(codecs: readonly Codec[]): string[] {
  return codecs.flatMap(({ payloadType, rtx }) =>
    rtx === null ? [String(payloadType)] : [String(payloadType), String(rtx)],
  );
}
