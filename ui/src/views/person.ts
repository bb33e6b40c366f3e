// How a person is called and drawn, from the email alone.
//
// Invariant: any text gives a name, initials and a colour; nothing that a peer sends can break it.

/** "ana.souza@example.org" is shown as "Ana Souza"; what is no email is shown as it is. */
export function displayName(email: string): string {
  const at = email.lastIndexOf('@');
  if (at < 1) return email.trim() || 'Somebody';
  const words = email
    .slice(0, at)
    .replace(/\+.*$/u, '')
    .split(/[._\-\s]+/u)
    .filter((word) => word !== '');
  if (words.length === 0) return email;
  return words.map(capitalised).join(' ');
}

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

/** "Ana", "Ana and Ben", "Ana, Ben and 3 others". */
export function nameList(emails: readonly string[]): string {
  const names = emails.map(displayName);
  const [first, second, third] = names;
  if (first === undefined) return 'Nobody';
  if (second === undefined) return first;
  if (third === undefined) return `${first} and ${second}`;
  if (names.length === 3) return `${first}, ${second} and ${third}`;
  return `${first}, ${second} and ${names.length - 2} others`;
}

function capitalised(word: string): string {
  return word.replace(/^\p{L}/u, (letter) => letter.toLocaleUpperCase('en'));
}

function firstLetter(word: string | undefined): string {
  const letter = /[\p{L}\p{N}]/u.exec(word ?? '');
  return letter === null ? '' : letter[0].toLocaleUpperCase('en');
}
