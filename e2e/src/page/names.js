// Places where other people's text, which the gallery marks by `zq`, is not isolated from ours, and
// the number of such texts.

const DIRECTION_MARKS = /[\u061c\u200e\u200f\u202a-\u202e\u2066\u2067]/u;
const RIGHT_TO_LEFT = /[\u0590-\u08ff]/u;
const faults = new Set();
let found = 0;

const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
  const element = node.parentElement;
  if (element.closest('script, style')) continue;
  if (DIRECTION_MARKS.test(node.data)) faults.add(`“${node.data}” has a character that turns text round.`);
  if (!/zq/iu.test(node.data)) continue;
  found += 1;
  if (element.closest('bdi') === null) faults.add(`“${node.data}” stands in our text, not in a bdi.`);
}
const texts = [...document.querySelectorAll('*')].flatMap((element) =>
  ['aria-label', 'aria-description', 'title', 'alt'].map((name) => element.getAttribute(name) ?? ''),
);
for (const text of [document.title, ...texts]) {
  if (DIRECTION_MARKS.test(text)) faults.add(`The label “${text}” has a character that turns text round.`);
  const isSentence = / (?:is|from|room) /u.test(text);
  if (isSentence && RIGHT_TO_LEFT.test(text.replace(/\u2068[^\u2069]*\u2069/gu, ''))) {
    faults.add(`The label “${text}” does not isolate a name.`);
  }
  if (/zq/iu.test(text)) found += 1;
}

return { faults: [...faults], found };
