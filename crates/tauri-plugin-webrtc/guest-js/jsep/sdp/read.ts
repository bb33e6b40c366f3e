// Reads the text of a session description (RFC 8866, RFC 8829 section 5.8).
//
// Invariant: a line that cannot be read is refused with its number; an attribute that is not known
// is passed over.

import { syntaxError } from '../error.ts';
import { draftSection, finishSection, type SectionDraft } from './read-section.ts';
import type { SessionDescription } from './description.ts';
import { readShared, words, type Line, type SessionLevel } from './line.ts';

export function readDescription(sdp: string): SessionDescription {
  const lines = splitLines(sdp);
  const origin = readPreamble(lines);
  const session: SessionLevel = {
    usernameFragment: null,
    password: null,
    fingerprints: [],
    setup: null,
    direction: null,
  };
  const bundles: string[][] = [];
  const drafts: SectionDraft[] = [];
  let iceLite = false;
  let trickle = false;

  for (const line of lines.slice(PREAMBLE.length)) {
    if (line.type === 'm') {
      drafts.push(draftSection(line));
      continue;
    }
    if (line.type !== 'a') continue;
    if (/^ice-options:(.* )?trickle( |$)/.test(line.value)) trickle = true;
    const draft = drafts.at(-1);
    if (draft !== undefined) {
      draft.attributes.push(line);
      continue;
    }
    if (line.value === 'ice-lite') iceLite = true;
    else if (line.value.startsWith('group:BUNDLE')) bundles.push(words(line.value).slice(1));
    else readShared(line, session);
  }
  return {
    ...origin,
    iceLite,
    trickle,
    bundles,
    sections: drafts.map((draft) => finishSection(draft, session)),
  };
}

/** What every description begins with, in this order. */
const PREAMBLE = ['v', 'o', 's'] as const;

function readPreamble(lines: readonly Line[]): { sessionId: string; version: string } {
  PREAMBLE.forEach((type, index) => {
    if (lines[index]?.type !== type) throw syntaxError(index + 1, `"${type}=" is expected`);
  });
  if (lines[0]?.value !== '0') throw syntaxError(1, 'the version of SDP is 0');
  const origin = words(lines[1]?.value ?? '');
  const [, sessionId, version] = origin;
  if (origin.length !== 6 || sessionId === undefined || version === undefined) {
    throw syntaxError(2, '"o=" has six fields');
  }
  if (!/^\d+$/.test(sessionId) || !/^\d+$/.test(version)) {
    throw syntaxError(2, 'the session and its version are numbers');
  }
  const firstMedia = lines.find(({ type }) => type === 'm')?.number ?? lines.length + 1;
  if (!lines.some(({ type, number }) => type === 't' && number < firstMedia)) {
    throw syntaxError(firstMedia, '"t=" is expected before');
  }
  return { sessionId, version };
}

function splitLines(sdp: string): Line[] {
  const texts = sdp.split(/\r\n|\n/);
  if (texts.at(-1) === '') texts.pop();
  if (texts.length === 0) throw syntaxError(1, '"v=" is expected');
  return texts.map((text, index) => {
    if (!/^[a-z]=/.test(text)) throw syntaxError(index + 1, 'a letter and "=" are expected');
    return { number: index + 1, type: text.charAt(0), value: text.slice(2) };
  });
}
