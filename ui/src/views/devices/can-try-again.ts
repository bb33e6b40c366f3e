// Whether a retry of a failed capture can help without reloading the page.

import type { CaptureProblem } from '../../engine/state';

export function canTryAgain(problem: CaptureProblem): boolean {
  return problem !== 'insecure';
}
