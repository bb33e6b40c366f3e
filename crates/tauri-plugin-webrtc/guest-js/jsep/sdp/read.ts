// Reads the text of a session description (RFC 8866, RFC 8829 section 5.8).
//
// Invariant: an invalid line is refused with its number. Unknown attributes are ignored.

import { JsepError, syntaxError } from '../error.ts';
import { draftSection, finishSection, type SectionDraft } from './read-section.ts';
import type { SessionDescription } from './description.ts';
import { readShared, words, type Line, type SessionLevel } from './line.ts';

/** In UTF-16 units. Longer than any valid description of `MAX_SECTIONS` m-lines. */
const MAX_DESCRIPTION_CHARS = 512 * 1024;
/** As many as the transport accepts. */
const MAX_SECTIONS = 128;

export function readDescription(sdp: string): SessionDescription {
  if (sdp.length > MAX_DESCRIPTION_CHARS) {
    throw new JsepError(
      'OperationError',
      `The description is longer than ${MAX_DESCRIPTION_CHARS} characters.`,
    );
  }
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
      if (drafts.length >= MAX_SECTIONS) {
        throw syntaxError(line.number, `there are at most ${MAX_SECTIONS} m-lines`);
      }
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

/** The first lines of every description, in this order. */
const PREAMBLE = ['v', 'o', 's'] as const;

function readPreamble(lines: readonly Line[]): { sessionId: string; version: string } {
  PREAMBLE.forEach((type, index) => {
    if (lines[index]?.type !== type) throw syntaxError(index + 1, `"${type}=" is expected`);
  });
  const origin = words(lines[1]?.value ?? '');
  const [, sessionId, version] = origin;
  if (origin.length !== 6 || sessionId === undefined || version === undefined) {
    throw syntaxError(2, '"o=" has six fields');
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
