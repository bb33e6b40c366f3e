import { describe, expect, it } from 'vitest';

import type { CaptureProblem } from '../../engine/state';
import { captureWords } from './capture-words';

const PROBLEMS: CaptureProblem[] = ['none', 'denied', 'busy', 'vanished', 'insecure'];

describe('captureWords', () => {
  it('has its own sentence per problem, device and place', () => {
    for (const host of ['window', 'browser'] as const) {
      const sentences = PROBLEMS.flatMap((problem) => [
        captureWords('camera', problem, host),
        captureWords('microphone', problem, host),
      ]);
      expect(new Set(sentences).size).toBe(PROBLEMS.length * 2);
    }
  });

  it('sends people to the place where permission is given', () => {
    expect(captureWords('camera', 'denied', 'browser')).toContain('address bar');
    expect(captureWords('camera', 'denied', 'window')).toContain('privacy settings');
  });
});
