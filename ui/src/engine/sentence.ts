// Sentences of ours with other people's text inside: one string that goes anywhere, in which the
// isolates of Unicode's bidirectional algorithm (UAX 9, 2.4) mark where their text begins and ends.
//
// Invariant: an isolate in a sentence is a mark of ours; untrusted-text.ts lets none in from others.

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';
const ISOLATED = /\u2068([^\u2069]*)\u2069/gu;

/** The blocks of the scripts that run from right to left. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

export interface SentencePart {
  readonly by: 'us' | 'others';
  readonly text: string;
}

/** Other people's text, to be put into a sentence. */
export function isolate(text: string): string {
  return `${FIRST_STRONG_ISOLATE}${text}${POP_ISOLATE}`;
}

/** Exchanges what is isolated. */
export function replaceIsolated(sentence: string, by: (text: string) => string): string {
  return sentence.replace(ISOLATED, (_, text: string) => isolate(by(text)));
}

/** For views, which show each part of others in an element of its own. */
export function partsOf(sentence: string): readonly SentencePart[] {
  // A split by one group gives what is between and what is inside by turns.
  return sentence
    .split(ISOLATED)
    .map((text, index): SentencePart => ({ by: index % 2 === 0 ? 'us' : 'others', text }))
    .filter(({ text }) => text !== '');
}

/** For titles and labels, where only text can be: isolates stay round what needs them. */
export function plainText(sentence: string): string {
  return sentence.replace(ISOLATED, (isolated, text: string) =>
    RIGHT_TO_LEFT.test(text) ? isolated : text,
  );
}
