import { describe, expect, it } from 'vitest';

import type { CaptureProblem } from '../../engine/state';
import { devices } from './devices';

const PROBLEMS: CaptureProblem[] = ['none', 'denied', 'busy', 'vanished', 'insecure'];

describe('problem', () => {
  it('has its own sentence per problem, device and place', () => {
    for (const host of ['window', 'browser'] as const) {
      const sentences = PROBLEMS.flatMap((problem) => [
        devices.problem('camera', problem, host),
        devices.problem('microphone', problem, host),
      ]);
      expect(new Set(sentences).size).toBe(PROBLEMS.length * 2);
    }
  });

  it('sends people to the place where permission is given', () => {
    expect(devices.problem('camera', 'denied', 'browser')).toContain('address bar');
    expect(devices.problem('camera', 'denied', 'window')).toContain('privacy settings');
  });
});
