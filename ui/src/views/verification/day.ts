// A day as people read it, in the way of their system.

import { texts } from '../../text/texts';

let format: Intl.DateTimeFormat | null = null;

/** "today", "on 3 May 2026" */
export function dayOf(time: number): string {
  const day = new Date(time);
  const words = texts.standing;
  if (day.toDateString() === new Date().toDateString()) return words.today;
  format ??= new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
  return words.on(format.format(day));
}
