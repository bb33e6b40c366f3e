// A fake screen: a picker that takes its time, is closed or fails; a share with audio or without.

import type { Effect } from '../effect';
import { SHARE_SLOTS, type Slot } from '../media/slot';
import type { ShareEvent } from '../share/events';
import type { Clock } from './clock';
import type { Random } from './random';

export interface FakeScreen {
  share(ask: Extract<Effect, { type: 'share' }>['ask']): void;
  /** The system ends the share. */
  end(): void;
  /** What is shared now. */
  slots(): readonly Slot[];
}

const LONGEST_CHOICE_MS = 3_000;

export function fakeScreen(
  clock: Clock,
  random: Random,
  tell: (event: ShareEvent) => void,
  changed: () => void,
): FakeScreen {
  let request = 0;
  let shared: readonly Slot[] = [];

  const start = (): void => {
    request += 1;
    const mine = request;
    clock.after(random.between(0, LONGEST_CHOICE_MS), () => {
      if (mine !== request) return;
      if (random.chance(0.15)) return tell({ type: 'share-refused' });
      if (random.chance(0.1)) return tell({ type: 'share-failed', problem: 'failed' });
      const audio = random.chance(0.5) ? 'on' : 'off';
      shared = audio === 'on' ? SHARE_SLOTS : ['screen'];
      changed();
      tell({ type: 'share-started', surface: 'window', audio });
    });
  };

  return {
    share(ask) {
      if (ask === 'start' || ask === 'start-held') return start();
      if (ask !== 'stop') return;
      request += 1;
      shared = [];
    },
    end() {
      if (shared.length === 0) return;
      shared = [];
      tell({ type: 'share-ended' });
    },
    slots: () => shared,
  };
}
