// Places where other people's text, which the gallery marks by `zq`, is not isolated from ours, and
// the number of such texts.

const DIRECTION_MARKS = /[\u061c\u200e\u200f\u202a-\u202e\u2066\u2067]/u;
const RIGHT_TO_LEFT = /[\u0590-\u08ff]/u;
const ISOLATED = /\u2068[^\u2069]*\u2069/gu;
const LABELS = ['aria-label', 'aria-description', 'title', 'alt'];

export interface Names {
  readonly faults: readonly string[];
  readonly found: number;
}

export function nameFaults(document: Document): Names {
  const faults = new Set<string>();
  let found = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent ?? '';
    if (element === null || element.closest('script, style') !== null) continue;
    if (DIRECTION_MARKS.test(text)) faults.add(`“${text}” has a character that turns text round.`);
    if (!/zq/iu.test(text)) continue;
    found += 1;
    // An option holds text only.
    const isIsolated = element.closest('option') !== null && /^\u2068[^\u2069]*\u2069$/u.test(text);
    if (element.closest('bdi') === null && !isIsolated)
      faults.add(`“${text}” stands in our text, not in a bdi.`);
  }
  const labels = [...document.querySelectorAll('*')].flatMap((element) =>
    LABELS.map((name) => element.getAttribute(name) ?? ''),
  );
  for (const text of [document.title, ...labels]) {
    if (DIRECTION_MARKS.test(text))
      faults.add(`The label “${text}” has a character that turns text round.`);
    const isSentence = / (?:is|from|room) /u.test(text);
    if (isSentence && RIGHT_TO_LEFT.test(text.replace(ISOLATED, '')))
      faults.add(`The label “${text}” does not isolate a name.`);
    if (/zq/iu.test(text)) found += 1;
  }
  return { faults: [...faults], found };
}
