// Initials and colour of a person without video, from the email.
//
// Invariant: any text gives initials and a colour.

import { displayName } from '../engine/person-name';

/** One or two letters for the avatar. */
export function initials(email: string): string {
  const words = displayName(email)
    .split(/\s+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = firstLetter(words[0]);
  const last = words.length > 1 ? firstLetter(words[words.length - 1]) : '';
  return first + last || '?';
}

/** A colour number from 1 to 6, fixed per email. */
export function personColour(email: string): number {
  let hash = 0;
  for (const character of email.toLowerCase()) {
    hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  }
  return (hash % 6) + 1;
}

function firstLetter(word: string | undefined): string {
  const letter = /[\p{L}\p{N}]/u.exec(word ?? '');
  return letter === null ? '' : letter[0].toLocaleUpperCase('en');
}
