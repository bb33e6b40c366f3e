// Reads one m-line and its attributes.

import type { Codec, HeaderExtension } from '../../bridge/wire.ts';
import { readCandidate } from '../candidate-line.ts';
import { syntaxError } from '../error.ts';
import {
  emptySection,
  type Msid,
  type Section,
  type Source,
  type SourceGroup,
} from './description.ts';
import { attribute, credentials, readShared, words, type Line, type SessionLevel } from './line.ts';

/** An m-line with unread attributes. */
export interface SectionDraft {
  readonly kind: string;
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly attributes: Line[];
}

export function draftSection(line: Line): SectionDraft {
  const [kind, portText, protocol, ...formats] = words(line.value);
  const port = /^\d+(\/\d+)?$/.test(portText ?? '') ? Number.parseInt(portText ?? '', 10) : NaN;
  if (kind === undefined || protocol === undefined || formats.length === 0 || !(port <= 65535)) {
    throw syntaxError(line.number, 'an m-line has a kind, a port, a protocol and formats');
  }
  const isRtp = protocol.includes('RTP/');
  if (isRtp && formats.some((format) => !isPayloadType(format))) {
    throw syntaxError(line.number, 'a payload type is a number up to 127');
  }
  return { kind, port, protocol, formats, attributes: [] };
}

export function finishSection(draft: SectionDraft, session: SessionLevel): Section {
  const level: SessionLevel = { ...session, fingerprints: [] };
  const tables = new RtpTables();
  const candidates: string[] = [];
  const extensions: HeaderExtension[] = [];
  const msids: Msid[] = [];
  const sources = new Map<number, { cname: string | null; msid: Msid | null }>();
  const sourceGroups: SourceGroup[] = [];
  let single = { mid: '', bundleOnly: false, endOfCandidates: false, rtcpMux: false };
  let sctpPort: number | null = null;
  let maxMessageSize: number | null = null;

  for (const line of draft.attributes) {
    if (readShared(line, level) || tables.read(line)) continue;
    const { name, value } = attribute(line);
    switch (name) {
      case 'mid':
        if (value !== '' && !isToken(value)) throw syntaxError(line.number, 'a mid is a token');
        single = { ...single, mid: value };
        break;
      case 'bundle-only':
        single = { ...single, bundleOnly: true };
        break;
      case 'end-of-candidates':
        single = { ...single, endOfCandidates: true };
        break;
      case 'rtcp-mux':
        single = { ...single, rtcpMux: true };
        break;
      case 'candidate':
        if (readCandidate(line.value) === null) throw syntaxError(line.number, 'invalid candidate');
        candidates.push(line.value);
        break;
      case 'extmap':
        extensions.push(...readExtension(line, value));
        break;
      case 'msid':
        msids.push(readMsid(line, value));
        break;
      case 'ssrc':
        readSource(line, value, sources);
        break;
      case 'ssrc-group':
        sourceGroups.push(readGroup(line, value));
        break;
      case 'sctp-port':
        sctpPort = readNumber(line, value, 65535);
        break;
      case 'sctpmap':
        // Before RFC 8841: port, `webrtc-datachannel` and number of streams.
        sctpPort = readNumber(line, words(value)[0] ?? '', 65535);
        break;
      case 'max-message-size':
        maxMessageSize = readNumber(line, value, Number.MAX_SAFE_INTEGER);
        break;
      default:
        break;
    }
  }

  // A rejected m-line names formats without a meaning.
  const statics = draft.port === 0 && !single.bundleOnly ? {} : STATIC_MAPS;
  const fingerprints = level.fingerprints.length > 0 ? level.fingerprints : session.fingerprints;
  return {
    ...emptySection(draft.kind),
    ...single,
    port: draft.port,
    protocol: draft.protocol,
    formats: draft.formats,
    ice: credentials(level),
    fingerprints,
    setup: level.setup,
    candidates,
    direction: level.direction ?? 'sendrecv',
    codecs: draft.protocol.includes('RTP/') ? tables.codecs(draft.formats, statics) : [],
    extensions,
    msids: msids.length > 0 ? msids : msidsOfSources(sources),
    sources: [...sources].map(([ssrc, { cname }]): Source => ({ ssrc, cname })),
    sourceGroups,
    sctpPort,
    maxMessageSize,
  };
}

/** Limit for one line: the parameters of all codecs go to the transport in one request. */
const MAX_FMTP_CHARS = 1024;

type CodecMap = Pick<Codec, 'name' | 'clockRate' | 'channels'>;

/** RFC 3551, section 6: payload types with a meaning of their own, where no `a=rtpmap` gives them
 *  another. */
const STATIC_MAPS: Readonly<Record<string, CodecMap>> = {
  '0': { name: 'PCMU', clockRate: 8000, channels: null },
  '8': { name: 'PCMA', clockRate: 8000, channels: null },
};

/** Collects `a=rtpmap`, `a=fmtp` and `a=rtcp-fb`, which together describe the codecs. */
class RtpTables {
  readonly #maps = new Map<string, CodecMap>();
  readonly #parameters = new Map<string, string>();
  readonly #feedback: { format: string; feedback: string }[] = [];

  read(line: Line): boolean {
    const { name, value } = attribute(line);
    const space = value.indexOf(' ');
    const format = value.slice(0, space);
    const rest = value.slice(space + 1).trim();
    if (name === 'rtpmap') {
      const [codec, rate, channels] = rest.split('/');
      if (!isPayloadType(format) || !codec || !/^\d+$/.test(rate ?? '')) {
        throw syntaxError(line.number, 'invalid rtpmap');
      }
      this.#maps.set(format, {
        name: codec,
        clockRate: Number(rate),
        channels: channels === undefined ? null : readNumber(line, channels, 255),
      });
      return true;
    }
    if (name === 'fmtp') {
      if (space < 0 || !isPayloadType(format)) throw syntaxError(line.number, 'invalid fmtp');
      if (rest.length > MAX_FMTP_CHARS) {
        throw syntaxError(line.number, `an fmtp has at most ${MAX_FMTP_CHARS} characters`);
      }
      this.#parameters.set(format, rest);
      return true;
    }
    if (name !== 'rtcp-fb') return false;
    if (space < 0 || (format !== '*' && !isPayloadType(format))) {
      throw syntaxError(line.number, 'invalid rtcp-fb');
    }
    this.#feedback.push({ format, feedback: rest });
    return true;
  }

  codecs(formats: readonly string[], statics: Readonly<Record<string, CodecMap>>): Codec[] {
    const retransmits = this.#retransmissions(formats);
    return formats.flatMap((format) => {
      const map = this.#maps.get(format) ?? statics[format];
      if (map === undefined || map.name.toLowerCase() === 'rtx') return [];
      return {
        ...map,
        payloadType: Number(format),
        parameters: this.#parameters.get(format) ?? '',
        feedback: this.#feedback
          .filter((entry) => entry.format === '*' || entry.format === format)
          .map(({ feedback }) => feedback),
        rtx: retransmits.get(format) ?? null,
      };
    });
  }

  /** RFC 4588, section 8.6: `apt` names the retransmitted payload type. */
  #retransmissions(formats: readonly string[]): Map<string, number> {
    const found = new Map<string, number>();
    for (const format of formats) {
      if (this.#maps.get(format)?.name.toLowerCase() !== 'rtx') continue;
      const apt = /(?:^|;)\s*apt=(\d+)/.exec(this.#parameters.get(format) ?? '')?.[1];
      if (apt !== undefined && !found.has(apt)) found.set(apt, Number(format));
    }
    return found;
  }
}

/** RFC 8285, section 5. Extensions for one direction only are ignored. */
function readExtension(line: Line, value: string): HeaderExtension[] {
  const match = /^(\d+)(?:\/(\w+))? (\S+)/.exec(value);
  if (match === null) throw syntaxError(line.number, 'invalid extmap');
  const [, id, direction, uri] = match;
  if (direction !== undefined && direction !== 'sendrecv') return [];
  return Number(id) <= 255 ? [{ id: Number(id), uri: uri ?? '' }] : [];
}

function readMsid(line: Line, value: string): Msid {
  const [stream, track] = words(value);
  if (stream === undefined) throw syntaxError(line.number, 'invalid msid');
  return { stream: stream === '-' ? null : stream, track: track ?? null };
}

function readSource(
  line: Line,
  value: string,
  sources: Map<number, { cname: string | null; msid: Msid | null }>,
): void {
  const [ssrcText, ...rest] = words(value);
  const ssrc = readNumber(line, ssrcText ?? '', 0xffffffff);
  const source = sources.get(ssrc) ?? { cname: null, msid: null };
  const text = rest.join(' ');
  if (text.startsWith('cname:')) source.cname = text.slice('cname:'.length);
  if (text.startsWith('msid:')) source.msid = readMsid(line, text.slice('msid:'.length));
  sources.set(ssrc, source);
}

function readGroup(line: Line, value: string): SourceGroup {
  const [semantics, ...ssrcs] = words(value);
  if (semantics === undefined) throw syntaxError(line.number, 'invalid ssrc-group');
  return { semantics, ssrcs: ssrcs.map((ssrc) => readNumber(line, ssrc, 0xffffffff)) };
}

/** Older endpoints give the streams with `a=ssrc` instead of `a=msid`. */
function msidsOfSources(sources: Map<number, { msid: Msid | null }>): Msid[] {
  const msids = [...sources.values()].flatMap(({ msid }) => (msid === null ? [] : [msid]));
  return msids.filter(
    (msid, index) => msids.findIndex((other) => other.stream === msid.stream) === index,
  );
}

function readNumber(line: Line, text: string, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value <= most)) throw syntaxError(line.number, `a number up to ${most} is expected`);
  return value;
}

function isPayloadType(text: string): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) <= 127;
}

/** RFC 8866, section 9. */
function isToken(text: string): boolean {
  return /^[!#-'*+\-.0-9A-Z^-~]+$/.test(text);
}
