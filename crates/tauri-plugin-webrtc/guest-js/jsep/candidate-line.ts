// The text of one ICE candidate (RFC 8839, section 5.1). The only place that reads it: the transport
// gets the fields.
//
// Invariant: what Chromium reads is read, and nothing else, so that a candidate is refused where it
// is added and never lost on its way.

import type { RemoteCandidate } from '../bridge/wire.ts';

/** What a candidate's line says, by the names of `RTCIceCandidate`. */
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

/** Null where it is no candidate. */
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

/** RFC 8839, 5.1, and RFC 6544, 4.5: in this order; what is not known is passed over. */
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

/** More is no address and no foundation of anybody; it is not for the transport to carry. */
const LONGEST_WORD = 256;

/** What the transport hears of it; null where it could only throw it away. */
export function forTransport(fields: CandidateFields): RemoteCandidate | null {
  const { foundation, componentId, protocol, priority, port, type, tcpType } = fields;
  if (foundation.length > LONGEST_WORD || fields.address.length > LONGEST_WORD) return null;
  // RTP and RTCP share the first component.
  if (componentId !== 1) return null;
  const address = fields.address.replace(/^\[(.*)\]$/, '$1');
  return { foundation, protocol, priority, address, port, type, tcpType };
}

/** Without `a=` and the line's end, which some hand over too; null where there are several. */
function oneLine(text: string): string | null {
  const [first = '', ...more] = text.split('\n');
  if (more.some((line) => line !== '')) return null;
  return first.replace(/\r$/, '').replace(/^a=/, '');
}

function readInteger(text: string | undefined): number | null {
  return text !== undefined && /^-?\d{1,10}$/.test(text) ? Number(text) : null;
}
