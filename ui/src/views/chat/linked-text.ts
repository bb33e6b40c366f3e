// Finds links in a line of text: http and https only.
//
// Invariant: the parts together are the line. A link is shown exactly as it is written, and leads
// where it says.

export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly address: string };

const CANDIDATE = /https?:\/\/[^\s<>"]+/giu;
/** What belongs to the sentence around a link, at its end. */
const AFTER = /[.,;:!?'’”»*_]+$/u;

export function linkedParts(line: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of line.matchAll(CANDIDATE)) {
    const text = trimmed(match[0]);
    const address = addressOf(text);
    if (address === null) continue;
    if (match.index > end) parts.push({ kind: 'text', text: line.slice(end, match.index) });
    parts.push({ kind: 'link', text, address });
    end = match.index + text.length;
  }
  if (end < line.length) parts.push({ kind: 'text', text: line.slice(end) });
  return parts;
}

/** Without a bracket that opens before the link, and without the sentence's punctuation. */
function trimmed(text: string): string {
  const shorter = text.replace(AFTER, '');
  const hasStrayBracket = /[)\]}]$/u.test(shorter) && !/[([{]/u.test(shorter);
  return hasStrayBracket ? trimmed(shorter.slice(0, -1)) : shorter;
}

/** Null for what is no address, and for one with a user name: it hides where it leads. */
function addressOf(text: string): string | null {
  // Marks of right-to-left text could show another order than the address has.
  if (/[\u200e\u200f\u061c]/u.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  return isWeb && url.hostname !== '' && url.username === '' && url.password === ''
    ? url.href
    : null;
}
