// Reads the text of an ICE candidate (RFC 8839, section 5.1). No other code does; the transport
// gets the fields.
//
// Invariant: accepts exactly what Chromium accepts, so a bad candidate is refused by
// `addIceCandidate` and not dropped later.

import type { RemoteCandidate } from '../bridge/wire.ts';

/** The fields of a candidate, named as in `RTCIceCandidate`. */
export interface CandidateFields {
  readonly foundation: string;
  readonly component: 'rtp' | 'rtcp';
  readonly componentId: number;
  readonly protocol: 'udp' | 'tcp';
  readonly priority: number;
  readonly address: string;
  readonly port: number;
  readonly type: 'host' | 'srflx' | 'prflx' | 'relay';
  readonly tcpType: 'active' | 'passive' | 'so' | null;
  readonly relatedAddress: string | null;
  readonly relatedPort: number | null;
  readonly usernameFragment: string | null;
}

const PROTOCOLS: Readonly<Record<string, 'udp' | 'tcp'>> = {
  udp: 'udp',
  tcp: 'tcp',
  ssltcp: 'tcp',
};
const TYPES = ['host', 'srflx', 'prflx', 'relay'] as const;
const TCP_TYPES = ['active', 'passive', 'so'] as const;

/** Null: not a candidate. */
export function readCandidate(text: string): CandidateFields | null {
  const line = oneLine(text);
  if (line === null || !line.startsWith('candidate:')) return null;
  const words = line.slice('candidate:'.length).split(' ');
  const [foundation, componentText, transport, priorityText, address, portText, typ, typeText] =
    words;
  const component = readInteger(componentText);
  const protocol = PROTOCOLS[transport?.toLowerCase() ?? ''];
  const priority = readInteger(priorityText);
  const port = readInteger(portText);
  const type = TYPES.find((one) => one === typeText);
  if (foundation === undefined || address === undefined || typ !== 'typ') return null;
  if (component === null || protocol === undefined || type === undefined) return null;
  if (priority === null || priority < 0 || priority > 0xffffffff) return null;
  if (port === null || port < 0 || port > 65535) return null;
  const extensions = readExtensions(words.slice(8), protocol);
  if (extensions === null) return null;
  return {
    foundation,
    component: component === 2 ? 'rtcp' : 'rtp',
    componentId: component,
    protocol,
    priority,
    address,
    port,
    type,
    ...extensions,
  };
}

/** RFC 8839, 5.1, and RFC 6544, 4.5: in this order. Unknown extensions are ignored. */
function readExtensions(
  words: readonly string[],
  protocol: 'udp' | 'tcp',
): Pick<CandidateFields, 'relatedAddress' | 'relatedPort' | 'tcpType' | 'usernameFragment'> | null {
  let rest = words;
  const take = (name: string): string | null => {
    const [first, value] = rest;
    if (first !== name || value === undefined) return null;
    rest = rest.slice(2);
    return value;
  };
  const relatedAddress = take('raddr');
  const portText = take('rport');
  const relatedPort = portText === null ? null : readInteger(portText);
  if (portText !== null && !(relatedPort !== null && relatedPort >= 0 && relatedPort <= 65535)) {
    return null;
  }
  const tcpText = take('tcptype');
  const tcpType = TCP_TYPES.find((one) => one === tcpText) ?? null;
  if (tcpText !== null && (tcpType === null || protocol === 'udp')) return null;
  const at = rest.findIndex((word, index) => index % 2 === 0 && word === 'ufrag');
  return {
    relatedAddress,
    relatedPort,
    tcpType,
    usernameFragment: at < 0 ? null : (rest[at + 1] ?? null),
  };
}

/** Longer addresses and foundations are not valid, and are not sent to the transport. */
const MAX_WORD_CHARS = 256;

/** The fields for the transport. Null: the transport cannot use the candidate. */
export function forTransport(fields: CandidateFields): RemoteCandidate | null {
  const { foundation, componentId, protocol, priority, port, type, tcpType } = fields;
  if (foundation.length > MAX_WORD_CHARS || fields.address.length > MAX_WORD_CHARS) return null;
  // RTP and RTCP share component 1.
  if (componentId !== 1) return null;
  const address = fields.address.replace(/^\[(.*)\]$/, '$1');
  return { foundation, protocol, priority, address, port, type, tcpType };
}

/** Without a leading `a=` and the line end, which some implementations include. Null: several
 *  lines. */
function oneLine(text: string): string | null {
  const [first = '', ...more] = text.split('\n');
  if (more.some((line) => line !== '')) return null;
  return first.replace(/\r$/, '').replace(/^a=/, '');
}

function readInteger(text: string | undefined): number | null {
  return text !== undefined && /^-?\d{1,10}$/.test(text) ? Number(text) : null;
}
