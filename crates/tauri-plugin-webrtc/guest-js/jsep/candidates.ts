// ICE candidates and the descriptions they belong to (RFC 8829, 5.9 and 4.1.19).
//
// Invariant: what is taken in is bounded, however much the other side sends.

import type { RemoteCandidate } from '../bridge/wire.ts';
import { forTransport, readCandidate } from './candidate-line.ts';
import { JsepError } from './error.ts';
import { isRejected, type Section, type SessionDescription } from './sdp/description.ts';
import { transportOf } from './transport.ts';
import { sameCredentials, type Described, type Descriptions, type Jsep } from './state.ts';

/** Of one m-line. The transport checks at most 128; what comes on top is accepted and not kept. */
export const MAX_CANDIDATES = 256;

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

/**
 * A candidate of the other side, put into its description. `forward` is what the transport must
 * readCapture: null where the candidate is for an m-line that another one's transport carries.
 */
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
  // An empty one is as good as none.
  const fragment = text.usernameFragment === '' ? null : text.usernameFragment;
  const fields = text.candidate === '' ? null : readCandidate(text.candidate);
  const isKnown = ({ parsed }: Described): boolean =>
    fragment === null || parsed.sections.some(({ ice }) => ice?.usernameFragment === fragment);
  if (!known.some(isKnown)) {
    throw new JsepError('OperationError', 'The candidate is of no description that is set.');
  }
  if (text.candidate !== '' && fields === null) {
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
  if (!isOfLead || (section?.candidates.length ?? 0) >= MAX_CANDIDATES) {
    return { state: next, forward: null };
  }
  const candidate = fields === null ? null : forTransport(fields);
  if (fields !== null && candidate === null) return { state: next, forward: null };
  const usernameFragment =
    fragment ?? fields?.usernameFragment ?? lead?.ice?.usernameFragment ?? null;
  return { state: next, forward: { text: text.candidate, candidate, usernameFragment } };
}

/** What the transport is to readCapture: null is the end of candidates. */
export interface ForwardedCandidate {
  /** As it was told. */
  readonly text: string;
  readonly candidate: RemoteCandidate | null;
  readonly usernameFragment: string | null;
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

/** All candidates of the other side that the one transport is to readCapture of by now: those that its
 *  description brought, and those that came for an m-line before our answer made it the lead. */
export function remoteCandidates(state: Jsep): readonly ForwardedCandidate[] {
  const lead = remoteTransport(state);
  if (lead === undefined) return [];
  const usernameFragment = lead.ice?.usernameFragment ?? null;
  const told = lead.candidates.slice(0, MAX_CANDIDATES).flatMap((text): ForwardedCandidate[] => {
    const fields = readCandidate(text);
    const candidate = fields === null ? null : forTransport(fields);
    if (candidate === null) return [];
    const own = fields?.usernameFragment ?? usernameFragment;
    return [{ text, candidate, usernameFragment: own }];
  });
  return lead.endOfCandidates ? [...told, { text: '', candidate: null, usernameFragment }] : told;
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

/** The text with a line more at the end of each of these m-lines. */
function withLines(sdp: string, sections: readonly number[], line: string): string {
  const [head, ...blocks] = sdp.split(/^(?=m=)/m);
  const written = blocks.map((block, index) => {
    if (!sections.includes(index) || block.split(/\r?\n/).includes(line)) return block;
    return `${block}${block.endsWith('\n') ? '' : '\r\n'}${line}\r\n`;
  });
  return [head, ...written].join('');
}
