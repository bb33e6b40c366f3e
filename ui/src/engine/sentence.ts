// Sentences with other people's text in Unicode isolates (UAX 9, 2.4): one string for every place.
//
// Invariant: only this file writes isolates; untrusted-text.ts removes them from other people's
// text.

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';
const ISOLATED = /\u2068([^\u2069]*)\u2069/gu;

/** The blocks of right-to-left scripts. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

export interface SentencePart {
  readonly by: 'us' | 'others';
  readonly text: string;
}

/** Isolates other people's text for a sentence. */
export function isolate(text: string): string {
  return `${FIRST_STRONG_ISOLATE}${text}${POP_ISOLATE}`;
}

/** Replaces each isolated text. */
export function replaceIsolated(sentence: string, by: (text: string) => string): string {
  return sentence.replace(ISOLATED, (_, text: string) => isolate(by(text)));
}

/** Splits a sentence: views show each isolated part in its own element. */
export function partsOf(sentence: string): readonly SentencePart[] {
  // A split by one group alternates between outside and inside.
  return sentence
    .split(ISOLATED)
    .map((text, index): SentencePart => ({ by: index % 2 === 0 ? 'us' : 'others', text }))
    .filter(({ text }) => text !== '');
}

/** For titles and labels: only right-to-left text keeps its isolates. */
export function plainText(sentence: string): string {
  return sentence.replace(ISOLATED, (isolated, text: string) =>
    RIGHT_TO_LEFT.test(text) ? isolated : text,
  );
}
