// Names of those who wrote: one for each email, told apart where they look the same.

import type { ChatItem } from '../../engine/chat/state';
import { fullName, personNames } from '../../engine/person-name';

export type Authors = ReadonlyMap<string, string>;

/** `present` are the emails in the room, the own one first. */
export function authorsOf(messages: readonly ChatItem[], present: readonly string[]): Authors {
  const emails = [...new Set([...present, ...messages.map(({ email }) => email)])];
  return new Map(
    personNames(emails).map((person, index) => [emails[index] ?? '', fullName(person)] as const),
  );
}
