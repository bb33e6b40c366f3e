// ICE candidates and the descriptions they belong to (RFC 8829, 5.9 and 4.1.19).
//
// Invariant: the number of candidates is bounded, whatever the peer sends.

import type { RemoteCandidate } from '../bridge/wire.ts';
import { forTransport, readCandidate } from './candidate-line.ts';
import { JsepError } from './error.ts';
import { isRejected, type Section, type SessionDescription } from './sdp/description.ts';
import { transportOf } from './transport.ts';
import { sameCredentials, type Described, type Descriptions, type Jsep } from './state.ts';

/** Maximum for one m-line. The transport checks at most 128. Further ones are accepted and
 *  dropped. */
export const MAX_CANDIDATES = 256;

export interface CandidateText {
  /** Empty: end of candidates. */
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly usernameFragment: string | null;
}

/** The m-line of a local candidate. */
export interface CandidatePlace {
  readonly sdpMid: string;
  readonly sdpMLineIndex: number;
}

/** Adds a remote candidate to its description. `forward` is what the transport gets. It is null
 *  when the m-line uses the transport of another m-line. */
export function addRemoteCandidate(
  state: Jsep,
  text: CandidateText,
): { state: Jsep; forward: ForwardedCandidate | null } {
  const latest = state.pending.remote ?? state.current.remote;
  if (latest === null) {
    throw new JsepError('InvalidStateError', 'There is no remote description yet.');
  }
  const index = indexOf(latest.parsed, text);
  const known = [state.pending.remote, state.current.remote].flatMap((described) =>
    described === null ? [] : [described],
  );
  // An empty fragment counts as absent.
  const fragment = text.usernameFragment === '' ? null : text.usernameFragment;
  const fields = text.candidate === '' ? null : readCandidate(text.candidate);
  const isKnown = ({ parsed }: Described): boolean =>
    fragment === null || parsed.sections.some(({ ice }) => ice?.usernameFragment === fragment);
  if (!known.some(isKnown)) {
    throw new JsepError('OperationError', 'The candidate belongs to no description that is set.');
  }
  if (text.candidate !== '' && fields === null) {
    throw new JsepError('OperationError', 'The candidate cannot be read.');
  }
  const place = (described: Described | null): Described | null =>
    described !== null && isKnown(described) ? withCandidate(described, index, text) : described;
  // Without a fragment the candidate belongs to the latest description only.
  const onlyLatest = fragment === null && state.pending.remote !== null;
  const next: Jsep = {
    ...state,
    pending: { ...state.pending, remote: place(state.pending.remote) },
    current: onlyLatest ? state.current : { ...state.current, remote: place(state.current.remote) },
  };
  const carrier = remoteTransport(state);
  const section = index === null ? carrier : latest.parsed.sections[index];
  const isCarrier =
    section === carrier || (index !== null && isRejectedByUs(state, index, carrier));
  if (!isCarrier || (section?.candidates.length ?? 0) >= MAX_CANDIDATES) {
    return { state: next, forward: null };
  }
  const candidate = fields === null ? null : forTransport(fields);
  if (fields !== null && candidate === null) return { state: next, forward: null };
  const usernameFragment =
    fragment ?? fields?.usernameFragment ?? carrier?.ice?.usernameFragment ?? null;
  return { state: next, forward: { text: text.candidate, candidate, usernameFragment } };
}

/** A candidate for the transport. `candidate` null: end of candidates. */
export interface ForwardedCandidate {
  /** The candidate's text. */
  readonly text: string;
  readonly candidate: RemoteCandidate | null;
  readonly usernameFragment: string | null;
}

/** The m-line of the latest remote description whose transport carries the bundle, as far as it
 *  is negotiated. */
function remoteTransport({ pending, current }: Jsep): Section | undefined {
  const { local, remote } = pending.remote === null ? current : pending;
  return remote === null ? undefined : transportOf(remote.parsed, local?.parsed);
}

/** Our answer rejected the m-line, but the peer still sends candidates for it. */
function isRejectedByUs(
  { pending, current }: Jsep,
  index: number,
  carrier: Section | undefined,
): boolean {
  const { local, remote } = pending.remote === null ? current : pending;
  const [ours, theirs] = [local?.parsed.sections[index], remote?.parsed.sections[index]];
  if (ours === undefined || !isRejected(ours)) return false;
  return theirs !== undefined && sameCredentials(theirs.ice, carrier?.ice ?? null);
}

function indexOf(description: SessionDescription, text: CandidateText): number | null {
  if (text.sdpMid === '')
    return indexOf(description, { ...text, sdpMid: null, sdpMLineIndex: text.sdpMLineIndex ?? 0 });
  if (text.sdpMid !== null) {
    const index = description.sections.findIndex(({ mid }) => mid === text.sdpMid);
    if (index >= 0) return index;
    throw new JsepError('OperationError', `There is no m-line ${text.sdpMid}.`);
  }
  if (text.sdpMLineIndex === null) return null;
  if (text.sdpMLineIndex < description.sections.length) return text.sdpMLineIndex;
  throw new JsepError('OperationError', `There is no m-line at ${text.sdpMLineIndex}.`);
}

/** All remote candidates for the transport: those in the description, and those that were added
 *  for an m-line before our answer made it carry the bundle. */
export function remoteCandidates(state: Jsep): readonly ForwardedCandidate[] {
  const carrier = remoteTransport(state);
  if (carrier === undefined) return [];
  const usernameFragment = carrier.ice?.usernameFragment ?? null;
  const told = carrier.candidates.slice(0, MAX_CANDIDATES).flatMap((text): ForwardedCandidate[] => {
    const fields = readCandidate(text);
    const candidate = fields === null ? null : forTransport(fields);
    if (candidate === null) return [];
    const own = fields?.usernameFragment ?? usernameFragment;
    return [{ text, candidate, usernameFragment: own }];
  });
  // A peer that does not trickle has described all its candidates (RFC 8840, section 4.1.3).
  const isTrickling = (state.pending.remote ?? state.current.remote)?.parsed.trickle ?? true;
  return carrier.endOfCandidates || !isTrickling
    ? [...told, { text: '', candidate: null, usernameFragment }]
    : told;
}

/** Whether a pending local offer replaces these credentials. When the peer accepts it, it
 *  forgets them. After a rollback they are in use as before. */
export function isBeingReplaced({ current, pending }: Jsep, usernameFragment: string): boolean {
  const has = (described: Described): boolean =>
    described.parsed.sections.some(({ ice }) => ice?.usernameFragment === usernameFragment);
  if (current.local === null || pending.local === null) return false;
  return has(current.local) && !has(pending.local);
}

/** Adds a local candidate to the descriptions with its credentials, and returns its m-line.
 *  Null: no description has them. */
export function addLocalCandidate(
  state: Jsep,
  candidate: string,
  usernameFragment: string,
): { state: Jsep; place: CandidatePlace } | null {
  let found: CandidatePlace | null = null;
  const place = (described: Described | null, other: Described | null): Described | null => {
    if (described === null) return null;
    const carrier = transportOf(described.parsed, other?.parsed);
    if (carrier === undefined || carrier.ice?.usernameFragment !== usernameFragment)
      return described;
    const index = described.parsed.sections.indexOf(carrier);
    found ??= { sdpMid: carrier.mid, sdpMLineIndex: index };
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

/** Adds to one m-line, or without an index to all that are not rejected. Changes text and value
 *  alike. */
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
    if (section.candidates.length >= MAX_CANDIDATES) return section;
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
  return candidate.replace(/^a=/, '').trimEnd();
}

/** Appends a line to each of these m-lines. */
function withLines(sdp: string, sections: readonly number[], line: string): string {
  const [head, ...blocks] = sdp.split(/^(?=m=)/m);
  const written = blocks.map((block, index) => {
    if (!sections.includes(index) || block.split(/\r?\n/).includes(line)) return block;
    return `${block}${block.endsWith('\n') ? '' : '\r\n'}${line}\r\n`;
  });
  return [head, ...written].join('');
}
