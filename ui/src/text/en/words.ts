// English grammar that several sentences share.

import { isolate } from '../../engine/sentence';

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
