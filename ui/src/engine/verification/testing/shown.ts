// What the views of a person show of the code.

import type { State } from '../../state';
import { awaitedIn } from '../queries';

/** The numbers of the code; null while there is none. */
export function codeShown({ verification: { stage } }: State): string | null {
  if (stage.kind !== 'round' || stage.progress.kind !== 'made') return null;
  return stage.progress.code.join(' ');
}

/** Whether the person is told why there is no code. */
export function isSaid(state: State): boolean {
  const { stage } = state.verification;
  switch (stage.kind) {
    case 'off':
      return false;
    case 'unable':
    case 'settling':
      return true;
    case 'round':
      break;
  }
  return stage.progress.kind === 'broken' || awaitedIn(state, stage).length > 0;
}
