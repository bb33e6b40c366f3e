// The sentence for each capture problem, with the action to take.

import type { CaptureProblem } from '../../engine/state';
import type { HostPort } from '../../ports';

export function captureWords(
  kind: 'camera' | 'microphone',
  problem: CaptureProblem,
  host: HostPort['kind'],
): string {
  switch (problem) {
    case 'none':
      return `No ${kind} was found. Connect one, or go on without it.`;
    case 'denied':
      return host === 'browser'
        ? `This page may not use the ${kind}. Allow it in the browser’s address bar, then try again.`
        : `Snug may not use the ${kind}. Allow it in the system’s privacy settings, then try again.`;
    case 'busy':
      return `The ${kind} does not answer. Close other programs that use it, then try again.`;
    case 'vanished':
      return `The ${kind} was unplugged. Plug it in again, or choose another.`;
    case 'insecure':
      return `Browsers give the ${kind} to https pages only. Open this room by its https address.`;
  }
}

/** Whether a retry can help without reloading the page. */
export function canTryAgain(problem: CaptureProblem): boolean {
  return problem !== 'insecure';
}
