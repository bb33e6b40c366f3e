// Display names from emails, unique within a list.
//
// Invariant: any text gives a name. Names that look the same carry their email, and a number if the
// emails look the same too.

import { mixesScripts, skeleton, spelled } from './look-alike';
import { replaceIsolated } from './sentence';

export interface PersonName {
  readonly name: string;
  /** Safe to show: confusable letters are replaced by their codes. */
  readonly email: string;
  /** Whether another name in the list looks the same. */
  readonly needsEmail: boolean;
}

/** For an email of nothing but spaces: no word of any language. */
const NAMELESS = '?';

/** "ana.souza@example.org" is shown as "Ana Souza"; other text is unchanged. */
export function displayName(email: string): string {
  const at = email.lastIndexOf('@');
  if (at < 1) return email.trim() || NAMELESS;
  const words = email
    .slice(0, at)
    // A tag of the mailbox, but not the `+` of a code like [U+202E].
    .replace(/(?<!\[U)\+.*$/u, '')
    .split(/[._\-\s]+/u)
    .filter((word) => word !== '');
  if (words.length === 0) return email;
  return words.map(capitalised).join(' ');
}

/** One name per email, in the same order. */
export function personNames(emails: readonly string[]): readonly PersonName[] {
  const names = emails.map((email) => skeleton(displayName(email)));
  const addresses = emails.map(skeleton);
  return emails.map((email, index): PersonName => {
    const isAlike = (other: string, at: number): boolean =>
      at !== index && other !== email && names[at] === names[index];
    const imitates = emails.some(
      (other, at) => isAlike(other, at) && addresses[at] === addresses[index],
    );
    const isStrange = imitates || mixesScripts(email);
    const earlier = addresses.slice(0, index).filter((address) => address === addresses[index]);
    const number = earlier.length === 0 ? '' : ` (${earlier.length + 1})`;
    return {
      name: `${displayName(email)}${number}`,
      email: isStrange ? spelled(email) : email,
      needsEmail: isStrange || emails.some(isAlike),
    };
  });
}

/** For sentences: with the email if `needsEmail`. */
export function fullName({ name, email, needsEmail }: PersonName): string {
  return needsEmail ? `${name} (${email})` : name;
}

/** Replaces the emails in a sentence by names. */
export function withNames(sentence: string, present: readonly string[]): string {
  return replaceIsolated(sentence, (email) => {
    const emails = present.includes(email) ? present : [...present, email];
    const person = personNames(emails)[emails.indexOf(email)];
    return person === undefined ? displayName(email) : fullName(person);
  });
}

function capitalised(word: string): string {
  return word.replace(/^\p{L}/u, (letter) => letter.toLocaleUpperCase('en'));
}
