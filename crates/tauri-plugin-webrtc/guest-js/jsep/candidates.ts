// ICE candidates and the descriptions they belong to (RFC 8829, 5.9 and 4.1.19; RFC 8839, 5.1).

import { JsepError } from './error.ts';
import { isRejected, type Section, type SessionDescription } from './sdp/description.ts';
import { transportOf } from './transport.ts';
import { sameCredentials, type Described, type Descriptions, type Jsep } from './state.ts';

export interface CandidateText {
  /** Empty: the end of candidates. */
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly usernameFragment: string | null;
}

/** Where a local candidate belongs. */
export interface CandidatePlace {
  readonly sdpMid: string;
  readonly sdpMLineIndex: number;
}

/** What a candidate's line says, by the names of `RTCIceCandidate`. */
export interface CandidateFields {
  readonly foundation: string;
  readonly component: 'rtp' | 'rtcp';
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

/** Null where it is no candidate. */
export function readCandidate(line: string): CandidateFields | null {
  const fields = line
    .replace(/^a=/, '')
    .replace(/^candidate:/, '')
    .trim()
    .split(/\s+/);
  const [foundation, component, protocolText, priority, address, port, typ, type, ...rest] = fields;
  const protocol = protocolText?.toLowerCase();
  const isWhole =
    /^[A-Za-z0-9+/]{1,32}$/.test(foundation ?? '') &&
    /^\d{1,3}$/.test(component ?? '') &&
    /^\d{1,10}$/.test(priority ?? '') &&
    /^\d{1,5}$/.test(port ?? '') &&
    Number(port) <= 65535 &&
    /^[A-Za-z0-9.:%_-]+$/.test(address ?? '') &&
    typ === 'typ';
  if (!isWhole || foundation === undefined || address === undefined) return null;
  if (protocol !== 'udp' && protocol !== 'tcp') return null;
  if (type !== 'host' && type !== 'srflx' && type !== 'prflx' && type !== 'relay') return null;
  const after = (name: string): string | null => {
    const at = rest.findIndex((word, index) => index % 2 === 0 && word === name);
    return at < 0 ? null : (rest[at + 1] ?? null);
  };
  const tcpType = after('tcptype');
  const relatedPort = after('rport');
  return {
    foundation,
    component: component === '2' ? 'rtcp' : 'rtp',
    protocol,
    priority: Number(priority),
    address,
    port: Number(port),
    type,
    tcpType: tcpType === 'active' || tcpType === 'passive' || tcpType === 'so' ? tcpType : null,
    relatedAddress: after('raddr'),
    relatedPort: relatedPort === null ? null : Number(relatedPort),
    usernameFragment: after('ufrag'),
  };
}

/**
 * A candidate of the other side, put into its description. `forward` is what the transport must
 * hear: null where the candidate is for an m-line that another one's transport carries.
 */
export function addRemoteCandidate(
  state: Jsep,
  text: CandidateText,
): { state: Jsep; forward: { candidate: string | null; usernameFragment: string | null } | null } {
  const latest = state.pending.remote ?? state.current.remote;
  if (latest === null) {
    throw new JsepError('InvalidStateError', 'There is no remote description yet.');
  }
  const index = indexOf(latest.parsed, text);
  const known = [state.pending.remote, state.current.remote].flatMap((described) =>
    described === null ? [] : [described],
  );
  const fragment = text.usernameFragment;
  const isKnown = ({ parsed }: Described): boolean =>
    fragment === null || parsed.sections.some(({ ice }) => ice?.usernameFragment === fragment);
  if (!known.some(isKnown)) {
    throw new JsepError('OperationError', 'The candidate is of no description that is set.');
  }
  if (text.candidate !== '' && readCandidate(text.candidate) === null) {
    throw new JsepError('OperationError', 'The candidate cannot be read.');
  }
  const place = (described: Described | null): Described | null =>
    described !== null && isKnown(described) ? withCandidate(described, index, text) : described;
  // Without a fragment it is of the latest description alone.
  const onlyLatest = fragment === null && state.pending.remote !== null;
  const next: Jsep = {
    ...state,
    pending: { ...state.pending, remote: place(state.pending.remote) },
    current: onlyLatest ? state.current : { ...state.current, remote: place(state.current.remote) },
  };
  const lead = remoteTransport(state);
  const section = index === null ? lead : latest.parsed.sections[index];
  const isOfLead = section === lead || (index !== null && isGivenUp(state, index, lead));
  if (!isOfLead) return { state: next, forward: null };
  return {
    state: next,
    forward: {
      candidate: text.candidate === '' ? null : text.candidate,
      usernameFragment: fragment ?? lead?.ice?.usernameFragment ?? null,
    },
  };
}

/** The m-line of the latest remote description that carries all, as far as is agreed by now. */
function remoteTransport({ pending, current }: Jsep): Section | undefined {
  const { local, remote } = pending.remote === null ? current : pending;
  return remote === null ? undefined : transportOf(remote.parsed, local?.parsed);
}

/** Our answer has rejected the m-line, but the other side went on telling its candidates there. */
function isGivenUp({ pending, current }: Jsep, index: number, lead: Section | undefined): boolean {
  const { local, remote } = pending.remote === null ? current : pending;
  const [ours, theirs] = [local?.parsed.sections[index], remote?.parsed.sections[index]];
  if (ours === undefined || !isRejected(ours)) return false;
  return theirs !== undefined && sameCredentials(theirs.ice, lead?.ice ?? null);
}

function indexOf(description: SessionDescription, text: CandidateText): number | null {
  if (text.sdpMid !== null) {
    const index = description.sections.findIndex(({ mid }) => mid === text.sdpMid);
    if (index >= 0) return index;
    throw new JsepError('OperationError', `There is no m-line ${text.sdpMid}.`);
  }
  if (text.sdpMLineIndex === null) return null;
  if (text.sdpMLineIndex < description.sections.length) return text.sdpMLineIndex;
  throw new JsepError('OperationError', `There is no m-line at ${text.sdpMLineIndex}.`);
}

/** All candidates of the other side that the one transport is to hear of by now: those that its
 *  description brought, and those that came for an m-line before our answer made it the lead. */
export function remoteCandidates(state: Jsep): {
  candidates: readonly string[];
  ended: boolean;
  usernameFragment: string | null;
} {
  const lead = remoteTransport(state);
  return {
    candidates: lead?.candidates ?? [],
    ended: lead?.endOfCandidates ?? false,
    usernameFragment: lead?.ice?.usernameFragment ?? null,
  };
}

/** An offer of ours is open that changes these credentials: once the other side has taken it, it
 *  knows them no more; when it is rolled back, they are in use as before. */
export function isBeingReplaced({ current, pending }: Jsep, usernameFragment: string): boolean {
  const has = (described: Described): boolean =>
    described.parsed.sections.some(({ ice }) => ice?.usernameFragment === usernameFragment);
  if (current.local === null || pending.local === null) return false;
  return has(current.local) && !has(pending.local);
}

/** Puts a candidate of our own into the descriptions that have its credentials, and tells its
 *  m-line; null where none has. */
export function addLocalCandidate(
  state: Jsep,
  candidate: string,
  usernameFragment: string,
): { state: Jsep; place: CandidatePlace } | null {
  let found: CandidatePlace | null = null;
  const place = (described: Described | null, other: Described | null): Described | null => {
    if (described === null) return null;
    const lead = transportOf(described.parsed, other?.parsed);
    if (lead === undefined || lead.ice?.usernameFragment !== usernameFragment) return described;
    const index = described.parsed.sections.indexOf(lead);
    found ??= { sdpMid: lead.mid, sdpMLineIndex: index };
    return withCandidate(described, index, { candidate });
  };
  const both = (descriptions: Descriptions): Descriptions => ({
    ...descriptions,
    local: place(descriptions.local, descriptions.remote),
  });
  const pending = both(state.pending);
  const current = both(state.current);
  return found === null ? null : { state: { ...state, pending, current }, place: found };
}

/** Into one m-line, or with none given into all that live. Text and value change alike. */
function withCandidate(
  described: Described,
  index: number | null,
  { candidate }: { candidate: string },
): Described {
  const line = candidate === '' ? 'a=end-of-candidates' : `a=${normalized(candidate)}`;
  const sections = described.parsed.sections.map((section, at): Section => {
    if (at !== (index ?? at) || isRejected(section)) return section;
    if (candidate === '') return { ...section, endOfCandidates: true };
    if (section.candidates.includes(normalized(candidate))) return section;
    return { ...section, candidates: [...section.candidates, normalized(candidate)] };
  });
  const changed = sections.flatMap((section, at) =>
    section === described.parsed.sections[at] ? [] : [at],
  );
  return {
    ...described,
    sdp: withLines(described.sdp, changed, line),
    parsed: { ...described.parsed, sections },
  };
}

function normalized(candidate: string): string {
  const text = candidate.replace(/^a=/, '').trim();
  return text.startsWith('candidate:') ? text : `candidate:${text}`;
}

/** The text with a line more at the end of each of these m-lines. */
function withLines(sdp: string, sections: readonly number[], line: string): string {
  const [head, ...blocks] = sdp.split(/^(?=m=)/m);
  const written = blocks.map((block, index) => {
    if (!sections.includes(index) || block.split(/\r?\n/).includes(line)) return block;
    return `${block}${block.endsWith('\n') ? '' : '\r\n'}${line}\r\n`;
  });
  return [head, ...written].join('');
}
