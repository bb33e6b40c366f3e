import { describe, expect, it } from 'vitest';

import { createAutoplayGate, type Playable } from './autoplay-gate';

function playable(answers: ('plays' | 'refuses')[], isConnected = true): Playable {
  const left = [...answers];
  return {
    isConnected,
    play: () =>
      left.shift() === 'plays' ? Promise.resolve() : Promise.reject(new Error('NotAllowedError')),
  };
}

describe('createAutoplayGate', () => {
  it('is open until somebody is refused, and again after a press', async () => {
    const gate = createAutoplayGate();
    const heard: boolean[] = [];
    gate.subscribe(() => heard.push(gate.get()));
    expect(gate.get()).toBe(false);
    gate.refused(playable(['plays']));
    await gate.turnOn();
    expect(heard).toEqual([true, false]);
  });

  it('keeps blocked elements for the next press', async () => {
    const gate = createAutoplayGate();
    gate.refused(playable(['plays']));
    gate.refused(playable(['refuses', 'plays']));
    await gate.turnOn();
    expect(gate.get()).toBe(true);
    await gate.turnOn();
    expect(gate.get()).toBe(false);
  });

  it('forgets who has left meanwhile', async () => {
    const gate = createAutoplayGate();
    gate.refused(playable(['refuses'], false));
    await gate.turnOn();
    expect(gate.get()).toBe(false);
  });
});
