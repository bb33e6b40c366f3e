// How a person is known, in words.

import type { Standing } from '../../engine/identity/queries';
import { texts } from '../../text/texts';
import { dayOf } from './day';

/** A few words beside the name. */
export function standingWords(standing: Standing): string {
  const words = texts.standing;
  switch (standing.kind) {
    case 'unknown':
      return words.unknown;
    case 'first-seen':
      return words.firstSeen(dayOf(standing.at));
    case 'compared':
      return words.compared(dayOf(standing.at));
    case 'renamed':
      return words.renamed(standing.email, dayOf(standing.at));
    case 'changed':
    case 'missing':
    case 'false':
      return words.doubtful;
  }
}

/** What has to be said of the person, and what to do; null if nothing has. */
export function doubtWords(standing: Standing, name: string): string | null {
  const words = texts.standing;
  switch (standing.kind) {
    case 'changed':
      return words.changed(name, standing.before);
    case 'missing':
      return words.missing(name, standing.before);
    case 'false':
      return words.isFalse(name);
    case 'unknown':
    case 'first-seen':
    case 'compared':
    case 'renamed':
      return null;
  }
}
