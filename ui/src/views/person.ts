// How a person is drawn who sends no picture, from the email alone.
//
// Invariant: any text gives initials and a colour; nothing that a peer sends can break it.

import { displayName } from '../engine/person-name';

/** One or two letters for the picture of somebody whose camera is off. */
export function initials(email: string): string {
  const words = displayName(email)
    .split(/\s+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = firstLetter(words[0]);
  const last = words.length > 1 ? firstLetter(words[words.length - 1]) : '';
  return first + last || '?';
}

/** A number from 1 to 6, the same for the same email everywhere. */
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
