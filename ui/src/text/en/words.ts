// English grammar that several sentences share.

import { isolate } from '../../engine/sentence';
import { isPrivateRoom } from '../../protocol/private-room';

/** "Ana’s", "Jonas’": the isolated text stays as it is. */
export function possessive(text: string, spoken: string = text): string {
  return `${isolate(text)}${spoken.endsWith('s') ? '’' : '’s'}`;
}

/** "1 second", "2 seconds" */
export function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}

export function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** "Ana", "Ana and Ben", "Ana, Ben and 3 others", each name isolated. */
export function nameList(names: readonly string[]): string {
  const [first, second, third] = names.map(isolate);
  if (first === undefined) return 'Nobody';
  if (second === undefined) return first;
  if (third === undefined) return `${first} and ${second}`;
  if (names.length === 3) return `${first}, ${second} and ${third}`;
  return `${first}, ${second} and ${names.length - 2} others`;
}

/** Inside a sentence. The name of a private room says nothing to people. */
export function roomName(room: string): string {
  return isPrivateRoom(room) ? 'the private room' : `room ${isolate(room)}`;
}

/** At the beginning of a sentence, or alone. */
export function roomTitle(room: string): string {
  return isPrivateRoom(room) ? 'Private room' : `Room ${isolate(room)}`;
}
